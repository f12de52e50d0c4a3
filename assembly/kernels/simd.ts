// Index of the host form: every device kernel, and the 128-bit forms of the hot ones (`*_simd`).

export * from "./device";
