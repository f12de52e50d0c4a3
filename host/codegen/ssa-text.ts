// The SSA of a module's functions as text, after all passes or after one of them: `--dump ssa`.

import type { Core } from "../isa/isa.ts";
import { buildSsa } from "./build-ssa.ts";
import { readModule } from "./module.ts";
import { optimise, passes } from "./passes.ts";
import { printIr } from "./print-ir.ts";
import { targetOf } from "./target.ts";

/** In their order; `build` is what the first of them gets. */
export const passNames: readonly string[] = ["build", ...passes.map(({ name }) => name)];

export function ssaText(bytes: Uint8Array, core: Core, after = passNames.at(-1)!): string {
  const module = readModule(bytes);
  const target = targetOf(core);
  const texts: string[] = [];
  for (const wasm of module.functions) {
    if (wasm.imported) continue;
    const fn = buildSsa(module, wasm, { memory: "absolute", fpu: target.fpu, unaligned: target.thumb2 });
    if (after === "build") texts.push(printIr(fn));
    optimise(fn, { target, memory: "absolute", favour: "speed", regions: [] }, (pass) => {
      if (pass === after) texts.push(printIr(fn));
    });
  }
  return texts.join("\n");
}
