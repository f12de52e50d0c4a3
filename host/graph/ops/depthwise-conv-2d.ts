// DEPTHWISE_CONV_2D: x [n, h, w, c], weights [1, kh, kw, c · multiplier], bias [c · multiplier]: output channel
// c·multiplier + m sees input channel c alone. Types and arithmetic: convolution.ts; kernels: lower-convolution.ts.

import { activationField } from "../activation.ts";
import { checkFamily, checkSymmetricWeights } from "../check-convolution.ts";
import { type Convolution, convolutionMacs, family, runFloat, runInteger } from "../convolution.ts";
import { error } from "../errors.ts";
import { lowerConvolution } from "../lower-convolution.ts";
import type { CheckedNode, Node, OperatorDefinition } from "../operator.ts";
import { type Scaling, scalingOf } from "../scaling.ts";
import { paddingField, windowOf } from "../window.ts";
import { checkWindow, hasRank } from "./mac-operands.ts";
import { hasArity } from "./operands.ts";

function convolution(node: Node): Convolution {
  const [batches, height, width, inputChannels] = node.input(0).shape as [number, number, number, number];
  const [, kh, kw, outputChannels] = node.input(1).shape as [number, number, number, number];
  return {
    batches,
    inputChannels,
    outputChannels,
    groups: inputChannels,
    window: windowOf(node.attributes, { y: height, x: width }, { y: kh, x: kw }),
    weight: (oc, ky, kx) => (ky * kw + kx) * outputChannels + oc,
  };
}

// TensorFlow Lite Micro sums int16 depthwise products in 64 bits whatever the bias is.
function scaling(node: Node): Scaling {
  return scalingOf({
    input: node.input(0),
    weights: node.input(1),
    output: node.output(0),
    channels: node.input(1).shape[3]!,
    activation: node.attributes["activation"],
  });
}

/** The option depth_multiplier is not read: as in TFLite Micro, the shapes say it. */
function checkChannels(node: CheckedNode): boolean {
  const channels = node.input(0).shape[3]!;
  const [one, , , outputs] = node.input(1).shape as [number, number, number, number];
  if (one === 1 && channels > 0 && outputs > 0 && outputs % channels === 0) return true;
  const { kind } = node.operator;
  const found = `[${node.input(1).shape.join(", ")}]`;
  const wanted = `[1, kh, kw, a multiple of ${channels}]`;
  node.problem(error("attribute", { kind, attribute: "shape of the weights", found, wanted }));
  return false;
}

export const depthwiseConv2d: OperatorDefinition = {
  kind: "depthwise_conv_2d",
  tflite: [
    {
      builtin: 4,
      name: "DEPTHWISE_CONV_2D",
      options: {
        tag: 2,
        fields: {
          padding: paddingField,
          strideW: { slot: 1, type: "int32", default: 0 },
          strideH: { slot: 2, type: "int32", default: 0 },
          depthMultiplier: { slot: 3, type: "int32", default: 0 },
          activation: activationField(4),
          dilationW: { slot: 5, type: "int32", default: 1 },
          dilationH: { slot: 6, type: "int32", default: 1 },
        },
      },
    },
  ],
  check(node) {
    if (!hasArity(node, 2, 3) || !hasRank(node, 0, 4) || !hasRank(node, 1, 4) || !checkChannels(node)) return;
    if (!checkWindow(node, () => convolution(node).window)) return;
    if (family(node) === "hybrid") {
      const dtype = "float32 inputs and int8 weights";
      node.problem(error("unsupported-type", { kind: node.operator.kind, what: "operands", dtype }));
    } else if (checkFamily(node, 2, 3, node.input(1).shape[3]!) && family(node) !== "float32") {
      checkSymmetricWeights(node);
    }
  },
  infer(node) {
    const { batches, window, outputChannels } = convolution(node);
    return [[batches, window.y.output, window.x.output, outputChannels]];
  },
  reference(node) {
    const bias = node.has(2) ? node.value(2) : undefined;
    const found = family(node);
    if (found === "float32") runFloat(node, convolution(node), bias);
    else runInteger(node, convolution(node), scaling(node), bias);
  },
  macs: (node) => convolutionMacs(convolution(node)),
  lower(node) {
    const found = family(node)!;
    const quantised = found === "int8" || found === "int16";
    return lowerConvolution(node, found, convolution(node), quantised ? scaling(node) : undefined);
  },
};
