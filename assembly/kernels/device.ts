// Index of the device form: 32-bit integer code, one line per kernel file. The exported names are what a Lowering's
// `kernel` says; names are unique over all files.

export * from "./copy";
export * from "./elementwise";
export * from "./elementwise-plain";
export * from "./gather";
export * from "./move";
export * from "./resize-bilinear";
export * from "./softmax";
