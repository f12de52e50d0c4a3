// nrf_uarte: the UART with EasyDMA (nRF52840 PS 6.34). Out go blocks of up to 64 bytes copied to RAM that the DMA reads; in comes one byte
// per transfer, started again in the handler: the receiver's FIFO bridges four bytes of handler latency (PS 6.34.4).
//
//   nextToSend ─ copy ─► block ─ EasyDMA ─► TXD      ENDTX: the next block, or idle
//   RXD ─ EasyDMA ─► one byte ─► received            ENDRX: take it, STARTRX

import { dmb, enter, leave } from "../../cpu";
import { nextToSend, received } from "../../firmware/console";
import { load32, load8, store32, store8 } from "../../mmio";
import { DISCONNECTED, listen, restHigh } from "../nrf/pins";
import {
  UARTE_BAUDRATE,
  UARTE_BAUDRATE_BAUD115200,
  UARTE_BAUDRATE_BAUD1M,
  UARTE_BAUDRATE_BAUD230400,
  UARTE_BAUDRATE_BAUD38400,
  UARTE_BAUDRATE_BAUD460800,
  UARTE_BAUDRATE_BAUD57600,
  UARTE_BAUDRATE_BAUD921600,
  UARTE_BAUDRATE_BAUD9600,
  UARTE_CONFIG,
  UARTE_ENABLE,
  UARTE_ENABLE_ENABLED,
  UARTE_ERRORSRC,
  UARTE_EVENTS_ENDRX,
  UARTE_EVENTS_ENDTX,
  UARTE_EVENTS_ERROR,
  UARTE_INTENSET,
  UARTE_INTENSET_ENDRX,
  UARTE_INTENSET_ENDTX,
  UARTE_INTENSET_ERROR,
  UARTE_PSEL_CTS,
  UARTE_PSEL_RTS,
  UARTE_PSEL_RXD,
  UARTE_PSEL_TXD,
  UARTE_RXD_AMOUNT,
  UARTE_RXD_MAXCNT,
  UARTE_RXD_PTR,
  UARTE_TASKS_STARTRX,
  UARTE_TASKS_STARTTX,
  UARTE_TXD_MAXCNT,
  UARTE_TXD_PTR,
} from "../nrf/registers";

@external("config", "console.base") declare const base: usize;
@external("config", "console.baud") declare const baud: u32;
@external("config", "console.transmit") declare const transmit: u32;
@external("config", "console.receive") declare const receive: u32;
@external("ram", "nrf_uarte_block 64") declare const block: usize;
@external("ram", "nrf_uarte_byte 4") declare const incoming: usize;
/** A block is on its way. */
@external("ram", "nrf_uarte_busy 4") declare const busy: usize;

const BLOCK_BYTES: u32 = 64;

/** The values of the table, which are not quite a formula (PS 6.34.9.28); other speeds by the formula of the internal 16 MHz. */
// @ts-ignore: decorator
@inline
function divisor(): u32 {
  if (baud == 9600) return UARTE_BAUDRATE_BAUD9600;
  if (baud == 38400) return UARTE_BAUDRATE_BAUD38400;
  if (baud == 57600) return UARTE_BAUDRATE_BAUD57600;
  if (baud == 115200) return UARTE_BAUDRATE_BAUD115200;
  if (baud == 230400) return UARTE_BAUDRATE_BAUD230400;
  if (baud == 460800) return UARTE_BAUDRATE_BAUD460800;
  if (baud == 921600) return UARTE_BAUDRATE_BAUD921600;
  if (baud == 1000000) return UARTE_BAUDRATE_BAUD1M;
  return <u32>(((<u64>baud << 32) / 16_000_000 + 0x800) & ~0xfff);
}

export function nrf_uarte_start(): void {
  restHigh(transmit);
  listen(receive);
  store32(base + UARTE_PSEL_TXD, transmit);
  store32(base + UARTE_PSEL_RXD, receive);
  store32(base + UARTE_PSEL_RTS, DISCONNECTED);
  store32(base + UARTE_PSEL_CTS, DISCONNECTED);
  store32(base + UARTE_BAUDRATE, divisor());
  store32(base + UARTE_CONFIG, 0);
  store32(base + UARTE_ENABLE, UARTE_ENABLE_ENABLED);
  store32(base + UARTE_EVENTS_ENDRX, 0);
  store32(base + UARTE_EVENTS_ENDTX, 0);
  store32(base + UARTE_EVENTS_ERROR, 0);
  store32(busy, 0);
  store32(base + UARTE_INTENSET, UARTE_INTENSET_ENDRX | UARTE_INTENSET_ENDTX | UARTE_INTENSET_ERROR);
  store32(base + UARTE_RXD_PTR, <u32>incoming);
  store32(base + UARTE_RXD_MAXCNT, 1);
  store32(base + UARTE_TASKS_STARTRX, 1);
}

function sendBlock(): void {
  let bytes: u32 = 0;
  for (; bytes < BLOCK_BYTES; bytes++) {
    const byte = nextToSend();
    if (byte < 0) break;
    store8(block + bytes, byte);
  }
  store32(busy, bytes);
  if (!bytes) return;
  dmb();
  store32(base + UARTE_TXD_PTR, <u32>block);
  store32(base + UARTE_TXD_MAXCNT, bytes);
  store32(base + UARTE_TASKS_STARTTX, 1);
}

export function nrf_uarte_kick(): void {
  const was = enter();
  if (!load32(busy)) sendBlock();
  leave(was);
}

export function nrf_uarte_connected(): i32 {
  return 1;
}

export function nrf_uarte_poll(): void {}

export function nrf_uarte_isr(): void {
  if (load32(base + UARTE_EVENTS_ERROR)) {
    store32(base + UARTE_EVENTS_ERROR, 0);
    store32(base + UARTE_ERRORSRC, load32(base + UARTE_ERRORSRC));
  }
  if (load32(base + UARTE_EVENTS_ENDRX)) {
    store32(base + UARTE_EVENTS_ENDRX, 0);
    const came = load32(base + UARTE_RXD_AMOUNT);
    const byte = load8(incoming);
    store32(base + UARTE_TASKS_STARTRX, 1);
    if (came) received(byte);
  }
  if (load32(base + UARTE_EVENTS_ENDTX)) {
    store32(base + UARTE_EVENTS_ENDTX, 0);
    sendBlock();
  }
}
