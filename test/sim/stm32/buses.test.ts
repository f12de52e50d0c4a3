// I2C of both generations, USART, ADC and DMA of STM32F4 and L4+, register by register: forms of use that the drivers do not have, every length
// of a read as the manual has it, and errors.

import { describe, expect, test } from "vitest";
import { RegisterTarget } from "../../hal/register-target.ts";
import { IdleMachine } from "../idle-machine.ts";

const i2c = 0x40005400;
const gpiob = { f4: 0x40020400, l4: 0x48000400 } as const;

/** Both lines on PB8 and PB9, the controller on at about 400 kHz. */
function open(family: "f4" | "l4"): { chip: IdleMachine; target: RegisterTarget } {
  const chip = new IdleMachine(family === "f4" ? "nucleo-f446re" : "nucleo-l4r5zi");
  const [rcc, ports, bus] = family === "f4" ? [0x40023800, 0x30, 0x40] : [0x40021000, 0x4c, 0x58];
  chip.write(rcc + ports, 2);
  chip.write(rcc + bus, 1 << 21);
  chip.write(gpiob[family] + 4, 3 << 8);
  chip.write(gpiob[family] + 0x24, 0x44);
  chip.write(gpiob[family], (chip.read(gpiob[family]) & ~(15 << 16)) | (10 << 16));
  if (family === "f4") {
    for (const [register, value] of [
      [4, 16],
      [0x1c, 0x8000 | 14],
      [0x20, 5],
      [0, 1],
    ] as const)
      chip.write(i2c + register, value);
  } else {
    chip.write(i2c + 0x10, (4 << 20) | (2 << 16) | (15 << 8) | 19);
    chip.write(i2c, 1);
  }
  const target = new RegisterTarget(0x68);
  for (let at = 0; at < 16; at++) target.registers[at] = 0x50 + at;
  chip.machine.plug("i2c1", target);
  return { chip, target };
}

describe("I2C of the F4", () => {
  const [sb, addr, btf, rxne, txe] = [1, 2, 4, 64, 128];
  const flags = (chip: IdleMachine) => chip.read(i2c + 0x14);
  const begin = (chip: IdleMachine, address: number, more = 0) => {
    chip.write(i2c, 1 | (1 << 8) | more);
    chip.pass(5e-6);
    expect(flags(chip) & sb).toBe(sb);
    chip.write(i2c + 0x10, address);
    chip.pass(30e-6);
  };
  const clearAddress = (chip: IdleMachine) => {
    expect(flags(chip) & addr).toBe(addr);
    expect(chip.read(i2c + 0x18) & 3).toBe(3);
  };

  test("a write: DR behind the wire, BTF when nothing follows, SCL held till then", () => {
    const { chip, target } = open("f4");
    begin(chip, 0xd0);
    chip.pass(1e-3);
    expect(target.dialogue).toBe("S");
    clearAddress(chip);
    expect(flags(chip)).toBe(txe);
    chip.write(i2c + 0x10, 0x10);
    chip.write(i2c + 0x10, 0x20);
    expect(flags(chip)).toBe(0);
    chip.pass(30e-6);
    expect(flags(chip)).toBe(txe);
    chip.pass(30e-6);
    expect(flags(chip)).toBe(txe | btf);
    chip.write(i2c, 1 | (1 << 9));
    chip.pass(10e-6);
    expect([target.dialogue, chip.read(i2c + 0x18), chip.read(i2c) & 0x200]).toEqual(["S1020P ", 0, 0]);
  });

  test("one byte, two bytes, three and more, as the manual ends them", () => {
    const { chip, target } = open("f4");
    const read = (length: number): number[] => {
      target.dialogue = "";
      begin(chip, 0xd1, length === 1 ? 0 : length === 2 ? (1 << 10) | (1 << 11) : 1 << 10);
      const bytes: number[] = [];
      const take = () => bytes.push(chip.read(i2c + 0x10));
      clearAddress(chip);
      if (length === 1) {
        chip.write(i2c, 1 | (1 << 9));
        chip.pass(60e-6);
        take();
      } else if (length === 2) {
        chip.write(i2c, 1 | (1 << 11));
        chip.pass(200e-6);
        expect(flags(chip)).toBe(btf | rxne);
        chip.write(i2c, 1 | (1 << 9));
        take();
        take();
      } else {
        for (; bytes.length < length - 3; take()) chip.pass(26e-6);
        chip.pass(200e-6);
        expect(flags(chip)).toBe(btf | rxne);
        chip.write(i2c, 1);
        take();
        chip.write(i2c, 1 | (1 << 9));
        take();
        chip.pass(60e-6);
        take();
      }
      chip.pass(20e-6);
      expect(chip.read(i2c + 0x18) & 3).toBe(0);
      expect(target.dialogue).toBe(`R${"..".repeat(length)}P `);
      return bytes;
    };
    let next = 0x50;
    for (const length of [1, 2, 3, 5]) {
      expect(read(length)).toEqual(Array.from({ length }, () => next++));
    }
    expect(chip.machine.notes).toEqual([]);
  });

  test("nobody there: AF till it is cleared; SDA held in the middle: arbitration is lost; events interrupt", () => {
    const { chip } = open("f4");
    chip.write(i2c + 4, 16 | (3 << 8));
    chip.write(0xe000e100, (3 << 31) >>> 0);
    chip.write(0xe000e104, 1);
    begin(chip, 0x22);
    expect(flags(chip)).toBe(1 << 10);
    chip.write(i2c, 1 | (1 << 9));
    chip.write(i2c + 0x14, ~(1 << 10));
    chip.pass(10e-6);
    expect([flags(chip), chip.read(i2c + 0x18)]).toEqual([0, 0]);
    begin(chip, 0xd0);
    clearAddress(chip);
    chip.write(i2c + 0x10, 1);
    chip.machine.world.i2c("i2c1").holdData(1);
    chip.pass(30e-6);
    expect([flags(chip) & 0x200, chip.read(i2c + 0x18)]).toEqual([0x200, 2]);
  });

  test("timing that does not fit is noted", () => {
    const { chip } = open("f4");
    for (const [register, value] of [
      [0, 0],
      [4, 42],
      [0x1c, 0x8000 | 8],
      [0x20, 40],
      [0, 1 | (1 << 8)],
    ] as const)
      chip.write(i2c + register, value);
    chip.pass(10e-6);
    const [frequency, speed, rise] = chip.machine.notes.map(({ text }) => text);
    expect([frequency, speed, rise]).toEqual([
      ...["i2c1: FREQ is 42, its bus has 16 MHz", "i2c1: SCL of 667 kHz", "i2c1: TRISE is not 5"],
    ]);
  });
});

describe("I2C of the L4+", () => {
  const status = (chip: IdleMachine) => chip.read(i2c + 0x18);

  test("TC stretches till the next start; RELOAD goes on; STOP by hand", () => {
    const { chip, target } = open("l4");
    chip.write(i2c + 4, 0xd0 | (1 << 16) | (1 << 24) | (1 << 13));
    chip.pass(150e-6);
    expect(status(chip)).toBe(0x8003);
    chip.write(i2c + 0x28, 4);
    chip.pass(150e-6);
    expect(status(chip)).toBe(0x8081); // TCR
    chip.write(i2c + 4, 0xd0 | (1 << 16));
    expect(status(chip)).toBe(0x8003);
    chip.write(i2c + 0x28, 0xaa);
    chip.pass(150e-6);
    expect(status(chip)).toBe(0x8041); // TC
    chip.write(i2c + 4, 0xd0 | (3 << 16) | (1 << 10) | (1 << 13));
    chip.pass(2e-3);
    expect([status(chip), target.dialogue]).toEqual([0x8005, "S04aaR...."]);
    expect(chip.read(i2c + 0x24)).toBe(0x55);
    chip.pass(150e-6);
    expect([chip.read(i2c + 0x24), chip.read(i2c + 0x24)]).toEqual([0x56, 0x57]);
    expect(status(chip)).toBe(0x8041);
    chip.write(i2c + 4, 1 << 14);
    chip.pass(50e-6);
    expect([status(chip), target.dialogue]).toEqual([0x21, "S04aaR......P "]);
  });

  test("nobody there: NACKF and a stop of its own; switched off it forgets; errors interrupt", () => {
    const { chip } = open("l4");
    chip.write(i2c, 0xff);
    chip.write(0xe000e104, 1);
    const entered: number[] = [];
    chip.machine.onException = (number, enters) => enters && entered.push(number);
    chip.write(i2c + 4, 0x20 | (1 << 16) | (1 << 13));
    chip.pass(300e-6);
    expect(status(chip)).toBe(0x31);
    chip.write(i2c + 0x1c, 0x30);
    expect(status(chip)).toBe(1);
    chip.machine.inject("i2c1", 2); // nothing is under way
    expect(entered).toEqual([]);
    chip.write(i2c + 4, 0xd0 | (1 << 16) | (1 << 13));
    chip.pass(150e-6);
    chip.machine.inject("i2c1", 0);
    chip.machine.inject("i2c1", 2);
    chip.pass(1e-6);
    expect([status(chip), entered[0]]).toEqual([0x101, 48]);
    chip.write(i2c, 0);
    expect(status(chip)).toBe(1);
  });

  test("TXIS interrupts while enabled", () => {
    const { chip } = open("l4");
    chip.write(i2c, 1 | 2 | 4);
    chip.write(0xe000e100, 0x80000000);
    let entered = 0;
    chip.machine.onException = (number, enters) => {
      if (!enters || number !== 47) return;
      entered++;
      chip.write(i2c + 0x28, 3);
    };
    chip.write(i2c + 4, 0xd0 | (2 << 16) | (1 << 25) | (1 << 13));
    chip.pass(1e-3);
    // the idle core never leaves its handler
    expect([entered, status(chip)]).toEqual([1, 0x8003]);
    chip.write(i2c + 0x28, 4);
    chip.pass(1e-3);
    expect(status(chip)).toBe(0x21);
  });
});

describe("ADC and DMA of the F4", () => {
  const [rcc, adc, dma, ram] = [0x40023800, 0x40012000, 0x40026400, 0x20001000];
  const start = () => {
    const chip = new IdleMachine("nucleo-f446re");
    chip.write(rcc + 0x30, 1 << 22);
    chip.write(rcc + 0x44, 1 << 8);
    for (let input = 0; input < 4; input++)
      chip.machine.feed(`analog${input}`, { at: () => [(3.3 * (100 * (input + 1) + 0.5)) / 4096] });
    chip.write(adc + 0x34, 1 | (3 << 5) | (2 << 10)); // inputs 1, 3, 2
    chip.write(adc + 0x2c, 2 << 20);
    chip.write(adc + 4, 1 << 8);
    return chip;
  };

  test("a scan into memory by halfwords; flags at half and end; the stream switches itself off", () => {
    const chip = start();
    chip.write(dma + 0x18, adc + 0x4c);
    chip.write(dma + 0x1c, ram);
    chip.write(dma + 0x14, 4);
    chip.write(dma + 0x10, 1 | (1 << 10) | (1 << 11) | (1 << 13));
    chip.write(adc + 8, 1 | (1 << 8) | (1 << 9) | 2 | (1 << 30));
    chip.pass(30e-6);
    const words = new Uint16Array(chip.machine.peek(ram, 10).buffer);
    expect([...words.subarray(0, 4)]).toEqual([200, 400, 300, 200]);
    expect([chip.read(dma) & 0x3f, chip.read(dma + 0x10) & 1, chip.read(dma + 0x14)]).toEqual([48, 0, 0]);
    // nobody takes the rest
    expect(chip.read(adc) & 32).toBe(32);
    chip.write(dma + 8, 0x3d);
    expect(chip.read(dma) & 0x3f).toBe(0);
  });

  test("by software, one after the other, at the resolution asked for; a stalled converter ends nothing", () => {
    const chip = start();
    chip.write(adc + 0x2c, 0);
    chip.write(adc + 4, 2 << 24); // 8 bits
    chip.write(adc + 8, 1 | (1 << 30));
    chip.pass(10e-6);
    expect([chip.read(adc), chip.read(adc + 0x4c), chip.read(adc)]).toEqual([18, 12, 16]);
    chip.machine.inject("adc1");
    chip.write(adc + 8, 1 | (1 << 30));
    chip.pass(1e-3);
    expect(chip.read(adc)).toBe(16);
    chip.machine.inject("adc1", 0);
    chip.pass(10e-6);
    expect(chip.read(adc) & 2).toBe(2);
  });
});

test("a USART without its clock is not there; a program on the wrong pin is silent", () => {
  const chip = new IdleMachine("nucleo-f446re");
  const [rcc, usart, gpioa] = [0x40023800, 0x40004400, 0x40020000];
  chip.write(usart + 0xc, 0x200c);
  expect([chip.read(usart), chip.read(usart + 0xc)]).toEqual([0, 0]);
  chip.write(rcc + 0x40, 1 << 17);
  chip.write(rcc + 0x30, 1);
  chip.write(usart + 8, 139);
  chip.write(usart + 0xc, 0x200c);
  chip.write(usart + 4, 65);
  chip.pass(200e-6);
  expect([chip.text, chip.machine.notes[0]!.text]).toEqual(["", "usart2: sends, but not on pin 2"]);
  chip.write(gpioa + 0x20, 7 << 8);
  chip.write(gpioa, 0xa8000000 | (2 << 4));
  chip.write(usart + 4, 66);
  chip.pass(200e-6);
  expect(chip.text).toBe("B");
});
