// Arm PrimeCell UART (Arm DDI 0183; RP2040 Datasheet 4.2): both FIFOs on, 8N1, interrupt-driven. Base, clock and speed come from the family's
// driver, which also routes the pins.
//
//   nextToSend ─► FIFO of 32 ─► TXD     filled at `kick` and when it has fallen to 4; nothing left: the TX interrupt is masked
//   RXD ─► FIFO of 32 ─► received       at 4 bytes, or 32 bit times after the last

import { nextToSend, received } from "../firmware/console";
import { clear32, load32, set32, store32 } from "../mmio";
import { enter, leave } from "../cpu";
import {
  PL011_CR,
  PL011_CR_RXE,
  PL011_CR_TXE,
  PL011_CR_UARTEN,
  PL011_DR,
  PL011_FBRD,
  PL011_FR,
  PL011_FR_RXFE,
  PL011_FR_TXFF,
  PL011_IBRD,
  PL011_ICR,
  PL011_IFLS,
  PL011_IMSC,
  PL011_IMSC_RTIM,
  PL011_IMSC_RXIM,
  PL011_IMSC_TXIM,
  PL011_LCR_H,
  PL011_LCR_H_FEN,
  PL011_LCR_H_WLEN,
} from "./pl011-registers";

/** Baud = clock / (16 · divisor), the divisor in 64ths (3.2.4). */
export function pl011Start(base: usize, hz: u32, baud: u32): void {
  store32(base + PL011_CR, 0);
  const divisor = (4 * hz + (baud >> 1)) / baud;
  store32(base + PL011_IBRD, divisor >> 6);
  store32(base + PL011_FBRD, divisor & 63);
  // after the divisors: writing it takes them over (3.3.6)
  store32(base + PL011_LCR_H, PL011_LCR_H_WLEN | PL011_LCR_H_FEN);
  store32(base + PL011_IFLS, 0);
  store32(base + PL011_ICR, 0x7ff);
  store32(base + PL011_IMSC, PL011_IMSC_RXIM | PL011_IMSC_RTIM);
  store32(base + PL011_CR, PL011_CR_UARTEN | PL011_CR_TXE | PL011_CR_RXE);
}

function fill(base: usize): void {
  while (!(load32(base + PL011_FR) & PL011_FR_TXFF)) {
    const byte = nextToSend();
    if (byte < 0) {
      clear32(base + PL011_IMSC, PL011_IMSC_TXIM);
      return;
    }
    store32(base + PL011_DR, byte);
  }
  set32(base + PL011_IMSC, PL011_IMSC_TXIM);
}

export function pl011Kick(base: usize): void {
  const was = enter();
  fill(base);
  leave(was);
}

export function pl011Interrupt(base: usize): void {
  while (!(load32(base + PL011_FR) & PL011_FR_RXFE)) received(load32(base + PL011_DR) & 0xff);
  store32(base + PL011_ICR, PL011_IMSC_RXIM | PL011_IMSC_RTIM);
  if (load32(base + PL011_IMSC) & PL011_IMSC_TXIM) {
    store32(base + PL011_ICR, PL011_IMSC_TXIM);
    fill(base);
  }
}
