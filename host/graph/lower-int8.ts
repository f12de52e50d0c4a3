// int8 convolutions and dense layers → conv2d_s8, dense_s8 or their plain forms: picks the block of output pixels, packs the
// weights, asks for the columns' scratch.

import { channelOf, settleChannels } from "./channel-tail.ts";
import type { Convolution } from "./convolution.ts";
import { biasesOf, shapeArguments, weightRows } from "./convolution-operands.ts";
import type { KernelArgument, Lowering, LowerNode } from "./operator.ts";
import { fitsNarrow, packBytes, packFours, packLanes, packPairs } from "./pack-convolution.ts";
import type { Scaling, WideFactor } from "./scaling.ts";
import { reachesOutside } from "./window.ts";
import { Words } from "./words.ts";

export function lowerInt8(node: LowerNode, c: Convolution, scaling: Scaling): Lowering {
  if (scaling.wide) return lowerWide(node, c, scaling, scaling.wide);
  const dsp = node.target.form === "device" && node.target.dsp;
  const { rows, channels, tail } = settleChannels(weightRows(node, c), biasesOf(node, c), scaling, dsp);
  const end = [tail.fast ? 0 : 1];
  const clamp = [scaling.outputZeroPoint, scaling.low, scaling.high];
  const { y, x } = c.window;
  const wide = !fitsNarrow(rows, channels);
  if (seesWholeInput(c)) {
    const source = { rows, channels, tail, run: rows[0]!.length, first: 0 };
    const stream = stored(dsp ? packFours(source, wide) : packLanes(source));
    const shape = [node.out(0), node.in(0), stream, rows[0]!.length, c.outputChannels];
    if (!dsp) return { calls: [{ kernel: "dense_s8_plain", arguments: [...shape, ...end, ...clamp] }] };
    return { calls: [{ kernel: "dense_s8", arguments: [...shape, wide ? 1 : 0, ...end, ...clamp] }] };
  }
  const perGroup = c.outputChannels / c.groups;
  const neighbours = c.groups === 1 && x.dilation === 1;
  const run = neighbours ? x.kernel * c.inputChannels : c.inputChannels / c.groups;
  const words = new Words();
  for (let first = 0; first < c.outputChannels; first += perGroup) {
    const part = { rows: rows.slice(first, first + perGroup), channels: channels.slice(first, first + perGroup) };
    if (dsp) packPairs(words, { ...part, tail, run, first }, wide);
    else packBytes(words, { ...part, tail, run, first });
  }
  const quads = (rows[0]!.length + 3) >> 2;
  const block = bestBlock(y.output * x.output, dsp);
  const operands = [
    node.out(0),
    node.in(0),
    stored(words.bytes()),
    { scratch: 0 },
    ...shapeArguments(flattenPointwise(c)),
  ];
  const packing = [isClipped(c) ? 1 : 0, ...(dsp ? [wide ? 1 : 0] : [])];
  const tailArguments = [block, quads, ...packing, ...end, scaling.inputZeroPoint, ...clamp];
  const call = { kernel: dsp ? "conv2d_s8" : "conv2d_s8_plain", arguments: [...operands, ...tailArguments] };
  return { calls: [call], scratchBytes: block * quads * (dsp ? 8 : 16) };
}

/** Whether some window reaches outside the input. */
export function isClipped({ window: { y, x } }: Convolution): boolean {
  return reachesOutside(y) || reachesOutside(x);
}

/** One output pixel of one group whose window is the input: a dense layer of one row. */
export function seesWholeInput(c: Convolution): boolean {
  const { y, x } = c.window;
  if (c.batches * c.groups * y.output * x.output * y.dilation * x.dilation !== 1 || isClipped(c)) return false;
  return y.kernel === y.input && x.kernel === x.input;
}

function stored(stream: Uint8Array): KernelArgument {
  return { constant: stream, label: "weights", align: 4 };
}

/** dense_s8_wide: a record a channel. */
function lowerWide(node: LowerNode, c: Convolution, scaling: Scaling, wide: readonly WideFactor[]): Lowering {
  const biases = biasesOf(node, c);
  const words = new Words();
  weightRows(node, c).forEach((row, oc) => {
    const { factor, shift } = wide[oc]!;
    words.int64(Number(factor)).int32(channelOf(row, biases[oc]!, scaling.inputZeroPoint).start, shift);
    words.row(row, 8);
  });
  const shape = [c.window.x.output, c.inputChannels, c.outputChannels];
  const operands = [node.out(0), node.in(0), { constant: words.bytes(), label: "weights", align: 8 } as const];
  const clamp = [scaling.outputZeroPoint, scaling.low, scaling.high];
  return { calls: [{ kernel: "dense_s8_wide", arguments: [...operands, ...shape, ...clamp] }] };
}

/** Batches of a pointwise layer that keeps its size are more pixels of one batch. */
export function flattenPointwise(c: Convolution): Convolution {
  const { y, x } = c.window;
  const pointwise = y.kernel * x.kernel * y.stride * x.stride === 1 && y.before + x.before === 0;
  if (!pointwise || y.output !== y.input || x.output !== x.input) return c;
  const pixels = c.batches * y.output * x.output;
  const row = { ...y, input: 1, output: 1 };
  return { ...c, batches: 1, window: { y: row, x: { ...x, input: pixels, output: pixels } } };
}

/** Cycles of four k for a block of 1, 2, 3 (, 4) pixels, by the inner loops' instructions on M4 and M0+. */
const costs = { dsp: [13, 20, 27], plain: [23, 34, 45, 56] };

/** The block with the least work, the last block counted whole. */
function bestBlock(pixels: number, dsp: boolean): number {
  let best = 1;
  const cost = (block: number): number => Math.ceil(pixels / block) * (dsp ? costs.dsp : costs.plain)[block - 1]!;
  for (let block = 2; block <= Math.min(pixels, dsp ? 3 : 4); block++) if (cost(block) <= cost(best)) best = block;
  return best;
}
