// int8 convolutions and dense layers → the host's 128-bit kernels: conv2d_s8_simd, dense_s8_simd, depthwise_s8_simd. Sums are
// within 2^30 where the tail is fast (settleChannels), so that they may be doubled; other tails take any factor.

import { settleChannels } from "./channel-tail.ts";
import type { Convolution } from "./convolution.ts";
import { biasesOf, shapeArguments, weightRows } from "./convolution-operands.ts";
import { flattenPointwise, isClipped, seesWholeInput } from "./lower-int8.ts";
import type { KernelArgument, Lowering, LowerNode } from "./operator.ts";
import { inOrder, packRecords, type Records, recordBytes, tapPairs } from "./pack-simd.ts";
import type { Scaling } from "./scaling.ts";
import type { WindowAxis } from "./window.ts";

/** One output channel an input channel, or groups that are not single channels; the others have no 128-bit form. */
export function hasLanes(c: Convolution, scaling: Scaling): boolean {
  return !scaling.wide && (c.groups === 1 || c.groups < c.inputChannels || c.outputChannels === c.inputChannels);
}

export function lowerLanes(node: LowerNode, c: Convolution, scaling: Scaling): Lowering {
  if (c.groups > 1 && c.groups === c.inputChannels) return lowerDepthwiseLanes(node, c, scaling);
  const settled = settleChannels(weightRows(node, c), biasesOf(node, c), scaling, true);
  const depth = settled.rows[0]!.length;
  const tail = [settled.tail.fast ? 0 : 1];
  const clamp = [scaling.outputZeroPoint, scaling.low, scaling.high];
  if (seesWholeInput(c)) {
    const order = inOrder(depth, (depth + 1) >> 1);
    const stream = packed(1, { settled, first: 0, count: c.outputChannels, order, lanes: 16, weightBytes: 1 });
    const operands = [node.out(0), node.in(0), stream, { scratch: 0 }];
    const call = { kernel: "dense_s8_simd", arguments: [...operands, depth, c.outputChannels, ...tail, ...clamp] };
    return { calls: [call], scratchBytes: columnBytes(depth) };
  }
  const { y, x } = c.window;
  const quads = (depth + 3) >> 2;
  const count = c.outputChannels / c.groups;
  const order = inOrder(depth, quads * 2);
  const stream = packed(c.groups, { settled, first: 0, count, order, lanes: 8, weightBytes: 2 });
  const block = Math.min(4, y.output * x.output);
  const operands = [node.out(0), node.in(0), stream, { scratch: 0 }, ...shapeArguments(flattenPointwise(c))];
  const columns = [block, quads, columnBytes(depth), isClipped(c) ? 1 : 0];
  const call = {
    kernel: "conv2d_s8_simd",
    arguments: [...operands, ...columns, ...tail, scaling.inputZeroPoint, ...clamp],
  };
  return { calls: [call], scratchBytes: block * columnBytes(depth) };
}

/** int16 values of a column, and room for seven more (columns-simd.ts). */
function columnBytes(depth: number): number {
  return ((depth + 14) & ~7) * 2;
}

/** The records of every group, one after the other. */
function packed(groups: number, records: Records): KernelArgument {
  const view = new DataView(new ArrayBuffer(groups * recordBytes(records)));
  let at = 0;
  for (let group = 0; group < groups; group++) at = packRecords(view, at, { ...records, first: group * records.count });
  return { constant: new Uint8Array(view.buffer), label: "weights", align: 16 };
}

/** Bytes of a plane that stay near: half of a usual first-level cache and a little of the second. */
const planeBudget = 48 * 1024;

function lowerDepthwiseLanes(node: LowerNode, c: Convolution, scaling: Scaling): Lowering {
  const { y, x } = c.window;
  const settled = settleChannels(weightRows(node, c), biasesOf(node, c), scaling, true);
  const order = tapPairs(y.kernel, x.kernel);
  const stream = packed(1, { settled, first: 0, count: c.outputChannels, order, lanes: 8, weightBytes: 2 });
  const width = Math.max(x.before + x.input, (x.output - 1) * x.stride + (x.kernel - 1) * x.dilation + 1);
  const rowBytes = width * ((c.inputChannels + 7) & ~7) * 2;
  const band = bandOf(y, rowBytes);
  const call = {
    kernel: "depthwise_s8_simd",
    arguments: [
      ...[node.out(0), node.in(0), stream, { scratch: 0 }],
      ...[c.batches, y.input, x.input, c.inputChannels, y.output, x.output],
      ...[y.kernel, x.kernel, y.stride, x.stride, y.dilation, x.dilation, y.before, x.before],
      ...[band, width, settled.tail.fast ? 0 : 1, scaling.inputZeroPoint],
      ...[scaling.outputZeroPoint, scaling.low, scaling.high],
    ],
  };
  return { calls: [call], scratchBytes: planeRows(y, band) * rowBytes };
}

/** Input rows of `band` output rows. */
function planeRows({ kernel, stride, dilation }: WindowAxis, band: number): number {
  return (band - 1) * stride + (kernel - 1) * dilation + 1;
}

/** Output rows at a time: bands of about the same height, at least four rows so that few input rows are widened twice. */
function bandOf(axis: WindowAxis, rowBytes: number): number {
  let band = axis.output;
  while (band > 4 && planeRows(axis, band) * rowBytes > planeBudget) band--;
  return Math.ceil(axis.output / Math.ceil(axis.output / band));
}
