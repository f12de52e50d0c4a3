// Every operator thumbelina knows: one line a file of this folder, in alphabetical order.

import type { OperatorDefinition } from "../operator.ts";
import { argExtrema } from "./arg-extrema.ts";
import { arithmetic } from "./arithmetic.ts";
import { batchMatmul } from "./batch-matmul.ts";
import { cast } from "./cast.ts";
import { comparisons } from "./comparison.ts";
import { concatenation, pack } from "./concatenation.ts";
import { conv2d } from "./conv-2d.ts";
import { depthwiseConv2d } from "./depthwise-conv-2d.ts";
import { dequantize } from "./dequantize.ts";
import { extrema } from "./extrema.ts";
import { fullyConnected } from "./fully-connected.ts";
import { gather } from "./gather.ts";
import { gatherNd } from "./gather-nd.ts";
import { hardSwish } from "./hard-swish.ts";
import { l2Normalization } from "./l2-normalization.ts";
import { logSoftmax } from "./log-softmax.ts";
import { lstm } from "./lstm.ts";
import { sums } from "./mean-sum.ts";
import { mirrorPad } from "./mirror-pad.ts";
import { pad, padV2 } from "./pad.ts";
import { averagePool2d, maxPool2d } from "./pool.ts";
import { prelu } from "./prelu.ts";
import { quantize } from "./quantize.ts";
import { reducedExtrema } from "./reduce-extrema.ts";
import { reduceProd } from "./reduce-prod.ts";
import { lines } from "./relu.ts";
import { broadcastTo, tile } from "./repeat.ts";
import { expandDims, reshape, squeeze } from "./reshape.ts";
import { resizeBilinear } from "./resize-bilinear.ts";
import { resizeNearestNeighbor } from "./resize-nearest.ts";
import { reverseV2 } from "./reverse.ts";
import { selects } from "./select.ts";
import { shapes } from "./shape.ts";
import { sigmoids } from "./sigmoid.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { batchToSpace, spaceToBatch } from "./space-batch.ts";
import { depthToSpace, spaceToDepth } from "./space-depth.ts";
import { split, splitV, unpack } from "./split.ts";
import { stridedSlice } from "./strided-slice.ts";
import { svdf } from "./svdf.ts";
import { topK } from "./topk.ts";
import { logicalNot, transcendentals } from "./transcendental.ts";
import { transpose } from "./transpose.ts";
import { transposeConv } from "./transpose-conv.ts";
import { assignVariable, readVariable } from "./variables.ts";

export const operators: readonly OperatorDefinition[] = [
  ...argExtrema,
  ...arithmetic,
  assignVariable,
  averagePool2d,
  batchMatmul,
  batchToSpace,
  broadcastTo,
  cast,
  ...comparisons,
  concatenation,
  conv2d,
  depthToSpace,
  depthwiseConv2d,
  dequantize,
  expandDims,
  ...extrema,
  fullyConnected,
  gather,
  gatherNd,
  hardSwish,
  l2Normalization,
  ...lines,
  logicalNot,
  logSoftmax,
  lstm,
  maxPool2d,
  mirrorPad,
  pack,
  pad,
  padV2,
  prelu,
  quantize,
  readVariable,
  ...reducedExtrema,
  reduceProd,
  reshape,
  resizeBilinear,
  resizeNearestNeighbor,
  reverseV2,
  ...selects,
  ...shapes,
  ...sigmoids,
  slice,
  softmax,
  spaceToBatch,
  spaceToDepth,
  split,
  splitV,
  squeeze,
  stridedSlice,
  ...sums,
  svdf,
  tile,
  topK,
  ...transcendentals,
  transpose,
  transposeConv,
  unpack,
];
