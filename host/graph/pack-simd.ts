// Weights of int8 convolutions for the 128-bit kernels: records of whole vectors, channels beyond the last one zero. The layouts
// are drawn at the head of assembly/kernels/{requantize,conv2d,dense,depthwise}-simd.ts.

import { fastFinish, type Settled, type Tail } from "./channel-tail.ts";

export type Order = readonly (readonly [first: number, second: number])[];

/** Weights k in pairs, in order; −1 is a zero. `count`: so many pairs. */
export function inOrder(depth: number, count: number): Order {
  const at = (k: number): number => (k < depth ? k : -1);
  return Array.from({ length: count }, (_, i) => [at(2 * i), at(2 * i + 1)] as const);
}

/** Taps of a depthwise window in pairs, as depthwise_s8_simd reads them. */
export function tapPairs(kh: number, kw: number): Order {
  if (kh === 3 && kw === 3) {
    return [
      [0, 1],
      [3, 4],
      [6, 7],
      [2, 5],
      [8, -1],
    ];
  }
  const row = inOrder(kw, (kw + 1) >> 1);
  return Array.from({ length: kh }, (_, ky) =>
    row.map(([a, b]) => [a + ky * kw, b < 0 ? -1 : b + ky * kw] as const),
  ).flat();
}

export interface Records {
  readonly settled: Settled;
  /** Channels packed: `count` from `first` on. */
  readonly first: number;
  readonly count: number;
  readonly order: Order;
  /** Channels of a record, and bytes of a weight. int16 weights are doubled where the tail is fast. */
  readonly lanes: 8 | 16;
  readonly weightBytes: 1 | 2;
}

const finishBytes = (tail: Tail): number => (tail.fast ? 96 : 32);

export function recordBytes({ settled, count, order, lanes, weightBytes }: Omit<Records, "first">): number {
  const one = lanes * 4 + order.length * lanes * 2 * weightBytes + (lanes / 4) * finishBytes(settled.tail);
  return Math.ceil(count / lanes) * one;
}

/** Appends the records at `at`; returns their end. */
export function packRecords(view: DataView, start: number, records: Records): number {
  const { settled, first, count, order, lanes, weightBytes } = records;
  const { rows, channels, tail } = settled;
  const times = tail.fast ? 2 : 1;
  const weightTimes = weightBytes === 2 ? times : 1;
  const put = (at: number, value: number): void =>
    weightBytes === 2 ? view.setInt16(at, value * weightTimes, true) : view.setInt8(at, value);
  let at = start;
  for (let channel = 0; channel < count; channel += lanes) {
    const here = Math.min(lanes, count - channel);
    for (let lane = 0; lane < here; lane++) {
      const index = first + channel + lane;
      const row = rows[index]!;
      view.setInt32(at + lane * 4, (channels[index]!.start * times) | 0, true);
      let to = at + lanes * 4 + lane * 2 * weightBytes;
      for (const [a, b] of order) {
        put(to, row[a] ?? 0);
        put(to + weightBytes, row[b] ?? 0);
        to += lanes * 2 * weightBytes;
      }
    }
    at += lanes * 4 + order.length * lanes * 2 * weightBytes;
    for (let lane = 0; lane < lanes; lane += 4) {
      for (let i = 0; i < 4; i++) {
        const index = lane + i < here ? first + channel + lane + i : Number.POSITIVE_INFINITY;
        writeFinish(view, at, i, tail, index);
      }
      at += finishBytes(tail);
    }
  }
  return at;
}

function writeFinish(view: DataView, at: number, lane: number, tail: Tail, channel: number): void {
  const put = (vector: number, value: number): void => view.setInt32(at + vector * 16 + lane * 4, value, true);
  if (!tail.fast) {
    const { multiplier, shift } = tail.scaling.multipliers[channel] ?? { multiplier: 0, shift: 0 };
    put(0, multiplier);
    put(1, shift);
    return;
  }
  const { multiplier, round, right } = fastFinish(tail, channel);
  put(0, multiplier);
  view.setUint32(at + 16 + lane * 8, 2 ** 31, true);
  view.setInt32(at + 20 + lane * 8, round, true);
  put(3, tail.scaling.low * 2 ** right);
  put(4, (tail.scaling.high + 1) * 2 ** right - 1);
  put(5, 2 ** (24 - right));
}
