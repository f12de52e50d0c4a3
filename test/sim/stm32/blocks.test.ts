// RCC, PWR, FLASH, GPIO, timers and watchdog of STM32F4 and L4+, register by register: what firmware's drivers do not do, and rules that a
// program may break.

import { describe, expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";

const f4 = { rcc: 0x40023800, pwr: 0x40007000, flash: 0x40023c00, gpioa: 0x40020000, gpiob: 0x40020400 } as const;
const l4 = { rcc: 0x40021000, pwr: 0x40007000, flash: 0x40022000, gpiog: 0x48001800 } as const;
const [tim3, tim5, iwdg] = [0x40000400, 0x40000c00, 0x40003000];

/** An F446 whose peripherals all have their clock. */
function nucleo(board = "nucleo-f446re"): IdleMachine {
  const chip = new IdleMachine(board);
  for (const offset of [0x30, 0x40, 0x44]) chip.write(f4.rcc + offset, 0xffffffff);
  return chip;
}
const notes = (chip: IdleMachine) => chip.machine.notes.map(({ text }) => text);

describe("clocks of the F4", () => {
  test("HSE needs its bypass, the PLL its source and its time; SWS follows what is ready; buses are divided", () => {
    const chip = nucleo();
    chip.write(f4.rcc, 0x83 | (1 << 16));
    chip.pass(5e-3);
    expect(chip.read(f4.rcc) & (1 << 17)).toBe(0);
    chip.write(f4.rcc, 0x83 | (5 << 16));
    chip.pass(20e-6);
    expect(chip.read(f4.rcc) & (1 << 17)).toBe(1 << 17);
    chip.write(f4.rcc + 4, 4 | (100 << 6) | (0 << 16) | (1 << 22)); // 8 / 4 · 100 / 2 = 100 MHz
    chip.write(f4.rcc + 8, 2 | (4 << 10));
    chip.write(f4.rcc, 0x83 | (5 << 16) | (1 << 24));
    expect([chip.read(f4.rcc + 8) & 12, chip.machine.world.clock("core")]).toEqual([0, 16e6]);
    chip.write(f4.flash, 3);
    chip.pass(100e-6);
    const { world } = chip.machine;
    expect([chip.read(f4.rcc + 8) & 12, world.clock("core"), world.clock("apb1"), world.clock("tim5")]).toEqual([
      ...[8, 100e6, 50e6, 100e6],
    ]);
    expect(notes(chip)).toEqual([
      "rcc: APB1 at 50 MHz, 45 MHz are allowed as things are set",
      "rcc: APB2 at 100 MHz, 90 MHz are allowed as things are set",
    ]);
  });

  test("too fast for the wait states, for the voltage, for the PLL: noted", () => {
    const chip = nucleo();
    chip.write(f4.rcc, 0x83 | (5 << 16));
    chip.pass(20e-6);
    chip.write(f4.rcc + 4, 4 | (180 << 6) | (1 << 22));
    chip.write(f4.rcc + 8, 2 | (5 << 10) | (4 << 13));
    chip.write(f4.rcc, 0x83 | (5 << 16) | (1 << 24));
    chip.pass(100e-6);
    expect(notes(chip)).toEqual([
      "rcc: core at 180 MHz, 168 MHz are allowed as things are set",
      "flash: 0 wait states at 180 MHz, 5 will do",
    ]);
    const other = nucleo();
    other.write(f4.rcc + 4, 2 | (300 << 6)); // 8 MHz into the VCO
    other.write(f4.rcc, 0x83 | (1 << 24));
    expect(notes(other)[0]).toMatch(/PLL of 8 MHz and a VCO of 2400 MHz/);
  });

  test("a source that stops under SYSCLK is noted; reset causes pile up until they are cleared", () => {
    const chip = nucleo();
    chip.write(f4.rcc, 0x83 | (5 << 16));
    chip.write(f4.rcc + 8, 1);
    chip.pass(20e-6);
    expect(chip.machine.world.clock("core")).toBe(8e6);
    chip.machine.inject("hse");
    expect(notes(chip)[0]).toMatch(/SYSCLK's source stopped/);
    expect(chip.machine.world.clock("core")).toBe(16e6);
    expect(chip.read(f4.rcc + 0x74) >>> 0).toBe(0x0e000000);
    chip.machine.reset("watchdog");
    expect(chip.read(f4.rcc + 0x74) >>> 0).toBe(0x2e000000);
    chip.write(f4.rcc + 0x74, 1 << 24);
    expect(chip.read(f4.rcc + 0x74)).toBe(0);
    chip.write(f4.rcc + 0x74, 1);
    chip.pass(100e-6);
    expect(chip.read(f4.rcc + 0x74)).toBe(3); // LSI
  });

  test("without its clock or in reset a peripheral reads 0 and takes nothing", () => {
    const chip = new IdleMachine("nucleo-f446re");
    chip.write(f4.gpioa, 1);
    expect(chip.read(f4.gpioa)).toBe(0);
    chip.write(f4.rcc + 0x30, 1);
    expect(chip.read(f4.gpioa) >>> 0).toBe(0xa8000000);
    chip.write(f4.gpioa, 1);
    chip.write(f4.rcc + 0x10, 1);
    expect(chip.read(f4.gpioa)).toBe(0);
    chip.write(f4.rcc + 0x10, 0);
    expect(chip.read(f4.gpioa) >>> 0).toBe(0xa8000000);
    expect(notes(chip).length).toBe(1);
  });
});

describe("clocks of the L4+", () => {
  test("MSI by range, PLL from it; above 80 MHz by way of HPRE and in boost only", () => {
    const chip = new IdleMachine("nucleo-l4r5zi");
    chip.write(l4.rcc + 0x58, 1 << 28);
    const { world } = chip.machine;
    expect(world.clock("core")).toBe(4e6);
    chip.write(l4.rcc, 0x0b | (11 << 4));
    expect(world.clock("core")).toBe(48e6);
    expect(notes(chip)).toEqual(["flash: 0 wait states at 48 MHz, 2 will do"]);
    chip.write(l4.rcc, 0x63);
    chip.write(l4.flash, 5);
    chip.write(l4.rcc + 0xc, 1 | (40 << 8) | (1 << 24)); // 4 · 40 / 2 = 80 MHz
    chip.write(l4.rcc, 0x63 | (1 << 24));
    chip.write(l4.rcc + 8, 3);
    chip.pass(50e-6);
    expect([world.clock("core"), chip.read(l4.rcc + 8) & 12, notes(chip).length]).toEqual([80e6, 12, 1]);
    chip.write(l4.rcc + 8, 0);
    chip.write(l4.rcc, 0x63);
    chip.write(l4.rcc + 0xc, 1 | (60 << 8) | (1 << 24));
    chip.write(l4.rcc, 0x63 | (1 << 24));
    chip.write(l4.rcc + 8, 3);
    chip.pass(50e-6);
    expect(notes(chip).slice(1)).toEqual([
      "rcc: SYSCLK switches to more than 80 MHz without HPRE at 2 first",
      "rcc: core at 120 MHz, 80 MHz are allowed as things are set",
    ]);
    chip.write(l4.pwr + 0x80, 0);
    expect(world.signal("pwr.maxHz")).toBe(120e6);
    chip.write(l4.pwr, 2 << 9);
    expect([chip.read(l4.pwr + 0x14) & 0x400, world.signal("pwr.maxHz")]).toEqual([0x400, 26e6]);
  });

  test("port G's pins hang on VDDIO2; a kernel clock of its own", () => {
    const chip = new IdleMachine("nucleo-l4r5zi");
    chip.write(l4.rcc + 0x4c, 1 << 6);
    chip.write(l4.rcc + 0x58, 1 << 28);
    chip.write(l4.rcc + 0x5c, 1);
    chip.write(l4.gpiog + 0x20, 8 << 28); // PG7: LPUART1_TX
    chip.write(l4.gpiog, 0xffffbfff);
    expect([chip.machine.world.pinOf("lpuart1.tx"), notes(chip).length]).toEqual([undefined, 1]);
    chip.write(l4.pwr + 4, 1 << 9);
    expect(chip.machine.world.pinOf("lpuart1.tx")).toBe(103);
    chip.write(l4.rcc + 0x88, 2 << 10); // HSI16, which does not run
    expect(chip.machine.world.clock("lpuart1")).toBe(0);
    chip.write(l4.rcc, 0x163);
    chip.pass(10e-6);
    expect(chip.machine.world.clock("lpuart1")).toBe(16e6);
  });
});

describe("FLASH", () => {
  const keys = (chip: IdleMachine, register: number, first = 0x45670123) => {
    chip.write(register, first);
    chip.write(register, 0xcdef89ab);
  };

  test("F4: locked, unlocked by two keys, spoilt by a wrong one until reset", () => {
    const chip = nucleo();
    chip.write(f4.flash + 0x10, 1);
    expect(chip.read(f4.flash + 0x10) >>> 0).toBe(0x80000000);
    keys(chip, f4.flash + 4);
    chip.write(f4.flash + 0x10, 0x201);
    expect(chip.read(f4.flash + 0x10)).toBe(0x201);
    chip.write(f4.flash + 0x10, 0x80000000);
    keys(chip, f4.flash + 4, 1);
    keys(chip, f4.flash + 4);
    expect(chip.read(f4.flash + 0x10) >>> 31).toBe(1);
    chip.machine.reset("pin");
    keys(chip, f4.flash + 4);
    expect(chip.read(f4.flash + 0x10) >>> 31).toBe(0);
    expect(notes(chip)).toEqual(["flash: a wrong key; locked until the next reset"]);
  });

  test("F4: a store without PG, of another width, into a protected sector; bits only fall; sectors have their sizes", () => {
    const chip = nucleo();
    const at = 0x08004000;
    chip.write(at, 1);
    expect([chip.read(at) >>> 0, chip.read(f4.flash + 0xc)]).toEqual([0xffffffff, 128]);
    keys(chip, f4.flash + 4);
    chip.write(f4.flash + 0xc, 0xff);
    chip.write(f4.flash + 0x10, 1); // bytes
    chip.write(at, 1);
    expect([chip.read(at) >>> 0, chip.read(f4.flash + 0xc)]).toEqual([0xffffffff, 64]);
    chip.write(f4.flash + 0x10, 0x201);
    chip.write(at, 0x12345678);
    chip.write(at, 0xff00ff00);
    expect(chip.read(at)).toBe(0x12005600);
    keys(chip, f4.flash + 8, 0x08192a3b);
    expect(chip.read(f4.flash + 0x14) & 1).toBe(1); // those were not the option keys
    chip.write(f4.flash + 0x10, 2 | (1 << 3) | (1 << 16));
    expect(chip.read(at) >>> 0).toBe(0xffffffff);
    const seconds = chip.machine.world.seconds();
    chip.write(f4.flash + 0x10, 2 | (5 << 3) | (1 << 16));
    expect(chip.machine.world.seconds() - seconds).toBeCloseTo(1, 6);
    chip.write(f4.flash + 0xc, 0xff);
    chip.write(f4.flash + 0x10, 2 | (12 << 3) | (1 << 16));
    expect(chip.read(f4.flash + 0xc)).toBe(128);
  });

  test("F4: write protection by option bits", () => {
    const chip = nucleo();
    chip.write(f4.flash + 8, 0x08192a3b);
    chip.write(f4.flash + 8, 0x4c5d6e7f);
    chip.write(f4.flash + 0x14, 0x0ffdaaec);
    chip.write(f4.flash + 0x14, 0x0ffdaaed);
    expect(chip.read(f4.flash + 0x14)).toBe(0x0ffdaaed);
    keys(chip, f4.flash + 4);
    chip.write(f4.flash + 0x10, 2 | (1 << 3) | (1 << 16));
    expect(chip.read(f4.flash + 0xc)).toBe(16);
  });

  test("L4: double words, once, whole and aligned; an error stops what follows; the second bank", () => {
    const chip = new IdleMachine("nucleo-l4r5zi");
    const at = 0x08100000;
    keys(chip, l4.flash + 8);
    chip.write(l4.flash + 0x14, 1);
    chip.write(at, 1);
    chip.write(at + 4, 2);
    expect([chip.read(at), chip.read(at + 4), chip.read(l4.flash + 0x10)]).toEqual([1, 2, 1]);
    chip.write(at, 0);
    chip.write(at + 4, 0);
    expect([chip.read(at), chip.read(l4.flash + 0x10)]).toEqual([1, 9]);
    chip.write(at + 8, 0);
    expect(chip.read(l4.flash + 0x10)).toBe(137);
    chip.write(l4.flash + 0x10, 0xff);
    chip.write(at + 12, 0);
    expect(chip.read(l4.flash + 0x10)).toBe(32);
    chip.write(l4.flash + 0x10, 0xff);
    chip.write(at + 8, 0);
    chip.write(at + 16, 0);
    expect([chip.read(l4.flash + 0x10), chip.read(at + 8) >>> 0]).toEqual([32, 0xffffffff]);
    chip.write(l4.flash + 0x10, 0xff);
    chip.machine.busWrite(at + 8, 0, 2);
    expect(chip.read(l4.flash + 0x10)).toBe(64);
    chip.write(l4.flash + 0x10, 0xff);
    chip.write(l4.flash + 0x14, 2 | (1 << 11) | (1 << 16));
    expect([chip.read(at) >>> 0, chip.read(l4.flash + 0x10)]).toEqual([0xffffffff, 1]);
  });
});

describe("GPIO", () => {
  test("drives, pulls, reads back; set wins over clear; open drain lets go", () => {
    const chip = nucleo();
    chip.write(f4.gpiob, 0x280 | (1 << 24) | (1 << 26)); // PB12, PB13: output
    chip.write(f4.gpiob + 0x18, (1 << 12) | (1 << 28));
    expect(chip.read(f4.gpiob + 0x10) & 0x3000).toBe(0x1000);
    chip.write(f4.gpiob + 4, 1 << 12);
    expect(chip.read(f4.gpiob + 0x10) & 0x3000).toBe(0);
    chip.write(f4.gpiob + 0xc, 1 << 24);
    expect(chip.read(f4.gpiob + 0x10) & 0x3000).toBe(0x1000);
    chip.write(f4.gpiob + 0x18, 1 << 28);
    expect(chip.read(f4.gpiob + 0x10) & 0x3000).toBe(0);
  });

  test("an alternate function is where the table has it; I2C must be open-drain", () => {
    const chip = nucleo();
    chip.write(f4.gpioa, 0xa8000000 | (2 << 4));
    chip.write(f4.gpioa + 0x20, 6 << 8);
    expect(chip.machine.world.pinOf("usart2.tx")).toBe(undefined);
    chip.write(f4.gpioa + 0x20, 7 << 8);
    expect(chip.machine.world.pinOf("usart2.tx")).toBe(2);
    chip.write(f4.gpiob + 0x24, 4);
    chip.write(f4.gpiob, 0x280 | (2 << 16));
    expect(chip.machine.world.pinOf("i2c1.scl")).toBe(undefined);
    expect(notes(chip)).toEqual(["gpiob: pin 8 is i2c1.scl, but not open-drain"]);
    chip.write(f4.gpiob + 4, 1 << 8);
    expect(chip.machine.world.pinOf("i2c1.scl")).toBe(24);
  });
});

describe("timers and watchdog", () => {
  test("16 bits wrap at ARR; the prescaler comes with the next update; updates are steps of TRGO", () => {
    const chip = nucleo();
    chip.write(tim3 + 0x28, 15);
    chip.write(tim3 + 0x2c, 999);
    chip.write(tim3 + 0x14, 1);
    chip.write(tim3 + 4, 2 << 4);
    chip.write(tim3 + 0x10, 0);
    chip.write(tim3, 1);
    chip.pass(0.5e-3);
    expect([chip.read(tim3 + 0x24), chip.read(tim3 + 0x10) & 1]).toEqual([500, 0]);
    chip.write(tim3 + 0x28, 31);
    chip.pass(0.75e-3);
    expect([chip.read(tim3 + 0x24), chip.read(tim3 + 0x10) & 1]).toEqual([125, 1]);
    expect(chip.machine.world.signal("tim3.trgo")).toBe(1);
    chip.write(tim3 + 0x2c, 99);
    expect(chip.read(tim3 + 0x24)).toBe(25);
  });

  test("a compare is found at a look, or interrupts; none for the count of the moment", () => {
    const chip = nucleo();
    chip.write(tim5 + 0x28, 15);
    chip.write(tim5 + 0x14, 1);
    chip.write(tim5 + 0x10, 0);
    chip.write(tim5 + 0x34, 100);
    chip.write(tim5, 1);
    chip.pass(99e-6);
    expect(chip.read(tim5 + 0x10)).toBe(0);
    chip.pass(2e-6);
    expect(chip.read(tim5 + 0x10)).toBe(2);
    chip.write(tim5 + 0x10, 0);
    chip.write(tim5 + 0x34, chip.read(tim5 + 0x24));
    expect(chip.read(tim5 + 0x10)).toBe(0);
    chip.write(0xe000e104, 1 << (50 - 32));
    const entered: number[] = [];
    chip.machine.onException = (number, enters) => enters && entered.push(number);
    chip.write(tim5 + 0xc, 2);
    chip.write(tim5 + 0x34, chip.read(tim5 + 0x24) + 50);
    chip.pass(49e-6);
    expect(entered).toEqual([]);
    chip.pass(3e-6);
    expect(entered[0]).toBe(66);
  });

  test("a prescaler that nobody has put in force is noted", () => {
    const chip = nucleo();
    chip.write(tim5 + 0x28, 15);
    chip.write(tim5, 1);
    expect(notes(chip)[0]).toMatch(/PSC is set but not taken over/);
  });

  test("the watchdog's registers are locked; it starts LSI, and bites after its period", () => {
    const chip = nucleo();
    chip.write(iwdg + 8, 100);
    expect([chip.read(iwdg + 8), notes(chip).length]).toEqual([0xfff, 1]);
    chip.write(iwdg, 0x5555);
    chip.write(iwdg + 4, 1);
    chip.write(iwdg + 8, 99);
    expect(chip.read(iwdg + 0xc)).toBe(3);
    chip.pass(200e-6);
    expect(chip.read(iwdg + 0xc)).toBe(0);
    chip.write(iwdg, 0xcccc);
    expect(chip.read(f4.rcc + 0x74) & 2).toBe(2);
    const resets: string[] = [];
    chip.machine.onReset = (cause) => resets.push(cause);
    chip.pass(20e-3);
    chip.write(iwdg, 0xaaaa);
    chip.pass(24e-3); // 100 · 8 / 32 kHz = 25 ms
    expect(resets).toEqual([]);
    chip.pass(2e-3);
    expect(resets).toEqual(["watchdog"]);
    chip.pass(0.1);
    expect(resets.length).toBe(1);
  });
});
