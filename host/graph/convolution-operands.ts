// A convolution's constants and shape as lower() hands them to kernels, whatever layout the model's file has.

import type { Convolution } from "./convolution.ts";
import type { Node } from "./operator.ts";

/** The weights of one output channel in the order ky, kx, ic. */
function weightRow(node: Node, c: Convolution, oc: number): number[] {
  const values = node.constant(1)!;
  const { y, x } = c.window;
  const row: number[] = [];
  for (let ky = 0; ky < y.kernel; ky++) {
    for (let kx = 0; kx < x.kernel; kx++) {
      for (let ic = 0; ic < c.inputChannels / c.groups; ic++) row.push(Number(values[c.weight(oc, ky, kx, ic)]));
    }
  }
  return row;
}

export function weightRows(node: Node, c: Convolution): number[][] {
  return Array.from({ length: c.outputChannels }, (_, oc) => weightRow(node, c, oc));
}

export function biasesOf(node: Node, c: Convolution): number[] {
  const bias = node.constant(2);
  return Array.from({ length: c.outputChannels }, (_, oc) => Number(bias?.[oc] ?? 0));
}

/** Batches, sizes, kernel, strides, dilations, padding, groups: the order every convolution kernel takes them in. */
export function shapeArguments(c: Convolution): number[] {
  const { y, x } = c.window;
  return [
    ...[c.batches, y.input, x.input, c.inputChannels, y.output, x.output, c.outputChannels],
    ...[y.kernel, x.kernel, y.stride, x.stride, y.dilation, x.dilation, y.before, x.before, c.groups],
  ];
}
