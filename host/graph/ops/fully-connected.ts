// FULLY_CONNECTED: x [.., k] as rows of k values, weights [units, k], bias [units]: a 1×1 convolution over rows. Weights may be
// computed at run time, and may have a zero point (per tensor). Types and arithmetic: convolution.ts.

import { activationField } from "../activation.ts";
import { checkFamily, checkSymmetricWeights } from "../check-convolution.ts";
import { type Convolution, convolutionMacs, family, runFloat, runHybrid, runInteger } from "../convolution.ts";
import { elementCount } from "../dtype.ts";
import { error } from "../errors.ts";
import { lowerConvolution } from "../lower-convolution.ts";
import { lowerMatrixProduct } from "../lower-matrix.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition } from "../operator.ts";
import { type Scaling, scalingOf, type WideFactor, wideFactor } from "../scaling.ts";
import { windowOf } from "../window.ts";
import { biasTypes } from "./conv-2d.ts";
import { hasRank } from "./mac-operands.ts";
import { hasArity } from "./operands.ts";

const weightsFormats = ["default", "shuffled4x16int8"] as const;

/** Rows are pixels; quantising floats as they arrive (hybrid) goes row by row, so there each row is a batch. */
function convolution(node: Node): Convolution {
  const [outputChannels, inputChannels] = node.input(1).shape as [number, number];
  const rows = elementCount(node.input(0).shape) / inputChannels;
  const [batches, pixels] = family(node) === "hybrid" ? [rows, 1] : [1, rows];
  const attributes = { padding: "valid", strideH: 1, strideW: 1 };
  return {
    batches,
    inputChannels,
    outputChannels,
    groups: 1,
    window: windowOf(attributes, { y: 1, x: pixels }, { y: 1, x: 1 }),
    weight: (oc, _ky, _kx, ic) => oc * inputChannels + ic,
  };
}

function scaling(node: Node): Scaling {
  const weights = node.input(1);
  const plain = fixedScaling(node);
  const perChannel = weights.quantization!.scales.length > 1;
  return weights.dtype === "int4" && perChannel ? { ...plain, wide: doubleFactors(node) } : plain;
}

/** int4 weights per channel: only TensorFlow Lite runs them, and its kernel rescales in double precision. */
function doubleFactors(node: Node): readonly WideFactor[] {
  const [input, weights, output] = [node.input(0), node.input(1), node.output(0)];
  const bias = node.has(2) ? node.constant(2) : undefined;
  return weights.quantization!.scales.map((scale, oc) => {
    const greatest = weights.shape[1]! * 8 * 255 + Math.abs(Number(bias?.[oc] ?? 0));
    return wideFactor((input.quantization!.scales[0]! * scale) / output.quantization!.scales[0]!, greatest);
  });
}

function fixedScaling(node: Node): Scaling {
  const weights = node.input(1);
  return scalingOf({
    input: node.input(0),
    weights,
    bias: node.has(2) ? node.input(2) : undefined,
    output: node.output(0),
    channels: weights.shape[0]!,
    activation: node.attributes["activation"],
    product: weights.quantization!.scales.length > 1 ? "double" : "binary32",
    biasType: node.attributes["quantizedBiasType"],
  });
}

function checkShapes(node: CheckedNode): boolean {
  const depth = node.input(1).shape[1]!;
  const { shape } = node.input(0);
  const count = elementCount(shape);
  const { keepNumDims, weightsFormat } = node.attributes;
  const kept = !keepNumDims || shape.at(-1) === depth;
  if (count === 0 || count % depth !== 0 || !kept) {
    const wanted = keepNumDims ? `${depth} in the last dimension` : `a multiple of ${depth}`;
    node.problem(error("attribute", { kind: "fully_connected", attribute: "input elements", found: count, wanted }));
    return false;
  }
  if (weightsFormat === "default") return true;
  const wanted = "default";
  node.problem(
    error("attribute", { kind: "fully_connected", attribute: "weights format", found: weightsFormat, wanted }),
  );
  return false;
}

/** Kernels with weights read as they stand (not packed) are int8 and float32, and per tensor. */
function checkComputedWeights(node: CheckedNode): void {
  const { dtype, quantization } = node.input(1);
  const found = family(node);
  const right = (found === "int8" && dtype === "int8" && quantization?.scales.length === 1) || found === "float32";
  if (right) return;
  const facts = { kind: "fully_connected", what: "weights computed at run time", dtype: `${dtype} (${found})` };
  node.problem(error("unsupported-type", facts));
}

function checkZeroPoints(node: CheckedNode): void {
  const { quantization, dtype } = node.input(1);
  const symmetric = quantization!.scales.length > 1 || family(node) !== "int8" || dtype !== "int8";
  if (symmetric) checkSymmetricWeights(node);
}

function lower(node: LowerNode): Lowering {
  const found = family(node)!;
  const quantised = found === "int8" || found === "int16" ? scaling(node) : undefined;
  const computed = node.input(1).data === undefined;
  if (!computed && !quantised?.weightZeroPoint) return lowerConvolution(node, found, convolution(node), quantised);
  const [units, depth] = node.input(1).shape as [number, number];
  const rows = elementCount(node.input(0).shape) / depth;
  return lowerMatrixProduct(node, {
    rows,
    columns: units,
    depth,
    batches: [{ left: 0, right: 0 }],
    leftStrides: [depth, 1],
    rightStrides: [1, depth],
    scaling: quantised,
    bias: node.constant(2),
  });
}

export const fullyConnected: OperatorDefinition = {
  kind: "fully_connected",
  tflite: [
    {
      builtin: 9,
      name: "FULLY_CONNECTED",
      options: {
        tag: 8,
        fields: {
          activation: activationField(0),
          weightsFormat: { slot: 1, type: "enum", names: weightsFormats, default: "default" },
          keepNumDims: { slot: 2, type: "bool", default: false },
          asymmetricQuantizeInputs: { slot: 3, type: "bool", default: false },
          quantizedBiasType: { slot: 4, type: "enum", names: biasTypes, default: "none" },
        },
      },
    },
  ],
  check(node) {
    if (!hasArity(node, 2, 3) || !hasRank(node, 1, 2) || !checkShapes(node)) return;
    if (!checkFamily(node, 2, 0, node.input(1).shape[0]!)) return;
    if (!node.constant(1)) checkComputedWeights(node);
    if (family(node) !== "float32") checkZeroPoints(node);
    if (family(node) === "hybrid" && node.attributes["asymmetricQuantizeInputs"]) {
      const attribute = "asymmetric quantisation of float inputs";
      node.problem(error("attribute", { kind: "fully_connected", attribute, found: true, wanted: "false" }));
    }
  },
  infer(node) {
    const [units, depth] = node.input(1).shape as [number, number];
    const { shape } = node.input(0);
    if (node.attributes["keepNumDims"]) return [[...shape.slice(0, -1), units]];
    return [[elementCount(shape) / depth, units]];
  },
  reference(node) {
    const bias = node.has(2) ? node.value(2) : undefined;
    const found = family(node);
    if (found === "float32") runFloat(node, convolution(node), bias);
    else if (found === "hybrid") runHybrid(node, convolution(node), bias);
    else runInteger(node, convolution(node), scaling(node), bias);
  },
  macs: (node) => convolutionMacs(convolution(node)),
  lower,
};
