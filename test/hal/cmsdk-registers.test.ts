// Registers and bits that the CMSDK drivers use against Arm's device header (CMSDK_CM3DS.h of the CMSDK, typedefs and _Msk definitions, read by
// hand: offset of the member, or the mask), and bases and interrupts of the MPS2 boards against the header's memory map.

import { expect, test } from "vitest";
import * as registers from "../../assembly/hal/cmsdk/registers.ts";
import { findBoard } from "../../host/board/board.ts";

/** Constant, name in the header, value there. */
const rows: readonly (readonly [keyof typeof registers, string, number])[] = [
  ["UART_DATA", "CMSDK_UART_TypeDef.DATA", 0x000],
  ["UART_STATE", "CMSDK_UART_TypeDef.STATE", 0x004],
  ["UART_STATE_TXBF", "CMSDK_UART_STATE_TXBF_Msk", 0x1],
  ["UART_STATE_RXBF", "CMSDK_UART_STATE_RXBF_Msk", 0x2],
  ["UART_STATE_RXOR", "CMSDK_UART_STATE_RXOR_Msk", 0x8],
  ["UART_CTRL", "CMSDK_UART_TypeDef.CTRL", 0x008],
  ["UART_CTRL_TXEN", "CMSDK_UART_CTRL_TXEN_Msk", 0x1],
  ["UART_CTRL_RXEN", "CMSDK_UART_CTRL_RXEN_Msk", 0x2],
  ["UART_CTRL_TXIRQEN", "CMSDK_UART_CTRL_TXIRQEN_Msk", 0x4],
  ["UART_CTRL_RXIRQEN", "CMSDK_UART_CTRL_RXIRQEN_Msk", 0x8],
  ["UART_INTCLEAR", "CMSDK_UART_TypeDef.INTCLEAR", 0x00c],
  ["UART_INTCLEAR_TXIRQ", "CMSDK_UART_INTSTATUS_TXIRQ_Msk", 0x1],
  ["UART_INTCLEAR_RXIRQ", "CMSDK_UART_INTSTATUS_RXIRQ_Msk", 0x2],
  ["UART_BAUDDIV", "CMSDK_UART_TypeDef.BAUDDIV", 0x010],
  ["TIMER_CTRL", "CMSDK_TIMER_TypeDef.CTRL", 0x000],
  ["TIMER_CTRL_EN", "CMSDK_TIMER_CTRL_EN_Msk", 0x1],
  ["TIMER_CTRL_IRQEN", "CMSDK_TIMER_CTRL_IRQEN_Msk", 0x8],
  ["TIMER_VALUE", "CMSDK_TIMER_TypeDef.VALUE", 0x004],
  ["TIMER_RELOAD", "CMSDK_TIMER_TypeDef.RELOAD", 0x008],
  ["TIMER_INTCLEAR", "CMSDK_TIMER_TypeDef.INTCLEAR", 0x00c],
  ["TIMER_INTCLEAR_CLEAR", "CMSDK_TIMER_INTCLEAR_Msk", 0x1],
  ["WATCHDOG_LOAD", "CMSDK_WATCHDOG_TypeDef.LOAD", 0x000],
  ["WATCHDOG_CTRL", "CMSDK_WATCHDOG_TypeDef.CTRL", 0x008],
  ["WATCHDOG_CTRL_INTEN", "CMSDK_WATCHDOG_CTRL_INTEN_Msk", 0x1],
  ["WATCHDOG_CTRL_RESEN", "CMSDK_WATCHDOG_CTRL_RESEN_Msk", 0x2],
  ["WATCHDOG_INTCLR", "CMSDK_WATCHDOG_TypeDef.INTCLR", 0x00c],
  ["WATCHDOG_LOCK", "CMSDK_WATCHDOG_TypeDef.LOCK", 0xc00],
  ["WATCHDOG_LOCK_UNLOCK", "DDI 0479D 4.4.2: WDOGLOCK", 0x1acce551],
];

test("every constant of the drivers is in the header, with this value", () => {
  expect(rows.filter(([name, , value]) => (registers as Readonly<Record<string, number>>)[name] !== value)).toEqual([]);
  expect(Object.keys(registers).toSorted()).toEqual(rows.map(([name]) => name).toSorted());
});

test("the boards' bases and interrupts are those of the memory map", () => {
  const map = { timer0: 0x40000000, timer1: 0x40001000, uart0: 0x40004000, uart1: 0x40005000, watchdog: 0x40008000 };
  for (const name of ["mps2-an385", "mps2-an386", "mps2-an500"]) {
    const { chip, hal } = findBoard(name);
    const known = [...chip.uarts, ...chip.devices!].filter((device) => device.name in map);
    for (const { name: device, base } of known) expect(base, device).toBe(map[device as keyof typeof map]);
    // UARTRX0_IRQn, UARTTX0_IRQn; TIMER0_IRQn, TIMER1_IRQn
    expect(hal!.console!.interrupts).toEqual({ isr: 0, isr_transmit: 1 });
    expect(hal!.timer!.interrupts).toEqual({ isr_wrap: 8, isr: 9 });
    expect([hal!.console!.config!["base"], hal!.timer!.config!["base"], hal!.timer!.config!["alarm"]]).toEqual([
      ...[map.uart0, map.timer0, map.timer1],
    ]);
    // SYSCON.RSTINFO and its bits
    expect(hal!.power!.config).toMatchObject({ info: 0x4001f010, software: 1, watchdog: 2, lockup: 4 });
  }
});
