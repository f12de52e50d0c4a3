// A recording at another rate, band-limited: output sample i is the input convolved with a windowed sinc around i · from / to.
//
//   h(x) = c · sinc(c · x) · (1 + cos(π x / w)) / 2     |x| < w = 16 / c,  c = min(1, to / from): half the lower rate is where it ends
//
// Source: J. O. Smith, Digital Audio Resampling (ccrma.stanford.edu/~jos/resample): windowed-sinc interpolation. Weights depend on the
// phase only, of which there are to / gcd(from, to); each set is made once and normalised, so that a constant stays what it is.

import { type Recording, sampled } from "./playback.ts";

const lobes = 16;
/** Rates that have little in common share weights: an error below −70 dB. */
const mostSets = 4096;

/** One channel is kept when `channel` is given. Recordings without a rate of their own stay as they are. */
export function resampled(recording: Recording, rateHz: number, channel?: number): Recording {
  const from = recording.rateHz;
  const kept = channel === undefined ? recording.columns.map((_, i) => i) : [channel];
  if (from === undefined || (from === rateHz && kept.length === recording.channels)) return recording;
  const tracks = kept.map((c) => track(recording, from, c));
  const changed = from === rateHz ? tracks : tracks.map((values) => convert(values, from, rateHz));
  const samples = changed[0]!.length;
  const values = new Float32Array(samples * kept.length);
  changed.forEach((one, k) => {
    for (let i = 0; i < samples; i++) values[i * kept.length + k] = one[i]!;
  });
  const notes = [...recording.notes];
  if (from !== rateHz) notes.push(`resampled from ${from} to ${rateHz} samples a second`);
  if (kept.length < recording.channels) notes.push(`channel ${kept[0]! + 1} of ${recording.channels} is used`);
  return sampled(values, { columns: kept.map((c) => recording.columns[c]!), rateHz, notes });
}

function track(recording: Recording, rateHz: number, channel: number): Float32Array {
  return Float32Array.from({ length: recording.samples }, (_, i) => recording.at(i / rateHz)![channel]!);
}

function convert(values: Float32Array, from: number, to: number): Float32Array {
  const divisor = greatestCommonDivisor(from, to);
  const [phases, step] = [to / divisor, from / divisor];
  const sets = Math.min(phases, mostSets);
  const weights = new Map<number, Float64Array>();
  const half = Math.ceil(lobes / Math.min(1, to / from));
  const result = new Float32Array(Math.max(1, Math.floor((values.length * to) / from)));
  for (let i = 0; i < result.length; i++) {
    const position = i * step;
    const index = Math.floor(position / phases);
    const phase = Math.round(((position % phases) * sets) / phases);
    let taps = weights.get(phase);
    if (!taps) weights.set(phase, (taps = tapsOf(phase / sets, half, Math.min(1, to / from))));
    let sum = 0;
    for (let k = 0; k < taps.length; k++) sum += taps[k]! * (values[index - half + 1 + k] ?? 0);
    result[i] = sum;
  }
  return result;
}

/** Weights of the samples half − 1 before to half after the position's whole part. */
function tapsOf(fraction: number, half: number, cutoff: number): Float64Array {
  const width = lobes / cutoff;
  const taps = Float64Array.from({ length: 2 * half }, (_, k) => {
    const x = k - half + 1 - fraction;
    if (Math.abs(x) >= width) return 0;
    const angle = Math.PI * cutoff * x;
    return (x === 0 ? 1 : Math.sin(angle) / angle) * (1 + Math.cos((Math.PI * x) / width));
  });
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / total);
}

/** Of whole numbers; WAV rates are. */
function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
