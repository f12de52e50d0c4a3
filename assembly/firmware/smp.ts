// Management frames (SMP) on the console: lines that begin 06 09 (first) or 04 14 (next), base64 of length, frame and CRC.
//
//   06 09 base64( len u16 BE │ frame │ CRC16 BE ) … 0A      len = frame + 2; CRC16 XMODEM over the frame; at most 124 base64 characters a line
//   frame  op │ flags │ len u16 BE │ group u16 BE │ seq │ id │ CBOR map
//
// Bytes come one at a time from the receive ring. Whatever is no frame, too long or wrong in its sum is dropped without an answer:
// the client asks again. A reply is written over the request's buffer and goes out as one line group.

import { begin, end, put } from "./console";
import { handle } from "./smp-commands";

@external("ram", "smp_frame 320") declare const frame: usize;

const LIMIT: u32 = 320;
const HEADER: u32 = 8;

/** 0 a line begins, 1 after 06, 2 after 04, 3 in a frame's line, 4 in another line. */
let state: u32 = 0;
let filled: u32 = 0;
let bits: u32 = 0;
let pending: u32 = 0;
let broken: bool = false;
/** Bytes in lines that are no frame's, and frames that were broken. */
let refused: u32 = 0;

export function bytesRefused(): u32 {
  return refused;
}

/** One byte from the host; true when it ended a line that was not a frame's (nothing is done with those). */
export function smpByte(byte: u32): void {
  if (state == 3) {
    if (byte == 10) lineEnd();
    else decode(byte);
  } else if (state == 1 && byte == 9) {
    filled = bits = pending = 0;
    broken = false;
    state = 3;
  } else if (state == 2 && byte == 20) {
    bits = pending = 0;
    state = 3;
  } else if (state == 0) state = byte == 6 ? 1 : byte == 4 ? 2 : byte == 10 ? 0 : 4;
  else state = byte == 10 ? 0 : 4;
  if (state == 4 && byte != 13) refused++;
}

function sextet(byte: u32): i32 {
  if (byte - 65 < 26) return byte - 65;
  if (byte - 97 < 26) return byte - 71;
  if (byte - 48 < 10) return byte + 4;
  return byte == 43 ? 62 : byte == 47 ? 63 : -1;
}

function decode(byte: u32): void {
  if (byte == 61 || byte == 13) return; // padding, CR
  const six = sextet(byte);
  if (six < 0 || filled >= LIMIT) {
    broken = true;
    return;
  }
  pending = (pending << 6) | six;
  bits += 6;
  if (bits >= 8) {
    bits -= 8;
    store<u8>(frame + filled++, pending >> bits);
  }
}

function half(at: usize): u32 {
  return (<u32>load<u8>(at) << 8) | <u32>load<u8>(at + 1);
}

function lineEnd(): void {
  state = 0;
  const length = half(frame);
  const size = length - 2;
  if (broken || filled < 2 || length + 2 > LIMIT || length < HEADER + 2) return refuse();
  if (filled < length + 2) return; // more lines follow
  if (crc16(frame + 2, size) != half(frame + 2 + size) || half(frame + 4) + HEADER != size) return refuse();
  broken = true; // whatever comes next must begin with a first line
  const reply = handle(frame + 2, size, LIMIT - 4);
  if (reply) sendFrame(reply);
}

function refuse(): void {
  broken = true;
  refused++;
}

/** Poly 1021, init 0. */
function crc16(from: usize, bytes: u32): u32 {
  let crc: u32 = 0;
  for (let i: u32 = 0; i < bytes; i++) {
    crc ^= <u32>load<u8>(from + i) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}

/** The reply of `size` bytes that `handle` left at frame + 2. */
export function sendFrame(size: u32): void {
  const crc = crc16(frame + 2, size);
  store<u8>(frame, (size + 2) >> 8);
  store<u8>(frame + 1, size + 2);
  store<u8>(frame + 2 + size, crc >> 8);
  store<u8>(frame + 3 + size, crc);
  const total = size + 4;
  begin();
  for (let at: u32 = 0; at < total; at += 3) {
    // 124 characters a line are 93 bytes
    if (at % 93 == 0) {
      if (at) put(10);
      put(at ? 4 : 6);
      put(at ? 20 : 9);
    }
    const left = total - at;
    const word =
      (<u32>load<u8>(frame + at) << 16) |
      (left > 1 ? <u32>load<u8>(frame + at + 1) << 8 : 0) |
      (left > 2 ? <u32>load<u8>(frame + at + 2) : 0);
    put(letter(word >> 18));
    put(letter((word >> 12) & 63));
    put(left > 1 ? letter((word >> 6) & 63) : 61);
    put(left > 2 ? letter(word & 63) : 61);
  }
  put(10);
  end();
}

function letter(six: u32): u32 {
  return six < 26 ? six + 65 : six < 52 ? six + 71 : six < 62 ? six - 4 : six == 62 ? 43 : 47;
}
