// Arm PrimeCell UART (Arm DDI 0183; RP2040 Datasheet 4.2): both FIFOs on, 8N1, interrupt-driven. Base, clock and speed come from the family's
// driver, which also routes the pins.
//
//   nextToSend ─► FIFO of 32 ─► TXD     filled at `kick` and when it has fallen to 4; nothing left: the TX interrupt is masked
//   RXD ─► FIFO of 32 ─► received       at 4 bytes, or 32 bit times after the last

import { nextToSend, received } from "../firmware/console";
import { clear32, load32, set32, store32 } from "../mmio";
import { enter, leave } from "../cpu";

export const PL011_DR = 0x0;
export const PL011_FR = 0x18;
export const PL011_FR_RXFE = 1 << 4;
export const PL011_FR_TXFF = 1 << 5;
export const PL011_IBRD = 0x24;
export const PL011_FBRD = 0x28;
export const PL011_LCR_H = 0x2c;
export const PL011_LCR_H_FEN = 1 << 4;
export const PL011_LCR_H_WLEN = 3 << 5;
export const PL011_CR = 0x30;
export const PL011_CR_UARTEN = 1 << 0;
export const PL011_CR_TXE = 1 << 8;
export const PL011_CR_RXE = 1 << 9;
export const PL011_IFLS = 0x34;
export const PL011_IMSC = 0x38;
export const PL011_IMSC_RXIM = 1 << 4;
export const PL011_IMSC_TXIM = 1 << 5;
export const PL011_IMSC_RTIM = 1 << 6;
export const PL011_ICR = 0x44;

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
