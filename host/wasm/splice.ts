// Plan + host kernels → module, without a compiler: a layer's function is its kernel's own body, whose parameters have become
// locals that are set to the layer's constants first. V8 folds them; nothing is parsed, and Binaryen is not loaded.
//
//   (func $kernel (param i32 i32 …) (local …) BODY)     →     (func $layer_04_conv_2d (local i32 i32 …) (local …)
//                                                                i32.const 4096  local.set 0  …  BODY)
//
// Locals keep their numbers. So do functions: the module begins with all functions of the library, those that nothing here calls
// as one trap each. A layer of several calls gets a function for each call.

import { invariant } from "../base/errors.ts";
import type { CallArgument, Plan, PlannedCall, PlannedObject } from "../plan/plan.ts";
import { pagesOf, signed, unsigned, withData } from "./binary.ts";
import type { HostFunction, HostKernels } from "./host-kernels.ts";
import type { WasmModule } from "./wasm-types.ts";

const [i32, f32] = [0x7f, 0x7d];
const end = 0x0b;
/** No locals; unreachable. */
const trap = Uint8Array.of(0x00, 0x00, end);

/** Functions of the module beyond the library's; all take and give nothing. */
interface Additions {
  readonly bodies: Uint8Array[];
  readonly exports: { readonly name: string; readonly index: number }[];
}

/** 128-bit kernels read the last bytes of a tensor in whole vectors: never written, so the plan does not know. */
const vectorBytes = 16;

export function splice(plan: Plan, kernels: HostKernels): WasmModule {
  invariant(plan.target.form === "simd", "device kernels are specialised by Binaryen");
  const memoryPages = pagesOf(plan.objects, vectorBytes);
  const base = kernels.functions.length;
  const needed = new Set<number>();
  const added: Additions = { bodies: [], exports: [] };
  const add = (body: Uint8Array): number => base + added.bodies.push(body) - 1;
  const layers = plan.layers.map(({ name, calls }) => {
    const parts = calls.map((call) => add(kernelBody(name, call, kernels, needed)));
    const index = parts.length === 1 ? parts[0]! : add(body(parts.flatMap(callOf)));
    added.exports.push({ name, index });
    return index;
  });
  added.exports.push({ name: "thumbelina_invoke", index: add(body(layers.flatMap(callOf))) });
  added.exports.push({ name: "thumbelina_reset", index: add(body(plan.objects.flatMap(resetCode))) });
  return {
    bytes: withData(encode(kernels, needed, added, memoryPages), plan.objects),
    form: "simd",
    intrinsics: "plain",
    layers: plan.layers.map(({ name, origin }) => ({ name, origin })),
    regions: plan.objects,
    lines: [],
    memoryPages,
  };
}

const body = (code: readonly number[]): Uint8Array => concatenate([[0], code, [end]]);
const callOf = (index: number): number[] => [0x10, ...unsigned(index)];

/** The kernel's body with its parameters as locals; notes what it calls. */
function kernelBody(layer: string, call: PlannedCall, kernels: HostKernels, needed: Set<number>): Uint8Array {
  const index = kernels.exports[call.kernel];
  invariant(index !== undefined, `${layer} calls kernel ${call.kernel}, which assembly/kernels does not export`);
  const kernel = kernels.functions[index]!;
  const given = call.arguments.map(({ type }) => (type === "i32" ? i32 : f32));
  invariant(`${given}` === `${kernel.params}`, `${layer}: the plan's arguments do not fit ${call.kernel}`);
  const visit = (callee: number): void => {
    if (needed.has(callee)) return;
    needed.add(callee);
    kernels.functions[callee]!.calls.forEach(visit);
  };
  kernel.calls.forEach(visit);
  return concatenate([
    unsigned(kernel.localGroups + given.length),
    given.flatMap((type) => [1, type]),
    kernel.locals,
    call.arguments.flatMap((argument, i) => [...constant(argument), 0x21, ...unsigned(i)]),
    kernel.code,
  ]);
}

function constant({ type, value }: CallArgument): number[] {
  if (type === "i32") return [0x41, ...signed(value | 0)];
  return [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Shortest run of equal bytes that is filled; others are stored by words. */
const shortestFill = 16;

/** Stores a state object's initial bytes. */
function resetCode({ region, init, address, bytes }: PlannedObject): number[] {
  if (region !== "state" || init.kind === "none") return [];
  const initial = new Uint8Array(bytes);
  if (init.kind === "data") initial.set(init.data);
  const view = new DataView(initial.buffer);
  const code: number[] = [];
  for (let at = 0; at < bytes; ) {
    let same = at + 1;
    while (same < bytes && initial[same] === initial[at]) same++;
    code.push(0x41, ...signed((address + at) | 0));
    if (same - at >= shortestFill) {
      // memory.fill
      code.push(0x41, ...signed(initial[at]!), 0x41, ...signed(same - at), 0xfc, 0x0b, 0x00);
      at = same;
    } else if (at + 4 <= bytes) {
      code.push(0x41, ...signed(view.getInt32(at, true)), 0x36, 0, 0);
      at += 4;
    } else code.push(0x41, ...signed(initial[at++]!), 0x3a, 0, 0);
  }
  return code;
}

type Part = readonly number[] | Uint8Array;

/** Sections type, import, function, export, code (WebAssembly core 2.0, 5.5). */
function encode(kernels: HostKernels, needed: ReadonlySet<number>, added: Additions, pages: number): Uint8Array {
  const { functions, types, typeCount } = kernels;
  const bodyOf = (fn: HostFunction, index: number): Uint8Array =>
    needed.has(index) ? concatenate([unsigned(fn.localGroups), fn.locals, fn.code]) : trap;
  const bodies = [...functions.map(bodyOf), ...added.bodies];
  const typeOf = [...functions.map(({ type }) => type), ...added.bodies.map(() => typeCount)];
  return concatenate([
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [unsigned(typeCount + 1), types, [0x60, 0, 0]]),
    ...section(2, [[1], text("env"), text("memory"), [0x02, 0x00], unsigned(pages)]),
    ...section(3, [unsigned(typeOf.length), ...typeOf.map(unsigned)]),
    ...section(7, [
      unsigned(added.exports.length),
      ...added.exports.flatMap(({ name, index }) => [text(name), [0x00], unsigned(index)]),
    ]),
    ...section(10, [unsigned(bodies.length), ...bodies.flatMap((bytes) => [unsigned(bytes.length), bytes])]),
  ]);
}

function section(id: number, parts: readonly Part[]): Part[] {
  return [[id], unsigned(parts.reduce((sum, part) => sum + part.length, 0)), ...parts];
}

function text(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...unsigned(bytes.length), ...bytes];
}

function concatenate(parts: readonly Part[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
