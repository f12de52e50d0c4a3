// How each operator's operands are quantised: one row a kind. An operator without a row has no int8 form.
//
//   free       inputs and outputs have ranges of their own; the kernel rescales
//   same       elements keep their bits, so inputs and outputs share one scale and zero point
//   fixed      TFLite demands this output quantisation
//   weighted   constant int8 weights with zero point 0 (per index of `axis`, or one scale for all), int32 bias
//
// Source: TFLite's int8 specification, https://ai.google.dev/edge/litert/models/quantization_spec. Dense weights have one
// scale: TFLite Micro of most releases knows no other.

export type Rule =
  | { readonly rule: "free" }
  | { readonly rule: "same" }
  | { readonly rule: "fixed"; readonly scale: number; readonly zeroPoint: number }
  | {
      readonly rule: "weighted";
      /** Operand numbers. */
      readonly data: number;
      readonly weights: number;
      readonly bias: number;
      /** undefined: one scale. */
      readonly axis: number | undefined;
    };

const free = [
  ...["add", "sub", "mul", "squared_difference", "mean", "sum", "batch_matmul", "prelu", "hard_swish", "arg_max"],
  ...[
    "arg_min",
    "relu",
    "relu6",
    "relu_n1_to_1",
    "relu_0_to_1",
    "leaky_relu",
    "abs",
    "neg",
    "elu",
    "gelu",
    "exp",
    "log",
  ],
  ...["sqrt", "rsqrt", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal"],
];

const same = [
  ...["reshape", "squeeze", "expand_dims", "average_pool_2d", "max_pool_2d", "concatenation", "pack", "unpack", "pad"],
  ...["padv2", "mirror_pad", "slice", "strided_slice", "split", "split_v", "transpose", "gather", "gather_nd", "tile"],
  ...["maximum", "minimum", "reduce_max", "reduce_min", "resize_bilinear", "resize_nearest_neighbor", "broadcast_to"],
  ...[
    "space_to_depth",
    "depth_to_space",
    "space_to_batch_nd",
    "batch_to_space_nd",
    "reverse_v2",
    "select",
    "select_v2",
  ],
  ...["topk_v2"],
];

const each = (kinds: readonly string[], rule: Rule): [string, Rule][] => kinds.map((kind) => [kind, rule]);

export const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...each(free, { rule: "free" }),
  ...each(same, { rule: "same" }),
  ["softmax", { rule: "fixed", scale: 1 / 256, zeroPoint: -128 }],
  ["logistic", { rule: "fixed", scale: 1 / 256, zeroPoint: -128 }],
  ["tanh", { rule: "fixed", scale: 1 / 128, zeroPoint: 0 }],
  ["log_softmax", { rule: "fixed", scale: 16 / 256, zeroPoint: 127 }],
  ["l2_normalization", { rule: "fixed", scale: 1 / 128, zeroPoint: 0 }],
  ["conv_2d", { rule: "weighted", data: 0, weights: 1, bias: 2, axis: 0 }],
  ["depthwise_conv_2d", { rule: "weighted", data: 0, weights: 1, bias: 2, axis: 3 }],
  ["transpose_conv", { rule: "weighted", data: 2, weights: 1, bias: 3, axis: 0 }],
  ["fully_connected", { rule: "weighted", data: 0, weights: 1, bias: 2, axis: undefined }],
]);
