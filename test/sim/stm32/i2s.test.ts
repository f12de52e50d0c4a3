// I2S of the STM32F4 and its PLL, register by register: what the driver does not use, the arithmetic of the clocks, and rules that a program may
// break.

import { describe, expect, test } from "vitest";
import { IdleMachine } from "../idle-machine.ts";
import { feedFrames } from "./frames.ts";

const ram = 0x20001000;
const notes = (chip: IdleMachine) => chip.machine.notes.map(({ text }) => text);

describe("I2S of the F4", () => {
  const [rcc, spi, dma, gpiob] = [0x40023800, 0x40003800, 0x40026000, 0x40020400];
  const at = { cr2: spi + 4, sr: spi + 8, dr: spi + 0xc, config: spi + 0x1c, prescaler: spi + 0x20 };
  const receive = { narrow: 0xf00, wide24: 0xf03, wide16: 0xf01 } as const; // I2SMOD, I2SE, master receive; DATLEN, CHLEN

  /** PLLI2S at 16 MHz / 16 · 192 / 3 = 64 MHz; PB12, PB13, PB15. */
  function start(prescaler: number, pins = true): IdleMachine {
    const chip = new IdleMachine("nucleo-f446re");
    chip.write(rcc + 0x30, (1 << 21) | 2);
    chip.write(rcc + 0x40, 1 << 14);
    chip.write(rcc + 0x84, 16 | (192 << 6) | (3 << 28));
    chip.write(rcc, 0x83 | (1 << 26));
    chip.pass(100e-6);
    expect(chip.read(rcc) & (1 << 27)).toBe(1 << 27);
    if (pins) {
      chip.write(gpiob + 0x24, 0x50550000);
      chip.write(gpiob, 0x280 | (0x8a << 24));
    }
    chip.write(at.prescaler, prescaler);
    return chip;
  }

  test("the clock by its registers; a frame's words, sides and bits", () => {
    const chip = start(31 | (1 << 8)); // 64 MHz / 63 / 64
    const rateHz = 64e6 / 63 / 64;
    feedFrames(chip, rateHz);
    chip.write(at.config, receive.wide24);
    const words: number[] = [];
    for (let word = 0; word < 8; word++) {
      chip.pass(16.5 / 64 / rateHz - (word > 0 ? 0.5 / 64 / rateHz : 0));
      const status = chip.read(at.sr);
      expect([word, status & 0x45]).toEqual([word, 1 | (word & 2 ? 4 : 0)]);
      words.push(chip.read(at.dr));
    }
    expect(words).toEqual([0x1234, 0x5600, 0xfefd, 0xfd00, 0x1334, 0x5600, 0xfefd, 0xfc00]);
    expect(chip.read(at.sr) & 1).toBe(0);
    expect(notes(chip)).toEqual([]);
  });

  test("16 bits a channel; MCKOE; MSB-justified takes a Philips microphone's bits one late", () => {
    const chip = start(2 | (1 << 9)); // 64 MHz / 4 / 8 = 2 MHz, / 32
    feedFrames(chip, 62_500);
    chip.write(at.config, receive.narrow);
    chip.pass(8.1e-6);
    expect([chip.read(at.dr), chip.read(at.sr) & 4]).toEqual([0x1234, 0]);
    chip.pass(8e-6);
    expect([chip.read(at.dr), chip.read(at.sr) & 4]).toEqual([0xfefd, 4]);
    chip.write(at.config, 0);
    chip.write(at.config, receive.narrow | (1 << 4));
    chip.pass(8.1e-6);
    expect(chip.read(at.dr)).toBe(0x1334 >> 1);
    expect(notes(chip)).toEqual([]);
  });

  test("a word too many is lost: OVR till DR and SR were read; a stalled line sends none", () => {
    const chip = start(31 | (1 << 8));
    chip.machine.feed("mic", { at: () => [0.5, 0] });
    chip.write(at.config, receive.wide16);
    chip.pass(70e-6);
    expect(chip.read(at.sr) & 0x41).toBe(0x41);
    expect(chip.read(at.sr) & 0x40).toBe(0x40);
    expect(chip.read(at.dr)).toBe(0x4000);
    expect([chip.read(at.sr) & 0x41, chip.read(at.sr) & 0x41]).toEqual([0x40, 0]);
    chip.machine.inject("spi2");
    chip.pass(100e-6);
    expect(chip.read(at.sr) & 1).toBe(0);
    chip.machine.inject("spi2", 0);
    chip.pass(70e-6);
    chip.write(rcc + 0x20, 1 << 14);
    chip.write(rcc + 0x20, 0);
    expect([chip.read(at.sr), chip.read(at.config), chip.read(at.prescaler)]).toEqual([2, 0, 2]);
  });

  test("both causes interrupt; DMA goes round with both flags", () => {
    const chip = start(31 | (1 << 8));
    const rateHz = 64e6 / 63 / 64;
    feedFrames(chip, rateHz);
    const entered: number[] = [];
    chip.machine.onException = (number, enters) => enters && entered.push(number - 16);
    chip.write(dma + 0x60, at.dr);
    chip.write(dma + 0x64, ram);
    chip.write(dma + 0x5c, 4);
    chip.write(dma + 0x58, 1 | (1 << 8) | (1 << 10) | (1 << 11) | (1 << 13));
    chip.write(at.cr2, 1);
    chip.write(at.config, receive.wide16);
    chip.pass(2.3 / rateHz);
    expect([...new Uint16Array(chip.machine.peek(ram, 8).buffer)]).toEqual([0x1434, 0xfefd, 0x1334, 0xfefd]);
    expect([(chip.read(dma) >> 22) & 0x3f, chip.read(dma + 0x5c)]).toEqual([48, 3]);
    chip.write(dma + 0x58, 0);
    chip.write(0xe000e104, 1 << 4);
    chip.write(at.cr2, 64);
    chip.pass(1 / rateHz);
    expect(entered).toEqual([36]);
    expect(notes(chip)).toEqual([]);
  });

  test("pins that are missing, a PLL that is, settings under way, SPI: noted", () => {
    const chip = start(31, false);
    chip.machine.feed("mic", { at: () => [0.5] });
    chip.write(at.config, receive.wide16);
    chip.pass(40e-6);
    expect(chip.read(at.dr)).toBe(0xffff);
    chip.write(at.prescaler, 1);
    chip.write(at.config, receive.wide24);
    chip.write(at.config, 0);
    chip.write(at.config, 0xd00 | (3 << 4));
    chip.write(at.config, 0);
    chip.write(spi, 0x40);
    chip.write(rcc + 0x84, 16 | (600 << 6) | (3 << 28));
    chip.write(rcc, 0x83);
    chip.write(at.prescaler, 31);
    chip.write(at.config, receive.wide16);
    chip.write(rcc, 0x83 | (1 << 26));
    chip.write(rcc + 4, 16 | (192 << 6) | (1 << 22));
    expect(notes(chip)).toEqual([
      "spi2: receives sound, but spi2.ck is on no pin",
      "spi2: I2SPR is written while I2SE is set",
      "spi2: I2SCFGR is written while I2SE is set",
      "spi2: only I2S master receive in Philips and MSB-justified frames is modelled",
      "spi2: I2SDIV below 2 is forbidden",
      "spi2: SPI is not modelled",
      "rcc: PLLI2SCFGR is written while the PLLI2S is on",
      "spi2: I2SE is set while PLLI2S does not run",
      "rcc: PLLI2S of 1 MHz and a VCO of 88 MHz; 1 to 2 and 100 to 432 are allowed",
      "rcc: PLLSRC is changed while the PLLI2S is on",
    ]);
  });
});
