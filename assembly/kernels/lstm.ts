// UNIDIRECTIONAL_SEQUENCE_LSTM with int8 weights and an int16 cell; host/graph/lstm.ts has the arithmetic, and
// host/graph/ops/pack-lstm.ts the order of `stream`: forget, input, cell and output gate, unit by unit.
//
//   scratch   gates: 4 × units int16 │ int8 only: the step's input, then the hidden state, four values as two words
//             (0 2)(1 3) of halfwords, as SXTB16 splits a word of weights; padded with zeros
//
// batchRows, stepRows: rows of x (and of out) from one batch, and from one step, to the next: out and x have one row of
// `units` and `depth` values for each batch and step.

import { smlad, sxtb16, sxtb16_ror8 } from "../intrinsics";
import { multiplyByQuantizedMultiplier, multiplyByReducedMultiplier64 } from "./requantize";
import { logistic_s16, tanh_s16 } from "./sigmoid";

// @ts-ignore: decorator
@inline
function saturate(x: i32): i32 {
  return min(max(x, -32768), 32767);
}

/** n bytes at x → pairs at to; the last four values are filled up with zeros. */
function widen(to: usize, x: usize, n: i32): void {
  for (; n > 0; n -= 4) {
    const v0 = <i32>load<i8>(x);
    const v1 = n > 1 ? <i32>load<i8>(x, 1) : 0;
    const v2 = n > 2 ? <i32>load<i8>(x, 2) : 0;
    const v3 = n > 3 ? <i32>load<i8>(x, 3) : 0;
    store<i32>(to, (v0 & 0xffff) | (v2 << 16));
    store<i32>(to, (v1 & 0xffff) | (v3 << 16), 4);
    x += 4;
    to += 8;
  }
}

/** sum + Σ weights · values over `blocks` words of weights and twice as many of values. */
// @ts-ignore: decorator
@inline
function dot(sum: i32, weights: usize, values: usize, blocks: i32): i32 {
  do {
    const w = load<i32>(weights);
    const even = load<i32>(values);
    const odd = load<i32>(values, 4);
    sum = smlad(sxtb16(w), even, sum);
    sum = smlad(sxtb16_ror8(w), odd, sum);
    weights += 4;
    values += 8;
  } while (--blocks);
  return sum;
}

/** One gate before its activation; answers where the next gate's stream begins. */
function gate_s8(gate: usize, stream: usize, x: usize, h: usize, depth: i32, units: i32): usize {
  const m0 = load<i32>(stream);
  const s0 = load<i32>(stream, 4);
  const m1 = load<i32>(stream, 8);
  const s1 = load<i32>(stream, 12);
  const xBlocks = (depth + 3) >> 2;
  const hBlocks = (units + 3) >> 2;
  stream += 16;
  for (let unit = units; unit > 0; unit--) {
    const input = dot(load<i32>(stream), stream + 8, x, xBlocks);
    const recurrent = dot(load<i32>(stream, 4), stream + 8 + (xBlocks << 2), h, hBlocks);
    const a = saturate(multiplyByQuantizedMultiplier(input, m0, s0));
    const b = saturate(multiplyByQuantizedMultiplier(recurrent, m1, s1));
    store<i16>(gate, <i16>saturate(a + b));
    gate += 2;
    stream += 8 + ((xBlocks + hBlocks) << 2);
  }
  return stream;
}

/** Σ int8 weights · int16 values, in 64 bits. */
// @ts-ignore: decorator
@inline
function dot_s16(sum: i64, weights: usize, values: usize, n: i32): i64 {
  do {
    sum += <i64>(<i32>load<i8>(weights) * <i32>load<i16>(values));
    weights += 1;
    values += 2;
  } while (--n);
  return sum;
}

function gate_s16(gate: usize, stream: usize, x: usize, h: usize, depth: i32, units: i32): usize {
  const m0 = load<i32>(stream);
  const s0 = load<i32>(stream, 4);
  const m1 = load<i32>(stream, 8);
  const s1 = load<i32>(stream, 12);
  stream += 16;
  for (let unit = units; unit > 0; unit--) {
    const input = dot_s16(load<i64>(stream), stream + 8, x, depth);
    const recurrent = dot_s16(0, stream + 8 + depth, h, units);
    const a = saturate(multiplyByReducedMultiplier64(input, m0, s0));
    const b = saturate(multiplyByReducedMultiplier64(recurrent, m1, s1));
    store<i16>(gate, <i16>saturate(a + b));
    gate += 2;
    stream += 8 + ((depth + units + 7) & ~7);
  }
  return stream;
}

/** New cell values from forget, input and cell gate; cm cs: forget · cell, im is: input · new. */
// @ts-ignore: decorator
@inline
function update_cell(cell: usize, gates: usize, units: i32, cm: i32, cs: i32, im: i32, is: i32, clip: i32): void {
  const row = units << 1;
  for (let unit = units; unit > 0; unit--) {
    const forget = <i32>load<i16>(gates);
    const input = <i32>load<i16>(gates + row);
    const fresh = <i32>load<i16>(gates + (row << 1));
    const kept = saturate(multiplyByQuantizedMultiplier(forget * <i32>load<i16>(cell), cm, cs));
    const added = saturate(multiplyByQuantizedMultiplier(input * fresh, im, is));
    const next = saturate(kept + added);
    store<i16>(cell, <i16>(clip ? min(max(next, -clip), clip) : next));
    gates += 2;
    cell += 2;
  }
}

// @ts-ignore: decorator
@inline
function lstm<T>(
  out: usize, x: usize, hidden: usize, cell: usize, scratch: usize, stream: usize, table: usize,
  batches: i32, steps: i32, depth: i32, units: i32, stepRows: i32, batchRows: i32,
  cm: i32, cs: i32, im: i32, is: i32, hm: i32, hs: i32, hz: i32, tm: i32, ts: i32, clip: i32,
): void {
  const low = sizeof<T>() == 1 ? -128 : -32768;
  const gates = scratch;
  const row = units << 1;
  const wideX = scratch + (((row << 2) + 3) & ~3);
  const wideH = wideX + (((depth + 3) & ~3) << 1);
  for (let batch = 0; batch < batches; batch++) {
    for (let step = 0; step < steps; step++) {
      const at = batch * batchRows + step * stepRows;
      const values = x + at * depth * sizeof<T>();
      let from = stream;
      if (sizeof<T>() == 1) {
        widen(wideX, values, depth);
        widen(wideH, hidden, units);
        for (let g = 0; g < 4; g++) from = gate_s8(gates + g * row, from, wideX, wideH, depth, units);
      } else {
        for (let g = 0; g < 4; g++) from = gate_s16(gates + g * row, from, values, hidden, depth, units);
      }
      logistic_s16(gates, gates, units << 1, 3, 0, table);
      tanh_s16(gates + (row << 1), gates + (row << 1), units, 3, 0, table);
      logistic_s16(gates + row * 3, gates + row * 3, units, 3, 0, table);
      update_cell(cell, gates, units, cm, cs, im, is, clip);
      tanh_s16(gates, cell, units, tm, ts, table);
      let to = out + at * units * sizeof<T>();
      for (let unit = 0; unit < units; unit++) {
        const product = <i32>load<i16>(gates + (unit << 1)) * <i32>load<i16>(gates + row * 3 + (unit << 1));
        const value = multiplyByQuantizedMultiplier(product, hm, hs) + hz;
        const next = min(max(value, low), -low - 1);
        store<T>(hidden + unit * sizeof<T>(), <T>next);
        store<T>(to, <T>next);
        to += sizeof<T>();
      }
    }
    hidden += units * sizeof<T>();
    cell += row;
  }
}

export function lstm_s8(
  out: usize, x: usize, hidden: usize, cell: usize, scratch: usize, stream: usize, table: usize,
  batches: i32, steps: i32, depth: i32, units: i32, stepRows: i32, batchRows: i32,
  cm: i32, cs: i32, im: i32, is: i32, hm: i32, hs: i32, hz: i32, tm: i32, ts: i32, clip: i32,
): void {
  lstm<i8>(out, x, hidden, cell, scratch, stream, table, batches, steps, depth, units, stepRows, batchRows, cm, cs, im, is, hm, hs, hz, tm, ts, clip);
}

export function lstm_s16(
  out: usize, x: usize, hidden: usize, cell: usize, scratch: usize, stream: usize, table: usize,
  batches: i32, steps: i32, depth: i32, units: i32, stepRows: i32, batchRows: i32,
  cm: i32, cs: i32, im: i32, is: i32, hm: i32, hs: i32, hz: i32, tm: i32, ts: i32, clip: i32,
): void {
  lstm<i16>(out, x, hidden, cell, scratch, stream, table, batches, steps, depth, units, stepRows, batchRows, cm, cs, im, is, hm, hs, hz, tm, ts, clip);
}
