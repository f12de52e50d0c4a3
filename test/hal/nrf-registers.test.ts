// Registers, bits and values that the nRF drivers use against those of Nordic's SVD files, by way of the crates nrf52840-pac and nrf51-pac
// (nrf-rows.ts, made by make-nrf-rows.ts); and what chips and boards say of peripherals against the same.

import { describe, expect, test } from "vitest";
import * as registers from "../../assembly/hal/nrf/registers.ts";
import { findBoard } from "../../host/board/board.ts";
import { places, rows } from "./nrf-rows.ts";

const constants: Readonly<Record<string, number>> = registers;

describe("constants of the drivers", () => {
  test("every one is in a crate, with this value", () => {
    const wrong = rows.filter(([name, , , value]) => constants[name]! >>> 0 !== value);
    expect(wrong).toEqual([]);
    const known = new Set(rows.map(([name]) => name));
    // the distance of the two ports is not a register
    expect(Object.keys(constants).filter((name) => !known.has(name))).toEqual(["GPIO_PORT_BYTES"]);
    const base = (peripheral: string) => places.find(([, , name]) => name === peripheral)![3];
    expect(base("P1") - base("P0")).toBe(registers.GPIO_PORT_BYTES);
  });

  test("what both series share has rows of both", () => {
    const shared = /^(CLOCK|POWER|TIMER|WDT|NVMC|UART|GPIO)(_|$)/;
    const crates = (name: string) => new Set(rows.filter(([row]) => row === name).map(([, crate]) => crate)).size;
    const single = Object.keys(constants).filter((name) => shared.test(name) && crates(name) < 2);
    const onlyOne = /^POWER_(EVENTS_|INTENSET_)?USB/;
    // the nRF52840's crate keeps them as a group: UART0.psel.txd …
    const grouped = ["UART_PSELRTS", "UART_PSELTXD", "UART_PSELCTS", "UART_PSELRXD"];
    expect(single.filter((name) => !onlyOne.test(name))).toEqual(["GPIO_PORT_BYTES", ...grouped]);
  });
});

/** Name in the chip file → peripheral of the crate. */
const aliases: Readonly<Record<string, string>> = { gpio: "P0", clock: "POWER", uart0: "UART0" };

describe.each(["nano33ble", "microbit"])("chip of %s", (name) => {
  const { chip } = findBoard(name);
  const described = [
    ...chip.uarts.map(({ name: uart, base, irq }) => ({ name: uart, base, interrupt: irq })),
    ...(chip.devices ?? []).map(({ name: device, base, interrupts }) => ({
      ...{ name: device, base, interrupt: interrupts?.[0] ?? -1 },
    })),
  ];

  test("its peripherals lie where the crate says, on the interrupts that it says", () => {
    const wrong = described.filter(({ name: peripheral, base, interrupt }) => {
      const wanted =
        (chip.name === "nrf51822" && peripheral === "gpio" ? "GPIO" : aliases[peripheral]) ?? peripheral.toUpperCase();
      const place = places.find(([where, , what]) => where === chip.name && what === wanted);
      return !place || place[3] !== base || place[4] !== interrupt;
    });
    expect(wrong).toEqual([]);
  });

  test("its board gives drivers the same bases and interrupts", () => {
    const { hal } = findBoard(name);
    for (const use of [hal!.console!, hal!.timer!, hal!.i2c].filter((one) => one !== undefined)) {
      const base = use.config?.["base"];
      if (base === undefined) continue;
      const place = places.find(([where, , , at]) => where === chip.name && at === base)!;
      expect(place, `${use.driver} at ${base.toString(16)}`).toBeDefined();
      for (const number of Object.values(use.interrupts ?? {})) expect(number).toBe(place[4]);
    }
  });
});
