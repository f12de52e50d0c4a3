// SAI, DMA and DMAMUX of the STM32L4+, register by register: what the driver does not use, the arithmetic of the clocks, and rules that a program
// may break.

import { describe, expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";
import { feedFrames } from "./frames.ts";

const ram = 0x20001000;
const notes = (chip: IdleMachine) => chip.machine.notes.map(({ text }) => text);

describe("SAI, DMA and DMAMUX of the L4+", () => {
  const [rcc, sai, dma, mux, gpioe] = [0x40021000, 0x40015400, 0x40020000, 0x40020800, 0x48001000];
  const at = { cr1: 4, cr2: 8, frame: 0xc, slot: 0x10, mask: 0x14, status: 0x18, clear: 0x1c, data: 0x20 };
  const set = (chip: IdleMachine, register: keyof typeof at, value: number) => chip.write(sai + at[register], value);
  const get = (chip: IdleMachine, register: keyof typeof at) => chip.read(sai + at[register]);
  const fields = { receiver: 1, bits16: 4 << 5, bits24: 6 << 5, rising: 1 << 9, noMaster: 1 << 19 };
  const [on, asks] = [1 << 16, 1 << 17];
  const wide = { frame: 0x51f3f, slots: (2 << 6) | (1 << 8) }; // 64 bits, low for 32, FSDEF, FSOFF; two slots of 32
  const rateHz = 16e6 / 10 / 64;

  /** SAI's clock is HSI16; PE4 to PE6. */
  function start(): IdleMachine {
    const chip = new IdleMachine("nucleo-l4r5zi");
    chip.write(rcc, 0x163);
    chip.write(rcc + 0x48, 5);
    chip.write(rcc + 0x4c, 1 << 4);
    chip.write(rcc + 0x60, 1 << 21);
    chip.write(rcc + 0x9c, 4 << 5);
    chip.pass(10e-6);
    chip.write(gpioe + 0x20, 0xddd << 16);
    chip.write(gpioe, 0xffffeaff);
    feedFrames(chip, rateHz);
    set(chip, "frame", wide.frame);
    return chip;
  }
  const setting = (bits: number) => fields.receiver | bits | fields.rising | fields.noMaster | (10 << 20);

  test("slots that are asked for, left and right; the FIFO's level, threshold and end", () => {
    const chip = start();
    set(chip, "slot", wide.slots | (3 << 16));
    set(chip, "cr2", 2); // half full
    set(chip, "cr1", setting(fields.bits24) | on);
    const levels: number[] = [];
    for (let word = 0; word < 9; word++) {
      chip.pass(0.5 / rateHz);
      levels.push(get(chip, "status"));
    }
    const full = (5 << 16) | 8;
    expect(levels).toEqual([
      ...[1 << 16, 1 << 16, 2 << 16, (2 << 16) | 8, (3 << 16) | 8, (3 << 16) | 8, (4 << 16) | 8],
      ...[full, full | 1],
    ]);
    const words = levels.slice(1).map(() => get(chip, "data"));
    expect(words.slice(0, 4)).toEqual([0x123456, 0xfefdfd, 0x133456, 0xfefdfc]);
    expect([words[7], get(chip, "data"), get(chip, "status")]).toEqual([0xfefdfa, 0xfefdfa, 1]);
    set(chip, "clear", 1);
    expect(get(chip, "status")).toBe(0);
    chip.pass(1 / rateHz);
    set(chip, "cr2", 8);
    expect([get(chip, "status"), get(chip, "cr2")]).toEqual([0, 0]);
    expect(notes(chip)).toEqual([]);
  });

  test("16 bits of the right slot; with FS turned the left; without FSOFF a bit late; FBOFF further on", () => {
    for (const [frame, slot, word] of [
      [wide.frame, 1 << 17, 0xfefd],
      [wide.frame | (1 << 17), 1 << 17, 0x1234],
      [wide.frame & ~(1 << 18), 1 << 16, 0x1234 >> 1],
      [wide.frame, (1 << 16) | 4, 0x2345],
    ] as const) {
      const chip = start();
      set(chip, "frame", frame);
      set(chip, "slot", wide.slots | slot);
      set(chip, "cr1", setting(fields.bits16) | on);
      chip.pass(1 / rateHz);
      expect([frame, slot, get(chip, "data")]).toEqual([frame, slot, word]);
    }
  });

  test("a master clock makes the bit clock of the frame; frames of other lengths it cannot", () => {
    const chip = start();
    feedFrames(chip, 15_625);
    set(chip, "slot", wide.slots | (1 << 16));
    set(chip, "cr1", fields.receiver | fields.bits16 | fields.rising | (4 << 20) | on); // 4 MHz / 256
    chip.pass(0.4 / 15_625);
    expect([get(chip, "status"), get(chip, "data"), get(chip, "data")]).toEqual([(1 << 16) | 8, 0x1234, 0x1234]);
    chip.pass(1 / 15_625);
    expect(get(chip, "data")).toBe(0x1334);
    const other = start();
    set(other, "frame", 0x51f3e);
    set(other, "cr1", fields.receiver | fields.bits16 | fields.rising | (4 << 20) | on);
    expect([get(other, "status"), get(other, "cr1") & on]).toEqual([4, 0]);
    expect(notes(other)).toEqual(["sai1: 63 bits a frame are not two slots of 16"]);
  });

  test("SAIEN stays to the frame's end, and for ever where the clock stands still; reset ends it", () => {
    const chip = start();
    set(chip, "slot", wide.slots | (1 << 16));
    set(chip, "cr1", setting(fields.bits16) | on);
    chip.pass(0.25 / rateHz);
    set(chip, "cr1", setting(fields.bits16));
    expect(get(chip, "cr1") & on).toBe(on);
    chip.pass(0.8 / rateHz);
    expect(get(chip, "cr1") & on).toBe(0);
    chip.write(rcc + 0x9c, 0);
    set(chip, "cr1", setting(fields.bits16) | on);
    set(chip, "cr1", setting(fields.bits16));
    chip.pass(10 / rateHz);
    expect([get(chip, "cr1") & on, notes(chip)]).toEqual([on, ["sai1: SAIEN is set without a kernel clock"]]);
    chip.write(rcc + 0x40, 1 << 21);
    chip.write(rcc + 0x40, 0);
    expect([get(chip, "cr1"), get(chip, "status")]).toEqual([0x40, 8]);
  });

  test("the multiplexer's request moves words into halfwords, round and round, and interrupts", () => {
    const chip = start();
    const entered: number[] = [];
    chip.machine.onException = (number, enters) => enters && entered.push(number - 16);
    set(chip, "slot", wide.slots | (1 << 16));
    chip.write(dma + 0x1c + 4, 4); // channel 2
    chip.write(dma + 0x1c + 8, sai + at.data);
    chip.write(dma + 0x1c + 12, ram);
    chip.write(dma + 0x1c, 1 | 2 | 4 | 32 | 128 | (2 << 8) | (1 << 10));
    set(chip, "cr1", setting(fields.bits16) | asks | on);
    chip.pass(2.5 / rateHz);
    expect([chip.read(dma + 0x20), chip.read(dma)]).toEqual([4, 0]);
    chip.write(mux + 4, 36);
    expect([chip.read(dma + 0x20), chip.read(dma) >>> 4]).toEqual([1, 5]);
    chip.write(dma + 4, 4 << 4);
    expect(chip.read(dma)).toBe(0);
    chip.write(dma + 0x20, 9);
    chip.write(dma + 0x28, 0);
    expect([chip.read(dma + 0x20), chip.read(dma + 0x28)]).toEqual([1, ram]);
    chip.write(0xe000e100, 1 << 12);
    chip.pass(2 / rateHz);
    expect([...new Uint16Array(chip.machine.peek(ram, 8).buffer)]).toEqual([0x1634, 0x1334, 0x1434, 0x1534]);
    expect([chip.read(dma) >>> 4, entered]).toEqual([3, [12]]);
    chip.write(dma + 4, 1 << 4);
    expect(chip.read(dma)).toBe(0);
    chip.machine.inject("dma1");
    chip.pass(20 / rateHz);
    expect([chip.read(dma), get(chip, "status") & 1]).toEqual([0, 1]);
    chip.machine.inject("dma1", 0);
    expect(chip.read(dma) >>> 4).toBe(7);
    expect(notes(chip)).toEqual([]);
  });

  test("one round only; into a register; what is not modelled is noted", () => {
    const chip = start();
    chip.machine.poke(ram, Uint8Array.of(0x44, 0x33, 0x22, 0x11));
    set(chip, "slot", wide.slots | (1 << 16));
    chip.write(mux, 36 | (1 << 16));
    chip.write(dma + 8 + 4, 2);
    chip.write(dma + 8 + 8, sai + at.frame + 0x20); // a register of block B takes what lies in memory
    chip.write(dma + 8 + 12, ram);
    chip.write(dma + 8, 1 | 16 | 128 | (2 << 8) | (1 << 10));
    set(chip, "cr1", setting(fields.bits16) | asks | on);
    chip.pass(2.5 / rateHz);
    expect([chip.read(sai + at.frame + 0x20), chip.read(dma), chip.read(dma + 12)]).toEqual([0x1122, 7, 0]);
    chip.write(dma + 8, 1 << 14);
    chip.write(dma + 8, 1 | (1 << 14));
    set(chip, "frame", 0);
    set(chip, "slot", 0);
    set(chip, "cr1", setting(fields.bits24) | on);
    chip.write(rcc + 0x10, 0);
    chip.write(rcc, 0x163 | (1 << 26));
    chip.write(rcc + 0x10, 0);
    const other = start();
    set(other, "cr1", (setting(fields.bits16) & ~fields.rising) | 2 | on);
    expect([...notes(chip), ...notes(other)]).toEqual([
      "dmamux1: synchronisation is not modelled",
      "dma1: memory to memory is not modelled",
      ...["AFRCR", "ASLOTR", "ACR1"].map((register) => `sai1: ${register} is written while SAIEN is set`),
      "rcc: PLLSAI1CFGR is written while the PLLSAI1 is on",
      "sai1: only a master that receives by the free protocol, most significant bit first, is modelled",
      "sai1: data are sampled where they change (CKSTR)",
      "sai1: 64 bits a frame are not two slots of 16",
    ]);
  });

  test("PLLSAI1 gives SAI1 its clock, by PDIV or 7 or 17", () => {
    const chip = start();
    const { world } = chip.machine;
    chip.write(rcc + 0x9c, 0);
    chip.write(rcc + 0xc, 2);
    chip.write(rcc + 0x10, (1 << 4) | (16 << 8) | (1 << 16) | (10 << 27)); // 16 / 2 · 16 / 10
    chip.write(rcc, 0x163 | (1 << 26));
    expect(world.clock("sai1.kernel")).toBe(0);
    chip.pass(50e-6);
    expect([world.clock("sai1.kernel"), chip.read(rcc) >>> 26]).toEqual([12.8e6, 3]);
    for (const [bits, divider] of [
      [1 << 16, 7],
      [3 << 16, 17],
    ] as const) {
      chip.write(rcc, 0x163);
      chip.write(rcc + 0x10, (1 << 4) | (16 << 8) | bits);
      chip.write(rcc, 0x163 | (1 << 26));
      chip.pass(50e-6);
      expect(world.clock("sai1.kernel")).toBe(128e6 / divider);
    }
    chip.machine.inject("pllsai1");
    expect(world.clock("sai1.kernel")).toBe(0);
    chip.write(rcc + 0x9c, 1 << 5);
    expect(world.clock("sai1.kernel")).toBe(0);
    expect(notes(chip)).toEqual([]);
    chip.write(rcc + 0xc, 1);
    expect(notes(chip)).toEqual(["rcc: PLLSRC is changed while the PLLSAI1 is on"]);
  });
});
