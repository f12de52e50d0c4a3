// Room codegen: a WASM module to machine code for one core.
//
//   readModule   bytes → functions as byte ranges                              module.ts
//   buildSsa     one function → SSA                                            build-ssa.ts, translate.ts, wide.ts
//   optimise     the table of passes                                           passes.ts
//   select       SSA → machine instructions over virtual registers             select*.ts, target.ts
//   allocate     → physical registers, spills                                  allocate.ts, interference.ts, spill.ts
//   emit         → halfwords, relocations, lines                               emit*.ts, assembler.ts

import type { Core } from "../isa/isa.ts";
import { allocate, type RegisterFile } from "./allocate.ts";
import { buildSsa } from "./build-ssa.ts";
import { emit } from "./emit.ts";
import { highAdds } from "./high-adds.ts";
import { highSlots } from "./high-slots.ts";
import { firstFloat } from "./machine.ts";
import { readModule } from "./module.ts";
import type { Module, WasmFunction } from "./module-types.ts";
import type { FunctionCode, ObjectCode } from "./object-code.ts";
import { optimise } from "./passes.ts";
import { postIncrement } from "./post-increment.ts";
import { runtimeFunctions } from "./runtime.ts";
import { select } from "./select.ts";
import { sinkCounters } from "./sink-counters.ts";
import { type Target, targetOf } from "./target.ts";
import { threadJumps } from "./thread-jumps.ts";

export { readModule } from "./module.ts";
export { type Module, symbolOf, tableEntries } from "./module-types.ts";
export type { CodeLine, FunctionCode, ObjectCode, Relocation } from "./object-code.ts";
export { startupCode } from "./startup.ts";

export interface CodegenOptions {
  readonly memory?: "absolute" | "sandbox";
  /** The module of assembly/runtime: what is called of it is compiled and handed on. Without it, calls stay undefined. */
  readonly runtime?: Uint8Array;
}

export function codegen(bytes: Uint8Array, core: Core, options: CodegenOptions = {}): ObjectCode {
  const module = readModule(bytes);
  const target = targetOf(core);
  const functions = module.functions
    .filter(({ imported }) => !imported)
    .map((fn) => compileFunction(module, fn, target, options.memory ?? "absolute"));
  if (!options.runtime) return { core: core.name, functions };
  const runtime = runtimeFunctions(options.runtime, functions, (from, fn) =>
    compileFunction(from, fn, target, "absolute"),
  );
  return { core: core.name, functions: [...functions, ...runtime] };
}

function compileFunction(
  module: Module,
  wasm: WasmFunction,
  target: Target,
  memory: "absolute" | "sandbox",
): FunctionCode {
  const fn = buildSsa(module, wasm, { memory, fpu: target.fpu });
  optimise(fn, { target, memory });
  const machine = select(fn, target);
  sinkCounters(machine);
  if (target.postIncrement) postIncrement(machine);
  allocate(machine, registerFile(target));
  if (!target.thumb2) {
    highSlots(machine);
    highAdds(machine);
  }
  threadJumps(machine);
  return emit(machine, target.core);
}

/** r0–r12 and lr; on v6-M the low registers, because almost no instruction reaches the others. */
function registerFile(target: Target): RegisterFile {
  const core = target.thumb2 ? [0, 1, 2, 3, 12, 4, 5, 6, 7, 14, 8, 9, 10, 11] : [0, 1, 2, 3, 4, 5, 6, 7];
  return { core, float: Array.from({ length: 32 }, (_, i) => firstFloat + i) };
}
