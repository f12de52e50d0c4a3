// Operators of one operand, element by element: a row says, per element type, the function of one element and the kernel
// that computes it. int8 functions need no kernel of their own: their 256 values are a table made at build time, so the
// device's bits are those of the function here by construction. All kernels read an element before they write it.

import { elementCount } from "../dtype.ts";
import { clamp, roundAway } from "../fixed-point.ts";
import type { DType } from "../graph.ts";
import type { CheckedNode, KernelArgument, KernelCall, Node, OperatorDefinition, TfliteRow } from "../operator.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType, perTensor } from "./operands.ts";

const f = Math.fround;

export type ElementFunction = (x: number) => number;

export interface UnaryForm {
  /** The function of one element, with the node's constants worked in. */
  readonly element: (node: Node) => ElementFunction;
  /** Kernel and its arguments after (output, input, elements); absent for int8, uint8 and bool: a table. */
  readonly kernel?: (node: Node) => { readonly name: string; readonly arguments: readonly KernelArgument[] };
  /** Values are integers or bits, whatever scale the file gives them. */
  readonly plain?: boolean;
}

export interface UnaryRow {
  readonly kind: string;
  readonly tflite: readonly TfliteRow[];
  readonly forms: Partial<Record<DType, UnaryForm>>;
  readonly check?: (node: CheckedNode) => void;
}

const quantized: readonly DType[] = ["int8", "uint8", "int16"];

export function unaryOperator(row: UnaryRow): OperatorDefinition {
  const types = Object.keys(row.forms) as DType[];
  const formOf = (node: Node): UnaryForm => row.forms[node.input(0).dtype]!;
  return {
    kind: row.kind,
    tflite: row.tflite,
    check(node) {
      if (!hasArity(node, 1) || !inputHasType(node, 0, types)) return;
      const { dtype } = node.input(0);
      if (!outputHasType(node, 0, [dtype])) return;
      if (quantized.includes(dtype) && !formOf(node).plain) {
        const known = [isQuantizedPerTensor(node, "input", 0), isQuantizedPerTensor(node, "output", 0)];
        if (known.includes(false)) return;
      }
      row.check?.(node);
    },
    infer: (node) => [node.input(0).shape],
    reference(node) {
      const element = formOf(node).element(node);
      const [from, to] = [node.value(0) as Int8Array, node.result(0) as Int8Array];
      for (let i = 0; i < to.length; i++) to[i] = element(from[i]!);
    },
    lower(node) {
      const count = elementCount(node.input(0).shape);
      const kernel = formOf(node).kernel?.(node);
      const call: KernelCall = kernel
        ? { kernel: kernel.name, arguments: [node.out(0), node.in(0), count, ...kernel.arguments] }
        : lookup(node.out(0), node.in(0), count, byteTable(node.input(0).dtype, formOf(node).element(node)));
      return { calls: [call], inPlace: [{ input: 0, output: 0 }] };
    },
  };
}

export function lookup(output: KernelArgument, input: KernelArgument, count: number, table: Uint8Array): KernelCall {
  return { kernel: "lookup_8", arguments: [output, input, count, { constant: table, label: "table" }] };
}

/** The function's value for each byte an element can be. */
export function byteTable(dtype: DType, element: ElementFunction): Uint8Array {
  const signed = dtype === "int8";
  return Uint8Array.from({ length: 256 }, (_, byte) => element(signed && byte > 127 ? byte - 256 : byte) & 0xff);
}

/** A float32 form whose kernel takes no constants: `<name>_f32`. */
export function floatForm(name: string, element: ElementFunction): UnaryForm {
  return { element: () => element, kernel: () => ({ name: `${name}_f32`, arguments: [] }) };
}

/**
 * A quantised function from a real one, as TFLite's tables are made (LUTPopulate in internal/common.h): dequantised,
 * computed and requantised in binary32. `real` must answer binary32 values; it is evaluated in double precision where
 * that is what rounds correctly.
 */
export function throughReal(real: (node: Node) => ElementFunction): Partial<Record<DType, UnaryForm>> {
  return {
    int8: {
      element(node) {
        const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
        const inverse = f(1 / output.scale);
        const compute = real(node);
        return (q) => {
          const value = compute(f(input.scale * (q - input.zeroPoint)));
          return clamp(roundAway(f(value * inverse)) + output.zeroPoint, -128, 127);
        };
      },
    },
    int16: {
      element(node) {
        const table = interpolationTable(node, real(node));
        return (q) => {
          const index = 256 + (q >> 7);
          const slope = ((table[index + 1]! - table[index]!) << 16) >> 16;
          return ((table[index]! + ((slope * (q & 0x7f) + 64) >> 7)) << 16) >> 16;
        };
      },
      kernel: (node) => ({
        name: "lookup_16",
        arguments: [
          { constant: new Uint8Array(interpolationTable(node, real(node)).buffer), label: "table", align: 2 },
        ],
      }),
    },
  };
}

/**
 * 513 values, one every 128 steps, between which int16 functions are interpolated: each is moved by half the error that
 * interpolation makes in the middle of its interval (LUTPopulateInt16).
 */
function interpolationTable(node: Node, real: ElementFunction): Int16Array {
  const [low, high] = [-32768, 32767];
  const [input, output] = [perTensor(node.input(0).quantization), perTensor(node.output(0).quantization)];
  const inputLow = f(input.scale * (low - input.zeroPoint));
  const inputHigh = f(input.scale * (high - input.zeroPoint));
  const outputLow = f(output.scale * (low - output.zeroPoint));
  const outputHigh = f(output.scale * (high - output.zeroPoint));
  const step = f(f(inputHigh - inputLow) / 512);
  const half = f(step / 2);
  const inverse = f(65536 / f(outputHigh - outputLow));
  return Int16Array.from({ length: 513 }, (_, i) => {
    if (i === 512) return clamp(roundAway(f(real(inputHigh) * inverse)), low, high);
    const at = f(inputLow + f(i * step));
    const sample = roundAway(f(real(at) * inverse));
    const next = f(real(f(inputLow + f((i + 1) * step))) * inverse);
    const middle = roundAway(f(real(f(at + half)) * inverse));
    const interpolated = roundAway(f(f(next + sample) / 2));
    return clamp(sample - roundAway(f((interpolated - middle) / 2)), low, high);
  });
}
