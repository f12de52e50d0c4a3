// UART, UARTE and TWIM register by register: forms of use that the drivers do not have.

import { describe, expect, test } from "vitest";
import { RegisterTarget } from "../../hal/register-target.ts";
import { IdleMachine } from "../idle-machine.ts";

const uart = 0x40002000;
const twim = 0x40003000;
const ram = 0x20001000;

describe("UARTE", () => {
  const open = (count: number) => {
    const chip = new IdleMachine("nano33ble");
    chip.write(uart + 0x50c, 35);
    chip.write(uart + 0x514, 42);
    chip.write(uart + 0x524, 0x01d60000);
    chip.write(uart + 0x500, 8);
    chip.write(uart + 0x534, ram);
    chip.write(uart + 0x538, count);
    return chip;
  };

  test("a short starts the next buffer, whose address was given meanwhile", () => {
    const chip = open(4);
    chip.write(uart + 0x200, 1 << 5);
    chip.write(uart, 1);
    expect(chip.read(uart + 0x14c)).toBe(1);
    chip.write(uart + 0x534, ram + 16);
    chip.machine.send(Uint8Array.of(1, 2, 3, 4, 5, 6));
    chip.pass(1e-3);
    expect([...chip.machine.peek(ram, 4), ...chip.machine.peek(ram + 16, 2)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([chip.read(uart + 0x110), chip.read(uart + 0x53c)]).toEqual([1, 4]);
    chip.write(uart + 4, 1); // STOPRX
    expect([chip.read(uart + 0x144), chip.read(uart + 0x53c)]).toEqual([1, 2]);
  });

  test("what comes after the buffer waits in the FIFO, six bytes, then is lost and named; FLUSHRX fetches it", () => {
    const chip = open(2);
    chip.write(uart, 1);
    chip.machine.send(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    chip.pass(2e-3);
    expect([chip.read(uart + 0x110), chip.read(uart + 0x124), chip.read(uart + 0x480)]).toEqual([1, 1, 1]);
    chip.write(uart + 0x480, 1);
    expect(chip.read(uart + 0x480)).toBe(0);
    chip.write(uart + 0x534, ram + 16);
    chip.write(uart + 0x538, 16);
    chip.write(uart + 0x2c, 1);
    expect([chip.read(uart + 0x53c), ...chip.machine.peek(ram + 16, 6)]).toEqual([6, 3, 4, 5, 6, 7, 8]);
  });

  test("DMA cannot read flash", () => {
    const chip = open(1);
    chip.write(uart + 0x544, 0x10000);
    chip.write(uart + 0x548, 3);
    chip.write(uart + 8, 1);
    chip.pass(1e-3);
    expect([chip.output, chip.read(uart + 0x120), chip.read(uart + 0x54c)]).toEqual([[0, 0, 0], 1, 3]);
  });

  test("on the wrong pin the console is silent", () => {
    const chip = open(1);
    chip.write(uart + 0x50c, 34);
    chip.machine.poke(ram, Uint8Array.of(65));
    chip.write(uart + 0x544, ram);
    chip.write(uart + 0x548, 1);
    chip.write(uart + 8, 1);
    chip.pass(1e-3);
    expect([chip.text, chip.machine.notes[0]!.text]).toEqual(["", "uarte0: sends, but not on pin 35"]);
  });
});

test("UART: a byte written before TXDRDY is lost, a byte takes its time", () => {
  const chip = new IdleMachine("microbit");
  chip.write(uart + 0x50c, 24);
  chip.write(uart + 0x524, 0x01d7e000);
  chip.write(uart + 0x500, 4);
  chip.write(uart + 8, 1);
  chip.write(uart + 0x51c, 65);
  chip.write(uart + 0x51c, 66);
  chip.pass(80e-6);
  expect([chip.text, chip.read(uart + 0x11c)]).toEqual(["", 0]);
  chip.pass(10e-6);
  expect([chip.text, chip.read(uart + 0x11c)]).toEqual(["A", 1]);
  chip.write(uart + 0x51c, 67);
  chip.pass(100e-6);
  expect(chip.text).toBe("AC");
});

describe("TWIM", () => {
  const open = () => {
    const chip = new IdleMachine("nano33ble");
    chip.write(twim + 0x508, 15);
    chip.write(twim + 0x50c, 14);
    chip.write(twim + 0x500, 6);
    chip.write(twim + 0x524, 0x01980000);
    chip.write(twim + 0x588, 0x68);
    chip.write(twim + 0x544, ram);
    chip.write(twim + 0x548, 2);
    return chip;
  };

  test("takes nine bit times a byte, and interrupts at its stop", () => {
    const chip = open();
    const target = new RegisterTarget(0x68);
    chip.machine.plug("twim0", target);
    chip.machine.poke(ram, Uint8Array.of(3, 77));
    chip.write(twim + 0x200, 1 << 9);
    chip.write(twim + 8, 1);
    chip.pass(270e-6); // 10 + 2 · 9 + 1 bits at 99.6 kHz are 291 µs
    expect(chip.read(twim + 0x104)).toBe(0);
    chip.pass(30e-6);
    expect([chip.read(twim + 0x104), chip.read(twim + 0x54c), target.registers[3]]).toEqual([1, 2, 77]);
  });

  test("an address that nobody has: ANACK, and nothing goes on until STOP", () => {
    const chip = open();
    chip.write(twim + 0x200, 1 << 9);
    chip.write(twim + 8, 1);
    chip.pass(1e-3);
    expect([chip.read(twim + 0x124), chip.read(twim + 0x4c4), chip.read(twim + 0x104)]).toEqual([1, 2, 0]);
    chip.write(twim + 0x14, 1);
    chip.pass(20e-6);
    expect(chip.read(twim + 0x104)).toBe(1);
    chip.write(twim + 0x4c4, 2);
    expect(chip.read(twim + 0x4c4)).toBe(0);
  });

  test("a data byte that is not acknowledged: DNACK after so many bytes", () => {
    const chip = open();
    chip.machine.plug("twim0", { address: 0x68, start: () => true, write: () => false, read: () => 0, stop: () => {} });
    chip.write(twim + 8, 1);
    chip.pass(1e-3);
    expect([chip.read(twim + 0x4c4), chip.read(twim + 0x54c)]).toEqual([4, 1]);
  });

  test("without pins, and from flash: said", () => {
    const chip = open();
    chip.machine.plug("twim0", new RegisterTarget(0x68));
    chip.write(twim + 0x544, 0x10000);
    chip.write(twim + 8, 1);
    chip.pass(1e-3);
    expect(chip.machine.notes[0]!.text).toBe("twim0: EasyDMA cannot read 0x10000");
    chip.write(twim + 0x500, 0);
    chip.write(twim + 0x508, 0xffffffff);
    chip.write(twim + 0x500, 6);
    chip.write(twim + 8, 1);
    expect(chip.machine.notes.at(-1)!.text).toBe("twim0: SCL or SDA has no pin");
  });
});
