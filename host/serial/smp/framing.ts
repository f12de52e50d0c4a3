// SMP frames as console lines (Zephyr, "SMP over console"; protocols.md D1 g), both ways:
//
//   06 09 │ base64( length u16 BE │ frame │ CRC-16 u16 BE ) … │ 0A       length = frame + 2; CRC (XMODEM) over the frame only
//   04 14 │ … the base64 goes on                              │ 0A       at most 127 bytes a line, whole groups of four characters
//
// A damaged frame is dropped without a word, and the next good one works: lines are joined only while they fit what was announced.

const longestLine = 127;

export const smpStart: readonly [number, number] = [0x06, 0x09];
export const smpContinuation: readonly [number, number] = [0x04, 0x14];

/** CRC-16/XMODEM: polynomial 1021, start 0, not reflected. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const sextets = new Int8Array(256).fill(-1);
for (let i = 0; i < 64; i++) sextets[alphabet.charCodeAt(i)] = i;
const pad = 0x3d;

function base64(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(pad);
  for (let i = 0, o = 0; i < bytes.length; i += 3, o += 4) {
    const left = bytes.length - i;
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k < Math.min(left, 3) + 1; k++) out[o + k] = alphabet.charCodeAt((word >>> (18 - 6 * k)) & 63);
  }
  return out;
}

/** Undefined: not base64, padded in the middle, or cut. */
function fromBase64(text: Uint8Array): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.at(-1) !== pad ? 0 : text.at(-2) === pad ? 2 : 1;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let i = 0, o = 0; i < text.length; i += 4, o += 3) {
    let word = 0;
    for (let k = 0; k < 4; k++) {
      const sextet = i + k >= text.length - padding ? 0 : sextets[text[i + k]!]!;
      if (sextet < 0) return undefined;
      word = (word << 6) | sextet;
    }
    bytes[o] = word >>> 16;
    bytes[o + 1] = word >>> 8;
    bytes[o + 2] = word;
  }
  return bytes.subarray(0, bytes.length - padding);
}

/** The lines of a frame, as one run of bytes. */
export function frameLines(frame: Uint8Array, lineBytes = longestLine): Uint8Array {
  const packet = new Uint8Array(frame.length + 4);
  const view = new DataView(packet.buffer);
  view.setUint16(0, frame.length + 2);
  packet.set(frame, 2);
  view.setUint16(frame.length + 2, crc16(frame));
  const text = base64(packet);
  const perLine = Math.max(4, (lineBytes - 3) & ~3);
  const lines: number[] = [];
  for (let at = 0; at < text.length; at += perLine)
    lines.push(...(at === 0 ? smpStart : smpContinuation), ...text.subarray(at, at + perLine), 0x0a);
  return Uint8Array.from(lines);
}

export const isSmpLine = (line: Uint8Array): boolean =>
  (line[0] === smpStart[0] && line[1] === smpStart[1]) ||
  (line[0] === smpContinuation[0] && line[1] === smpContinuation[1]);

/** Lines in (without LF), frames out. Holds at most one frame of 65,533 bytes. */
export class SmpLines {
  #packet: Uint8Array[] = [];
  #held = 0;
  /** Bytes of the packet, length field included; 0: nothing is under way. */
  #wanted = 0;
  /** Frames begun and not finished, lines that fit nowhere. */
  damaged = 0;

  take(line: Uint8Array): Uint8Array | undefined {
    const end = line.at(-1) === 0x0d ? line.length - 1 : line.length;
    const bytes = fromBase64(line.subarray(2, end));
    if (line[0] === smpStart[0]) {
      if (this.#wanted > 0) this.#drop();
      if (!bytes || bytes.length < 2) return this.#drop();
      this.#wanted = ((bytes[0]! << 8) | bytes[1]!) + 2;
    } else if (this.#wanted === 0 || !bytes) return this.#drop();
    this.#packet.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#wanted) return undefined;
    return this.#finish();
  }

  #finish(): Uint8Array | undefined {
    if (this.#held !== this.#wanted || this.#wanted < 4) return this.#drop();
    const packet = new Uint8Array(this.#held);
    let at = 0;
    for (const part of this.#packet) {
      packet.set(part, at);
      at += part.length;
    }
    const frame = packet.subarray(2, -2);
    const crc = (packet.at(-2)! << 8) | packet.at(-1)!;
    if (crc16(frame) !== crc) return this.#drop();
    this.#clear();
    return frame;
  }

  #drop(): undefined {
    this.damaged++;
    this.#clear();
    return undefined;
  }

  #clear(): void {
    this.#packet = [];
    this.#held = 0;
    this.#wanted = 0;
  }
}
