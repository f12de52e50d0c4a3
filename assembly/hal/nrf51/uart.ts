// nrf_uart: the UART without DMA (nRF51 RM 29). One byte at a time out, the next when TXDRDY interrupts; six bytes of FIFO in.

import { enter, leave } from "../../cpu";
import { nextToSend, received } from "../../firmware/console";
import { load32, store32 } from "../../mmio";
import { DISCONNECTED, listen, restHigh } from "../nrf/pins";
import {
  UART_BAUDRATE,
  UART_CONFIG,
  UART_ENABLE,
  UART_ENABLE_ENABLED,
  UART_ERRORSRC,
  UART_EVENTS_ERROR,
  UART_EVENTS_RXDRDY,
  UART_EVENTS_TXDRDY,
  UART_INTENSET,
  UART_INTENSET_ERROR,
  UART_INTENSET_RXDRDY,
  UART_INTENSET_TXDRDY,
  UART_PSELCTS,
  UART_PSELRTS,
  UART_PSELRXD,
  UART_PSELTXD,
  UART_RXD,
  UART_TASKS_STARTRX,
  UART_TASKS_STARTTX,
  UART_TXD,
} from "../nrf/registers";

@external("config", "console.base") declare const base: usize;
@external("config", "console.baud") declare const baud: u32;
@external("config", "console.transmit") declare const transmit: u32;
@external("config", "console.receive") declare const receive: u32;
/** A byte is on its way. */
@external("ram", "nrf_uart_busy 4") declare const busy: usize;

/** Baud · 2^32 / 16 MHz in steps of 2^12, which gives the manual's values (RM 29.11: 115,200 is 0x01D7_E000). */
// @ts-ignore: decorator
@inline
function divisor(): u32 {
  return <u32>(((<u64>baud << 32) / 16_000_000 + 0x800) & ~0xfff);
}

export function nrf_uart_start(): void {
  restHigh(transmit);
  listen(receive);
  store32(base + UART_PSELTXD, transmit);
  store32(base + UART_PSELRXD, receive);
  store32(base + UART_PSELRTS, DISCONNECTED);
  store32(base + UART_PSELCTS, DISCONNECTED);
  store32(base + UART_BAUDRATE, divisor());
  store32(base + UART_CONFIG, 0);
  store32(base + UART_ENABLE, UART_ENABLE_ENABLED);
  store32(base + UART_EVENTS_RXDRDY, 0);
  store32(base + UART_EVENTS_TXDRDY, 0);
  store32(busy, 0);
  store32(base + UART_INTENSET, UART_INTENSET_RXDRDY | UART_INTENSET_TXDRDY | UART_INTENSET_ERROR);
  store32(base + UART_TASKS_STARTTX, 1);
  store32(base + UART_TASKS_STARTRX, 1);
}

function sendNext(): void {
  const byte = nextToSend();
  store32(busy, byte >= 0 ? 1 : 0);
  if (byte >= 0) store32(base + UART_TXD, byte);
}

export function nrf_uart_kick(): void {
  const was = enter();
  if (!load32(busy)) sendNext();
  leave(was);
}

export function nrf_uart_connected(): i32 {
  return 1;
}

/** QEMU forgets the interrupt of a byte that its socket did not take at once; the event is there all the same. */
export function nrf_uart_poll(): void {
  const was = enter();
  sent();
  leave(was);
}

function sent(): void {
  if (!load32(base + UART_EVENTS_TXDRDY)) return;
  store32(base + UART_EVENTS_TXDRDY, 0);
  sendNext();
}

export function nrf_uart_isr(): void {
  if (load32(base + UART_EVENTS_ERROR)) {
    store32(base + UART_EVENTS_ERROR, 0);
    store32(base + UART_ERRORSRC, load32(base + UART_ERRORSRC));
  }
  // the event before the byte: RXDRDY comes again for each byte in the FIFO (RM 29.6)
  for (let bytes = 0; bytes < 8 && load32(base + UART_EVENTS_RXDRDY); bytes++) {
    store32(base + UART_EVENTS_RXDRDY, 0);
    received(load32(base + UART_RXD));
  }
  sent();
}
