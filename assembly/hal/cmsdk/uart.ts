// cmsdk_uart: the APB UART of the Cortex-M System Design Kit (DDI 0479D 4.3). One byte waits beside the one on the wire; TX interrupts when
// that place becomes free, RX when a byte is there. BAUDDIV is clock / baud, at least 16. Receive and transmit have a line each.

import { enter, leave } from "../../cpu";
import { nextToSend, received } from "../../firmware/console";
import { load32, store32 } from "../../mmio";
import { clockHz } from "../kinds";
import {
  UART_BAUDDIV,
  UART_CTRL,
  UART_CTRL_RXEN,
  UART_CTRL_RXIRQEN,
  UART_CTRL_TXEN,
  UART_CTRL_TXIRQEN,
  UART_DATA,
  UART_INTCLEAR,
  UART_INTCLEAR_RXIRQ,
  UART_INTCLEAR_TXIRQ,
  UART_STATE,
  UART_STATE_RXBF,
  UART_STATE_RXOR,
  UART_STATE_TXBF,
} from "./registers";

@external("config", "console.base") declare const base: usize;
@external("config", "console.baud") declare const baud: u32;

export function cmsdk_uart_start(): void {
  store32(base + UART_CTRL, 0);
  store32(base + UART_BAUDDIV, (clockHz() + baud / 2) / baud);
  store32(base + UART_INTCLEAR, UART_INTCLEAR_TXIRQ | UART_INTCLEAR_RXIRQ);
  store32(base + UART_CTRL, UART_CTRL_TXEN | UART_CTRL_RXEN | UART_CTRL_TXIRQEN | UART_CTRL_RXIRQEN);
}

/** Fills the place that is free; where bytes leave at once (QEMU) that may be many: the rest waits for the next interrupt or poll. */
function fill(): void {
  for (let bytes = 0; bytes < 16 && !(load32(base + UART_STATE) & UART_STATE_TXBF); bytes++) {
    const byte = nextToSend();
    if (byte < 0) return;
    store32(base + UART_DATA, byte);
  }
}

export function cmsdk_uart_kick(): void {
  const was = enter();
  fill();
  leave(was);
}

export function cmsdk_uart_connected(): i32 {
  return 1;
}

export function cmsdk_uart_poll(): void {
  cmsdk_uart_kick();
}

export function cmsdk_uart_isr(): void {
  store32(base + UART_INTCLEAR, UART_INTCLEAR_RXIRQ);
  const state = load32(base + UART_STATE);
  if (state & UART_STATE_RXOR) store32(base + UART_STATE, UART_STATE_RXOR);
  if (state & UART_STATE_RXBF) received(load32(base + UART_DATA) & 0xff);
}

export function cmsdk_uart_isr_transmit(): void {
  store32(base + UART_INTCLEAR, UART_INTCLEAR_TXIRQ);
  fill();
}
