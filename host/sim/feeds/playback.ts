// Feeds made of feeds and of samples.
//
//   sampled       values at equal distances in time, each held until the next (zero-order hold)
//   fromFirstUse  the same feed, its beginning put to the moment at which it is first looked at: a recording begins with its sensor, however
//                 long the board takes to start. Half a sample earlier, so that readings fall into the middle of the samples: a few
//                 microseconds of a clock do not choose between two

import type { Feed } from "../world.ts";

/** Physical values with their times, as files hold them. */
export interface Recording extends Feed {
  readonly channels: number;
  /** Column names, where the file has them. */
  readonly columns: readonly string[];
  readonly samples: number;
  readonly seconds: number;
  /** Samples a second; undefined: not at equal distances. */
  readonly rateHz: number | undefined;
  /** What was done to the file's values. */
  readonly notes: readonly string[];
}

export function fromFirstUse(recording: Recording): Feed;
export function fromFirstUse(feed: Feed, leadSeconds: number): Feed;
export function fromFirstUse(feed: Feed | Recording, leadSeconds?: number): Feed {
  const rateHz = "rateHz" in feed ? feed.rateHz : undefined;
  const lead = leadSeconds ?? (rateHz === undefined ? 0 : 0.5 / rateHz);
  let first: number | undefined;
  return {
    at(seconds) {
      first ??= seconds;
      return feed.at(seconds - first + lead);
    },
  };
}

/** `values`: all channels of a sample one after the other. */
export function sampled(
  values: Float64Array | Float32Array,
  {
    columns,
    rateHz,
    notes = [],
  }: { readonly columns: readonly string[]; readonly rateHz: number; readonly notes?: readonly string[] },
): Recording {
  const channels = columns.length;
  const samples = Math.floor(values.length / channels);
  return {
    ...{ channels, columns, samples, rateHz, notes },
    seconds: samples / rateHz,
    at(seconds) {
      if (samples === 0) return undefined;
      // 1 ns: a sample that begins now has begun
      const index = Math.max(0, Math.min(samples - 1, Math.floor((seconds + 1e-9) * rateHz)));
      return Array.from(values.subarray(channels * index, channels * (index + 1)));
    },
  };
}

/** Samples at the given times, which rise. */
export function timed(times: Float64Array, values: Float64Array, columns: readonly string[]): Recording {
  const channels = columns.length;
  const samples = times.length;
  return {
    ...{ channels, columns, samples, notes: [] },
    rateHz: rateOf(times),
    seconds: samples === 0 ? 0 : times[samples - 1]! - times[0]!,
    at(seconds) {
      if (samples === 0) return undefined;
      const index = lastNotAfter(times, seconds + times[0]! + 1e-9);
      return Array.from(values.subarray(channels * index, channels * (index + 1)));
    },
  };
}

/** Equal distances, to the precision in which files write times. */
function rateOf(times: Float64Array): number | undefined {
  if (times.length < 2) return undefined;
  const step = (times[times.length - 1]! - times[0]!) / (times.length - 1);
  const isEven = times.every((time, i) => Math.abs(time - times[0]! - i * step) < 0.05 * step);
  return isEven ? 1 / step : undefined;
}

function lastNotAfter(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
