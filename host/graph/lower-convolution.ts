// Convolutions, depthwise convolutions and dense layers → kernel calls. Which kernel serves which shape:
//
//   int8     dense_s8             one output pixel that sees the whole input (a dense layer of one row)
//            depthwise_s8         one input channel a group; no dilation along the row
//            conv2d_s8            everything else, groups too
//            dense_s8_wide        dense layers with int4 weights per channel
//            …_plain              the same without SMLAD (`dsp` false); depthwise_s8_plain also serves dilation along
//                                 the row, and on the host several outputs an input channel
//            …_simd               the host's (lower-simd.ts)
//   int16    convolution_s16      float32  convolution_f32      float32 × int8  convolution_hybrid

import { floatClamp } from "./activation.ts";
import type { Convolution, Family } from "./convolution.ts";
import { biasesOf, shapeArguments, weightRows } from "./convolution-operands.ts";
import { lowerDepthwise } from "./lower-depthwise.ts";
import { lowerInt8 } from "./lower-int8.ts";
import { hasLanes, lowerLanes } from "./lower-simd.ts";
import { channelRecords } from "./lower-transpose-conv.ts";
import type { KernelArgument, Lowering, LowerNode } from "./operator.ts";
import type { Scaling } from "./scaling.ts";
import { bytesOfFloat32 } from "./words.ts";

export function lowerConvolution(
  node: LowerNode,
  family: Family,
  c: Convolution,
  scaling: Scaling | undefined,
): Lowering {
  if (family === "int8" && node.target.form === "simd" && hasLanes(c, scaling!)) return lowerLanes(node, c, scaling!);
  if (family === "int8") return isDepthwise(c) ? lowerDepthwise(node, c, scaling!) : lowerInt8(node, c, scaling!);
  if (family === "int16") return lowerInt16(node, c, scaling!);
  return family === "float32" ? lowerFloat(node, c) : lowerHybrid(node, c);
}

function isDepthwise(c: Convolution): boolean {
  return c.groups === c.inputChannels && c.groups > 1;
}

function lowerInt16(node: LowerNode, c: Convolution, scaling: Scaling): Lowering {
  const weights = Uint8Array.from(weightRows(node, c).flat());
  const call = {
    kernel: "convolution_s16",
    arguments: [
      node.out(0),
      node.in(0),
      { constant: weights, label: "weights", align: 4 },
      { constant: channelRecords(scaling, biasesOf(node, c)), label: "channels", align: 8 },
      ...shapeArguments(c),
      ...[scaling.accumulator === 64 ? 1 : 0, scaling.low, scaling.high],
    ],
  } as const;
  return { calls: [call] };
}

function floatOperands(node: LowerNode, c: Convolution): { bias: KernelArgument; clamp: KernelArgument[] } {
  const [low, high] = floatClamp(node.attributes["activation"]);
  const bias = { constant: bytesOfFloat32(biasesOf(node, c)), label: "bias", align: 4 } as const;
  return { bias, clamp: [{ f32: low }, { f32: high }] };
}

function lowerFloat(node: LowerNode, c: Convolution): Lowering {
  const { bias, clamp } = floatOperands(node, c);
  const weights = { constant: bytesOfFloat32(weightRows(node, c).flat()), label: "weights", align: 4 } as const;
  const operands = [node.out(0), node.in(0), weights, bias];
  return { calls: [{ kernel: "convolution_f32", arguments: [...operands, ...shapeArguments(c), ...clamp] }] };
}

function lowerHybrid(node: LowerNode, c: Convolution): Lowering {
  const { bias, clamp } = floatOperands(node, c);
  const weights = { constant: Uint8Array.from(weightRows(node, c).flat()), label: "weights", align: 4 } as const;
  const { scales } = node.input(1).quantization!;
  const each = Array.from({ length: c.outputChannels }, (_, oc) => scales[scales.length === 1 ? 0 : oc]!);
  const factors = { constant: bytesOfFloat32(each), label: "scales", align: 4 } as const;
  const operands = [node.out(0), node.in(0), weights, bias, factors, { scratch: 0 }];
  return {
    calls: [{ kernel: "convolution_hybrid", arguments: [...operands, ...shapeArguments(c), ...clamp] }],
    scratchBytes: c.window.y.input * c.window.x.input * c.inputChannels,
  };
}
