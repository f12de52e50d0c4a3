// WAV files (untrusted) → Recording: PCM of 8 to 32 bits or 32-bit float, any rate, any number of channels; values −1…1.
//
//   "RIFF" size "WAVE"   then chunks: id, size, bytes, padded to two
//   "fmt "   u16 format (1 PCM, 3 float, fffe extensible: the real one at 24) │ u16 channels │ u32 rate │ u32 │ u16 block │ u16 bits
//   "data"   samples, all channels of one together; 8 bits are unsigned
//
// Source: Microsoft, Multimedia Programming Interface 1.0 (1991), RIFF; WAVEFORMATEXTENSIBLE.

import { feedError } from "../errors.ts";
import { type Recording, sampled } from "./playback.ts";

interface Format {
  readonly kind: "integer" | "float";
  readonly channels: number;
  readonly rateHz: number;
  readonly bytes: number;
}

export function readWavFeed(bytes: Uint8Array): Recording {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || word(0) !== "RIFF" || word(8) !== "WAVE")
    throw feedError("feed-wav", { problem: "it does not begin with RIFF … WAVE" }, { byte: 0 });
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const from = at + 8;
    // A recorder that was cut off leaves 0 or ffffffff as the size of the data: what is there counts.
    const isCut = word(at) === "data" && (size === 0 || from + size > bytes.length);
    const end = isCut ? bytes.length : from + size;
    if (end > bytes.length)
      throw feedError("feed-wav", { problem: `chunk "${printable(word(at))}" ends behind the file` }, { byte: at });
    if (word(at) === "fmt ") format = readFormat(view, from, size);
    if (word(at) === "data") {
      if (!format) throw feedError("feed-wav", { problem: "the data come before their format" }, { byte: at });
      return decode(view, from, end, format, isCut);
    }
    at = end + (size & 1);
  }
  throw feedError("feed-wav", { problem: format ? "it has no data" : "it has no format" }, { byte: bytes.length });
}

function readFormat(view: DataView, at: number, size: number): Format {
  const bad = (problem: string) => feedError("feed-wav", { problem }, { byte: at });
  if (size < 16) throw bad(`its format has ${size} bytes, at least 16 are needed`);
  const tag = view.getUint16(at, true);
  const code = tag === 0xfffe && size >= 26 ? view.getUint16(at + 24, true) : tag;
  const [channels, rateHz] = [view.getUint16(at + 2, true), view.getUint32(at + 4, true)];
  const bits = view.getUint16(at + 14, true);
  const known = code === 1 ? [8, 16, 24, 32] : code === 3 ? [32] : [];
  if (!known.includes(bits))
    throw bad(`format ${code} with ${bits} bits; PCM of 8, 16, 24, 32 bits or 32-bit float is read`);
  if (channels < 1 || channels > 64) throw bad(`${channels} channels`);
  if (rateHz < 1 || rateHz > 1_000_000) throw bad(`${rateHz} samples a second`);
  return { kind: code === 3 ? "float" : "integer", channels, rateHz, bytes: bits / 8 };
}

function decode(view: DataView, from: number, end: number, format: Format, isCut: boolean): Recording {
  const { kind, channels, rateHz, bytes } = format;
  const count = Math.floor((end - from) / (bytes * channels)) * channels;
  if (count === 0) throw feedError("feed-empty", { format: "WAV" });
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const value = kind === "float" ? view.getFloat32(from + 4 * i, true) : integerAt(view, from + bytes * i, bytes);
    values[i] = Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
  }
  const columns = Array.from({ length: channels }, (_, i) => (channels === 1 ? "v_fs" : `v${i}_fs`));
  const notes = isCut ? ["the file's length is not what its header says: all that is there is played"] : [];
  return sampled(values, { columns, rateHz, notes });
}

function integerAt(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return (view.getUint8(at) - 128) / 128;
  if (bytes === 2) return view.getInt16(at, true) / 2 ** 15;
  if (bytes === 3) return (view.getUint16(at, true) | (view.getInt8(at + 2) << 16)) / 2 ** 23;
  return view.getInt32(at, true) / 2 ** 31;
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?");
