// CONV_2D: x [n, h, w, c], weights [oc, kh, kw, c / groups], bias [oc]; groups follow from the shapes. 1-D convolutions are
// h = 1. Types and arithmetic: convolution.ts; kernels: lower-convolution.ts.

import { activationField } from "../activation.ts";
import { checkFamily, checkSymmetricWeights } from "../check-convolution.ts";
import { type Convolution, convolutionMacs, family, runFloat, runHybrid, runInteger } from "../convolution.ts";
import { error } from "../errors.ts";
import { lowerConvolution } from "../lower-convolution.ts";
import type { CheckedNode, Node, OperatorDefinition } from "../operator.ts";
import { type Scaling, scalingOf } from "../scaling.ts";
import { paddingField, windowOf } from "../window.ts";
import { checkWindow, hasRank } from "./mac-operands.ts";
import { hasArity } from "./operands.ts";

/** TensorType of schema v3 as far as an absent bias may have it. */
export const biasTypes = ["none", "float16", "int32", "uint8", "int64"] as const;

function convolution(node: Node): Convolution {
  const [batches, height, width, inputChannels] = node.input(0).shape as [number, number, number, number];
  const [outputChannels, kh, kw, perGroup] = node.input(1).shape as [number, number, number, number];
  return {
    batches,
    inputChannels,
    outputChannels,
    groups: inputChannels / perGroup,
    window: windowOf(node.attributes, { y: height, x: width }, { y: kh, x: kw }),
    weight: (oc, ky, kx, ic) => ((oc * kh + ky) * kw + kx) * perGroup + ic,
  };
}

function scaling(node: Node): Scaling {
  return scalingOf({
    input: node.input(0),
    weights: node.input(1),
    bias: node.has(2) ? node.input(2) : undefined,
    output: node.output(0),
    channels: node.input(1).shape[0]!,
    activation: node.attributes["activation"],
    biasType: node.attributes["quantizedBiasType"],
  });
}

function checkGroups(node: CheckedNode): boolean {
  const channels = node.input(0).shape[3]!;
  const [outputs, , , perGroup] = node.input(1).shape as [number, number, number, number];
  const groups = channels / perGroup;
  if (perGroup > 0 && Number.isInteger(groups) && groups > 0 && outputs % groups === 0) return true;
  const wanted = `a divisor of ${channels} that leaves ${outputs} outputs in equal groups`;
  node.problem(error("attribute", { kind: "conv_2d", attribute: "channels of the weights", found: perGroup, wanted }));
  return false;
}

export const conv2d: OperatorDefinition = {
  kind: "conv_2d",
  tflite: [
    {
      builtin: 3,
      name: "CONV_2D",
      options: {
        tag: 1,
        fields: {
          padding: paddingField,
          strideW: { slot: 1, type: "int32", default: 0 },
          strideH: { slot: 2, type: "int32", default: 0 },
          activation: activationField(3),
          dilationW: { slot: 4, type: "int32", default: 1 },
          dilationH: { slot: 5, type: "int32", default: 1 },
          quantizedBiasType: { slot: 6, type: "enum", names: biasTypes, default: "none" },
        },
      },
    },
  ],
  check(node) {
    if (!hasArity(node, 2, 3) || !hasRank(node, 0, 4) || !hasRank(node, 1, 4) || !checkGroups(node)) return;
    if (!checkWindow(node, () => convolution(node).window)) return;
    if (checkFamily(node, 2, 0, node.input(1).shape[0]!) && family(node) !== "float32") checkSymmetricWeights(node);
  },
  infer(node) {
    const { batches, window, outputChannels } = convolution(node);
    return [[batches, window.y.output, window.x.output, outputChannels]];
  },
  reference(node) {
    const bias = node.has(2) ? node.value(2) : undefined;
    const found = family(node);
    if (found === "float32") runFloat(node, convolution(node), bias);
    else if (found === "hybrid") runHybrid(node, convolution(node), bias);
    else runInteger(node, convolution(node), scaling(node), bias);
  },
  macs: (node) => convolutionMacs(convolution(node)),
  lower(node) {
    const found = family(node)!;
    const quantised = found === "int8" || found === "int16";
    return lowerConvolution(node, found, convolution(node), quantised ? scaling(node) : undefined);
  },
};
