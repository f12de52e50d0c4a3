// stm32_usart2: USART and LPUART of the second generation (L4; RM0432 50, 51), interrupt-driven, 8N1. One byte waits beside the one on the wire.
// An overrun is cleared in ICR; the byte that came too late is lost, and the protocols above notice.
//
//   USART    BRR = f / baud, 16 samples a bit (50.5.4)          LPUART    BRR = 256 · f / baud (51.4.7)

import { enter, leave } from "../../cpu";
import { nextToSend, received } from "../../firmware/console";
import { clear32, load32, set32, store32 } from "../../mmio";
import { clockHz } from "../kinds";
import { alternate, PUSH_PULL } from "./pins";
import {
  USART2_BRR,
  USART2_CR1,
  USART2_CR1_UE,
  USART2_ICR,
  USART2_ISR,
  USART2_RDR,
  USART2_TDR,
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
/** 1: an LPUART. */
@external("config", "console.lowPower") declare const lowPower: u32;

export function stm32_usart2_start(): void {
  alternate(transmit, which, PUSH_PULL);
  alternate(receive, which, PUSH_PULL);
  // 256 · f is more than 32 bits hold: 32 · f over an eighth of the baud
  const hz = lowPower ? clockHz() << 5 : clockHz();
  const per = lowPower ? baud >> 3 : baud;
  store32(base + USART2_CR1, 0);
  store32(base + USART2_BRR, (hz + per / 2) / per);
  store32(base + USART2_CR1, USART2_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE);
}

function fill(): void {
  while (load32(base + USART2_ISR) & USART_TXE) {
    const byte = nextToSend();
    if (byte < 0) return clear32(base + USART2_CR1, USART_CR1_TXEIE);
    store32(base + USART2_TDR, byte);
  }
}

export function stm32_usart2_kick(): void {
  const was = enter();
  set32(base + USART2_CR1, USART_CR1_TXEIE);
  leave(was);
}

export function stm32_usart2_connected(): i32 {
  return 1;
}

export function stm32_usart2_poll(): void {}

export function stm32_usart2_isr(): void {
  const status = load32(base + USART2_ISR);
  if (status & USART_ORE) store32(base + USART2_ICR, USART_ORE);
  if (status & USART_RXNE) received(load32(base + USART2_RDR) & 0xff);
  if (load32(base + USART2_CR1) & USART_CR1_TXEIE) fill();
}
