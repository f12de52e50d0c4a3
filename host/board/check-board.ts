// The rules of a board that its types cannot say, by name. One test runs them over every file of boards/; a user's JSON
// board passes them too. All problems are collected.

import { Problems } from "../base/errors.ts";
import { type Board, bootStageBytes, chipCores, type Memory } from "./board-types.ts";
import { boardError } from "./errors.ts";

type Rule = (board: Board) => Iterable<string>;

const hex = (value: number) => `0x${value.toString(16)}`;
const inside = (memory: Memory, base: number, bytes = 1) =>
  memory.base <= base && base + bytes <= memory.base + memory.bytes;
const flashes = (board: Board) => board.chip.memories.filter((memory) => memory.kind === "flash");

export const boardRules: Readonly<Record<string, Rule>> = {
  *"names are kebab-case"({ name, chip }) {
    for (const text of [name, chip.name]) if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text)) yield `name ${text}`;
  },
  *"memories lie in the address space and do not overlap"({ chip }) {
    const ranges = chip.memories.flatMap(({ name, base, bytes, aliases }) =>
      [base, ...(aliases ?? [])].map((start) => ({ name, start, end: start + bytes })),
    );
    ranges.sort((a, b) => a.start - b.start);
    for (const [i, range] of ranges.entries()) {
      if (range.end > 0xe0000000) yield `${range.name} reaches into the system region`;
      const next = ranges[i + 1];
      if (next && next.start < range.end) yield `${range.name} and ${next.name} overlap at ${hex(next.start)}`;
    }
  },
  *"memories are word-sized and named once"({ chip }) {
    for (const { name, base, bytes } of chip.memories) {
      if (base % 4 !== 0 || bytes % 4 !== 0 || bytes <= 0) yield `${name}: ${bytes} bytes at ${hex(base)}`;
    }
    const names = new Set(chip.memories.map(({ name }) => name));
    if (names.size !== chip.memories.length) yield "two memories have one name";
  },
  *"there is RAM to run in and memory to hold the image"({ chip, image }) {
    if (!chip.memories.some((memory) => memory.kind === "ram")) yield "no RAM";
    if (!chip.memories.some((memory) => inside(memory, image.start, 8)))
      yield `image.start ${hex(image.start)} lies in no memory`;
  },
  *"the vector table is where the core can find it"({ chip, image }) {
    // DDI 0403E B3.2.5: the size of the table, rounded up to a power of two
    const alignment = Math.max(128, 2 ** Math.ceil(Math.log2(4 * (16 + chip.interrupts))));
    if (image.start % alignment !== 0 && chip.vtor)
      yield `image.start ${hex(image.start)} is not ${alignment}-aligned (VTOR)`;
    const [memory] = chip.memories.filter((candidate) => candidate.base === 0 || candidate.aliases?.includes(0));
    if (!chip.vtor && image.start !== 0 && memory?.base !== image.start)
      yield `the core has no VTOR, so the table must be at 0, not ${hex(image.start)}`;
  },
  *"a boot stage has its place before the image"({ chip, image }) {
    if (image.bootStage === undefined) return;
    const bytes = bootStageBytes[image.bootStage];
    if (!chip.memories.some((memory) => inside(memory, image.start - bytes, bytes)))
      yield `no memory before image.start ${hex(image.start)}`;
  },
  *"sectors fill their flash"(board) {
    for (const { name, bytes, sectors } of flashes(board)) {
      const sum = (sectors ?? []).reduce((total, run) => total + run.bytes * run.count, 0);
      if (sectors && sum !== bytes) yield `${name}: sectors sum to ${sum}, the flash has ${bytes}`;
    }
  },
  *"timing is consistent"({ chip }) {
    for (const { name, timing } of chip.memories) {
      if (!timing) continue;
      if (!isPowerOfTwo(timing.lineBytes)) yield `${name}: a line of ${timing.lineBytes} bytes`;
      if (timing.kind === "xip-cache" && !isPowerOfTwo(timing.cacheBytes / timing.ways / timing.lineBytes))
        yield `${name}: cache of ${timing.cacheBytes} bytes in ${timing.ways} ways`;
    }
  },
  *"UARTs lie in peripheral ranges and have interrupts"({ chip }) {
    for (const uart of chip.uarts) {
      if (!chip.peripherals.some(({ base, bytes }) => base <= uart.base && uart.base + 64 <= base + bytes))
        yield `${uart.name} at ${hex(uart.base)} is outside the peripherals`;
      if (uart.irq >= chip.interrupts) yield `${uart.name}: interrupt ${uart.irq} of ${chip.interrupts}`;
    }
  },
  *"consoles are UARTs of the chip, or its USB"(board) {
    const names = new Set(
      [...board.chip.uarts, ...(board.usb ? (board.chip.devices ?? []) : [])].map(({ name }) => name),
    );
    for (const line of [board.console, ...Object.values(board.consoles ?? {})])
      if (line && !names.has(line.uart)) yield `no UART named ${line.uart}`;
  },
  *"USB says who it is, in numbers and texts that fit"({ chip, title, hal, console, consoles, usb }) {
    const lines = [console, ...Object.values(consoles ?? {})];
    const wanted = lines.some((line) => line && !chip.uarts.some(({ name }) => name === line.uart));
    if (wanted && !(usb && hal?.usb)) yield "a USB console without `usb` or hal.usb";
    if (!usb) return;
    for (const id of [usb.vendorId, usb.productId]) if (id < 1 || id > 0xffff) yield `USB id ${id}`;
    // a string descriptor's length is one byte, two a letter (USB 2.0 9.6.7)
    for (const text of [title, usb.manufacturer]) if (text.length > 126) yield `${text.length} letters, at most 126`;
  },
  *"a microphone is of a kind, each kind is there once"({ hal, microphone, microphones }) {
    if ((hal?.audio === undefined) !== (microphone === undefined))
      yield "one of hal.audio and `microphone`, its kind, without the other";
    if (microphones && microphone === undefined) yield "`microphones` beside none of hal.audio";
    if (microphone && microphones?.[microphone]) yield `${microphone} is hal.audio's and among the others`;
  },
  *"a core without a compiler is for flashing only"({ chip, flashOnly }) {
    if (!chipCores.some((core) => core === chip.core) && !flashOnly) yield `nothing here compiles for ${chip.core}`;
  },
  *"interrupt numbers fit the architecture"({ chip }) {
    const v6 = chip.core === "cortex-m0" || chip.core === "cortex-m0plus";
    const limit = v6 ? 32 : 480;
    if (chip.interrupts < 0 || chip.interrupts > limit) yield `${chip.interrupts} interrupts, at most ${limit}`;
    if (chip.priorityBits < 2 || chip.priorityBits > 8 || (v6 && chip.priorityBits !== 2))
      yield `${chip.priorityBits} priority bits`;
    if (![0, 4, 8, 12, 16].includes(chip.mpuRegions)) yield `${chip.mpuRegions} MPU regions`;
  },
  *"reserved regions lie in flash, apart, and leave the image start free"(board) {
    const sorted = board.reserved.toSorted((a, b) => a.base - b.base);
    for (const [i, region] of sorted.entries()) {
      if (!flashes(board).some((memory) => inside(memory, region.base, region.bytes)))
        yield `${region.name} lies in no flash`;
      const next = sorted[i + 1];
      if (next && next.base < region.base + region.bytes) yield `${region.name} and ${next.name} overlap`;
      const { start } = board.image;
      if (region.base <= start && start < region.base + region.bytes) yield `image.start lies in ${region.name}`;
    }
  },
  *"the clock is a positive number"({ clockHz }) {
    if (!(clockHz > 0 && Number.isFinite(clockHz))) yield `clock ${clockHz}`;
  },
};

const isPowerOfTwo = (value: number) => Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0;

export function checkBoard(board: Board): Board {
  const problems = new Problems();
  for (const [rule, check] of Object.entries(boardRules))
    for (const problem of check(board))
      problems.add(boardError("rule", { board: board.name, problem: `${problem} (${rule})` }));
  problems.done();
  return board;
}
