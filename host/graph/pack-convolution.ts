// Weights of int8 convolutions in the order in which the kernels read them, with start values and requantisation constants
// inline: one stream a layer. The layouts are drawn at the head of assembly/kernels/{conv2d,conv2d-plain,dense}.ts.
//
// A column holds k values in runs; in a run, blocks of four stand even lanes first (assembly/kernels/columns.ts), so weights
// do too. k is padded with zero weights to a multiple of four.

import { type Channel, type Tail, within, writeTail } from "./channel-tail.ts";
import { Words } from "./words.ts";

/** Weights of one output channel, in the order ky, kx, ic. */
export type Rows = readonly (readonly number[])[];

/** Place of element i of a run of n: blocks of four as b0 b2 b1 b3, the rest in order. */
function placeInRun(i: number, n: number): number {
  return i < (n & ~3) ? (i & ~3) | ((i & 1) << 1) | ((i >> 1) & 1) : i;
}

/** One channel's weights in column order, padded to a multiple of four. */
function columnOrder(weights: readonly number[], run: number): number[] {
  const ordered = new Array<number>((weights.length + 3) & ~3).fill(0);
  weights.forEach((weight, k) => {
    const first = k - (k % run);
    ordered[first + placeInRun(k - first, run)] = weight;
  });
  return ordered;
}

/**
 * Whether two channels fit one int16 a weight: 256·w0 + w1 must be an int16, and channel 0's sum must survive the division
 * by 256 of the difference of two 32-bit sums.
 */
export function fitsNarrow(rows: Rows, channels: readonly Channel[]): boolean {
  const pairs = rows.every((row, channel) => {
    if (channel % 2 === 1) return true;
    const next = rows[channel + 1];
    return row.every((weight, k) => weight * 256 + (next?.[k] ?? 0) >= -32768);
  });
  return pairs && within(channels, 23);
}

interface Source {
  readonly rows: Rows;
  readonly channels: readonly Channel[];
  readonly tail: Tail;
  /** Elements of a run. */
  readonly run: number;
  /** Index of the first of these channels in the layer (groups are packed one by one). */
  readonly first: number;
}

/** conv2d_s8: pairs of channels. */
export function packPairs(words: Words, source: Source, wide: boolean): void {
  const { rows, channels, tail, run, first } = source;
  for (let channel = 0; channel < rows.length; channel += 2) {
    const w0 = columnOrder(rows[channel]!, run);
    const w1 = columnOrder(rows[channel + 1] ?? rows[channel]!.map(() => 0), run);
    const [s0, s1] = [channels[channel]!.start, channels[channel + 1]?.start ?? 0];
    words.int32(wide ? s0 : (s0 * 256 + s1) | 0, s1);
    for (let k = 0; k < w0.length; k += 2) {
      if (wide) words.int16(w0[k]!, w0[k + 1]!, w1[k]!, w1[k + 1]!);
      else words.int16(w0[k]! * 256 + w1[k]!, w0[k + 1]! * 256 + w1[k + 1]!);
    }
    writeTail(words, tail, first + channel);
    writeTail(words, tail, channel + 1 < rows.length ? first + channel + 1 : Number.POSITIVE_INFINITY);
  }
}

/** conv2d_s8_plain: a channel at a time, bytes in natural order. */
export function packBytes(words: Words, { rows, channels, tail, first }: Source): void {
  rows.forEach((row, channel) => {
    words.int32(channels[channel]!.start);
    words.row(row, 4);
    writeTail(words, tail, first + channel);
  });
}

/** dense_s8: four channels at a time, one run. */
export function packFours({ rows, channels, tail }: Source, wide: boolean): Uint8Array {
  const words = new Words();
  const depth = rows[0]!.length;
  const none = new Array<number>(depth).fill(0);
  for (let channel = 0; channel < rows.length; channel += 4) {
    const four = [0, 1, 2, 3].map((i) => columnOrder(rows[channel + i] ?? none, depth & ~3 ? (depth + 3) & ~3 : 4));
    const starts = [0, 1, 2, 3].map((i) => channels[channel + i]?.start ?? 0);
    const [s0, s1, s2, s3] = starts as [number, number, number, number];
    if (wide) words.int32(s0, s1, s2, s3);
    else words.int32((s0 * 256 + s1) | 0, s1, (s2 * 256 + s3) | 0, s3);
    for (let k = 0; k < four[0]!.length; k += 2) {
      const [w0, w1, w2, w3] = four.map((row) => [row[k]!, row[k + 1]!]) as [number[], number[], number[], number[]];
      if (wide) for (const w of [w0, w1, w2, w3]) words.int16(...w);
      else {
        for (const [a, b] of [
          [w0, w1],
          [w2, w3],
        ] as const)
          words.int16(a[0]! * 256 + b[0]!, a[1]! * 256 + b[1]!);
      }
    }
    for (let i = 0; i < 4; i++)
      writeTail(words, tail, channel + i < rows.length ? channel + i : Number.POSITIVE_INFINITY);
  }
  return words.bytes();
}

/** dense_s8_plain: four channels at a time, a word a k. */
export function packLanes({ rows, channels, tail }: Source): Uint8Array {
  const words = new Words();
  const depth = rows[0]!.length;
  for (let channel = 0; channel < rows.length; channel += 4) {
    const lanes = [0, 1, 2, 3];
    words.int32(...lanes.map((i) => channels[channel + i]?.start ?? 0));
    for (let k = 0; k < depth; k++) words.int8(...lanes.map((i) => rows[channel + i]?.[k] ?? 0));
    for (const i of lanes) writeTail(words, tail, channel + i < rows.length ? channel + i : Number.POSITIVE_INFINITY);
  }
  return words.bytes();
}
