// STM32 system boot loader over a USART (AN3155): 8E1, one question and one answer at a time. In: a Port to a chip that was started with
// BOOT0 high; out: sectors that differ, erased, written and read back, and the application started.
//
//   connect ─► identify ─► read each sector until it differs ─► erase those that do ─► (write 256, read 256)… ─► go
//      ▲                                                               ▲                     │ wrong: at most
//      └─ resync ◄─ (any question that is not answered)                └─────────────────────┘ `rounds` times a sector
//
// The ROM acknowledges writes to protected sectors (AN2662), so only reading proves them. The first sector is erased first and written
// last, its vectors at the very end: a chip that is cut off and then started without BOOT0 finds no application, rather than half of one.

import { mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import { type FlashLink, withLink } from "../flash-link.ts";
import {
  firstDifference,
  inSafeOrder,
  type SectorImage,
  sectorImages,
  sectorsOf,
  usedSize,
  verifyError,
} from "../flash-parts.ts";
import type { FlashOptions, FlashProtocol, FlashResult } from "../flash-types.ts";
import { ERASE, EXTENDED_ERASE, Stm32Link } from "./stm32-link.ts";

const blockBytes = 256;
/** Times a command, a block or a sector is tried. */
const rounds = 3;
const startAttempts = 5;

export const stm32Usart: FlashProtocol = {
  name: "an3155",
  looksFor: "the STM32 system boot loader on the serial port",
  enter: "hold BOOT0 (or set its jumper), press and release reset, then release BOOT0",
  carrier: "port",
  flash: (port, options) => withLink(port, options, (link) => run(link, options)),
};

async function run(link: FlashLink, options: FlashOptions): Promise<FlashResult> {
  const rom = new Stm32Link(link);
  link.stage("connecting");
  await link.configure({ baud: options.baud ?? 115200, parity: "even" });
  await connect(rom);
  const eraseCode = await identify(rom, options);
  const { flash } = mainMemories(options.board);
  const wanted = sectorImages(options.parts, sectorsOf(flash), 1);
  const changed = options.writeAll ? wanted : await changedSectors(rom, wanted, options);
  const { erase, write } = inSafeOrder(changed, wanted);
  await eraseSectors(rom, erase, eraseCode, options);
  const writtenBytes = usedSize(write);
  if (write.length > 0) link.stage("writing", writtenBytes);
  for (const sector of write) await writeSector(rom, sector, { eraseCode, vectorsLast: sector === wanted[0] }, options);
  const skippedBytes = usedSize(wanted) - writtenBytes;
  if (options.start !== false) {
    link.stage("resetting");
    await started(rom, options);
  }
  return { writtenBytes, skippedBytes, verified: options.verify === false ? "none" : "read-back" };
}

async function connect(rom: Stm32Link): Promise<void> {
  if (await rom.start()) return;
  for (let attempt = 0; attempt < startAttempts; attempt++) if (await rom.resync()) return;
  throw error("no-answer", { what: "to 7F, the STM32 boot loader's greeting", seconds: startAttempts });
}

/** Asks again after a fault: every question is answered or ends in an error. */
async function ask<T>(rom: Stm32Link, what: string, question: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < rounds; round++) {
    const answer = await question();
    if (answer !== undefined) return answer;
    const refused = rom.last === "nack";
    if (!(await rom.resync())) throw error("no-answer", { what, seconds: 5 });
    if (refused && round === rounds - 1) throw error("refused", { what, status: "NACK" });
  }
  throw error("nonsense", { what: `no whole answer when asked to ${what}` });
}

/** The command that erases. */
async function identify(rom: Stm32Link, { board, force }: FlashOptions): Promise<number> {
  await ask(rom, "tell its version", () => rom.version());
  const commands = await ask(rom, "list its commands", () => rom.commands());
  const wanted = board.chip.bootId;
  let id = await ask(rom, "tell its product id", () => rom.productId());
  // What differs is asked again: a bit may have been lost.
  if (wanted !== undefined && id !== wanted) id = await ask(rom, "tell its product id", () => rom.productId());
  if (wanted !== undefined && id !== wanted && !force)
    throw error("wrong-chip", { board: board.name, wanted: hex(wanted), found: `product id ${hex(id)}` });
  for (const code of [EXTENDED_ERASE, ERASE]) if (commands.has(code)) return code;
  throw error("nonsense", { what: "it has no command to erase" });
}

const hex = (value: number) => `0x${value.toString(16)}`;

async function changedSectors(rom: Stm32Link, wanted: readonly SectorImage[], { listener }: FlashOptions) {
  listener.stage("comparing", usedSize(wanted));
  const changed: SectorImage[] = [];
  for (const sector of wanted) {
    if (!(await alreadyThere(rom, sector))) changed.push(sector);
    listener.advance(sector.used.to - sector.used.from);
  }
  return changed;
}

/** Reads only until the first block that differs. */
async function alreadyThere(rom: Stm32Link, { address, data, used }: SectorImage): Promise<boolean> {
  for (let at = used.from; at < used.to; at += blockBytes) {
    const wanted = data.subarray(at, Math.min(at + blockBytes, used.to));
    const found = await ask(rom, "read its flash (is readout protection on?)", () =>
      rom.read(address + at, wanted.length),
    );
    if (firstDifference(wanted, found) !== undefined) return false;
  }
  return true;
}

async function eraseSectors(rom: Stm32Link, sectors: readonly SectorImage[], eraseCode: number, options: FlashOptions) {
  if (sectors.length === 0) return;
  options.listener.stage(
    "erasing",
    sectors.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  for (const sector of sectors) {
    await eraseSector(rom, sector, eraseCode);
    options.listener.advance(sector.bytes);
  }
}

function eraseSector(rom: Stm32Link, { address, bytes, index }: SectorImage, eraseCode: number): Promise<true> {
  // At worst 4 s for 128 KB (DS 9716, 32-bit parallelism at low voltage); more for whole banks of other families.
  const eraseWait = 2000 + bytes / 16;
  return ask(rom, `erase the sector at ${hex(address)} (is it write-protected?)`, async () =>
    (await rom.erase(eraseCode, index, eraseWait)) ? true : undefined,
  );
}

interface SectorWriting {
  readonly eraseCode: number;
  /** The block at the sector's start is written after the others. */
  readonly vectorsLast: boolean;
}

/** Into an erased sector; what comes out wrong is erased and written again. */
async function writeSector(rom: Stm32Link, sector: SectorImage, writing: SectorWriting, options: FlashOptions) {
  let wrong: Wrong | undefined;
  for (let round = 0; round < rounds; round++) {
    if (round > 0) await eraseSector(rom, sector, writing.eraseCode);
    wrong = await writeBlocks(rom, sector, { told: round === 0, ...writing }, options);
    if (!wrong) return;
  }
  throw verifyError(wrong!.address, wrong!.wanted, wrong!.found, wrong!.at);
}

interface Wrong {
  readonly address: number;
  readonly wanted: Uint8Array;
  readonly found: Uint8Array;
  readonly at: number;
}

interface BlockWriting extends SectorWriting {
  /** Progress is told the first time. */
  readonly told: boolean;
}

async function writeBlocks(
  rom: Stm32Link,
  { address, data, used }: SectorImage,
  { told, vectorsLast }: BlockWriting,
  options: FlashOptions,
) {
  const blocks: number[] = [];
  for (let at = used.from - (used.from % 4); at < used.to; at += blockBytes) blocks.push(at);
  if (vectorsLast) blocks.push(blocks.shift()!);
  for (const at of blocks) {
    const end = Math.min(at + blockBytes, used.to);
    const padded = data.subarray(at, Math.min(data.length, Math.ceil(end / 4) * 4));
    const wrong = await writeBlock(rom, address + at, padded, end - at, options.verify !== false);
    if (wrong) return wrong;
    if (told) options.listener.advance(end - Math.max(at, used.from));
  }
  return undefined;
}

/** Undefined: it is there. A block that is neither there nor blank needs its sector erased again. */
async function writeBlock(rom: Stm32Link, address: number, padded: Uint8Array, bytes: number, verify: boolean) {
  const wanted = padded.subarray(0, bytes);
  for (let round = 0; ; round++) {
    const written = await rom.write(address, padded);
    if (written && !verify) return undefined;
    const refused = rom.last === "nack";
    if (!written && !(await rom.resync())) throw error("no-answer", { what: "after writing", seconds: 5 });
    const found = await ask(rom, "read its flash back", () => rom.read(address, bytes));
    const at = firstDifference(wanted, found);
    if (at === undefined) return undefined;
    const blank = found.every((byte) => byte === 0xff);
    if (blank && round === rounds - 1 && refused)
      throw error("refused", { what: `write at ${hex(address)}`, status: "NACK" });
    if (!blank || round === rounds - 1) return { address, wanted, found, at } satisfies Wrong;
  }
}

async function started(rom: Stm32Link, { board }: FlashOptions): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    if (await rom.go(board.image.start)) return;
    if (!(await rom.resync())) break;
  }
  // When only the answer was lost, the application runs already, and the boot loader is gone.
  throw error("no-answer", { what: "when asked to start the application", seconds: 5 });
}
