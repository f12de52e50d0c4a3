// A binary module as WebAssembly text, for `--dump wasm`.

export async function wasmText(bytes: Uint8Array): Promise<string> {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(bytes);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}
