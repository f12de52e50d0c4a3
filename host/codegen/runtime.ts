// The functions that machine code calls as `rt.NAME` (assembly/runtime): compiled for the core, and only those that something
// calls, directly or through one another. A function of the module is called `rt.` and the name under which it is exported,
// or its internal name where it is not.
//
// They may not be compiled in sandbox mode: their arguments are addresses already. The only traps in them are those of
// float-to-integer conversions, so their `unreachable` says that.

import { invariant } from "../base/errors.ts";
import { readModule } from "./module.ts";
import type { Module, WasmFunction } from "./module-types.ts";
import type { FunctionCode } from "./object-code.ts";

export const runtimePrefix = "rt.";

export type CompileOne = (module: Module, fn: WasmFunction) => FunctionCode;

/** What `callers` need of the runtime, in the order of its module. */
export function runtimeFunctions(
  bytes: Uint8Array,
  callers: readonly FunctionCode[],
  compile: CompileOne,
): readonly FunctionCode[] {
  const module = renamed(readModule(bytes));
  const byName = new Map(module.functions.map((fn) => [fn.name, fn]));
  const compiled = new Map<WasmFunction, FunctionCode>();
  const pending = callers.flatMap(({ calls }) => calls).filter((name) => name.startsWith(runtimePrefix));
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const fn = byName.get(name);
    invariant(fn, `the runtime has no function ${name}`);
    if (compiled.has(fn)) continue;
    const code = compile(module, fn);
    compiled.set(fn, code);
    pending.push(...code.calls);
  }
  return module.functions.flatMap((fn) => compiled.get(fn) ?? []);
}

function renamed(module: Module): Module {
  const exported = new Map(
    module.exports.filter(({ kind }) => kind === "func").map(({ name, index }) => [index, name]),
  );
  const functions = module.functions.map((fn) => ({
    ...fn,
    name: runtimePrefix + (exported.get(fn.index) ?? fn.name),
  }));
  return { ...module, functions };
}
