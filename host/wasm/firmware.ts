// Firmware as WebAssembly: the functions that layOutFirmware collected, with drivers in the place of the kinds they serve and every
// number of board and app a constant, optimised for size as one module. Layers are not in it: they are called as `extern.NAME`,
// functions of the model's own module, so that what was verified stays as it is.

import { invariant } from "../base/errors.ts";
import { wasmError } from "./errors.ts";
import type { FirmwareLayout } from "./firmware-layout.ts";
import type { FirmwareLibrary } from "./firmware-library.ts";
import { decodeSourceMap } from "./source-map.ts";
import { shrink } from "./specialise.ts";
import type { SourceLine } from "./wasm-types.ts";

export interface FirmwareModule {
  readonly bytes: Uint8Array;
  readonly lines: readonly SourceLine[];
}

export interface FirmwareValues {
  /** Of every `config` import, the addresses of the model's tensors among them. */
  readonly config: Readonly<Record<string, number>>;
  /** `app.slice(i)` calls the i-th. */
  readonly slices: readonly string[];
}

export async function firmware(
  layout: FirmwareLayout,
  library: FirmwareLibrary,
  values: FirmwareValues,
): Promise<FirmwareModule> {
  const { bytes, sourceMap } = await shrink(firmwareText(layout, library, values));
  return { bytes, lines: decodeSourceMap(sourceMap, library.files) };
}

function firmwareText(layout: FirmwareLayout, library: FirmwareLibrary, { config, slices }: FirmwareValues): string {
  const { request, functions, targets, globals, handlers, addresses } = layout;
  const numbers = { ...config, "interrupts.count": [...handlers.values()].filter((number) => number >= 0).length };
  const imports = [...new Set(targets.values())].flatMap((target) => library.imports[target]?.text ?? []);
  const lines = ["(module", '(import "env" "memory" (memory 1))', ...imports];
  const generated = request.generated.filter((name) => [...targets.values()].includes(name));
  if (generated.includes("app.reset")) lines.push('(import "extern" "thumbelina_reset" (func $app.reset))');
  if (generated.includes("app.slice"))
    lines.push(...slices.map((name) => `(import "extern" "${name}" (func $extern/${name}))`));
  for (const [name, global] of globals) {
    if (global.module === undefined) lines.push(global.text);
    else lines.push(`(global $${name} i32 (i32.const ${placeOrNumber(global.module, global.field)}))`);
  }
  for (const name of functions) lines.push(renamed(library.functions[name]!.text));
  if (generated.includes("app.slice")) lines.push(sliceText(slices));
  for (const name of [...request.roots, ...handlers.keys()])
    lines.push(`(export "${name}" (func $${library.exports[name]}))`);
  lines.push(")");
  return lines.join("\n");

  function placeOrNumber(module: string, field: string): number {
    if (module !== "config") {
      const address = addresses.get(`${module} ${field}`);
      invariant(address !== undefined, `${module} ${field} has no place`);
      return address | 0;
    }
    const value = (numbers as Readonly<Record<string, number>>)[field];
    if (value === undefined) throw wasmError("no-config", { name: field, title: request.title });
    invariant(Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32, `${field} = ${value} is no i32`);
    return value | 0;
  }

  function renamed(text: string): string {
    return text.replace(/^\(call \$([^\s)]+)/gm, (whole, name: string) => {
      const target = targets.get(name);
      return target === undefined || target === name ? whole : `(call $${target}`;
    });
  }
}

/** A branch table over the layers; an index beyond them does nothing. */
function sliceText(slices: readonly string[]): string {
  const open = slices.map((_, i) => `(block $s${slices.length - 1 - i}`).join("\n");
  const cases = slices.map((name) => `)\n(call $extern/${name})\n(return)`).join("\n");
  const table = slices.map((_, i) => `$s${i}`).join(" ");
  return `(func $app.slice (param $i i32)\n(block $beyond\n${open}\n(br_table ${table} $beyond (local.get $i))\n${cases}\n))`;
}
