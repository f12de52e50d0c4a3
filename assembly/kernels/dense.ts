// One output pixel that sees its whole input, int8: FULLY_CONNECTED of one row, or a convolution whose window is the input.
// Four channels at a time straight from the input (no scratch): one word of input is two pairs for SMLAD.
//
// Stream, a record for every four channels (the last may be part empty: zero weights, not stored):
//
//   start0 … start3 : i32
//   per four k      : narrow: h01(k0 k2) h23(k0 k2) h01(k1 k3) h23(k1 k3)          h as in conv2d.ts
//                     wide:   w0 w1 w2 w3 (k0 k2), w0 w1 w2 w3 (k1 k3)
//   finish0 … finish3           fast: multiplier, round, right  ·  general: multiplier, shift
//
// k is padded to a multiple of four with zero weights; the input's last one to three bytes are read as bytes.

import { smlad, smmlar, sxtb16, sxtb16_ror8 } from "../intrinsics";
import {
  clampActivation, clampPlain, multiplyByQuantizedMultiplier, requantizeSplit,
} from "./requantize";

// @ts-ignore: decorator
@inline
function finish(sum: i32, doubled: i32, record: usize, tail: i32, outZero: i32, low: i32, high: i32): i32 {
  if (tail == 0) {
    const round = load<i32>(record, 4) + (sum >> 31);
    return clampActivation(smmlar(doubled, load<i32>(record), round) >> load<i32>(record, 8), low, high);
  }
  const scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record), load<i32>(record, 4));
  return clampPlain(scaled + outZero, low, high);
}

// @ts-ignore: decorator
@inline
function finishPlain(sum: i32, record: usize, tail: i32, outZero: i32, low: i32, high: i32): i32 {
  if (tail == 0) {
    const value = requantizeSplit(sum, load<i32>(record), load<i32>(record, 4), load<i32>(record, 8));
    return clampPlain(value, low, high);
  }
  const scaled = multiplyByQuantizedMultiplier(sum, load<i32>(record), load<i32>(record, 4));
  return clampPlain(scaled + outZero, low, high);
}

/** The input's last depth % 4 bytes as a word, zeros above. */
// @ts-ignore: decorator
@inline
function lastWord(x: usize, rest: i32): i32 {
  let word = <i32>load<u8>(x);
  if (rest > 1) word |= <i32>load<u8>(x, 1) << 8;
  if (rest > 2) word |= <i32>load<u8>(x, 2) << 16;
  return word;
}

/** out [channels] ← input [depth]; arguments as conv2d_s8's. The input is word-aligned. */
export function dense_s8(
  out: usize, input: usize, stream: usize, depth: i32, channels: i32,
  wide: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  let left = channels;
  const size = tail == 0 ? 12 : 8;
  do {
    let a0 = load<i32>(stream);
    let a1 = load<i32>(stream, 4);
    let a2 = load<i32>(stream, 8);
    let a3 = load<i32>(stream, 12);
    stream += 16;
    let x = input;
    let word: i32;
    let p: i32;
    let q: i32;
    let r: i32;
    let s: i32;
    let even: i32;
    let odd: i32;
    if (wide) {
      let quads = (depth + 3) >> 2;
      do {
        word = (depth & 3) != 0 && quads == 1 ? lastWord(x, depth & 3) : load<i32>(x);
        even = sxtb16(word);
        odd = sxtb16_ror8(word);
        a0 = smlad(odd, load<i32>(stream, 16), smlad(even, load<i32>(stream), a0));
        a1 = smlad(odd, load<i32>(stream, 20), smlad(even, load<i32>(stream, 4), a1));
        a2 = smlad(odd, load<i32>(stream, 24), smlad(even, load<i32>(stream, 8), a2));
        a3 = smlad(odd, load<i32>(stream, 28), smlad(even, load<i32>(stream, 12), a3));
        stream += 32;
        x += 4;
      } while (--quads);
    } else if ((depth & 7) == 0) {
      // Two quads a turn: the loop's own cost is halved.
      let n = depth >> 3;
      do {
        word = load<i32>(x);
        p = load<i32>(stream);
        q = load<i32>(stream, 4);
        r = load<i32>(stream, 8);
        s = load<i32>(stream, 12);
        even = sxtb16(word);
        odd = sxtb16_ror8(word);
        a0 = smlad(even, p, a0);
        a1 = smlad(even, sxtb16(p), a1);
        a2 = smlad(even, q, a2);
        a3 = smlad(even, sxtb16(q), a3);
        a0 = smlad(odd, r, a0);
        a1 = smlad(odd, sxtb16(r), a1);
        a2 = smlad(odd, s, a2);
        a3 = smlad(odd, sxtb16(s), a3);
        word = load<i32>(x, 4);
        p = load<i32>(stream, 16);
        q = load<i32>(stream, 20);
        r = load<i32>(stream, 24);
        s = load<i32>(stream, 28);
        even = sxtb16(word);
        odd = sxtb16_ror8(word);
        a0 = smlad(even, p, a0);
        a1 = smlad(even, sxtb16(p), a1);
        a2 = smlad(even, q, a2);
        a3 = smlad(even, sxtb16(q), a3);
        a0 = smlad(odd, r, a0);
        a1 = smlad(odd, sxtb16(r), a1);
        a2 = smlad(odd, s, a2);
        a3 = smlad(odd, sxtb16(s), a3);
        stream += 32;
        x += 8;
      } while (--n);
    } else {
      let quads = (depth + 3) >> 2;
      do {
        word = (depth & 3) != 0 && quads == 1 ? lastWord(x, depth & 3) : load<i32>(x);
        p = load<i32>(stream);
        q = load<i32>(stream, 4);
        r = load<i32>(stream, 8);
        s = load<i32>(stream, 12);
        even = sxtb16(word);
        odd = sxtb16_ror8(word);
        a0 = smlad(even, p, a0);
        a1 = smlad(even, sxtb16(p), a1);
        a2 = smlad(even, q, a2);
        a3 = smlad(even, sxtb16(q), a3);
        a0 = smlad(odd, r, a0);
        a1 = smlad(odd, sxtb16(r), a1);
        a2 = smlad(odd, s, a2);
        a3 = smlad(odd, sxtb16(s), a3);
        stream += 16;
        x += 4;
      } while (--quads);
    }
    if (!wide) {
      a0 -= a1;
      a2 -= a3;
    }
    const all = (channels & 3) == 0;
    store<i8>(out, finish(wide ? a0 : a0 >> 8, wide ? a0 << 1 : a0 >> 7, stream, tail, outZero, low, high));
    if (all || left > 1) store<i8>(out, finish(a1, a1 << 1, stream + size, tail, outZero, low, high), 1);
    if (all || left > 2) {
      store<i8>(out, finish(wide ? a2 : a2 >> 8, wide ? a2 << 1 : a2 >> 7, stream + size * 2, tail, outZero, low, high), 2);
    }
    if (all || left > 3) store<i8>(out, finish(a3, a3 << 1, stream + size * 3, tail, outZero, low, high), 3);
    stream += size << 2;
    out += 4;
    left -= 4;
  } while (left > 0);
}

/**
 * The same without SMLAD. Stream: start0…3, then per k one word, a byte a channel, then finish0…3 (fast: requantizeSplit).
 */
export function dense_s8_plain(
  out: usize, input: usize, stream: usize, depth: i32, channels: i32, tail: i32, outZero: i32, low: i32, high: i32,
): void {
  let left = channels;
  const size = tail == 0 ? 12 : 8;
  do {
    let a0 = load<i32>(stream);
    let a1 = load<i32>(stream, 4);
    let a2 = load<i32>(stream, 8);
    let a3 = load<i32>(stream, 12);
    stream += 16;
    let x = input;
    let n = depth;
    do {
      const value = <i32>load<i8>(x);
      const word = load<i32>(stream);
      a0 += value * ((word << 24) >> 24);
      a1 += value * ((word << 16) >> 24);
      a2 += value * ((word << 8) >> 24);
      a3 += value * (word >> 24);
      stream += 4;
      x += 1;
    } while (--n);
    const all = (channels & 3) == 0;
    store<i8>(out, finishPlain(a0, stream, tail, outZero, low, high));
    if (all || left > 1) store<i8>(out, finishPlain(a1, stream + size, tail, outZero, low, high), 1);
    if (all || left > 2) store<i8>(out, finishPlain(a2, stream + size * 2, tail, outZero, low, high), 2);
    if (all || left > 3) store<i8>(out, finishPlain(a3, stream + size * 3, tail, outZero, low, high), 3);
    stream += size << 2;
    out += 4;
    left -= 4;
  } while (left > 0);
}

/**
 * Per-channel int4 weights, which TensorFlow Lite alone runs, rescaling in double precision: each sum is multiplied with a
 * factor of up to 62 − (bits of the sum) bits and rounded once, halves away from zero. rows × channels outputs.
 * Stream, a record a channel: factor i64, start i32, shift i32 (1…62), then depth bytes of weights, padded to a multiple of 8.
 */
export function dense_s8_wide(
  out: usize, input: usize, stream: usize, rows: i32, depth: i32, channels: i32, outZero: i32, low: i32, high: i32,
): void {
  let row = rows;
  do {
    let record = stream;
    let left = channels;
    do {
      let sum = load<i32>(record, 8);
      let x = input;
      let w = record + 16;
      let n = depth;
      do {
        sum += <i32>load<i8>(x) * <i32>load<i8>(w);
        x += 1;
        w += 1;
      } while (--n);
      const product = <i64>sum * load<i64>(record);
      const shift = <i64>load<i32>(record, 12);
      const half = (<i64>1) << (shift - 1);
      const scaled = product < 0 ? -((half - product) >> shift) : (product + half) >> shift;
      const limited = scaled > 65536 ? 65536 : scaled < -65536 ? -65536 : <i32>scaled;
      store<i8>(out, clampPlain(limited + outZero, low, high));
      out += 1;
      record += 16 + ((depth + 7) & ~7);
    } while (--left);
    input += depth;
  } while (--row);
}
