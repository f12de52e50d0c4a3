// Index of the 128-bit forms of the hot kernels (`*_simd`), one line per file. The host form has every device kernel as well:
// a Lowering for it names either.

export * from "./conv2d-simd";
export * from "./dense-simd";
export * from "./depthwise-simd";
export * from "./elementwise-simd";
