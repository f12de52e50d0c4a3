// Plan + kernels → module text: only the functions the model needs, and one stub per layer with constant arguments.
//
//   (module
//     (import "env" "memory" (memory pages))
//     (import "thumb" "smlad" (func $…/smlad …))        imported form; or the plain body under the same name
//     (func $assembly/kernels/conv2d/conv_2d …)         as compiled, positions in `;;@` lines
//     (func $layer_04_conv_2d (call $…/conv_2d (i32.const 536872960) …))
//     (func $kernel_04_conv_2d (param $p2 i32) …)       where layers share one (shared-kernels.ts)
//     (func $thumbelina_reset …))
//
// Text is the interface because only parseText keeps source positions; data segments are not in it (see binary.ts).

import { invariant } from "../base/errors.ts";
import type { CallArgument, Plan, PlannedCall } from "../plan/plan.ts";
import type { KernelFunction, KernelLibrary } from "./kernel-library.ts";
import { resetText } from "./reset.ts";
import { type SharedKernel, sharedKernels } from "./shared-kernels.ts";

export type Intrinsics = "imported" | "plain";

export interface AssembleOptions {
  readonly intrinsics: Intrinsics;
  readonly positions: boolean;
  readonly memoryPages: number;
  /** The module has and exports its memory, and only `invoke`, `reset` and these further definitions beside it. */
  readonly ownMemory?: boolean;
  readonly definitions?: readonly string[];
}

export function assemble(plan: Plan, kernels: KernelLibrary, options: AssembleOptions): string {
  const needed = collect(plan, kernels, options.intrinsics);
  const position = (text: string) => (options.positions ? text : text.replaceAll(/;;@.*\n/g, ""));
  const { memoryPages: pages, ownMemory, definitions = [] } = options;
  const memory = ownMemory
    ? `(memory (export "memory") ${pages} ${pages})`
    : `(import "env" "memory" (memory ${pages}))`;
  const lines = ["(module", memory, ...definitions];
  for (const name of needed.imports) lines.push(kernels.imports[name]!.text);
  for (const name of needed.functions) lines.push(position(kernels.functions[name]!.text));
  for (const [name, body] of needed.plain) lines.push(position(renamed(kernels.functions[body]!, body, name)));
  const shared = sharedKernels(plan);
  const exported = (name: string) => (ownMemory ? `$${name}` : `$${name} (export "${name}")`);
  for (const layer of plan.layers) {
    const kernel = shared.get(layer.name);
    lines.push(`(func ${exported(layer.name)}`);
    if (kernel) lines.push(position(thunkText(layer.calls[0]!, kernel, kernels)));
    else for (const call of layer.calls) lines.push(position(callText(layer.name, call, kernels)));
    lines.push(")");
  }
  for (const kernel of new Set(shared.values())) {
    const parameters = kernel.parameters.map((i) => `(param $p${i} i32)`).join(" ");
    const body = position(callText(kernel.name, kernel.call, kernels, new Set(kernel.parameters)));
    lines.push(`(func ${exported(kernel.name)} ${parameters}`, body, ")");
  }
  lines.push(resetText(plan.objects, ownMemory ? "reset" : "thumbelina_reset"), ")");
  return lines.join("\n");
}

interface Needed {
  readonly functions: Set<string>;
  readonly imports: Set<string>;
  /** Internal name of an import → internal name of the body that takes its place. */
  readonly plain: Map<string, string>;
}

function collect(plan: Plan, kernels: KernelLibrary, intrinsics: Intrinsics): Needed {
  const needed: Needed = { functions: new Set(), imports: new Set(), plain: new Map() };
  const visit = (name: string) => {
    const intrinsic = kernels.imports[name];
    if (intrinsic && intrinsics === "imported") needed.imports.add(name);
    else if (intrinsic) {
      const body = kernels.plain[intrinsic.name];
      invariant(body !== undefined, `intrinsic ${intrinsic.name} has no plain body`);
      needed.plain.set(name, body);
      for (const callee of kernels.functions[body]!.calls) visit(callee);
    } else if (!needed.functions.has(name)) {
      needed.functions.add(name);
      for (const callee of kernels.functions[name]!.calls) visit(callee);
    }
  };
  for (const layer of plan.layers) for (const call of layer.calls) visit(internalName(layer.name, call, kernels));
  return needed;
}

function internalName(layer: string, call: PlannedCall, kernels: KernelLibrary): string {
  const name = kernels.exports[call.kernel];
  invariant(name !== undefined, `${layer} calls kernel ${call.kernel}, which assembly/kernels does not export`);
  return name;
}

function renamed(body: KernelFunction, from: string, to: string): string {
  return body.text.replace(`(func $${from} `, `(func $${to} `);
}

/** `parameters`: arguments that are parameters of the function around the call. */
function callText(
  layer: string,
  call: PlannedCall,
  kernels: KernelLibrary,
  parameters: ReadonlySet<number> = new Set(),
): string {
  const name = internalName(layer, call, kernels);
  const { params } = kernels.functions[name]!;
  const given = call.arguments.map((argument) => argument.type);
  const words = `${layer}: ${call.kernel} takes (${params.join(", ")}), the plan gives (${given.join(", ")})`;
  invariant(params.length === given.length && params.every((type, i) => type === given[i]), words);
  const handed = call.arguments.map((one, i) => (parameters.has(i) ? `(local.get $p${i})` : constantText(one)));
  return `${firstPosition(name, kernels)}\n(call $${name} ${handed.join(" ")})`;
}

function thunkText(call: PlannedCall, { name, parameters }: SharedKernel, kernels: KernelLibrary): string {
  const handed = parameters.map((i) => constantText(call.arguments[i]!));
  return `${firstPosition(internalName(name, call, kernels), kernels)}\n(call $${name} ${handed.join(" ")})`;
}

/** The constants that flow in belong to the line where the kernel's code begins. */
function firstPosition(name: string, kernels: KernelLibrary): string {
  return /^;;@.*$/m.exec(kernels.functions[name]!.text)?.[0] ?? "";
}

function constantText({ type, value }: CallArgument): string {
  if (type === "i32") {
    invariant(Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32, `${value} is no i32`);
    return `(i32.const ${value | 0})`;
  }
  // the shortest decimal of a double that is a float32 rounds to that float32
  if (Number.isNaN(value)) return "(f32.const nan)";
  if (!Number.isFinite(value)) return `(f32.const ${value > 0 ? "inf" : "-inf"})`;
  return `(f32.const ${Object.is(value, -0) ? "-0" : Math.fround(value)})`;
}
