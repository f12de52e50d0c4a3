// What the binary element-wise operators share: checks, broadcast shape, and the call of the kernel family
// assembly/kernels/elementwise.ts, which is told the operation by a code. The operators are in arithmetic.ts, extrema.ts,
// comparison.ts and prelu.ts.
//
// Quantised operands are brought to one scale first (`rescaled`): x ↦ ((x − zeroPoint) << left) · multiplier. TFLite Micro
// chooses left 20 for int8 and 15 for int16 sums, 7 and 0 for squared differences, 8 for comparisons, 0 for products.

import { floatClamp, integerClamp, isClamp } from "../activation.ts";
import { broadcastEach, broadcastShape, broadcastWalk } from "../broadcast.ts";
import { elementBytes, elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import { clamp, type Multiplier, multiplyByQuantizedMultiplier } from "../fixed-point.ts";
import type { DType, Shape } from "../graph.ts";
import type {
  CheckedNode,
  KernelArgument,
  Lowering,
  LowerNode,
  Node,
  OperatorDefinition,
  RunNode,
  TfliteRow,
} from "../operator.ts";
import { hasArity, inputHasType, isQuantizedPerTensor, outputHasType } from "./operands.ts";

/** Codes of assembly/kernels/elementwise.ts. */
const codes = {
  add: 0,
  sub: 1,
  mul: 2,
  maximum: 3,
  minimum: 4,
  squared_difference: 5,
  equal: 6,
  not_equal: 7,
  greater: 8,
  greater_equal: 9,
  less: 10,
  less_equal: 11,
  prelu: 12,
  logical_and: 13,
  logical_or: 14,
} as const;

export interface Rescale extends Multiplier {
  readonly zeroPoint: number;
  readonly left: number;
}

/** The constants of a quantised operator. */
export interface Rescaling {
  readonly first: Rescale;
  readonly second: Rescale;
  readonly output: Multiplier & { readonly zeroPoint: number };
}

/** No rescaling: plain integers, or values that are compared as they stand. */
export const identity: Rescaling = {
  first: { zeroPoint: 0, left: 0, multiplier: 0, shift: 0 },
  second: { zeroPoint: 0, left: 0, multiplier: 0, shift: 0 },
  output: { zeroPoint: 0, multiplier: 0, shift: 0 },
};

export function rescaled(x: number, by: Rescale): number {
  return multiplyByQuantizedMultiplier((x - by.zeroPoint) << by.left, by);
}

export interface BinaryRow {
  readonly kind: keyof typeof codes;
  readonly builtin: number;
  readonly name: string;
  readonly options?: TfliteRow["options"];
  readonly types: readonly DType[];
  /** Output type where it is not the inputs'. */
  readonly output?: DType;
  /** Type of the second input where it may differ from the first's. */
  readonly second?: Partial<Record<DType, DType>>;
  /** Constants of a quantised node; undefined: quantised values are taken as they stand. */
  readonly rescaling?: (node: Node) => Rescaling;
  /** One element of a quantised type, before the clamp. */
  readonly quantized: (x: number, y: number, by: Rescaling) => number;
  /** One element of int32 or bool before the clamp, wrapped to 32 bits. */
  readonly whole: (x: number, y: number) => number;
  /** One element of float32 before the clamp, each step rounded. */
  readonly real: (x: number, y: number) => number;
}

function isQuantized(dtype: DType): boolean {
  return dtype === "int8" || dtype === "int16";
}

function checkBinary(node: CheckedNode, row: BinaryRow): void {
  if (!hasArity(node, 2)) return;
  const { kind } = row;
  if (!inputHasType(node, 0, row.types)) return;
  const first = node.input(0).dtype;
  const wanted = row.second?.[first] ?? first;
  const found = node.input(1).dtype;
  if (found !== wanted) node.problem(error("type-mismatch", { kind, what: "input 1", found, wanted }));
  outputHasType(node, 0, [row.output ?? first]);
  if (isQuantized(first) && row.rescaling) {
    isQuantizedPerTensor(node, "input", 0);
    isQuantizedPerTensor(node, "input", 1);
    if (!row.output) isQuantizedPerTensor(node, "output", 0);
  }
  const activation = node.attributes["activation"] ?? "none";
  if (!isClamp(activation))
    node.problem(
      error("attribute", {
        kind,
        attribute: "activation",
        found: activation,
        wanted: "none, relu, relu6 or relu_n1_to_1",
      }),
    );
  checkBroadcast(node, [node.input(0).shape, node.input(1).shape]);
}

/** Loops that the kernels have: enough for any shape of four dimensions. */
const walkLoops = 4;

export function checkBroadcast(node: CheckedNode, shapes: readonly Shape[]): void {
  const { kind } = node.operator;
  const found = shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  const output = broadcastShape(shapes);
  if (!output) {
    node.problem(
      error("attribute", { kind, attribute: "shape of the inputs", found, wanted: "equal, or 1 where they differ" }),
    );
  } else if (broadcastWalk(output, shapes).counts.length > walkLoops) {
    const wanted = `repeated in at most ${walkLoops} runs of dimensions`;
    node.problem(error("attribute", { kind, attribute: "shape of the inputs", found, wanted }));
  }
}

function bounds(node: Node): readonly [low: number, high: number] {
  const output = node.output(0);
  const activation = node.attributes["activation"];
  return output.dtype === "float32" ? floatClamp(activation) : integerClamp(activation, output);
}

function runBinary(node: RunNode, row: BinaryRow): void {
  const [x, y, z] = [node.value(0), node.value(1), node.result(0)] as [Int8Array, Int8Array, Int8Array];
  const { dtype } = node.input(0);
  const by = isQuantized(dtype) ? (row.rescaling?.(node) ?? identity) : undefined;
  const [low, high] = bounds(node);
  const plain = dtype === "float32" ? row.real : row.whole;
  broadcastEach(node.output(0).shape, [node.input(0).shape, node.input(1).shape], (at, [i, j]) => {
    const value = by ? row.quantized(x[i!]!, y[j!]!, by) : plain(x[i!]!, y[j!]!);
    z[at] = clamp(value, low, high);
  });
}

/** The walk's arguments: counts, then the strides of each operand in bytes. */
export function walkArguments(
  output: Shape,
  operands: readonly { readonly shape: Shape; readonly dtype: DType }[],
): number[] {
  const { counts, strides } = broadcastWalk(
    output,
    operands.map((operand) => operand.shape),
    walkLoops,
  );
  return [...counts, ...operands.flatMap(({ dtype }, k) => strides[k]!.map((stride) => stride * elementBytes(dtype)))];
}

/** The kernel that computes a kind, without its type; int8 and int16 kinds of one group share one. */
function quantizedKernel(kind: BinaryRow["kind"], dtype: DType, dsp: boolean): string {
  const type = dtype === "int16" ? "s16" : "s8";
  switch (kind) {
    case "add":
    case "sub":
      return `sum_${type}${type === "s8" && !dsp ? "_plain" : ""}`;
    case "mul":
      return `product_${type}${type === "s8" && !dsp ? "_plain" : ""}`;
    case "squared_difference":
    case "prelu":
      return `${kind}_${type}`;
    case "maximum":
    case "minimum":
    case "logical_and":
    case "logical_or":
      return `extremum_${type}`;
    default:
      return "compare_s8";
  }
}

/** A multiplier of exactly ½, which one operand of every sum has, becomes one shift less and no multiplication. */
function rescaleArguments({ zeroPoint, left, multiplier, shift }: Rescale): number[] {
  if (multiplier === 2 ** 30 && shift === 0 && left > 0) return [zeroPoint, left - 1, 0, 0];
  if (multiplier === 0 && left > 0) return [zeroPoint, left, 2 ** 30, -31];
  // To a kernel, multiplier 0 means no rescaling; a factor too small for 32 bits is 1 / 2^62, which makes everything 0 too.
  if (multiplier === 0 && left > 0) return [zeroPoint, left, 1, -31];
  return [zeroPoint, left, multiplier, shift];
}

function lowerBinary(node: LowerNode, row: BinaryRow): Lowering {
  const [x, y, z] = [node.input(0), node.input(1), node.output(0)];
  const [low, high] = bounds(node);
  const addresses = [node.out(0), node.in(0), node.in(1)];
  const head: KernelArgument[] = [codes[row.kind], ...addresses, ...walkArguments(z.shape, [x, y])];
  const inPlace = [x, y].flatMap(({ shape, dtype }, input) =>
    `${shape}` === `${z.shape}` && elementBytes(dtype) === elementBytes(z.dtype) ? [{ input, output: 0 }] : [],
  );
  const one = (kernel: string, rest: readonly KernelArgument[]): Lowering => ({
    calls: [{ kernel, arguments: [...head, ...rest] }],
    inPlace,
  });
  const plain = x.dtype === "float32" ? "f32" : x.dtype === "int32" ? "s32" : undefined;
  if (row.output && (plain || x.dtype === "int16")) return one(`compare_${plain ?? "s16"}`, []);
  if (plain) return one(`elementwise_${plain}`, plain === "f32" ? [{ f32: low }, { f32: high }] : [low, high]);
  const { first, second, output } = row.rescaling?.(node) ?? identity;
  const rescales = [...rescaleArguments(first), ...rescaleArguments(second)];
  const vanishes = output !== identity.output && !row.output && output.multiplier === 0;
  const factor = vanishes ? [1, -31] : [output.multiplier, output.shift];
  const tail = [...rescales, ...factor, output.zeroPoint, low, high];
  const kernel = quantizedKernel(row.kind, x.dtype, node.target.dsp);
  const run = `${x.shape}` === `${y.shape}`;
  if (node.target.form === "simd" && kernel.startsWith("sum_s8") && run && fitsLanes([first, second, output])) {
    const all = [codes[row.kind], ...addresses, elementCount(z.shape), ...tail];
    return { calls: [{ kernel: "sum_s8_simd", arguments: all }], inPlace };
  }
  return one(kernel, tail);
}

/** Factors that sum_s8_simd computes: exactly a half or less, by a shift that leaves room for the rounding. */
function fitsLanes(factors: readonly Multiplier[]): boolean {
  return factors.every(({ multiplier, shift }, i) => {
    const half = i < 2 && multiplier === 2 ** 30 && shift === 0;
    return half || (multiplier !== 0 && shift < 0 && shift >= -22);
  });
}

/** A row of the table of binary operators as an operator. */
export function binaryOperator(row: BinaryRow): OperatorDefinition {
  const { kind, builtin, name, options } = row;
  return {
    kind,
    tflite: [{ builtin, name, ...(options && { options }) }],
    check: (node) => checkBinary(node, row),
    infer: (node) => [broadcastShape([node.input(0).shape, node.input(1).shape]) ?? node.output(0).shape],
    reference: (node) => runBinary(node, row),
    lower: (node) => lowerBinary(node, row),
  };
}
