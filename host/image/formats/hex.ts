// Intel HEX (Intel "Hexadecimal Object File Format Specification", rev. A, 1988), one record a line:
//
//   : LL AAAA TT DD…DD CC      LL data bytes, AAAA offset, TT type, CC = two's complement of the sum of all bytes before
//     00 data   01 end   02 segment base (×16)   03 CS:IP   04 upper 16 address bits   05 32-bit entry
//
// A record may cross a 64 KB line: after 04 (and before any base) addresses go on, modulo 4 GB; after 02 they wrap inside the segment.
//
// Strict where silence would flash a wrong image: checksum, length, end record, nothing after it, no byte given twice.
// Lenient where nothing can go wrong: case, CR LF, blank lines, order.

import { type Chunk, plainImage, segmentsFromChunks } from "../assemble.ts";
import { imageError } from "../errors.ts";
import type { Image } from "../image-types.ts";

interface Record {
  readonly type: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What offsets count from, and the range in which addresses wrap. */
interface Base {
  readonly address: number;
  readonly from: number;
  readonly bytes: number;
}

export function readHex(bytes: Uint8Array): Image {
  const chunks: Chunk[] = [];
  let base: Base = { address: 0, bytes: 2 ** 32, from: 0 };
  let entry: number | undefined;
  let ended = false;
  let lastLine = 0;
  for (const { start, end, line } of lines(bytes)) {
    const at = { byte: start, line };
    lastLine = line;
    const record = parseRecord(bytes, start, end, at);
    if (ended) throw imageError("hex-record", { what: "a record after the end record" }, at);
    switch (record.type) {
      case 0:
        chunks.push(...dataChunks(base, record, start));
        break;
      case 1:
        ended = true;
        break;
      case 2:
        requireLength(record, 2, at);
        base = { address: 16 * word(record.data), bytes: 65536, from: 16 * word(record.data) };
        break;
      case 4:
        requireLength(record, 2, at);
        base = { address: 65536 * word(record.data), bytes: 2 ** 32, from: 0 };
        break;
      case 3:
      case 5:
        requireLength(record, 4, at);
        entry = record.type === 5 ? (word(record.data) * 65536 + word(record.data.subarray(2))) & ~1 : undefined;
        break;
      default:
        throw imageError("hex-record", { what: `unknown record type ${record.type}` }, at);
    }
  }
  if (!ended) throw imageError("hex-record", { what: "no end record: the file is cut off" }, { line: lastLine });
  if (chunks.length === 0) throw imageError("empty", { format: "Intel HEX" });
  return plainImage(segmentsFromChunks(chunks), {}, entry === undefined ? undefined : entry >>> 0);
}

function dataChunks({ address, bytes, from }: Base, { offset, data }: Record, at: number): Chunk[] {
  const first = Math.min(data.length, from + bytes - (address + offset));
  const head = { address: address + offset, data: data.subarray(0, first), at };
  if (first === data.length) return [head];
  return [head, { address: from, data: data.subarray(first), at }];
}

function* lines(bytes: Uint8Array): Generator<{ start: number; end: number; line: number }> {
  for (let start = 0, line = 1; start < bytes.length; line++) {
    let next = bytes.indexOf(10, start);
    if (next < 0) next = bytes.length;
    let end = next;
    while (end > start && (bytes[end - 1] === 13 || bytes[end - 1] === 32)) end--;
    if (end > start) yield { start, end, line };
    start = next + 1;
  }
}

function parseRecord(bytes: Uint8Array, start: number, end: number, at: { byte: number; line: number }): Record {
  if (bytes[start] !== 0x3a) throw imageError("hex-record", { what: "a line does not start with ':'" }, at);
  const digits = end - start - 1;
  if (digits % 2 !== 0 || digits < 10)
    throw imageError("hex-record", { what: `a record of ${digits} digits (at least 10, and even)` }, at);
  if (digits > 2 * (255 + 5))
    throw imageError("hex-record", { what: `a record of ${digits} digits (at most 520)` }, at);
  const raw = new Uint8Array(digits / 2);
  let sum = 0;
  for (let i = 0; i < raw.length; i++) {
    const byte = digit(bytes[start + 1 + 2 * i]!) * 16 + digit(bytes[start + 2 + 2 * i]!);
    if (!(byte >= 0)) throw imageError("hex-record", { what: "a character that is no hexadecimal digit" }, at);
    raw[i] = byte;
    if (i < raw.length - 1) sum += byte;
  }
  const length = raw[0]!;
  if (raw.length !== length + 5)
    throw imageError("hex-record", { what: `length says ${length} bytes, the record has ${raw.length - 5}` }, at);
  const expected = -sum & 0xff;
  const found = raw[raw.length - 1]!;
  if (found !== expected) throw imageError("hex-checksum", { found, expected }, at);
  return { type: raw[3]!, offset: raw[1]! * 256 + raw[2]!, data: raw.subarray(4, 4 + length) };
}

function requireLength(record: Record, length: number, at: { byte: number; line: number }): void {
  if (record.data.length !== length)
    throw imageError("hex-record", { what: `type ${record.type} with ${record.data.length} bytes, not ${length}` }, at);
}

const word = (data: Uint8Array) => data[0]! * 256 + data[1]!;

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : Number.NaN;
}

export function writeHex(image: Image): Uint8Array {
  const out: string[] = [];
  let upper = 0;
  for (const segment of image.segments) {
    for (let i = 0; i < segment.data.length; ) {
      const address = segment.loadAddress + i;
      const high = Math.floor(address / 65536);
      if (high !== upper) out.push(formatRecord(4, 0, Uint8Array.of(high >> 8, high)));
      upper = high;
      const length = Math.min(16 - (address % 16), segment.data.length - i);
      out.push(formatRecord(0, address % 65536, segment.data.subarray(i, i + length)));
      i += length;
    }
  }
  if (image.entry !== undefined) {
    const entry = image.entry | 1;
    out.push(formatRecord(5, 0, Uint8Array.of(entry >>> 24, entry >>> 16, entry >>> 8, entry)));
  }
  out.push(formatRecord(1, 0, new Uint8Array(0)));
  return new TextEncoder().encode(out.join(""));
}

function formatRecord(type: number, offset: number, data: Uint8Array): string {
  const bytes = [data.length, offset >> 8, offset & 0xff, type, ...data];
  bytes.push(-bytes.reduce((sum, byte) => sum + byte, 0) & 0xff);
  return `:${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}\n`.toUpperCase();
}
