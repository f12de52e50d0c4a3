// Permitted raw capture: samples as they lie in the ring, in frames between console lines (host/serial/cobs.ts reads them).
//
//   00 │ COBS( 72 │ number of the first sample u32 │ samples int16, all channels together │ CRC-32 ) │ 00         little-endian
//
// 72 ("r") keeps frames from beginning as an SMP line or as JSON does. A frame has at most 249 bytes inside: no COBS group is ever full.
// It is sent only while the ring keeps room for a result line behind it: results go first. Live samples that were overwritten before they
// could be sent are skipped, which the next frame's number shows; replayed ones wait.

import { load8 } from "../mmio";
import { consoleConnected } from "../hal/kinds";
import { writeMap, writeNumber, writeText } from "./cbor";
import { begin, end, patch, put, reserve, sendRoom } from "./console";
import { replayHasAll, replaying } from "./replay";
import { sampleHead, slotOf } from "./samples";

@external("config", "sensor.channels") declare const channels: u32;
@external("config", "sensor.rateMilliHz") declare const rateMilliHz: u32;
@external("config", "window.capacity") declare const ringSamples: u32;
@external("table", "crc") declare const crcTable: usize;
@external("text", "channels") declare const keyChannels: usize;
@external("text", "rate_mhz") declare const keyRate: usize;

const FRAME_BYTES: u32 = 240;
/** "r" */
const TAG: u32 = 0x72;
/** Two zeros, the first code byte, tag, number, CRC; and a result line with room to spare. */
const ROOM: u32 = FRAME_BYTES + 12 + 320;

/** Samples still wanted. */
let left: u32 = 0;
/** Number of the next one to send. */
let next: u32 = 0;
/** Where the code byte of the COBS group goes, and its value so far. */
let codeAt: u32 = 0;
let code: u32 = 0;
let crc: u32 = 0;

export function capture_begin(count: u32): u32 {
  // one that is under way goes on without a gap
  if (!left) next = sampleHead();
  left = count;
  return 0;
}

export function capture_describe(at: usize): usize {
  at = writeMap(at, 2);
  at = writeNumber(writeText(at, keyChannels), channels);
  return writeNumber(writeText(at, keyRate), rateMilliHz);
}

export function capture_restart(): void {
  next = 0;
}

export function capture_room(): bool {
  return !left || sampleHead() - next < ringSamples;
}

export function capture_done(): bool {
  return !left || next == sampleHead();
}

export function capture_follow(): void {
  while (left && sendNext()) {}
}

function sendNext(): bool {
  const head = sampleHead();
  // half a ring ahead of what is being overwritten
  if (head - next > ringSamples) next = head - (ringSamples >> 1);
  const most = FRAME_BYTES / (channels << 1);
  let count = head - next;
  if (count > left) count = left;
  const whole = count >= most || count == left || replayHasAll();
  if (count == 0 || !whole || sendRoom() < ROOM || !consoleConnected()) return false;
  if (count > most) count = most;
  frame(count);
  // overwritten while it was written: the frame is not sent
  if (!replaying() && sampleHead() - next > ringSamples) return false;
  if (!end()) return false;
  next += count;
  left -= count;
  return true;
}

function frame(count: u32): void {
  begin();
  put(0);
  crc = 0xffff_ffff;
  code = 1;
  codeAt = reserve();
  checked(TAG);
  for (let i: u32 = 0; i < 32; i += 8) checked((next >> i) & 0xff);
  for (let i: u32 = 0; i < count; i++) {
    const slot = slotOf(next + i);
    for (let at: u32 = 0; at < channels << 1; at++) checked(load8(slot + at));
  }
  const sum = ~crc;
  for (let i: u32 = 0; i < 32; i += 8) stuffed((sum >> i) & 0xff);
  patch(codeAt, code);
  put(0);
}

function checked(byte: u32): void {
  stuffed(byte);
  crc ^= byte;
  crc = (crc >> 4) ^ load<u32>(crcTable + ((crc & 15) << 2));
  crc = (crc >> 4) ^ load<u32>(crcTable + ((crc & 15) << 2));
}

function stuffed(byte: u32): void {
  if (byte) {
    put(byte);
    code++;
    return;
  }
  patch(codeAt, code);
  codeAt = reserve();
  code = 1;
}
