// Index of the device form: 32-bit integer code, one line per kernel file. The exported names are what a Lowering's
// `kernel` says; names are unique over all files.

export * from "./arg-extremum";
export * from "./conv2d";
export * from "./conv2d-plain";
export * from "./convolution-f32";
export * from "./convolution-s16";
export * from "./copy";
export * from "./dense";
export * from "./depthwise";
export * from "./depthwise-plain";
export * from "./elementwise";
export * from "./elementwise-plain";
export * from "./gather";
export * from "./l2-normalization";
export * from "./lines";
export * from "./lookup";
export * from "./lstm";
export * from "./matrix";
export * from "./move";
export * from "./pool";
export * from "./quantize";
export * from "./reduce";
export * from "./reduce-product";
export * from "./resize-bilinear";
export * from "./rsqrt";
export * from "./sigmoid";
export * from "./softmax";
export * from "./svdf";
export * from "./topk";
export * from "./transpose-conv";
export * from "./unary-f32";
