// Tables of 513 int16 entries over the whole int16 range, read with linear interpolation: how TFLite Micro computes
// functions of int16 values (LUTPopulate and LUTLookup in kernels/internal/common.h).
//
//   entry i   function at step i of 512, less half the error that interpolation makes at the middle of its step
//   value v   entry[256 + (v >> 7)] + slope · (v & 127) / 128, rounded

import { roundAway } from "./fixed-point.ts";

const f = Math.fround;
const entries = 513;

export interface TableRange {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Samples `of` (binary32 in and out) between the least and the greatest value of `input`, to steps of `output`. */
export function interpolatedTable(input: TableRange, output: TableRange, of: (x: number) => number): Int16Array {
  const at = ({ scale, zeroPoint }: TableRange, value: number): number => f(f(scale) * (value - zeroPoint));
  const least = at(input, -32768);
  const step = f(f(at(input, 32767) - least) / 512);
  const half = f(step / 2);
  const toOutput = f(65536 / f(at(output, 32767) - at(output, -32768)));
  const saturated = (x: number): number => Math.max(-32768, Math.min(32767, x));
  const round = (x: number): number => f(roundAway(f(x)));
  const table = new Int16Array(entries);
  for (let i = 0; i < 512; i++) {
    const x = f(least + f(i * step));
    const sample = round(of(x) * toOutput);
    const middle = round(of(f(x + half)) * toOutput);
    const next = f(of(f(least + f((i + 1) * step))) * toOutput);
    const interpolated = round(f(next + sample) / 2);
    table[i] = saturated(sample - round(f(interpolated - middle) / 2));
  }
  table[512] = saturated(round(of(at(input, 32767)) * toOutput));
  return table;
}

/** The function's value for an int16 argument. */
export function interpolate(table: Int16Array, value: number): number {
  const index = 256 + (value >> 7);
  const base = table[index]!;
  const slope = ((table[index + 1]! - base) << 16) >> 16;
  return ((base + ((slope * (value & 127) + 64) >> 7)) << 16) >> 16;
}
