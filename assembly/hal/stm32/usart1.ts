// stm32_usart1: the USART of the first generation (F4; RM0390 25), interrupt-driven, 8N1, 16 samples a bit. One byte waits beside the one on the
// wire. An overrun is cleared by reading SR and DR; the byte that came too late is lost, and the protocols above notice.

import { enter, leave } from "../../cpu";
import { nextToSend, received } from "../../firmware/console";
import { clear32, load32, set32, store32 } from "../../mmio";
import { clockHz } from "../kinds";
import { alternate, PUSH_PULL } from "./pins";
import {
  USART1_BRR,
  USART1_CR1,
  USART1_CR1_UE,
  USART1_DR,
  USART1_SR,
  USART_CR1_RE,
  USART_CR1_RXNEIE,
  USART_CR1_TE,
  USART_CR1_TXEIE,
  USART_ORE,
  USART_RXNE,
  USART_TXE,
} from "./registers";

@external("config", "console.base") declare const base: usize;
@external("config", "console.baud") declare const baud: u32;
@external("config", "console.transmit") declare const transmit: u32;
@external("config", "console.receive") declare const receive: u32;
@external("config", "console.function") declare const which: u32;
/** The bus runs at the core's clock over this, when it runs on the board's clock; a fallback clock is not divided. */
@external("config", "console.divider") declare const divider: u32;
@external("config", "board.clockHz") declare const boardHz: u32;

export function stm32_usart1_start(): void {
  alternate(transmit, which, PUSH_PULL);
  alternate(receive, which, PUSH_PULL);
  const hz = clockHz() == boardHz ? boardHz / divider : clockHz();
  store32(base + USART1_CR1, 0);
  store32(base + USART1_BRR, (hz + baud / 2) / baud);
  store32(base + USART1_CR1, USART1_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
}

function fill(): void {
  while (load32(base + USART1_SR) & USART_TXE) {
    const byte = nextToSend();
    if (byte < 0) return clear32(base + USART1_CR1, USART_CR1_TXEIE);
    store32(base + USART1_DR, byte);
  }
  set32(base + USART1_CR1, USART_CR1_TXEIE);
}

export function stm32_usart1_kick(): void {
  const was = enter();
  set32(base + USART1_CR1, USART_CR1_TXEIE);
  leave(was);
}

export function stm32_usart1_connected(): i32 {
  return 1;
}

/** QEMU raises no interrupt for an empty transmitter: the main loop fills it. */
export function stm32_usart1_poll(): void {
  if (!(load32(base + USART1_CR1) & USART_CR1_TXEIE)) return;
  const was = enter();
  for (let bytes = 0; bytes < 16 && load32(base + USART1_SR) & USART_TXE; bytes++) {
    const byte = nextToSend();
    if (byte < 0) {
      clear32(base + USART1_CR1, USART_CR1_TXEIE);
      break;
    }
    store32(base + USART1_DR, byte);
  }
  leave(was);
}

export function stm32_usart1_isr(): void {
  if (load32(base + USART1_SR) & (USART_RXNE | USART_ORE)) received(load32(base + USART1_DR) & 0xff);
  if (load32(base + USART1_CR1) & USART_CR1_TXEIE) fill();
}
