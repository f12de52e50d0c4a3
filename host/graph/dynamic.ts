// Quantising floats as they arrive, for float operators with int8 weights ("hybrid"): symmetric, one scale a row, as TFLite's
// SymmetricQuantizeFloats does it. Every step is binary32, in the order of assembly/kernels/hybrid.ts, its twin.
//
//   range = max |x|,  scale = range / 127,  q = round(x · (127 / range)), halves away from zero, clamped to ±127

import { clamp, roundAway } from "./fixed-point.ts";

export interface DynamicRow {
  /** real = scale · q */
  readonly scale: number;
}

export function quantizeRow(row: Float32Array, to: Int8Array): DynamicRow {
  let range = 0;
  for (const value of row) range = Math.max(range, Math.abs(value));
  if (range === 0) {
    to.fill(0);
    return { scale: 1 };
  }
  const inverse = Math.fround(127 / range);
  row.forEach((value, i) => {
    to[i] = clamp(roundAway(Math.fround(value * inverse)), -127, 127);
  });
  return { scale: Math.fround(range / 127) };
}
