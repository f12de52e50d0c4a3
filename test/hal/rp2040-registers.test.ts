// The RP2040's addresses, bits and interrupt numbers in drivers and chip file against Raspberry Pi's SVD file, as the crate rp2040-pac
// carries it: driver and simulated peripheral come from the same hands, so neither can vouch for the other.

import { expect, test } from "vitest";
import * as pl011 from "../../assembly/hal/pl011-registers.ts";
import * as registers from "../../assembly/hal/rp2040/registers.ts";
import chip from "../../boards/chips/rp2040.ts";
import pico from "../../boards/pico.ts";
import { rows } from "./rp2040-rows.ts";

const own = /^(ATOMIC_|FUNCTION_|DREQ_)/;
const constants = Object.entries({ ...registers, ...pl011 }).filter(([name]) => !own.test(name));
const named = (meaning: string) =>
  new Map(rows.filter((row) => row[1] === meaning).map(([name, , value]) => [name, value]));
const bases = named("base");
const interrupts = named("interrupt");

test("every register and bit of the drivers is the SVD's", () => {
  const facts = new Map(
    rows.filter(([, meaning]) => !["base", "interrupt"].includes(meaning)).map((row) => [row[0], row[2]]),
  );
  expect(constants.length).toBeGreaterThan(140);
  for (const [name, value] of constants) expect([name, Number(value) >>> 0]).toEqual([name, facts.get(name)]);
});

test("the chip's devices and UARTs lie where the SVD says, with its interrupts", () => {
  const names: Readonly<Record<string, string>> = {
    chip_reset: "VREG_AND_CHIP_RESET",
    ssi: "XIP_SSI",
    usb: "USBCTRL_DPRAM",
    xip: "XIP_CTRL",
  };
  const lines: Readonly<Record<string, readonly string[]>> = {
    clocks: ["CLOCKS_IRQ"],
    timer: ["TIMER_IRQ_0", "TIMER_IRQ_1", "TIMER_IRQ_2", "TIMER_IRQ_3"],
    io_bank0: ["IO_IRQ_BANK0"],
    adc: ["ADC_IRQ_FIFO"],
    dma: ["DMA_IRQ_0", "DMA_IRQ_1"],
    i2c0: ["I2C0_IRQ"],
    usb: ["USBCTRL_IRQ"],
    i2c1: ["I2C1_IRQ"],
  };
  const devices: readonly { readonly name: string; readonly base: number; readonly interrupts?: readonly number[] }[] =
    chip.devices;
  for (const { name, base, interrupts: own = [] } of devices) {
    if (name === "rom" || !(name in lines || bases.has((names[name] ?? name).toUpperCase()))) continue;
    expect([name, base]).toEqual([name, bases.get((names[name] ?? name).toUpperCase())]);
    expect([name, own]).toEqual([name, (lines[name] ?? []).map((line) => interrupts.get(line))]);
  }
  for (const { name, base, irq } of chip.uarts)
    expect([name, base, irq]).toEqual([
      name,
      bases.get(name.toUpperCase()),
      interrupts.get(`${name.toUpperCase()}_IRQ`),
    ]);
});

test("the board's drivers use the SVD's bases and interrupts", () => {
  const { console, timer, i2c, audio } = pico.hal;
  expect([console.config.base, console.interrupts.isr]).toEqual([bases.get("UART0"), interrupts.get("UART0_IRQ")]);
  expect([timer.interrupts.isr, audio.interrupts.isr]).toEqual([
    interrupts.get("TIMER_IRQ_0"),
    interrupts.get("DMA_IRQ_0"),
  ]);
  expect(i2c.config.base).toBe(bases.get("I2C0"));
});
