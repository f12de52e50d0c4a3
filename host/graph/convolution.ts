// One shape for every operator that slides weights over pixels: conv_2d (groups too), depthwise_conv_2d (a group per input
// channel) and fully_connected (a 1×1 window over `rows` pixels). This file holds that shape, the checks they share, and
// their reference arithmetic.
//
//   y[n, oy, ox, oc] = finish(bias[oc] + Σ ky, kx, ic  w[oc, ky, kx, ic] · (x[n, iy, ix, group(oc)·inPerGroup + ic] − zero))
//   iy = oy·stride − before + ky·dilation; padding adds nothing (for quantised values: it equals the zero point)
//
// Families, by input and weight type:
//   int8     int8 × int8 or int4, int32 sums             int16   int16 × int8, int32 or int64 sums
//   float32  binary32, in the order of the formula       hybrid  float32 × int8: the input is quantised as it arrives

import { floatClamp } from "./activation.ts";
import { type DynamicRow, quantizeRow } from "./dynamic.ts";
import { clamp } from "./fixed-point.ts";
import type { Values } from "./graph.ts";
import type { Node, RunNode } from "./operator.ts";
import { type Scaling, scaleSum } from "./scaling.ts";
import type { Window } from "./window.ts";

export type Family = "int8" | "int16" | "float32" | "hybrid";

export interface Convolution {
  readonly batches: number;
  readonly window: Window;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly groups: number;
  /** Index of a weight in the model's own layout. */
  weight(oc: number, ky: number, kx: number, ic: number): number;
}

export function family(node: Node): Family | undefined {
  const x = node.input(0).dtype;
  const w = node.input(1).dtype;
  if (x === "int8" && (w === "int8" || w === "int4")) return "int8";
  if (x === "int16" && w === "int8") return "int16";
  if (x === "float32" && w === "float32") return "float32";
  if (x === "float32" && w === "int8") return "hybrid";
  return undefined;
}

/** Multiply-accumulates of one inference, padding counted as if it were there. */
export function convolutionMacs({ batches, window, inputChannels, outputChannels, groups }: Convolution): number {
  const { y, x } = window;
  return batches * y.output * x.output * y.kernel * x.kernel * outputChannels * (inputChannels / groups);
}

/** Calls `visit` for each kernel position inside the input: kernel row and column, offset of the input pixel. */
function eachTap(
  c: Convolution,
  n: number,
  oy: number,
  ox: number,
  visit: (ky: number, kx: number, pixel: number) => void,
): void {
  const { y, x } = c.window;
  for (let ky = 0; ky < y.kernel; ky++) {
    const iy = oy * y.stride - y.before + ky * y.dilation;
    if (iy < 0 || iy >= y.input) continue;
    for (let kx = 0; kx < x.kernel; kx++) {
      const ix = ox * x.stride - x.before + kx * x.dilation;
      if (ix >= 0 && ix < x.input) visit(ky, kx, ((n * y.input + iy) * x.input + ix) * c.inputChannels);
    }
  }
}

type Sum = (n: number, oy: number, ox: number, oc: number) => number;

/** Σ w · (x − zero), exact. */
function integerSum(c: Convolution, input: Values, weights: Values, inputZero: number, weightZero: number): Sum {
  const inPerGroup = c.inputChannels / c.groups;
  const outPerGroup = c.outputChannels / c.groups;
  const [x, w] = [input as Int8Array, weights as Int8Array];
  return (n, oy, ox, oc) => {
    const first = Math.floor(oc / outPerGroup) * inPerGroup;
    let sum = 0;
    eachTap(c, n, oy, ox, (ky, kx, pixel) => {
      const at = c.weight(oc, ky, kx, 0);
      const step = inPerGroup > 1 ? c.weight(oc, ky, kx, 1) - at : 0;
      for (let ic = 0; ic < inPerGroup; ic++) {
        sum += (w[at + ic * step]! - weightZero) * (x[pixel + first + ic]! - inputZero);
      }
    });
    return sum;
  };
}

/** The same in binary32, one rounding a step. */
function floatSum(c: Convolution, input: Values, weights: Values): Sum {
  const f = Math.fround;
  const inPerGroup = c.inputChannels / c.groups;
  const outPerGroup = c.outputChannels / c.groups;
  const [x, w] = [input as Float32Array, weights as Float32Array];
  return (n, oy, ox, oc) => {
    const first = Math.floor(oc / outPerGroup) * inPerGroup;
    let sum = 0;
    eachTap(c, n, oy, ox, (ky, kx, pixel) => {
      for (let ic = 0; ic < inPerGroup; ic++) {
        sum = f(sum + f(x[pixel + first + ic]! * w[c.weight(oc, ky, kx, ic)]!));
      }
    });
    return sum;
  };
}

function eachOutput(c: Convolution, finish: Sum, result: Values): void {
  const { y, x } = c.window;
  const out = result as Int8Array;
  let at = 0;
  for (let n = 0; n < c.batches; n++) {
    for (let oy = 0; oy < y.output; oy++) {
      for (let ox = 0; ox < x.output; ox++) {
        for (let oc = 0; oc < c.outputChannels; oc++) out[at++] = finish(n, oy, ox, oc);
      }
    }
  }
}

/** Integer families: int8 and int16. */
export function runInteger(node: RunNode, c: Convolution, scaling: Scaling, bias: Values | undefined): void {
  const sum = integerSum(c, node.value(0), node.value(1), scaling.inputZeroPoint, scaling.weightZeroPoint);
  const biasOf = (oc: number): number => (bias ? Number(bias[oc]!) : 0);
  eachOutput(c, (n, oy, ox, oc) => scaleSum(scaling, sum(n, oy, ox, oc) + biasOf(oc), oc), node.result(0));
}

export function runFloat(node: RunNode, c: Convolution, bias: Values | undefined): void {
  const sum = floatSum(c, node.value(0), node.value(1));
  const [low, high] = floatClamp(node.attributes["activation"]);
  const biasOf = (oc: number): number => (bias ? (bias[oc] as number) : 0);
  const finish: Sum = (n, oy, ox, oc) => clamp(Math.fround(sum(n, oy, ox, oc) + biasOf(oc)), low, high);
  eachOutput(c, finish, node.result(0));
}

/** Float input, int8 weights: each batch (a dense layer: each row) is quantised, summed exactly, scaled back. */
export function runHybrid(node: RunNode, c: Convolution, bias: Values | undefined): void {
  const f = Math.fround;
  const input = node.value(0) as Float32Array;
  const size = input.length / c.batches;
  const quantised = new Int8Array(input.length);
  const rows: DynamicRow[] = [];
  for (let n = 0; n < c.batches; n++) {
    rows.push(quantizeRow(input.subarray(n * size, (n + 1) * size), quantised.subarray(n * size, (n + 1) * size)));
  }
  const sum = integerSum(c, quantised, node.value(1), 0, 0);
  const scales = node.input(1).quantization!.scales;
  const [low, high] = floatClamp(node.attributes["activation"]);
  eachOutput(
    c,
    (n, oy, ox, oc) => {
      const scale = f(rows[n]!.scale * scales[scales.length === 1 ? 0 : oc]!);
      const biased = f(f(f(sum(n, oy, ox, oc)) * scale) + (bias ? (bias[oc] as number) : 0));
      return clamp(biased, low, high);
    },
    node.result(0),
  );
}
