// The kernels as the host runs them, compiled once for every model: both forms and the plain bodies of the intrinsics in one binary
// module, small functions inlined. host/wasm/splice.ts copies function bodies out of it, so that a run needs no compiler.
//
// Called functions keep their index in a model's module, and what a model does not need is left out: so the result says, for
// each function, which it calls.

import binaryen from "binaryen";

/** What is inlined everywhere: the plain bodies of the intrinsics, and no kernel. */
const smallSize = 40;

/** Libraries of both forms (check.mjs, splitModule) → { bytes, exports: name → index, calls: indices by index }. */
export function hostForm(device, simd) {
  const module = binaryen.parseText(moduleText(device, simd));
  const { Features } = binaryen;
  module.setFeatures(
    Features.MutableGlobals | Features.SignExt | Features.NontrappingFPToInt | Features.SIMD128 | Features.BulkMemory,
  );
  binaryen.setOptimizeLevel(3);
  binaryen.setShrinkLevel(0);
  binaryen.setAlwaysInlineMaxSize(smallSize);
  binaryen.setFlexibleInlineMaxSize(smallSize);
  module.runPasses(["inlining-optimizing", "remove-unused-module-elements"]);
  if (!module.validate()) throw new Error("kernels/host: the module of both forms is not valid");
  const names = [];
  for (const [, name] of module.emitText().matchAll(/^ \(func \$(\S+)/gm)) names.push(name);
  const calls = names.map(() => new Set());
  let caller = -1;
  for (const line of module.emitText().split("\n")) {
    if (/^ \(func \$/.test(line)) caller++;
    const callee = /^\s*\(call \$([^\s)]+)/.exec(line)?.[1];
    if (callee) calls[caller].add(names.indexOf(callee));
  }
  const exports = {};
  for (const [, name, internal] of module.emitText().matchAll(/^ \(export "([^"]+)" \(func \$([^)]+)\)\)/gm))
    exports[name] = names.indexOf(internal);
  const bytes = module.emitBinary();
  module.dispose();
  return { bytes, exports, calls: calls.map((set) => [...set]) };
}

function moduleText(device, simd) {
  const functions = { ...device.functions, ...simd.functions };
  const plain = (text) => text.replaceAll(/;;@.*\n/g, "");
  const lines = ["(module", '(import "env" "memory" (memory 1))'];
  for (const { text } of Object.values(functions)) lines.push(plain(text));
  for (const [internal, { name }] of Object.entries({ ...device.imports, ...simd.imports })) {
    const body = device.plain[name];
    lines.push(plain(functions[body].text).replace(`(func $${body} `, `(func $${internal} `));
  }
  for (const [name, internal] of Object.entries({ ...device.exports, ...simd.exports }))
    lines.push(`(export "${name}" (func $${internal}))`);
  return [...lines, ")"].join("\n");
}
