// int8 depthwise convolutions → depthwise_s8 or depthwise_s8_plain: packs the weights, lays out the planes, and divides the
// output into bands so that the planes stay small beside the layer's own tensors.

import { type Channel, settleChannels, type Tail, writeTail } from "./channel-tail.ts";
import type { Convolution } from "./convolution.ts";
import { biasesOf, weightRows } from "./convolution-operands.ts";
import type { Lowering, LowerNode } from "./operator.ts";
import type { Rows } from "./pack-convolution.ts";
import type { Scaling } from "./scaling.ts";
import type { Window } from "./window.ts";
import { Words } from "./words.ts";

export function lowerDepthwise(node: LowerNode, c: Convolution, scaling: Scaling): Lowering {
  const window = alongTheRow(c.window);
  const { y, x } = window;
  const dsp = node.target.form === "device" && node.target.dsp && (x.dilation === 1 || x.kernel === 1);
  const { rows, channels, tail } = settleChannels(weightRows(node, c), biasesOf(node, c), scaling, dsp);
  const stream = dsp ? packPlanePairs(rows, channels, tail, window) : packPlaneBytes(rows, channels, tail);
  const planes = planesOf(c, window, dsp);
  const multiple = c.outputChannels / c.inputChannels;
  const call = {
    kernel: dsp ? "depthwise_s8" : "depthwise_s8_plain",
    arguments: [
      ...[node.out(0), node.in(0), { constant: stream, label: "weights", align: 4 } as const, { scratch: 0 }],
      ...[c.batches, y.input, x.input, c.inputChannels, y.output, x.output, multiple],
      ...[y.kernel, x.kernel, y.stride, x.stride, y.dilation, ...(dsp ? [] : [x.dilation]), y.before, x.before],
      ...[planes.band, planes.pitch, planes.bytes, tail.fast ? 0 : 1],
      ...[scaling.inputZeroPoint, scaling.outputZeroPoint, scaling.low, scaling.high],
    ],
  };
  return { calls: [call], scratchBytes: planes.scratch };
}

/** An image one pixel wide is the same bytes as one that is one pixel high: time then runs along the row. */
function alongTheRow(window: Window): Window {
  const { y, x } = window;
  return x.input === 1 && x.output === 1 && x.kernel === 1 ? { y: x, x: y } : window;
}

/** depthwise_s8's stream; the fast tail takes doubled sums. */
function packPlanePairs(rows: Rows, channels: readonly Channel[], tail: Tail, { y, x }: Window): Uint8Array {
  const words = new Words();
  const times = tail.fast ? 2 : 1;
  rows.forEach((row, oc) => {
    words.int32((channels[oc]!.start * times) | 0);
    writeTail(words, tail, oc);
    for (let ky = 0; ky < y.kernel; ky++) {
      const w = row.slice(ky * x.kernel, (ky + 1) * x.kernel).map((weight) => weight * times);
      if (y.kernel === 3 && x.kernel === 3) words.int16(w[0]!, w[1]!, w[1]!, w[2]!);
      else for (let kx = 0; kx < w.length; kx += 2) words.int16(w[kx]!, w[kx + 1] ?? 0);
    }
  });
  return words.bytes();
}

function packPlaneBytes(rows: Rows, channels: readonly Channel[], tail: Tail): Uint8Array {
  const words = new Words();
  rows.forEach((row, oc) => {
    words.int32(channels[oc]!.start);
    writeTail(words, tail, oc);
    words.row(row, 4);
  });
  return words.bytes();
}

interface Planes {
  /** Output rows computed at a time. */
  readonly band: number;
  readonly pitch: number;
  readonly bytes: number;
  readonly scratch: number;
}

function planesOf(c: Convolution, { y, x }: Window, dsp: boolean): Planes {
  const value = dsp ? 2 : 4;
  const lanes = dsp && c.inputChannels % 4 === 0 ? 4 : 1;
  const covered = (x.output - 1) * x.stride + (x.kernel - 1) * x.dilation + 1;
  const pitch = (Math.max(x.before + x.input, covered) * value + 3) & ~3;
  const rowsOf = (band: number): number => (band - 1) * y.stride + (y.kernel - 1) * y.dilation + 1;
  const sizeOf = (band: number): number => rowsOf(band) * pitch;
  const tensors = y.input * x.input * c.inputChannels + y.output * x.output * c.outputChannels;
  const budget = Math.max(1024, tensors / 12);
  let band = y.output;
  while (band > 1 && sizeOf(band) * lanes > budget) band--;
  const even = Math.ceil(y.output / Math.ceil(y.output / band));
  const bytes = sizeOf(even);
  return { band: even, pitch, bytes, scratch: bytes * lanes + (dsp ? 4 : y.kernel * x.kernel * 4) };
}
