// Room codegen: a WASM module to machine code for one core.
//
//   readModule   bytes → functions as byte ranges                              module.ts
//   buildSsa     one function → SSA                                            build-ssa.ts, translate.ts, wide.ts
//   optimise     the table of passes                                           passes.ts
//   select       SSA → machine instructions over virtual registers             select*.ts, target.ts
//   allocate     → physical registers, spills                                  allocate.ts, interference.ts, spill.ts
//   schedule     order within a block, by the core's pipeline                  schedule.ts
//   emit         → halfwords, relocations, lines                               emit*.ts, assembler.ts

import type { Core } from "../isa/isa.ts";
import { allocate, type RegisterFile } from "./allocate.ts";
import { buildSsa } from "./build-ssa.ts";
import { beforeAllocation, checkAllocation } from "./check-allocation.ts";
import { checkIr } from "./check-ir.ts";
import { emit } from "./emit.ts";
import { highAdds } from "./high-adds.ts";
import { highSlots } from "./high-slots.ts";
import type { Trap } from "./ir.ts";
import { firstFloat } from "./machine.ts";
import { readModule } from "./module.ts";
import { type Module, type WasmFunction, wordsOf } from "./module-types.ts";
import type { FunctionCode, GlobalVariable, ObjectCode } from "./object-code.ts";
import { optimise, type PassContext } from "./passes.ts";
import { postIncrement } from "./post-increment.ts";
import { placesOf, type Region, readOnlyLoads } from "./read-only.ts";
import { runtimeFunctions } from "./runtime.ts";
import { schedule } from "./schedule.ts";
import { select } from "./select.ts";
import { sinkCounters } from "./sink-counters.ts";
import { type Target, targetOf } from "./target.ts";
import { threadJumps } from "./thread-jumps.ts";

export { bootStageCode } from "./boot-stage.ts";
export { traps } from "./ir.ts";
export { readModule } from "./module.ts";
export { type Module, symbolOf, tableEntries } from "./module-types.ts";
export type { CodeLine, FunctionCode, GlobalVariable, ObjectCode, Relocation } from "./object-code.ts";
export { runtimePrefix } from "./runtime.ts";
export { passNames, ssaText } from "./ssa-text.ts";
export { addressCall, addressCallCode, firmwareStartup, startupCode } from "./startup.ts";

export interface CodegenOptions {
  readonly memory?: "absolute" | "sandbox";
  /** The module of assembly/runtime: what is called of it is compiled and handed on. Without it, calls stay undefined. */
  readonly runtime?: Uint8Array;
  /** The module's, in absolute memory: nothing writes where they say const. */
  readonly regions?: readonly Region[];
  /** size: no loop is written out; for firmware, most of which waits. Default: speed. */
  readonly favour?: "speed" | "size";
  /** Check the SSA between passes and prove every allocation: tests do. */
  readonly check?: boolean;
}

export function codegen(bytes: Uint8Array, core: Core, options: CodegenOptions = {}): ObjectCode {
  const module = readModule(bytes);
  const target = targetOf(core);
  const { memory = "absolute", favour = "speed", regions = [], check = false } = options;
  const functions = module.functions
    .filter(({ imported }) => !imported)
    .map((fn) => compileFunction(module, fn, { target, memory, favour, regions, check }));
  const globals = globalVariables(module);
  if (!options.runtime) return { core: core.name, functions, globals };
  const runtime = runtimeFunctions(options.runtime, functions, (from, fn) =>
    compileFunction(from, fn, {
      ...{ target, memory: "absolute", favour: "speed", regions: [], check },
      unreachable: "invalid conversion to integer",
    }),
  );
  return { core: core.name, functions: [...functions, ...runtime], globals };
}

function globalVariables({ globals }: Module): readonly GlobalVariable[] {
  return globals.flatMap(({ type, init, imported }, i) => {
    if (imported) return [];
    const words = "words" in init ? init.words : [0, 0];
    return [{ symbol: `global_${i}`, words: words.slice(0, wordsOf(type)) }];
  });
}

interface Mode extends PassContext {
  readonly check: boolean;
  readonly unreachable?: Trap;
}

function compileFunction(module: Module, wasm: WasmFunction, mode: Mode): FunctionCode {
  const { target, memory, check } = mode;
  const fn = buildSsa(module, wasm, {
    memory,
    fpu: target.fpu,
    unaligned: target.thumb2,
    unreachable: mode.unreachable,
  });
  if (check) checkIr(fn, "build-ssa");
  optimise(fn, mode, check ? (pass) => checkIr(fn, pass) : undefined);
  const machine = select(fn, target);
  sinkCounters(machine);
  if (target.postIncrement) postIncrement(machine);
  const file = registerFile(target);
  const before = check ? beforeAllocation(machine) : undefined;
  allocate(machine, file);
  if (!target.thumb2) highSlots(machine);
  if (before) checkAllocation(machine, before);
  if (!target.thumb2) highAdds(machine);
  threadJumps(machine);
  schedule(machine, target.core, () => placesOf(fn, readOnlyLoads(fn, mode.regions)));
  return emit(machine, target.core);
}

/** r0–r12 and lr; on v6-M the low registers, because almost no instruction reaches the others. */
function registerFile(target: Target): RegisterFile {
  const core = target.thumb2 ? [0, 1, 2, 3, 12, 4, 5, 6, 7, 14, 8, 9, 10, 11] : [0, 1, 2, 3, 4, 5, 6, 7];
  return { core, float: Array.from({ length: 32 }, (_, i) => firstFloat + i) };
}
