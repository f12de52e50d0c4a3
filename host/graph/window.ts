// Sliding windows (convolutions, pools): where each window starts, and how many fit.
//
//   input    pad.before │ 0 1 2 3 … size−1 │ pad after          window i covers  i·stride − before + k·dilation,  k < kernel
//
// Padding as TFLite counts it: "same" gives ceil(size / stride) windows and puts the odd element of padding after;
// "valid" pads nothing; "explicit" is made by rewrites (pad fused into a convolution): attribute `pad`, [top, bottom,
// left, right].

import type { Attributes } from "./graph.ts";
import type { TfliteField } from "./operator.ts";

export const paddingField: TfliteField = { slot: 0, type: "enum", names: ["same", "valid"], default: "same" };

export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Elements of padding before the first input element. */
  readonly before: number;
}

export interface Window {
  readonly y: WindowAxis;
  readonly x: WindowAxis;
}

export interface Extent {
  readonly y: number;
  readonly x: number;
}

/** The windows of a kernel over an input; `output` is 0 or less where none fits. */
export function windowOf(attributes: Attributes, input: Extent, kernel: Extent): Window {
  const pad = attributes["pad"] as readonly number[] | undefined;
  const [top, bottom, left, right] = pad ?? [0, 0, 0, 0];
  const y = [attributes["strideH"], attributes["dilationH"] ?? 1] as [number, number];
  const x = [attributes["strideW"], attributes["dilationW"] ?? 1] as [number, number];
  const padding = attributes["padding"] as string;
  return {
    y: windowAxis(padding, input.y, kernel.y, ...y, top!, bottom!),
    x: windowAxis(padding, input.x, kernel.x, ...x, left!, right!),
  };
}

function windowAxis(
  padding: string,
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  padBefore: number,
  padAfter: number,
): WindowAxis {
  const covered = (kernel - 1) * dilation + 1;
  const axis = { input, kernel, stride, dilation };
  if (padding === "same") {
    const output = Math.ceil(input / stride);
    const total = Math.max(0, (output - 1) * stride + covered - input);
    return { ...axis, output, before: total >> 1 };
  }
  const [before, after] = padding === "explicit" ? [padBefore, padAfter] : [0, 0];
  return { ...axis, output: Math.floor((input + before + after - covered) / stride) + 1, before };
}

/** Whether some window reaches outside the input. */
export function reachesOutside({ input, output, kernel, stride, dilation, before }: WindowAxis): boolean {
  return before > 0 || (output - 1) * stride - before + (kernel - 1) * dilation >= input;
}
