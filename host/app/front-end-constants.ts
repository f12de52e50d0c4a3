// The window front end's numbers: how a raw int16 sample becomes an element of the model's input.
//
//   integer input   q = clamp((raw · M + B) >> S)     M ≈ step · scale / inputScale · 2^S,  B carries offset, zero point and the half
//                   table input_scale, 16 bytes a channel: i32 M, 4 unused, i64 B; S is one for all channels, a constant of the code
//   float input     value = raw · k + o               binary32, two roundings; 8 bytes a channel: f32 k, f32 o
//
// S is as large as lets |M| < 2^30 and B stay well inside 64 bits, so that the rounding of M moves no result by more than 2^−23 of a step:
// equal to round(raw · step / inputScale) + zeroPoint in double precision, halves upwards (test: all 65,536 samples).

import type { ModelEdge, ModelType, WindowFrontEnd } from "./app-types.ts";
import type { SensorChannel } from "./sensors.ts";

/** Codes of `input.kind` and `output.kind` (assembly/firmware/element.ts). */
export const kindOf: Readonly<Record<ModelType, number>> = { int8: 0, uint8: 1, int16: 2, float32: 3 };

const limits: Readonly<Record<ModelType, readonly [low: number, high: number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  float32: [0, 0],
};

/** Between window and ring: what may arrive while a window is at work. */
export function ringSamples({ length, hop }: WindowFrontEnd): number {
  return length + Math.max(hop, 2);
}

export function frontEndConstants(frontEnd: WindowFrontEnd, channels: readonly SensorChannel[], input: ModelEdge) {
  const { length, hop } = frontEnd;
  const capacity = ringSamples(frontEnd);
  const real = channels.map(({ step }, i) => ({ gain: step * at(frontEnd.scale, i), offset: at(frontEnd.offset, i) }));
  const float = input.dtype === "float32";
  const shift = float ? 0 : shiftFor(real.map(({ gain }) => gain / input.scale));
  return {
    config: {
      "window.samples": length,
      "window.hop": hop,
      "window.values": length * channels.length,
      "window.capacity": capacity,
      "window.ringBytes": 2 * capacity * channels.length,
      "window.sampleBytes": 2 * channels.length,
      "input.kind": kindOf[input.dtype],
      "input.shift": shift,
      "input.low": limits[input.dtype][0],
      "input.high": limits[input.dtype][1],
    },
    tables: { input_scale: float ? floatScales(real) : integerScales(real, input, shift) },
  };
}

interface RealScale {
  readonly gain: number;
  readonly offset: number;
}

const at = (value: number | readonly number[], i: number): number => (typeof value === "number" ? value : value[i]!);

/** 2^S · gain < 2^30 for the largest gain; at most 40, so that B < 2^57 for |offset / inputScale| < 2^16 (checkApp). */
function shiftFor(gains: readonly number[]): number {
  const largest = Math.max(...gains.map(Math.abs));
  return Math.max(0, Math.min(40, 29 - Math.ceil(Math.log2(largest))));
}

function integerScales(real: readonly RealScale[], input: ModelEdge, shift: number): Uint8Array {
  const bytes = new Uint8Array(16 * real.length);
  const view = new DataView(bytes.buffer);
  real.forEach(({ gain, offset }, i) => {
    view.setInt32(16 * i, Math.round((gain / input.scale) * 2 ** shift), true);
    const added = Math.round((offset / input.scale + input.zeroPoint + 0.5) * 2 ** shift);
    view.setBigInt64(16 * i + 8, BigInt(added), true);
  });
  return bytes;
}

function floatScales(real: readonly RealScale[]): Uint8Array {
  return new Uint8Array(Float32Array.from(real.flatMap(({ gain, offset }) => [gain, offset])).buffer);
}
