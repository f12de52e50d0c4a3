// A model as one WebAssembly module that needs nothing: no imports, MVP instructions only, the smallest memory that holds it. For
// runtimes on microcontrollers (WAMR, wasm3) and anything else that runs WebAssembly 1.0.
//
//   exports   memory │ invoke() │ reset() │ input_N, output_N: addresses │ input_N_size, output_N_size: bytes
//             addresses and sizes are immutable i32 globals
//   memory    │ unused 16 │ state │ arena │ constants │                 never grows
//
// Write the inputs to their addresses, call invoke, read the outputs. State lasts from one invoke to the next; reset restores it.

import type { Plan } from "../plan/plan.ts";
import { assemble } from "./assemble.ts";
import { pagesOf, withData } from "./binary.ts";
import type { KernelLibrary } from "./kernel-library.ts";
import { specialise } from "./specialise.ts";

export interface PortableModule {
  readonly bytes: Uint8Array;
  readonly memoryPages: number;
}

/** WebAssembly 2.0's instructions of the kernels as functions of WebAssembly 1.0; they are inlined. */
const substitutes: Readonly<Record<string, string>> = {
  "i32.extend8_s": signExtension(24),
  "i32.extend16_s": signExtension(16),
  // NaN gives 0; 2^31 and 2^32 are the first values that do not fit.
  "i32.trunc_sat_f32_s": `(param $x f32) (result i32)
    (if (f32.ne (local.get $x) (local.get $x)) (then (return (i32.const 0))))
    (if (f32.ge (local.get $x) (f32.const 0x1p31)) (then (return (i32.const 0x7fffffff))))
    (if (f32.lt (local.get $x) (f32.const -0x1p31)) (then (return (i32.const 0x80000000))))
    (i32.trunc_f32_s (local.get $x))`,
  "i32.trunc_sat_f32_u": `(param $x f32) (result i32)
    (if (i32.eqz (f32.gt (local.get $x) (f32.const 0))) (then (return (i32.const 0))))
    (if (f32.ge (local.get $x) (f32.const 0x1p32)) (then (return (i32.const -1))))
    (i32.trunc_f32_u (local.get $x))`,
};

function signExtension(shift: number): string {
  return `(param $x i32) (result i32)
    (i32.shr_s (i32.shl (local.get $x) (i32.const ${shift})) (i32.const ${shift}))`;
}

export async function portable(plan: Plan, kernels: KernelLibrary): Promise<PortableModule> {
  const memoryPages = pagesOf(plan.objects);
  const text = assemble(plan, kernels, {
    ...{ intrinsics: "plain", positions: false, memoryPages },
    ...{ ownMemory: true, definitions: [...edgesText(plan), ...definitions()] },
  });
  const names = plan.layers.map(({ name }) => name);
  const { bytes } = await specialise(substituted(text), names, { positions: false, portable: true });
  return { bytes: withData(bytes, plan.objects), memoryPages };
}

function edgesText({ inputs, outputs }: Plan): string[] {
  const global = (name: string, value: number) => `(global (export "${name}") i32 (i32.const ${value}))`;
  return (["input", "output"] as const).flatMap((role) =>
    (role === "input" ? inputs : outputs).flatMap(({ address, bytes }, i) => [
      global(`${role}_${i}`, address),
      global(`${role}_${i}_size`, bytes),
    ]),
  );
}

const definitions = () => Object.entries(substitutes).map(([name, text]) => `(func $mvp/${name} ${text})`);

function substituted(text: string): string {
  return Object.keys(substitutes).reduce((all, name) => all.replaceAll(`(${name}`, `(call $mvp/${name}`), text);
}
