// RP2040: resets, oscillators, PLLs, clock generators, tick, timer, watchdog, as a program sees them register by register.

import { describe, expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";

const resets = { reset: 0x4000c000, done: 0x4000c008 } as const;
const clear = 0x3000;
const set = 0x2000;
const xosc = 0x40024000;
const pllSys = 0x40028000;
const clocks = 0x40008000;
const watchdog = 0x40058000;
const timer = 0x40054000;

/** The start-up that the datasheet gives: crystal, 125 MHz from PLL_SYS, peripherals from clk_sys. */
function start(pico: IdleMachine): void {
  pico.write(xosc + 0xc, 47);
  pico.write(xosc, 0xfabaa0);
  pico.pass(1.1e-3);
  pico.write(clocks + 0x30, 2); // clk_ref: crystal
  pico.write(resets.reset + clear, 1 << 12);
  pico.write(pllSys + 8, 125); // 12 MHz · 125 = 1500 MHz
  pico.write(pllSys + 4 + clear, 0x21);
  pico.pass(100e-6);
  pico.write(pllSys + 0xc, (6 << 16) | (2 << 12));
  pico.write(pllSys + 4 + clear, 8);
  pico.write(clocks + 0x3c, 1); // clk_sys: aux = PLL_SYS
  pico.write(clocks + 0x48, 0x800); // clk_peri: clk_sys
  pico.write(watchdog + 0x2c, 0x200 | 12);
}

describe("clocks", () => {
  test("reset leaves the core on the ring oscillator and the peripherals held", () => {
    const pico = new IdleMachine("pico");
    expect(pico.machine.world.clock("core")).toBe(6.5e6);
    expect([pico.read(resets.reset), pico.read(resets.done)]).toEqual([0x01ffffff, 0]);
    pico.write(timer + 0x10, 5);
    expect(pico.read(timer + 0x20)).toBe(0); // held: no alarm was armed
    pico.write(resets.reset + clear, (1 << 21) | (1 << 22));
    expect(pico.read(resets.done)).toBe(1 << 21); // uart0 waits for clk_peri
  });

  test("the crystal takes its time, then PLL and generators make 125 MHz", () => {
    const pico = new IdleMachine("pico");
    pico.write(xosc + 0xc, 47);
    pico.write(xosc, 0xfabaa0);
    pico.pass(0.99e-3);
    expect(pico.read(xosc + 4)).toBe(0x1000);
    pico.pass(0.02e-3);
    expect(pico.read(xosc + 4)).toBe(0x80001000);
    start(pico);
    const { world } = pico.machine;
    expect([world.clock("ref"), world.clock("core"), world.clock("uart0")]).toEqual([12e6, 125e6, 125e6]);
    expect([pico.read(clocks + 0x38), pico.read(clocks + 0x44), pico.read(pllSys) >>> 31]).toEqual([4, 2, 1]);
    pico.write(resets.reset + clear, 1 << 22);
    expect((pico.read(resets.done) >> 22) & 1).toBe(1);
  });

  test("a PLL out of its range does not lock, and a crystal that never starts leaves the ring oscillator", () => {
    const pico = new IdleMachine("pico");
    pico.machine.inject("xosc");
    start(pico);
    expect(pico.read(xosc + 4) >>> 31).toBe(0);
    expect(pico.read(pllSys) >>> 31).toBe(0);
    expect([pico.read(clocks + 0x38), pico.read(clocks + 0x44)]).toEqual([1, 1]);
    expect(pico.machine.world.clock("core")).toBe(6.5e6);
    pico.machine.inject("xosc", 0);
    pico.pass(2e-3);
    expect(pico.machine.world.clock("core")).toBe(125e6);
    pico.write(pllSys + 4 + set, 1);
    pico.write(pllSys + 8, 20); // 240 MHz
    pico.write(pllSys + 4 + clear, 1);
    pico.pass(1e-3);
    expect(pico.read(pllSys) >>> 31).toBe(0);
    expect(pico.machine.notes.some(({ text }) => text.includes("240 MHz does not lock"))).toBe(true);
  });
});

describe("timer", () => {
  const running = () => {
    const pico = new IdleMachine("pico");
    start(pico);
    pico.write(resets.reset + clear, 1 << 21);
    return pico;
  };

  test("counts microseconds of the tick, latches its high half, and can be set", () => {
    const pico = running();
    const before = pico.read(timer + 0x28);
    pico.pass(1e-3);
    expect(pico.read(timer + 0x28) - before).toBe(1000);
    pico.write(timer + 4, 0xffffff00);
    pico.write(timer, 7);
    expect([pico.read(timer + 0xc), pico.read(timer + 8)]).toEqual([0xffffff00, 7]);
    pico.pass(300e-6);
    expect([pico.read(timer + 0x24), pico.read(timer + 0x28)]).toEqual([8, 44]);
    pico.write(watchdog + 0x2c, 0x200 | 24); // half the tick
    pico.pass(100e-6);
    expect(pico.read(timer + 0x28)).toBe(94);
  });

  test("an alarm fires at its microsecond, once, and is acknowledged; one disarmed does not", () => {
    const pico = running();
    pico.write(timer + 0x38, 3);
    const now = pico.read(timer + 0x28);
    pico.write(timer + 0x10, now + 100);
    pico.write(timer + 0x14, now + 100);
    pico.write(timer + 0x20, 2);
    pico.pass(99e-6);
    expect([pico.read(timer + 0x34), pico.read(timer + 0x20)]).toEqual([0, 1]);
    pico.pass(1.1e-6);
    expect([pico.read(timer + 0x34), pico.read(timer + 0x40), pico.read(timer + 0x20)]).toEqual([1, 1, 0]);
    expect(pico.machine.exceptions.isPending(16)).toBe(true);
    pico.write(timer + 0x34, 1);
    expect(pico.read(timer + 0x34)).toBe(0);
  });
});

describe("watchdog", () => {
  test("bites at half its load in microseconds, and says so after the reset, with scratch and RAM kept", () => {
    const pico = new IdleMachine("pico");
    start(pico);
    const causes: string[] = [];
    pico.machine.onReset = (cause) => causes.push(cause);
    pico.machine.poke(0x20001000, Uint8Array.of(0x5a));
    pico.write(0x40010008, 0x1ffff); // PSM.WDSEL
    pico.write(watchdog + 0xc, 0x12345678);
    pico.write(watchdog + 4, 2 * 1000);
    pico.write(watchdog, 0x40000000);
    pico.pass(0.9e-3);
    pico.write(watchdog + 4, 2 * 1000); // fed
    pico.pass(0.9e-3);
    expect([causes, pico.read(watchdog) & 0xffffff]).toEqual([[], 200]);
    pico.pass(0.2e-3);
    expect(causes).toEqual(["watchdog"]);
    expect([pico.read(watchdog + 8), pico.read(watchdog + 0xc)]).toEqual([1, 0x12345678]);
    expect(pico.machine.peek(0x20001000, 1)[0]).toBe(0x5a);
    expect(pico.machine.world.clock("core")).toBe(6.5e6);
    expect(pico.read(resets.reset)).toBe(0x01ffffff);
  });

  test("without a core in PSM.WDSEL it resets nothing; forced, the reason is 2; power-on forgets", () => {
    const pico = new IdleMachine("pico");
    start(pico);
    pico.write(watchdog, 0x80000000);
    expect(pico.machine.notes.at(-1)!.text).toContain("selects no core");
    pico.write(0x40010008, 0x1ffff);
    pico.write(watchdog, 0x80000000);
    pico.pass(1e-6);
    expect(pico.read(watchdog + 8)).toBe(2);
    pico.machine.powerCycle();
    expect([pico.read(watchdog + 8), pico.read(0x40064008)]).toEqual([0, 1 << 8]);
  });
});
