// Consistent overhead byte stuffing (Cheshire and Baker, IEEE/ACM ToN 7(2), 1999) with a CRC-32 behind the payload: how permitted raw
// samples travel between console lines.
//
//   00 │ COBS( payload │ CRC-32 of payload, little-endian ) │ 00         no byte between the zeros is zero

import { crc32 } from "../base/crc.ts";

/** Undefined: not COBS. */
export function cobsDecode(coded: Uint8Array): Uint8Array | undefined {
  const out = new Uint8Array(coded.length);
  let length = 0;
  for (let at = 0; at < coded.length; ) {
    const code = coded[at]!;
    if (code === 0 || at + code > coded.length) return undefined;
    out.set(coded.subarray(at + 1, at + code), length);
    length += code - 1;
    at += code;
    if (code < 0xff && at < coded.length) out[length++] = 0;
  }
  return out.subarray(0, length);
}

export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + Math.floor(bytes.length / 254) + 1);
  let [head, at] = [0, 1];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte !== 0) out[at++] = byte;
    const full = at - head === 0xff;
    if (byte !== 0 && !full) continue;
    if (full && byte !== 0 && i === bytes.length - 1) break; // a full group at the end has no successor
    out[head] = at - head;
    head = at++;
  }
  out[head] = at - head;
  return out.subarray(0, at);
}

/** The payload, or undefined: damaged on the way. */
export function openRawFrame(coded: Uint8Array): Uint8Array | undefined {
  const whole = cobsDecode(coded);
  if (!whole || whole.length < 4) return undefined;
  const payload = whole.subarray(0, -4);
  const view = new DataView(whole.buffer, whole.byteOffset + payload.length, 4);
  return crc32(payload) === view.getUint32(0, true) ? payload : undefined;
}

/** With its two delimiters. */
export function rawFrame(payload: Uint8Array): Uint8Array {
  const whole = new Uint8Array(payload.length + 4);
  whole.set(payload);
  new DataView(whole.buffer).setUint32(payload.length, crc32(payload), true);
  const coded = cobsEncode(whole);
  const frame = new Uint8Array(coded.length + 2);
  frame.set(coded, 1);
  return frame;
}
