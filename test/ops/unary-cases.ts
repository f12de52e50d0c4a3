// Random cases of the operators of one operand: quantisations as calibration finds them, from a seed.

import type { DType } from "../../host/graph/graph.ts";
import type { Random } from "../plan/int8-graph.ts";
import { type Case, type Operand, perTensor } from "./many-operators.ts";

const fixedOutputs: Readonly<Record<string, readonly [scale: number, zeroPoint: number]>> = {
  logistic: [1 / 256, -128],
  tanh: [1 / 128, 0],
};

/** Scales as calibration finds them, zero points anywhere; int16 is symmetric. */
export function quantizationOf(dtype: DType, random: Random) {
  if (dtype === "int8") return perTensor(random.between(20, 900) / 10_000, random.between(-128, 127));
  if (dtype === "uint8") return perTensor(random.between(20, 900) / 10_000, random.between(0, 255));
  return dtype === "int16" || dtype === "int32" ? perTensor(random.between(20, 900) / 3_000_000, 0) : undefined;
}

export function unaryCase(kind: string, dtype: DType, random: Random): Case {
  const input: Operand = { dtype, shape: [random.between(1, 3), 97], quantization: quantizationOf(dtype, random) };
  const fixed = fixedOutputs[kind];
  const [scale, zeroPoint] = dtype === "int16" ? [2 ** -15, 0] : (fixed ?? [0, 0]);
  const quantization = fixed && input.quantization ? perTensor(scale, zeroPoint) : quantizationOf(dtype, random);
  const attributes = kind === "leaky_relu" ? { alpha: Math.fround(random.between(-15, 20) / 10) } : {};
  if (kind === "gelu")
    return {
      kind,
      attributes: { approximate: random.chance(50) },
      inputs: [input],
      outputs: [{ dtype, quantization }],
    };
  return { kind, attributes, inputs: [input], outputs: [{ dtype, quantization }] };
}

const quantised: readonly DType[] = ["int8", "int16"];
export const unaryForms: Readonly<Record<string, readonly DType[]>> = {
  logistic: [...quantised, "float32"],
  tanh: [...quantised, "float32"],
  relu: [...quantised, "float32"],
  relu6: [...quantised, "float32"],
  relu_n1_to_1: [...quantised, "float32"],
  relu_0_to_1: [...quantised, "float32"],
  leaky_relu: [...quantised, "float32"],
  abs: [...quantised, "int32", "float32"],
  neg: [...quantised, "int32", "float32"],
  hard_swish: ["int8", "float32"],
  elu: ["int8", "float32"],
  gelu: [...quantised, "float32"],
  exp: [...quantised, "float32"],
  log: [...quantised, "float32"],
  sqrt: [...quantised, "float32"],
  rsqrt: [...quantised, "float32"],
  square: ["float32"],
  sin: ["float32"],
  cos: ["float32"],
  floor: ["float32"],
  ceil: ["float32"],
  round: ["float32"],
  logical_not: ["bool"],
};
