// Tensors as text and as JSON: real values beside quantised ones, the largest marked when it looks like scores.

import { elementCount, type Graph, type Tensor, toValues, type Values } from "../graph/graph.ts";
import { printable } from "./report.ts";
import { paint, type Terminal } from "./terminal.ts";

/** More than this many values are printed as a count and the first ones. */
const shown = 64;

export function valuesOf(tensor: Tensor, bytes: Uint8Array): Values {
  return toValues(tensor.dtype, bytes, elementCount(tensor.shape));
}

export function realValue(tensor: Tensor, value: number | bigint): number {
  const { quantization } = tensor;
  if (quantization?.scales.length !== 1) return Number(value);
  return quantization.scales[0]! * (Number(value) - (quantization.zeroPoints[0] ?? 0));
}

export function tensorFacts(graph: Graph, index: number, bytes: Uint8Array) {
  const tensor = graph.tensors[index]!;
  const values = Array.from(valuesOf(tensor, bytes), Number);
  return { tensor: index, name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, values };
}

/** `Identity int8 [1,12]`, then a line per value with a bar when there are few of them. */
export function tensorText(graph: Graph, index: number, bytes: Uint8Array, terminal: Terminal): string {
  const tensor = graph.tensors[index]!;
  const values = Array.from(valuesOf(tensor, bytes), Number);
  const head = `${printable(tensor.name)}  ${tensor.dtype} [${tensor.shape.join(",")}]`;
  if (values.length > shown) return `${head}\n  ${values.slice(0, shown).join(" ")} … (${values.length} values)`;
  const real = values.map((value) => realValue(tensor, value));
  const largest = Math.max(...real);
  const isScores = values.length > 1 && real.every((value) => value >= -1e-6 && value <= 1.0001);
  const lines = real.map((value, i) => {
    const number = tensor.quantization
      ? `${String(values[i]).padStart(6)}  ${value.toFixed(6)}`
      : String(values[i]).padStart(14);
    const bar = isScores ? `  ${"█".repeat(Math.round(value * 30))}` : "";
    const line = `  ${String(i).padStart(3)}  ${number}${bar}`;
    return isScores && value === largest ? paint(terminal, "bold", line) : line;
  });
  return [head, ...lines].join("\n");
}
