// The arrows of the design as calls, in order: the file to read first.
//
//   bytes ── importModel ──▶ Graph ── plan ──▶ Plan ── wasm ──▶ WasmModule ── engine ──▶ Engine
//                                     Board ──┘                     └─ codegen ──▶ ObjectCode ── link ──▶ Image ── sim
//
// Each is a pure function of a room; `compileModel`, `build` and `engineFor` only put them one after the other. Nothing is
// kept between calls: several models live in one process.

import { UserError } from "./base/errors.ts";
import { type Board, coreOf, findBoard, imageSpace } from "./board/board.ts";
import { bootStageCode, codegen, type ObjectCode, runtimePrefix, startupCode, traps } from "./codegen/codegen.ts";
import {
  type Engine,
  hostEngine,
  type InstanceOptions,
  referenceEngine,
  type SimEngine,
  simEngine,
  wasmEngine,
} from "./engine/engine.ts";
import type { Graph, Target } from "./graph/graph.ts";
import { cores } from "./isa/isa.ts";
import { type Linked, type LinkLabel, link } from "./link/link.ts";
import { type MemoryMap, type Plan, plan } from "./plan/plan.ts";
import { Machine, type MachineOptions } from "./sim/sim.ts";
import {
  loadHostKernels,
  loadKernels,
  loadRuntime,
  loadRuntimeLines,
  type PortableModule,
  portable,
  splice,
  type WasmModule,
  type WasmOptions,
  wasm,
} from "./wasm/wasm.ts";

export type EngineName = "reference" | "wasm" | "host" | "sim";

const KiB = 1024;
const MiB = 1024 * KiB;

/** The bare boards: 2 MB of flash at 0 with room for the vector table, 512 KB of RAM. */
export const cortexM4Map: MemoryMap = {
  flash: { base: 0, bytes: 2 * MiB },
  flashReserved: 0x400,
  ram: { base: 0x2000_0000, bytes: 512 * KiB },
};

/** The same addresses with as much memory as they allow, for models that are only run and inspected here. */
export const virtualDeviceMap: MemoryMap = {
  flash: { base: 0, bytes: 512 * MiB },
  flashReserved: 0x400,
  ram: { base: 0x2000_0000, bytes: 1024 * MiB },
};

/** Low addresses, constants first; memory that is not touched costs nothing. Address 0 stays unused. */
export const hostMap: MemoryMap = {
  flash: { base: 0, bytes: 256 * MiB },
  flashReserved: 64,
  ram: { base: 256 * MiB, bytes: 1024 * MiB },
};

export interface CompileOptions extends WasmOptions {
  /** Default: `cortex-m4`'s for device code, and a larger one of the same addresses when the model does not fit it. */
  readonly map?: MemoryMap;
  /** Default: device code for a core with DSP instructions. */
  readonly target?: Target;
}

export interface CompiledModel {
  readonly graph: Graph;
  readonly plan: Plan;
  readonly module: WasmModule;
}

export const deviceTarget: Target = { form: "device", dsp: true };
export const hostTarget: Target = { form: "simd", dsp: false };

export function planModel(graph: Graph, { map, target = deviceTarget }: CompileOptions = {}): Plan {
  if (map) return plan(graph, { map, target });
  if (target.form === "simd") return plan(graph, { map: hostMap, target });
  try {
    return plan(graph, { map: cortexM4Map, target });
  } catch (cause) {
    if (cause instanceof UserError && cause.exit === 8) return plan(graph, { map: virtualDeviceMap, target });
    throw cause;
  }
}

export async function compileModel(graph: Graph, options: CompileOptions = {}): Promise<CompiledModel> {
  const planned = planModel(graph, options);
  const host = planned.target.form === "simd";
  const module = host ? splice(planned, await loadHostKernels()) : await wasm(planned, await loadKernels(), options);
  return { graph, plan: planned, module };
}

const targetOf = (board: Board): Target => ({
  form: "device",
  dsp: cores[coreOf(board.chip)].features.has("dsp"),
});

/** The same bases with room for anything. */
const roomy = ({ flash, flashReserved, ram }: MemoryMap): MemoryMap => ({
  flash: { base: flash.base, bytes: 256 * MiB },
  flashReserved,
  ram: { base: ram.base, bytes: 512 * MiB },
});

export interface Built extends CompiledModel {
  readonly board: Board;
  readonly object: ObjectCode;
  readonly linked: Linked;
}

/** What firmware has taken of a board's memories, from their bases up. */
export interface Taken {
  readonly flashEnd: number;
  readonly ramEnd: number;
}

/** The plan for a board, its memories' sizes left to link: what does not fit is refused with code and stack included. */
export function planForBoard(graph: Graph, board: Board, taken?: Taken): Plan {
  const options = { map: remaining(imageSpace(board), taken), target: targetOf(board) };
  try {
    return plan(graph, options);
  } catch (cause) {
    if (cause instanceof UserError && cause.exit === 8) return plan(graph, { ...options, map: roomy(options.map) });
    throw cause;
  }
}

function remaining(map: MemoryMap, taken: Taken | undefined): MemoryMap {
  if (!taken) return map;
  const { flash, ram } = map;
  return {
    flash,
    flashReserved: taken.flashEnd - flash.base,
    ram: { base: taken.ramEnd, bytes: ram.base + ram.bytes - taken.ramEnd },
  };
}

/** Device code with the intrinsics that the board's core has. */
export async function compileForBoard(graph: Graph, board: Board, taken?: Taken): Promise<CompiledModel> {
  const planned = planForBoard(graph, board, taken);
  const intrinsics = planned.target.dsp ? "imported" : "plain";
  return { graph, plan: planned, module: await wasm(planned, await loadKernels(), { intrinsics, positions: true }) };
}

export interface BuildOptions {
  /** Check the compiler's work between its passes: tests do. */
  readonly check?: boolean;
}

/** A model → an image that runs it once (design: the ELF contract): start, reset, one inference, `thumbelina_done`. */
export async function build(graph: Graph, board: Board, { check }: BuildOptions = {}): Promise<Built> {
  const core = cores[coreOf(board.chip)];
  const compiled = await compileForBoard(graph, board);
  const { plan, module } = compiled;
  const object = codegen(module.bytes, core, { runtime: await loadRuntime(), regions: module.regions, check });
  const runtimeLines = await loadRuntimeLines();
  const usesFloat = object.functions.some((code) => code.usesFloat);
  const input = {
    functions: [...object.functions, ...startupCode(core, usesFloat)],
    ...{ objects: plan.objects, labels: labelsOf(plan), layers: module.layers },
    ...{ entry: "thumbelina_start", fault: "thumbelina_fault" },
    positions: new Map(
      object.functions.map(({ name }) => [name, name.startsWith(runtimePrefix) ? runtimeLines : module.lines]),
    ),
    ...(board.image.bootStage === "rp2040" ? { bootStage: bootStageCode(core) } : {}),
  };
  return { ...compiled, board, object, linked: link(input, board) };
}

/** A model → a WebAssembly module that stands alone: RAM from address 16 on, constants right behind it. */
export async function buildPortable(graph: Graph): Promise<PortableModule & { readonly plan: Plan }> {
  const target: Target = { form: "device", dsp: false };
  const ram = { base: 16, bytes: 1024 * MiB };
  const apart = plan(graph, { map: { ...hostMap, flash: { base: 2048 * MiB, bytes: 1024 * MiB }, ram }, target });
  const ramEnd = apart.arenaAddress + apart.arenaBytes;
  const flash = { base: ramEnd, bytes: 1024 * MiB };
  const together = plan(graph, { map: { flash, flashReserved: 0, ram: { ...ram, bytes: ramEnd - ram.base } }, target });
  return { plan: together, ...(await portable(together, await loadKernels())) };
}

/** The names of a plan's tensors in the ELF contract. */
export function labelsOf({ inputs, outputs, arenaAddress, arenaBytes, stateAddress, stateBytes }: Plan): LinkLabel[] {
  return [
    ...inputs.map(({ address, bytes }, i) => ({ name: `thumbelina_input_${i}`, address, bytes })),
    ...outputs.map(({ address, bytes }, i) => ({ name: `thumbelina_output_${i}`, address, bytes })),
    { name: "thumbelina_arena", address: arenaAddress, bytes: arenaBytes },
    { name: "thumbelina_state", address: stateAddress, bytes: stateBytes },
  ];
}

/** An engine of a built model: the board is simulated, and keeps its state between invocations. */
export function simulate({ plan, linked, board }: Built, options?: MachineOptions): SimEngine {
  const machine = new Machine(board, options);
  machine.load(linked.image);
  return simEngine(plan, machine, traps);
}

export interface EngineOptions extends InstanceOptions {
  /** sim: the board that runs; wasm: the board whose memory map is planned for. Default: `cortex-m4`. */
  readonly board?: Board;
}

export async function engineFor(name: EngineName, graph: Graph, options: EngineOptions = {}): Promise<Engine> {
  const { board } = options;
  if (name === "reference") return referenceEngine(graph);
  if (name === "sim") return simulate(await build(graph, board ?? findBoard("cortex-m4")));
  if (name === "wasm") {
    const { plan, module } = await compileModel(
      graph,
      board ? { map: imageSpace(board), target: targetOf(board) } : {},
    );
    return wasmEngine(plan, module, options);
  }
  const { plan, module } = await compileModel(graph, { target: hostTarget });
  return hostEngine(plan, module, options);
}
