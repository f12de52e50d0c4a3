// CLOCK, POWER, TIMER, RTC, WDT, NVMC and GPIO of nRF chips, register by register: what firmware's drivers do not do, and rules that a
// program may break.

import { describe, expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";

const clock = 0x40000000;
const timer = 0x40008000;
const rtc = 0x4000b000;
const wdt = 0x40010000;
const nvmc = 0x4001e000;
const gpio = 0x50000000;

describe("CLOCK and POWER", () => {
  test("crystals take their times; status says which source runs", () => {
    const chip = new IdleMachine("microbit");
    expect([chip.read(clock + 0x40c), chip.read(clock + 0x418)]).toEqual([0x10000, 0]);
    chip.write(clock, 1);
    chip.pass(0.79e-3);
    expect(chip.read(clock + 0x100)).toBe(0);
    chip.pass(0.02e-3);
    expect([chip.read(clock + 0x100), chip.read(clock + 0x40c), chip.read(clock + 0x408)]).toEqual([1, 0x10001, 1]);
    chip.write(clock + 0x518, 1);
    chip.write(clock + 8, 1);
    chip.pass(0.249);
    expect(chip.read(clock + 0x104)).toBe(0);
    chip.pass(0.002);
    expect([chip.read(clock + 0x104), chip.read(clock + 0x418)]).toEqual([1, 0x10001]);
    chip.write(clock + 0xc, 1);
    expect(chip.read(clock + 0x418)).toBe(0);
    chip.machine.inject("lfxo");
    chip.write(clock + 0x104, 0);
    chip.write(clock + 8, 1);
    chip.pass(0.3);
    expect(chip.read(clock + 0x104)).toBe(0);
    chip.write(clock + 0x518, 0); // the RC oscillator
    chip.write(clock + 8, 1);
    chip.pass(1e-3);
    expect([chip.read(clock + 0x104), chip.read(clock + 0x418)]).toEqual([1, 0x10000]);
  });

  test("events interrupt while enabled and set", () => {
    const chip = new IdleMachine("microbit");
    chip.write(clock + 0x304, 1);
    expect(chip.read(clock + 0x308)).toBe(1);
    chip.write(0xe000e100, 1); // NVIC: interrupt 0
    const entered: number[] = [];
    chip.machine.onException = (number, enters) => enters && entered.push(number);
    chip.write(clock, 1);
    chip.pass(0.9e-3);
    expect(entered[0]).toBe(16);
    chip.write(clock + 0x308, 1);
    expect(chip.read(clock + 0x304)).toBe(0);
  });

  test("reasons of resets add up until they are cleared; GPREGRET survives software, not the pin", () => {
    const chip = new IdleMachine("microbit");
    chip.write(clock + 0x51c, 0x157);
    chip.machine.reset("software");
    expect([chip.read(clock + 0x400), chip.read(clock + 0x51c)]).toEqual([4, 0x57]);
    chip.machine.reset("watchdog");
    expect([chip.read(clock + 0x400), chip.read(clock + 0x51c)]).toEqual([6, 0]);
    chip.write(clock + 0x400, 4);
    expect(chip.read(clock + 0x400)).toBe(2);
    chip.machine.reset("pin");
    chip.machine.reset("lockup");
    expect(chip.read(clock + 0x400)).toBe(0b1011);
    chip.machine.reset("power-on");
    expect(chip.read(clock + 0x400)).toBe(0);
  });
});

describe("TIMER", () => {
  const start = (chip: IdleMachine, bits: number, prescaler: number) => {
    chip.write(timer + 0x508, bits);
    chip.write(timer + 0x510, prescaler);
    chip.write(timer, 1);
  };
  const now = (chip: IdleMachine) => {
    chip.write(timer + 0x4c, 1); // CAPTURE[3]
    return chip.read(timer + 0x54c);
  };

  test("counts 16 MHz / 2^prescaler, wraps at its width, stops, clears", () => {
    const chip = new IdleMachine("microbit");
    start(chip, 3, 4);
    chip.pass(0.07);
    expect(now(chip) - 70_000).toBeLessThan(5);
    chip.write(timer + 4, 1);
    const stopped = now(chip);
    chip.pass(0.01);
    expect(now(chip)).toBe(stopped);
    chip.write(timer + 0xc, 1);
    start(chip, 0, 4);
    chip.pass(0.07);
    expect(now(chip) - (70_000 - 65_536)).toBeLessThan(5);
    expect(chip.machine.notes).toEqual([]);
    chip.write(timer + 0x510, 3);
    expect(chip.machine.notes[0]!.text).toBe("timer0: PRESCALER is changed while the timer runs");
  });

  test("a compare event comes when the counter steps onto CC, also when nobody waits for it; shorts clear and stop", () => {
    const chip = new IdleMachine("microbit");
    chip.write(timer + 0x540, 1000);
    start(chip, 3, 4);
    chip.pass(0.9e-3);
    expect(chip.read(timer + 0x140)).toBe(0);
    chip.pass(0.2e-3);
    expect(chip.read(timer + 0x140)).toBe(1);
    chip.write(timer + 0x140, 0);
    chip.write(timer + 0x540, now(chip)); // passed: not before it wraps
    chip.pass(1e-3);
    expect(chip.read(timer + 0x140)).toBe(0);
    chip.write(timer + 0x540, 5000);
    chip.write(timer + 0x200, 0x101); // COMPARE[0] clears and stops
    chip.pass(10e-3);
    expect([chip.read(timer + 0x140), now(chip)]).toEqual([1, 0]);
  });

  test("counter mode counts tasks", () => {
    const chip = new IdleMachine("nano33ble");
    chip.write(timer + 0x504, 1);
    chip.write(timer + 0x540, 3);
    for (let i = 0; i < 3; i++) chip.write(timer + 8, 1);
    expect([now(chip), chip.read(timer + 0x140)]).toEqual([3, 1]);
  });
});

test("RTC counts the low-frequency clock, only while it runs; compare, overflow and tick where they are enabled", () => {
  const chip = new IdleMachine("nano33ble");
  chip.write(rtc + 0x508, 32); // 992.97 Hz
  chip.write(rtc + 0x540, 50);
  chip.write(rtc, 1);
  chip.pass(0.05);
  expect(chip.read(rtc + 0x504)).toBe(0);
  chip.write(clock + 8, 1);
  chip.write(rtc + 0x344, 1 << 16);
  chip.pass(0.04);
  expect(chip.read(rtc + 0x504)).toBe(Math.floor((0.04 - 0.6e-3) * (32768 / 33)));
  expect(chip.read(rtc + 0x140)).toBe(0);
  chip.pass(0.02);
  expect([chip.read(rtc + 0x140), chip.read(rtc + 0x100)]).toEqual([1, 0]);
  chip.write(rtc + 0x508, 0);
  expect([chip.read(rtc + 0x508), chip.machine.notes.length]).toEqual([32, 1]);
  chip.write(rtc + 0x304, 3);
  chip.write(rtc + 0xc, 1); // 16 ticks before the end
  chip.pass(0.018);
  expect([chip.read(rtc + 0x104), chip.read(rtc + 0x100)]).toEqual([1, 1]);
});

describe("WDT", () => {
  const go = (chip: IdleMachine) => {
    chip.write(wdt + 0x504, 3276);
    chip.write(wdt + 0x508, 3);
    chip.write(wdt, 1);
  };

  test("needs every enabled reload register; its configuration is locked; a software reset does not stop it", () => {
    const chip = new IdleMachine("nano33ble");
    const causes: [string, number][] = [];
    chip.machine.onReset = (cause) => causes.push([cause, chip.machine.world.seconds()]);
    go(chip);
    expect([chip.read(wdt + 0x400), chip.read(wdt + 0x404)]).toEqual([1, 3]);
    chip.pass(0.06);
    chip.write(wdt + 0x600, 0x6e524635);
    expect(chip.read(wdt + 0x404)).toBe(2);
    chip.write(wdt + 0x604, 0x6e524635);
    chip.write(wdt + 0x504, 1);
    expect([chip.read(wdt + 0x504), chip.machine.notes.length]).toEqual([3276, 1]);
    chip.pass(0.06);
    chip.machine.reset("software");
    expect(chip.read(wdt + 0x400)).toBe(1);
    chip.pass(0.06);
    expect(causes.map(([cause]) => cause)).toEqual(["software", "watchdog"]);
    expect(causes[1]![1]).toBeCloseTo(0.16, 3);
    expect(chip.read(wdt + 0x400)).toBe(0);
  });

  test("with its interrupt it warns two ticks before", () => {
    const chip = new IdleMachine("microbit");
    const causes: string[] = [];
    chip.machine.onReset = (cause) => causes.push(cause);
    chip.write(wdt + 0x304, 1);
    go(chip);
    chip.pass(0.1 + 30e-6);
    expect([chip.read(wdt + 0x100), causes.length]).toEqual([1, 0]);
    chip.pass(40e-6);
    expect(causes).toEqual(["watchdog"]);
  });
});

describe("NVMC", () => {
  const at = 0xe0000;
  const word = (chip: IdleMachine) => new DataView(chip.machine.peek(at, 4).buffer).getUint32(0, true);

  test("bits only go to 0 until the page is erased; too many writes are noted", () => {
    const chip = new IdleMachine("nano33ble");
    chip.write(nvmc + 0x504, 1);
    chip.write(at, 0x12345678);
    chip.write(at, 0xff00ff00);
    expect(word(chip)).toBe(0x12005600);
    expect(chip.machine.notes.length).toBe(1); // bits to set
    chip.write(at, 0);
    expect(chip.machine.notes.at(-1)!.text).toBe("nvmc: 0xe0000 is written 3 times between erases, 2 are allowed");
    chip.write(nvmc + 0x508, at); // not enabled
    expect(word(chip)).toBe(0);
    const before = chip.machine.world.seconds();
    chip.write(nvmc + 0x504, 2);
    chip.write(nvmc + 0x508, at);
    expect(word(chip)).toBe(0xffffffff);
    expect(chip.machine.world.seconds() - before).toBeCloseTo(0.085, 4);
  });

  test("a store without writing enabled is a bus fault", () => {
    const chip = new IdleMachine("nano33ble");
    expect(() => chip.write(at, 0)).toThrow();
    chip.write(nvmc + 0x504, 1);
    expect(() => chip.machine.busWrite(at, 0, 2)).toThrow();
    expect(word(chip)).toBe(0xffffffff);
  });

  test("everything is erased at once", () => {
    const chip = new IdleMachine("microbit");
    chip.machine.poke(0x3fff0, new Uint8Array(16));
    chip.write(nvmc + 0x504, 2);
    chip.write(nvmc + 0x50c, 1);
    expect([...chip.machine.peek(0x3fff0, 4), ...chip.machine.peek(0, 4)]).toEqual(Array(8).fill(255));
  });
});

test("GPIO: both ports, outputs and pulls, DIR and PIN_CNF are one", () => {
  const chip = new IdleMachine("nano33ble");
  const port1 = gpio + 0x300;
  chip.write(port1 + 0x508, 1 << 9); // OUTSET
  chip.write(port1 + 0x518, 1 << 9); // DIRSET
  expect([chip.read(port1 + 0x724), chip.machine.world.signal("pin.41")]).toEqual([3, 1]);
  chip.write(port1 + 0x724, 1); // input connected
  expect(chip.read(port1 + 0x510)).toBe(1 << 9);
  chip.write(port1 + 0x50c, 1 << 9);
  expect([chip.read(port1 + 0x510), chip.read(port1 + 0x504), chip.machine.world.signal("pin.41")]).toEqual([0, 0, 0]);
  chip.write(gpio + 0x700, 0xc); // pull-up
  expect(chip.read(gpio + 0x510) & 1).toBe(1);
  chip.write(port1 + 0x51c, 1 << 9);
  expect(chip.read(port1 + 0x514)).toBe(0);
});
