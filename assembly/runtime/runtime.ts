// What machine code calls as `rt.NAME` where a core has no instruction for it. Compiled with the kernels; only the
// functions that an image calls are linked.

export * from "./integer";
export * from "./memory";
export * from "./soft-float";
export * from "./soft-round";
export * from "./wide";
