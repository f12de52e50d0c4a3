// TRANSPOSE_CONV → kernel calls. One kernel a type, all of the gather form: an output sums the taps whose patch covers it.
// Integer kernels read a stream of one record a channel:
//
//   int8    bias i32 (input zero point not folded: the taps that exist vary), multiplier i32, shift i32
//   int16   bias i64, reduced multiplier i32, 15 − shift i32

import { floatClamp } from "./activation.ts";
import type { KernelArgument, Lowering, LowerNode } from "./operator.ts";
import { reducedMultiplier, type Scaling } from "./scaling.ts";
import type { Window } from "./window.ts";
import { bytesOfFloat32, bytesOfInt32, joinBytes, Words } from "./words.ts";

export function lowerTransposeConv(node: LowerNode, window: Window, scaling: Scaling | undefined): Lowering {
  const [batches, height, width, depth] = node.input(2).shape as [number, number, number, number];
  const channels = node.input(1).shape[0]!;
  const { y, x } = window;
  const biases = Array.from({ length: channels }, (_, oc) => Number(node.constant(3)?.[oc] ?? 0));
  const shape: KernelArgument[] = [
    ...[batches, height, width, depth, y.input, x.input, channels],
    ...[y.kernel, x.kernel, y.stride, x.stride, y.before, x.before],
  ];
  const operands: KernelArgument[] = [node.out(0), node.in(2), weights(node)];
  if (!scaling) {
    const [low, high] = floatClamp(node.attributes["activation"]);
    const bias = { constant: bytesOfFloat32(biases), label: "bias", align: 4 } as const;
    const call = {
      kernel: "transpose_conv_f32",
      arguments: [...operands, bias, ...shape, { f32: low }, { f32: high }],
    };
    return { calls: [call] };
  }
  const records = { constant: channelRecords(scaling, biases), label: "channels", align: 8 } as const;
  const { low, high, inputZeroPoint, outputZeroPoint } = scaling;
  if (scaling.accumulator === 64) {
    return { calls: [{ kernel: "transpose_conv_s16", arguments: [...operands, records, ...shape, low, high] }] };
  }
  const tail = [inputZeroPoint, outputZeroPoint, low, high];
  return { calls: [{ kernel: "transpose_conv_s8", arguments: [...operands, records, ...shape, ...tail] }] };
}

function weights(node: LowerNode): KernelArgument {
  const values = node.constant(1)!;
  const float = node.input(1).dtype === "float32";
  const constant = float ? bytesOfFloat32(Array.from(values as Float32Array)) : Uint8Array.from(values as Int8Array);
  return { constant, label: "weights", align: 4 };
}

/** One record of scaling constants a channel, for kernels that read weights apart from them. */
export function channelRecords(scaling: Scaling, biases: readonly number[]): Uint8Array {
  const records = scaling.multipliers.map((factor, channel) => {
    const bias = biases[channel]!;
    if (scaling.accumulator === 32) return bytesOfInt32([bias, factor.multiplier, factor.shift]);
    return new Words()
      .int64(bias)
      .int32(reducedMultiplier(factor), 15 - factor.shift)
      .bytes();
  });
  return joinBytes(records);
}
