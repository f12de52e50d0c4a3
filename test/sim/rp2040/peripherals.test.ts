// RP2040: pins, SIO, ADC, DMA, I2C and boot ROM as a program sees them register by register, and what the drivers never do.

import { describe, expect, test } from "vitest";
import type { I2cTarget } from "../../../host/sim/sim.ts";
import { IdleMachine } from "../idle-machine.ts";

const clear = 0x3000;
const set = 0x2000;
const resets = 0x4000c000;
const clocks = 0x40008000;
const io = 0x40014000;
const pads = 0x4001c000;
const sio = 0xd0000000;
const adc = 0x4004c000;
const dma = 0x50000000;
const i2c = 0x40044000;

/** Everything out of reset; the ADC on the crystal's 12 MHz, the core on the ring oscillator. */
function started(): IdleMachine {
  const pico = new IdleMachine("pico");
  pico.write(0x4002400c, 10);
  pico.write(0x40024000, 0xfabaa0);
  pico.pass(0.5e-3);
  pico.write(clocks + 0x48, 0x800);
  pico.write(clocks + 0x60, 0x800 | (3 << 5));
  pico.write(resets + clear, 0x01ffffff);
  return pico;
}

describe("pins", () => {
  test("the function decides which signal is where", () => {
    const pico = started();
    const { world } = pico.machine;
    expect(world.pinOf("uart0.tx")).toBeUndefined();
    pico.write(io + 8 * 12 + 4, 2);
    pico.write(io + 8 * 20 + 4, 2);
    pico.write(io + 8 * 4 + 4, 3);
    pico.write(io + 8 * 27 + 4, 3);
    expect(["uart0.tx", "uart1.tx", "i2c0.sda", "i2c1.scl"].map((signal) => world.pinOf(signal))).toEqual([
      12, 20, 4, 27,
    ]);
    pico.write(io + 8 * 12 + 4, 5);
    expect(world.pinOf("uart0.tx")).toBeUndefined();
    pico.write(resets + set, 1 << 5); // IO_BANK0 held again
    expect(world.pinOf("uart1.tx")).toBeUndefined();
  });

  test("SIO drives, reads back, sees pull-ups, others, and a held SDA", () => {
    const pico = started();
    for (const pin of [4, 5, 6]) pico.write(io + 8 * pin + 4, 5);
    const level = (pin: number) => (pico.read(sio + 4) >>> pin) & 1;
    expect([level(4), level(6)]).toEqual([0, 0]);
    pico.write(pads + 4 + 4 * 4, 0x4a);
    expect(level(4)).toBe(1);
    pico.machine.world.i2c("i2c0").holdData(2);
    expect(level(4)).toBe(0);
    for (let i = 0; i < 2; i++) {
      pico.write(sio + 0x24, 1 << 5); // SCL driven low, then let go to its pull-up
      pico.write(pads + 4 + 4 * 5, 0x4a);
      pico.write(sio + 0x28, 1 << 5);
    }
    expect(level(4)).toBe(1);
    pico.write(sio + 0x24, 1 << 6);
    pico.write(sio + 0x1c, 1 << 6);
    expect(level(6)).toBe(1);
    pico.write(sio + 0x28, 1 << 6);
    pico.machine.world.setSignal("pin.6", 2);
    expect(level(6)).toBe(1);
  });

  test("the divider and the spinlocks of SIO", () => {
    const pico = started();
    pico.write(sio + 0x60, 1000);
    pico.write(sio + 0x64, 7);
    expect([pico.read(sio + 0x70), pico.read(sio + 0x74)]).toEqual([142, 6]);
    pico.write(sio + 0x68, -1000);
    pico.write(sio + 0x6c, 7);
    expect([pico.read(sio + 0x70) | 0, pico.read(sio + 0x74) | 0]).toEqual([-142, -6]);
    pico.write(sio + 0x6c, 0);
    expect([pico.read(sio + 0x70), pico.read(sio + 0x74) | 0]).toEqual([1, -1000]);
    expect([pico.read(sio + 0x108), pico.read(sio + 0x108), pico.read(sio + 0x5c)]).toEqual([4, 0, 4]);
    pico.write(sio + 0x108, 1);
    expect(pico.read(sio + 0x108)).toBe(4);
  });
});

describe("ADC", () => {
  test("one conversion takes 96 cycles; 12 bits of 3.3 V; temperature", () => {
    const pico = started();
    pico.machine.feed("analog2", { at: () => [1.65] });
    pico.write(adc, 1 | (2 << 12));
    pico.write(adc + set, 4);
    expect((pico.read(adc) >> 8) & 1).toBe(0);
    pico.pass(8.5e-6); // 96 / 12 MHz = 8 µs
    expect([(pico.read(adc) >> 8) & 1, pico.read(adc + 4)]).toEqual([1, 2048]);
    pico.write(adc, 1 | 2 | (4 << 12) | 4);
    pico.pass(9e-6);
    expect(pico.read(adc + 4)).toBe(Math.floor((0.706 / 3.3) * 4096));
  });

  test("free-running at its divider; the FIFO overruns and underruns visibly", () => {
    const pico = started();
    pico.machine.feed("analog0", { at: (seconds) => [seconds] });
    pico.write(adc + 0x10, 1199 << 8); // 12 MHz / 1200 = 10 kHz
    pico.write(adc + 8, 1 | (1 << 24));
    pico.write(adc, 1 | 8);
    pico.pass(3.05e-4 + 8e-6);
    expect((pico.read(adc + 8) >> 16) & 15).toBe(4);
    const values = [0, 1, 2, 3].map(() => pico.read(adc + 0xc));
    const steps = values.slice(1).map((value, i) => value - values[i]!);
    for (const step of steps) expect(Math.abs(step - 1e-4 * (4096 / 3.3))).toBeLessThanOrEqual(1);
    expect(pico.read(adc + 8) & (3 << 10)).toBe(0);
    pico.read(adc + 0xc);
    pico.pass(1e-3);
    expect((pico.read(adc + 8) >> 10) & 3).toBe(3);
    pico.write(adc + 8, pico.read(adc + 8));
    expect((pico.read(adc + 8) >> 10) & 3).toBe(0);
  });
});

describe("DMA", () => {
  const channel = (index: number) => dma + 0x40 * index;
  const words = (pico: IdleMachine, at: number, count: number) => [
    ...new Uint32Array(pico.machine.peek(at, 4 * count).buffer),
  ];

  test("copies memory, interrupts, and chains", () => {
    const pico = started();
    pico.machine.poke(0x20001000, new Uint8Array(Uint32Array.of(1, 2, 3, 4).buffer));
    pico.write(dma + 0x404, 3);
    for (const [index, to] of [0x20002000, 0x20003000].entries()) {
      pico.write(channel(index), 0x20001000);
      pico.write(channel(index) + 4, to);
      pico.write(channel(index) + 8, 4);
    }
    const control = (chain: number) => 1 | (2 << 2) | 0x30 | (chain << 11) | (0x3f << 15);
    pico.write(channel(1) + 0x10, control(1)); // no trigger
    pico.write(channel(0) + 12, control(1));
    expect((pico.read(channel(0) + 12) >> 24) & 1).toBe(1);
    pico.pass(20e-6);
    expect([words(pico, 0x20002000, 5), words(pico, 0x20003000, 4)]).toEqual([
      [1, 2, 3, 4, 0],
      [1, 2, 3, 4],
    ]);
    expect([pico.read(dma + 0x400), pico.read(dma + 0x40c), pico.read(channel(0) + 8)]).toEqual([3, 3, 0]);
    expect(pico.machine.exceptions.isPending(16 + 11)).toBe(true);
    pico.write(dma + 0x40c, 3);
    expect(pico.read(dma + 0x400)).toBe(0);
  });

  test("a ring wraps its address; paced by the ADC, stalled and mended, aborted", () => {
    const pico = started();
    pico.machine.feed("analog0", { at: (seconds) => [(3.3 * ((Math.floor(seconds * 1e4) % 4000) + 0.5)) / 4096] });
    pico.write(adc + 0x10, 1199 << 8);
    pico.write(adc + 8, 1 | 8 | (1 << 24));
    pico.write(channel(0), adc + 0xc);
    pico.write(channel(0) + 4, 0x20002000);
    pico.write(channel(0) + 8, 12);
    pico.write(channel(0) + 12, 1 | (1 << 2) | 0x20 | (4 << 6) | (1 << 10) | (36 << 15));
    pico.write(adc, 1 | 8);
    pico.pass(0.62e-3);
    expect(pico.read(channel(0) + 8)).toBe(12 - 7);
    pico.machine.inject("dma");
    pico.pass(1e-3);
    expect(pico.read(channel(0) + 8)).toBe(12 - 7);
    pico.machine.inject("dma", 0);
    expect(pico.read(channel(0) + 8)).toBe(12 - 11); // four waited in the FIFO
    expect(pico.read(channel(0) + 4)).toBe(0x20002000 + ((2 * 11) & 15));
    const half = new Uint16Array(pico.machine.peek(0x20002000, 18).buffer);
    // nothing behind the ring of 16 bytes; samples 8 to 10 are over 0 to 2
    expect([half[8], half[4]! - half[3]!, half[2]! - half[3]!]).toEqual([0, 1, 7]);
    pico.write(dma + 0x444, 1);
    pico.pass(1e-3);
    expect([pico.read(channel(0) + 8), (pico.read(channel(0) + 12) >> 24) & 1]).toEqual([0, 0]);
  });
});

describe("I2C", () => {
  class Target implements I2cTarget {
    readonly address = 0x1d;
    accept = 99;
    start = () => true;
    write = () => this.accept-- > 0;
    read = () => 0x42;
    stop = () => {};
  }
  const ready = (routed = true) => {
    const pico = started();
    if (routed) for (const pin of [4, 5]) pico.write(io + 8 * pin + 4, 3);
    pico.write(i2c, 0x65);
    pico.write(i2c + 4, 0x1d);
    pico.write(i2c + 0x1c, 6);
    pico.write(i2c + 0x20, 10); // 16 cycles of 6.5 MHz a bit: 406 kHz
    pico.write(i2c + 0x6c, 1);
    const target = new Target();
    pico.machine.plug("i2c0", target);
    return { pico, target };
  };

  test("bytes take nine bits; reads fill the FIFO; STOP is told", () => {
    const { pico } = ready();
    pico.write(i2c + 0x10, 0x28);
    pico.write(i2c + 0x10, 0x100 | 0x400);
    pico.write(i2c + 0x10, 0x100 | 0x200);
    expect(pico.read(i2c + 0x70) & 0x21).toBe(0x21);
    // address, byte, address, byte, byte: 45 bits of 16 cycles at 6.5 MHz = 110.8 µs
    pico.pass(109e-6);
    expect([pico.read(i2c + 0x78), pico.read(i2c + 0x34) & 0x200]).toEqual([1, 0]);
    pico.pass(4e-6);
    expect([pico.read(i2c + 0x78), pico.read(i2c + 0x34) & 0x200, pico.read(i2c + 0x70) & 0x21]).toEqual([2, 0x200, 0]);
    expect([pico.read(i2c + 0x10), pico.read(i2c + 0x10), pico.read(i2c + 0x60)]).toEqual([0x42, 0x42, 1]);
    expect(pico.read(i2c + 0x34) & 0x200).toBe(0);
  });

  test("no answer and refused data abort, and hold the FIFO flushed until that is read", () => {
    const { pico, target } = ready();
    target.accept = 1;
    for (const byte of [1, 2, 3]) pico.write(i2c + 0x10, byte);
    pico.pass(200e-6);
    expect([pico.read(i2c + 0x80), pico.read(i2c + 0x34) & 64, pico.read(i2c + 0x74)]).toEqual([8, 64, 0]);
    pico.write(i2c + 0x10, 1);
    expect(pico.read(i2c + 0x74)).toBe(0);
    expect([pico.read(i2c + 0x54), pico.read(i2c + 0x80)]).toEqual([1, 0]);
    const unrouted = ready(false).pico;
    unrouted.write(i2c + 0x10, 1);
    unrouted.pass(100e-6);
    expect(unrouted.read(i2c + 0x80)).toBe(1);
  });
});

describe("boot ROM", () => {
  // Halfwords in RAM: what a program does with the ROM's functions
  const at = 0x20000100;
  const run = (code: readonly number[], registers: readonly number[], from = at) => {
    const pico = new IdleMachine("pico");
    pico.machine.poke(from, new Uint8Array(Uint16Array.from(code).buffer));
    for (const [index, value] of registers.entries()) pico.machine.setRegister(index, value);
    pico.machine.setRegister(14, from + 0x80);
    pico.machine.pc = from;
    return { pico, end: pico.machine.run({ cycles: 1e6 }) };
  };
  const bkpt = 0xbe01;
  const lookUp = (letters: string): number => {
    const pico = new IdleMachine("pico");
    const half = (address: number) => new DataView(pico.machine.peek(address, 2).buffer).getUint16(0, true);
    pico.machine.poke(at, new Uint8Array(Uint16Array.of(0x4790, bkpt).buffer)); // blx r2; bkpt
    pico.machine.setRegister(0, half(0x14));
    pico.machine.setRegister(1, letters.charCodeAt(0) | (letters.charCodeAt(1) << 8));
    pico.machine.setRegister(2, half(0x18));
    pico.machine.pc = at;
    expect(pico.machine.run({ cycles: 1000 }).kind).toBe("bkpt");
    return pico.machine.getRegister(0);
  };

  test("its table is where the datasheet says, and knows what it has", () => {
    const pico = new IdleMachine("pico");
    expect(String.fromCharCode(...pico.machine.peek(0x10, 2))).toBe("Mu");
    expect(lookUp("RE")).toBeGreaterThan(0x100);
    expect([lookUp("RE") & 1, lookUp("ZZ")]).toEqual([1, 0]);
  });

  test("a caller in flash crashes while the flash cannot be read; interrupts left on are noted", () => {
    const calls = [0x4780, 0x4788, bkpt]; // blx r0; blx r1; bkpt
    const inFlash = run(calls, [lookUp("IF"), lookUp("EX")], 0x10002000);
    expect(inFlash.end.kind).not.toBe("bkpt");
    expect(inFlash.pico.machine.notes.map(({ text }) => text)).toEqual([
      expect.stringContaining("interrupts are on"),
      expect.stringContaining("the caller is in flash"),
    ]);
    expect(inFlash.pico.machine.faults[0]!.kind).toBe("fetch-bus");
    expect(run(calls, [lookUp("IF"), lookUp("EX")]).end.kind).toBe("bkpt");
  });

  test("erasing before execute in place is left does nothing but a note", () => {
    const { pico, end } = run([0x4798, bkpt], [0x100000, 4096, 65536, lookUp("RE")]); // blx r3
    expect(end.kind).toBe("bkpt");
    expect(pico.machine.notes.map(({ text }) => text)).toEqual(["boot ROM: flash_exit_xip must come first"]);
  });

  test("a 64 KB block is erased in less time than its sectors", () => {
    const code = [0xb672, 0x47a0, 0x47a8, 0x47b0, bkpt]; // cpsid i; blx r4; blx r5; blx r6
    const registers = [0x100000, 65536, 65536, 0xd8, lookUp("IF"), lookUp("EX"), lookUp("RE")];
    const { pico, end } = run(code, registers);
    expect(end.kind).toBe("bkpt");
    const seconds = pico.machine.world.seconds();
    expect(seconds).toBeGreaterThan(0.15);
    expect(seconds).toBeLessThan(0.2);
    expect(pico.machine.notes).toEqual([]);
  });
});
