// The console line: what the firmware prints and what it is sent. Two rings of bytes, each with one producer and one consumer, so that
// neither needs a lock: the main loop fills the first and the driver's handler empties it, and the other way round.
//
//   send ring   whole lines only: `begin`, put …, `end`. A line that does not fit is dropped whole and counted; sampling never waits
//   head, tail  free-running counters; ring index = counter & (size − 1), full when head − tail = size
//
// Counters are in RAM objects and accessed volatile: handler and main loop both see them.

import { load32, load8, store32, store8 } from "../mmio";
import { consoleConnected, consoleKick, consolePoll } from "../hal/kinds";

@external("ram", "send_ring 1024") declare const sendRing: usize;
@external("ram", "send_head 4") declare const sendHead: usize;
@external("ram", "send_tail 4") declare const sendTail: usize;
@external("ram", "receive_ring 512") declare const receiveRing: usize;
@external("ram", "receive_head 4") declare const receiveHead: usize;
@external("ram", "receive_tail 4") declare const receiveTail: usize;
/** Bytes that came while the ring was full. */
@external("ram", "receive_lost 4") declare const receiveLost: usize;
/** Times that the line went away under a listener. */
@external("ram", "console_cuts 4") declare const cuts: usize;

const SEND_BYTES: u32 = 1024;
const RECEIVE_BYTES: u32 = 512;

/** Head of the line that is being written; not yet visible to the handler. */
let writing: u32 = 0;
let overflowed: bool = false;
let droppedLines: u32 = 0;
let listener: i32 = 0;

// ---- for drivers, in any mode

/** The next byte to send, −1: none. */
export function nextToSend(): i32 {
  const tail = load32(sendTail);
  if (tail == load32(sendHead)) return -1;
  const byte = load8(sendRing + (tail & (SEND_BYTES - 1)));
  store32(sendTail, tail + 1);
  return byte;
}

export function received(byte: u32): void {
  const head = load32(receiveHead);
  if (head - load32(receiveTail) == RECEIVE_BYTES) {
    store32(receiveLost, load32(receiveLost) + 1);
    return;
  }
  store8(receiveRing + (head & (RECEIVE_BYTES - 1)), byte);
  store32(receiveHead, head + 1);
}

/** Bytes that may come. */
export function receiveRoom(): u32 {
  return RECEIVE_BYTES - (load32(receiveHead) - load32(receiveTail));
}

/** Nobody reads any more: what waits is forgotten. `cut`: the line went away, nobody took leave. */
export function discardSend(cut: bool): void {
  store32(sendTail, load32(sendHead));
  if (cut) store32(cuts, load32(cuts) + 1);
}

// ---- for the main loop

/** The next byte received, −1: none. The driver hears of it: it may have more, for which there was no room. */
export function nextReceived(): i32 {
  const tail = load32(receiveTail);
  if (tail == load32(receiveHead)) {
    consolePoll();
    return -1;
  }
  const byte = load8(receiveRing + (tail & (RECEIVE_BYTES - 1)));
  store32(receiveTail, tail + 1);
  return byte;
}

export function receivedAny(): bool {
  return load32(receiveTail) != load32(receiveHead);
}

export function receivedLost(): u32 {
  return load32(receiveLost);
}

export function begin(): void {
  writing = load32(sendHead);
  overflowed = false;
}

export function put(byte: u32): void {
  if (writing - load32(sendTail) >= SEND_BYTES) {
    overflowed = true;
    return;
  }
  store8(sendRing + (writing & (SEND_BYTES - 1)), byte);
  writing++;
}

/** A byte that is known later: its place, for `patch` before `end`. */
export function reserve(): u32 {
  put(0);
  return writing - 1;
}

export function patch(place: u32, byte: u32): void {
  store8(sendRing + (place & (SEND_BYTES - 1)), byte);
}

/** Bytes that a line may have now. */
export function sendRoom(): u32 {
  return SEND_BYTES - (load32(sendHead) - load32(sendTail));
}

/** Hands the line to the driver, or drops it whole: false. */
export function end(): bool {
  if (overflowed || !consoleConnected()) {
    if (overflowed) droppedLines++;
    return false;
  }
  store32(sendHead, writing);
  consoleKick();
  return true;
}

/** Since start. */
export function linesDropped(): u32 {
  return droppedLines;
}

/** True once for each listener that comes: time to say who we are. On a UART there is one, from the beginning. */
export function greeted(): bool {
  const now = consoleConnected();
  const comes = now != 0 && now != listener;
  if (now) listener = now;
  return comes;
}

export function consoleCuts(): u32 {
  return load32(cuts);
}

/** Everything has been taken by the driver. */
export function drained(): bool {
  return load32(sendTail) == load32(sendHead);
}

// ---- text

/** Bytes up to the zero byte. */
export function text(from: usize): void {
  for (let byte = <u32>load<u8>(from); byte; byte = <u32>load<u8>(++from)) put(byte);
}

export function decimal(value: u64): void {
  if (value > 0xffff_ffff) {
    const high = value / 1_000_000_000;
    decimal32(<u32>high);
    padded(<u32>(value - high * 1_000_000_000), 9);
  } else decimal32(<u32>value);
}

export function decimal32(value: u32): void {
  let digits = 1;
  for (let rest = value / 10; rest; rest /= 10) digits++;
  padded(value, digits);
}

export function signed(value: i32): void {
  if (value < 0) put(45); // -
  decimal32(value < 0 ? -value : value);
}

/** With leading zeros. */
export function padded(value: u32, digits: i32): void {
  let power: u32 = 1;
  for (let i = 1; i < digits; i++) power *= 10;
  for (; power; power /= 10) put(48 + (value / power) % 10);
}

export function hexadecimal(value: u32): void {
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    put(digit < 10 ? 48 + digit : 87 + digit);
  }
}
