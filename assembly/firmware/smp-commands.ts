// Management commands: os echo, reset, params and info (group 0), replay (group 64), by which a host feeds samples in the sensor's
// place, and capture. A request is answered in its own buffer; the sizes are checked by smp.ts.
//
//   64/0 replay start {rate, n}   the pipeline starts anew on replayed samples; after n of them it goes back to its sensor
//   64/1 replay data {seq, bytes} int16 little-endian, whole samples; the reply is the credit for the next. seq counts from 0;
//                                 one that was answered already is answered again
//   64/2 capture {n}              the next n samples leave as raw frames (capture.ts), one under way goes on; 0 ends it; access denied
//                                 without the permit; the answer says {channels, rate_mhz}
//
// While the ring has no room the answer waits (smpContinue), and so does the host.

import { captureBegin, captureDescribe } from "./capturing";
import { find, head, major, open, value, writeMap, writeNumber, writeText } from "./cbor";
import { drained } from "./console";
import { replayBegin, replayPush, replayRoom } from "./replay";
import { sendFrame } from "./smp";

@external("config", "sensor.channels") declare const channels: u32;
@external("text", "d") declare const keyD: usize;
@external("text", "r") declare const keyR: usize;
@external("text", "rc") declare const keyRc: usize;
@external("text", "n") declare const keyN: usize;
@external("text", "seq") declare const keySeq: usize;
@external("text", "bytes") declare const keyBytes: usize;
@external("text", "buf_size") declare const keyBufSize: usize;
@external("text", "buf_count") declare const keyBufCount: usize;
@external("text", "output") declare const keyOutput: usize;
@external("text", "thumbelina") declare const system: usize;

const OK: u32 = 0;
const INVALID: u32 = 3;
const NOT_SUPPORTED: u32 = 8;
const VERSION_TOO_NEW: u32 = 13;
const HEADER: u32 = 8;

/** What has left the ring may still be in the driver's hands and the line's: 32 bytes at 9,600 baud. */
const SETTLE_US: u64 = 50_000;

let resetting: bool = false;
let resetAt: u64 = 0;
/** Replay data that wait for room: their place in the frame, bytes left, and the frame. */
let waitingAt: usize = 0;
let waitingBytes: u32 = 0;
let waitingFrame: usize = 0;
let nextSeq: u32 = 0;

/** From the main loop: a reset was asked for, and its answer has left. */
export function resetDue(now: u64): bool {
  if (!resetting) return false;
  if (!resetAt || !drained()) resetAt = now + SETTLE_US;
  return now >= resetAt;
}

/** The frame's buffer is in use: no further byte may be taken from the receive ring. */
export function smpBusy(): bool {
  return waitingBytes != 0;
}

/** Answers the request of `size` bytes at `frame` in place. Returns the reply's size, 0: not now. */
export function handle(frame: usize, size: u32, limit: u32): u32 {
  const group = (<u32>load<u8>(frame + 4) << 8) | <u32>load<u8>(frame + 5);
  const id = <u32>load<u8>(frame + 7);
  const body = frame + HEADER;
  const end = frame + size;
  const op = <u32>load<u8>(frame);
  if (op & 1) return 0; // an answer, not a request
  if (((op >> 3) & 3) > 1) return result(frame, VERSION_TOO_NEW);
  if (group == 0 && id == 0) return echo(frame, body, end, limit);
  if (group == 0 && id == 5) {
    resetting = true;
    return result(frame, OK);
  }
  if (group == 0 && id == 6) {
    let at = writeMap(body, 2);
    at = writeNumber(writeText(at, keyBufSize), limit);
    return finish(frame, writeNumber(writeText(at, keyBufCount), 1));
  }
  if (group == 0 && id == 7) return finish(frame, writeText(writeText(writeMap(body, 1), keyOutput), system));
  if (group == 64 && id == 0) {
    const count = find(body, end, keyN);
    if (!count || !number(count, end)) return result(frame, INVALID);
    nextSeq = 0;
    replayBegin(value);
    return result(frame, OK);
  }
  if (group == 64 && id == 1) return replayData(frame, body, end);
  if (group == 64 && id == 2) return capture(frame, body, end);
  return result(frame, NOT_SUPPORTED);
}

function capture(frame: usize, body: usize, end: usize): u32 {
  const count = find(body, end, keyN);
  if (!count || !number(count, end)) return result(frame, INVALID);
  const refused = captureBegin(value);
  return refused ? result(frame, refused) : finish(frame, captureDescribe(body));
}

function number(at: usize, end: usize): bool {
  return head(at, end) != 0 && major == 0;
}

function echo(frame: usize, body: usize, end: usize, limit: u32): u32 {
  let at = find(body, end, keyD);
  if (!at) return result(frame, INVALID);
  at = head(at, end);
  if (!at || major != 3 || open || end - at < value) return result(frame, INVALID);
  // {"r": text}: 3 bytes, the text's head, the text; moved before it is written over
  const length = value;
  const headBytes: u32 = length < 24 ? 1 : length < 256 ? 2 : 3;
  if (HEADER + 3 + headBytes + length > limit) return result(frame, INVALID);
  memory.copy(body + 3 + headBytes, at, length);
  writeText(writeMap(body, 1), keyR);
  store<u8>(body + 3, 0x60 | (headBytes == 1 ? length : headBytes == 2 ? 24 : 25));
  if (headBytes == 2) store<u8>(body + 4, length);
  if (headBytes == 3) {
    store<u8>(body + 4, length >> 8);
    store<u8>(body + 5, length);
  }
  return finish(frame, body + 3 + headBytes + length);
}

function replayData(frame: usize, body: usize, end: usize): u32 {
  const seqAt = find(body, end, keySeq);
  if (!seqAt || !number(seqAt, end)) return result(frame, INVALID);
  const seq = value;
  let at = find(body, end, keyBytes);
  if (!at) return result(frame, INVALID);
  at = head(at, end);
  if (!at || major != 2 || open || end - at < value || value % (channels << 1)) return result(frame, INVALID);
  if (seq + 1 == nextSeq) return credit(frame);
  if (seq != nextSeq) return result(frame, INVALID);
  nextSeq++;
  waitingAt = at;
  waitingBytes = value;
  waitingFrame = frame;
  return takeWaiting() ? credit(frame) : 0;
}

/** Moves what there is room for; true: all of it is in the ring. */
function takeWaiting(): bool {
  while (waitingBytes && replayRoom()) {
    replayPush(waitingAt);
    waitingAt += channels << 1;
    waitingBytes -= channels << 1;
  }
  return waitingBytes == 0;
}

/** From the main loop, after windows have been used up. */
export function smpContinue(): void {
  if (waitingBytes && takeWaiting()) sendFrame(credit(waitingFrame));
}

function credit(frame: usize): u32 {
  return finish(frame, writeNumber(writeText(writeMap(frame + HEADER, 1), keySeq), nextSeq));
}

/** Success is an empty map: clients of version 2 take any `rc` for an error. */
function result(frame: usize, code: u32): u32 {
  if (!code) return finish(frame, writeMap(frame + HEADER, 0));
  return finish(frame, writeNumber(writeText(writeMap(frame + HEADER, 1), keyRc), code));
}

/** The header of the reply: op + 1, the length of what follows. */
function finish(frame: usize, end: usize): u32 {
  const bytes = <u32>(end - frame - HEADER);
  store<u8>(frame, <u32>load<u8>(frame) | 1);
  store<u8>(frame + 1, 0);
  store<u8>(frame + 2, bytes >> 8);
  store<u8>(frame + 3, bytes);
  return bytes + HEADER;
}
