// The STM32's addresses, bits, reset values, clock enables and interrupt numbers in drivers, chip files and simulated peripherals against ST's SVD
// files as stm32-rs corrects them (rows in stm32-rows.ts and stm32-places.ts, made by make-stm32-rows.ts): all of ours come from the same hands.

import { describe, expect, test } from "vitest";
import * as shared from "../../assembly/hal/stm32/registers.ts";
import * as f4 from "../../assembly/hal/stm32f4/registers.ts";
import * as l4 from "../../assembly/hal/stm32l4/registers.ts";
import { findBoard } from "../../host/board/board.ts";
import { IdleMachine } from "../sim/idle-machine.ts";
import { enables, places, resets } from "./stm32-places.ts";
import { rows } from "./stm32-rows.ts";

const families: readonly (readonly [Readonly<Record<string, number>>, RegExp])[] = [
  [shared, /./],
  [f4, /stm32f4/],
  [l4, /stm32l4/],
];
/** Constants that the crates do not have: the distance of two ports, the number of a DMA request; L4's are not enumerated there. */
const own = [
  ...["GPIO_PORT_BYTES", "REQUEST_SAI1_A"],
  ...["RCC_CFGR_SW_HSI16", "RCC_CFGR_SW_PLL", "RCC_PLLCFGR_PLLSRC_HSI16"],
];

test("every constant of the drivers is in a crate, with this value", () => {
  for (const [constants, chips] of families)
    for (const [name, value] of Object.entries(constants)) {
      const facts = rows.filter((row) => row[0] === name && chips.test(row[1]));
      if (facts.length === 0) expect(own).toContain(name);
      for (const fact of facts) expect([name, fact[1], value >>> 0]).toEqual([name, fact[1], fact[3]]);
    }
  expect(rows.length).toBeGreaterThan(150);
});

const boards = [
  ["nucleo-f446re", "stm32f446"],
  ["blackpill-f411", "stm32f411"],
  ["nucleo-l4r5zi", "stm32l4r5"],
] as const;

describe.each(boards)("%s", (board, chip) => {
  const { chip: found, hal, microphones } = findBoard(board);
  const described = [
    ...found.uarts.map(({ name, base, irq }) => ({ name, base, interrupts: [irq] })),
    ...(found.devices ?? []).map(({ name, base, interrupts = [] }) => ({ name, base, interrupts })),
  ];
  const placeOf = (name: string) => places.find((place) => place[0] === chip && place[1] === name.toUpperCase());

  test("its peripherals lie where the crate says, on the interrupts that it says", () => {
    for (const { name, base, interrupts } of described)
      expect([name, base, ...interrupts]).toEqual([name, ...(placeOf(name)?.slice(2) ?? [])]);
  });

  test("its drivers get the same bases and interrupts", () => {
    for (const use of [hal?.console, hal?.timer, hal?.i2c].filter((one) => one !== undefined)) {
      const place = places.find((row) => row[0] === chip && row[2] === use.config?.["base"])!;
      expect(place, use.driver).toBeDefined();
      for (const number of Object.values(use.interrupts ?? {})) expect(place.slice(3)).toContain(number);
    }
    // stream or channel, and the overrun of what it serves
    const sound: Readonly<Record<string, readonly unknown[]>> = {
      stm32f4_audio: [placeOf("DMA2")?.[3], placeOf("ADC1")?.[3]],
      stm32f4_i2s: [placeOf("DMA1")?.[3 + 3], placeOf("SPI2")?.[3]],
      stm32l4_sai: [placeOf("DMA1")?.[3], placeOf("SAI1")?.[3]],
    };
    for (const { driver, interrupts } of [hal!.audio!, ...Object.values(microphones ?? {})])
      expect(Object.values(interrupts ?? {})).toEqual(sound[driver]);
  });

  test("the bits that enable peripherals in the simulated RCC are the crate's, and no others", () => {
    const rcc = placeOf("RCC")![2];
    for (const { name } of described) {
      if (["rcc", "flash", "iwdg"].includes(name)) continue;
      const [, , offset, bit] = enables.find((row) => row[0] === chip && row[1] === name.toUpperCase())!;
      const idle = new IdleMachine(board);
      const clock = () => idle.machine.world.clock(name);
      const before = idle.read(rcc + offset);
      idle.write(rcc + offset, ~(1 << bit));
      expect([name, clock()]).toEqual([name, 0]);
      idle.write(rcc + offset, before | (1 << bit));
      expect(clock()).toBeGreaterThan(0);
    }
  });

  test("registers read after reset what the crate says", () => {
    const idle = new IdleMachine(board);
    const rcc = placeOf("RCC")![2];
    const named = new Set(described.map(({ name }) => name.toUpperCase()));
    const wrong = resets.filter(([of, register, address, value]) => {
      const [peripheral = ""] = register.split(".");
      if (of !== chip || !named.has(peripheral)) return false;
      const gate = enables.find((row) => row[0] === chip && row[1] === peripheral);
      if (gate && peripheral !== "RCC") idle.write(rcc + gate[2], idle.read(rcc + gate[2]) | (1 << gate[3]));
      return idle.read(address) !== value;
    });
    expect(wrong.map(([, register]) => register).toSorted()).toEqual(otherwise[chip]!.toSorted());
  });
});

/** Where the manuals say something else than the crate, and the models follow the manuals. */
const otherwise: Readonly<Record<string, readonly string[]>> = {
  // RM0390 26.7.9, RM0383 20.5.9: 2, which SVD has in binary and reads as decimal
  stm32f446: ["SPI2.I2SPR"],
  // RM0383 3.8.7: 0x0FFFAAED
  stm32f411: ["FLASH.OPTCR", "SPI2.I2SPR"],
  stm32l4r5: [
    // RM0432 8.5.1: pins are analog after reset; the crate has the F4's values
    ...["GPIOA.MODER", "GPIOB.MODER"],
    // 38.4.12: of 16 bits
    ...["TIM3.ARR", "TIM4.ARR"],
    // 50.8.8, 51.7.8: TXFE is the FIFO's, which is off
    ...["LPUART1.ISR", "USART1.ISR", "USART2.ISR", "USART3.ISR"],
  ],
};
