// What a firmware image takes from the library, and what memory that asks for. In: the library, the functions to start from, and which
// driver serves a kind; out: functions by name, and one memory object per `ram`, `noinit`, `text` and `table` import.
//
//   collect   roots ─ calls ─▶ functions;   `console.kick` ─ driver pl011 ─▶ pl011_kick;   anything unresolved: `wasm/no-driver`
//   place     flash: texts and tables from flashFrom up    RAM: noinit objects, then zeroed ones, from ramFrom up
//
// A handler may not touch a mutable global: compilers may keep it in a register around the main loop (device.md, "Volatile").

import { invariant } from "../base/errors.ts";
import { wasmError } from "./errors.ts";
import type { FirmwareGlobal, FirmwareLibrary } from "./firmware-library.ts";

export interface FirmwareRequest {
  /** What the image is for, in messages: `motion on pico`. */
  readonly title: string;
  /** Import module → prefix of the exported functions that take its place. */
  readonly drivers: Readonly<Record<string, string>>;
  /** Exported names: main, fault handler. */
  readonly roots: readonly string[];
  /** By kind: exported names of its driver's interrupt handlers, and their numbers; taken in with the driver. */
  readonly handlers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sizes named in `ram` imports come from here; values are needed only when the module is made. */
  readonly config: Readonly<Record<string, number>>;
  readonly tables: Readonly<Record<string, Uint8Array>>;
  /** Texts that an image replaces: `board` → `pico`. */
  readonly texts: Readonly<Record<string, string>>;
  /** Functions that the image generates itself (`app.slice`), by `module.field`. */
  readonly generated: readonly string[];
}

export interface FirmwareObject {
  readonly name: string;
  readonly region: "const" | "state" | "kept";
  readonly address: number;
  readonly bytes: number;
  readonly init:
    | { readonly kind: "data"; readonly data: Uint8Array }
    | { readonly kind: "zero" }
    | { readonly kind: "none" };
}

export interface FirmwareLayout {
  readonly request: FirmwareRequest;
  /** Internal names, in the library's order. */
  readonly functions: readonly string[];
  /** Internal name of a call → what it is: a function's internal name, an instruction's import, or `module.field` generated. */
  readonly targets: ReadonlyMap<string, string>;
  readonly globals: ReadonlyMap<string, FirmwareGlobal>;
  /** Address of an imported object by `module field`. */
  readonly addresses: ReadonlyMap<string, number>;
  readonly objects: readonly FirmwareObject[];
  /** Exported names of the handlers that the image has → interrupt numbers (−1 SysTick, −14 NMI). */
  readonly handlers: ReadonlyMap<string, number>;
  /** Mutable globals live here, in the order of the module. */
  readonly variables: { readonly address: number; readonly bytes: number };
  readonly flashEnd: number;
  readonly ramEnd: number;
}

export function layOutFirmware(
  library: FirmwareLibrary,
  request: FirmwareRequest,
  from: { readonly flash: number; readonly ram: number },
): FirmwareLayout {
  const { functions, targets, globals, handlers } = collect(library, request);
  const supplied = { ...request.tables, interrupts: words([...handlers.values()].filter((number) => number >= 0)) };
  const addresses = new Map<string, number>();
  const objects: FirmwareObject[] = [];
  const place = (at: number, key: string, object: Omit<FirmwareObject, "address">): number => {
    const align = object.region === "const" && object.name.startsWith("text ") ? 1 : object.bytes >= 8 ? 8 : 4;
    const address = Math.ceil(at / align) * align;
    addresses.set(key, address);
    objects.push({ ...object, address });
    return address + object.bytes;
  };
  const wanted = new Map<string, { readonly module: string; readonly field: string }>();
  for (const global of globals.values())
    if (global.module !== undefined) wanted.set(`${global.module} ${global.field}`, global);
  let flash = from.flash;
  let ram = from.ram;
  const of = (module: string) => [...wanted].filter(([, global]) => global.module === module);
  for (const [key, { field }] of of("table"))
    flash = place(flash, key, constant(`table ${field}`, table(supplied, field, request.title)));
  for (const [key, { field }] of of("text"))
    flash = place(flash, key, constant(`text ${field}`, zeroEnded(request.texts[field] ?? field)));
  for (const [key, global] of of("noinit"))
    ram = place(ram, key, { ...sized(request, global), region: "kept", init: { kind: "none" } });
  for (const [key, global] of of("ram"))
    ram = place(ram, key, { ...sized(request, global), region: "state", init: { kind: "zero" } });
  const variableBytes = [...globals.values()].reduce((sum, global) => sum + bytesOf(global), 0);
  if (variableBytes)
    ram = place(ram, "variables", { name: "variables", bytes: variableBytes, region: "state", init: { kind: "zero" } });
  return {
    ...{ request, functions, targets, globals, handlers, addresses, objects },
    variables: { address: addresses.get("variables") ?? ram, bytes: variableBytes },
    flashEnd: Math.ceil(flash / 16) * 16,
    ramEnd: Math.ceil(ram / 16) * 16,
  };
}

/** Of a global that is a variable. i64 takes two words. */
const bytesOf = (global: FirmwareGlobal): number =>
  global.module === undefined && global.text.includes("(mut ") ? (global.type === "i64" ? 8 : 4) : 0;

const constant = (name: string, data: Uint8Array): Omit<FirmwareObject, "address"> => ({
  ...{ name, bytes: data.length, region: "const", init: { kind: "data", data } },
});

const zeroEnded = (text: string): Uint8Array => new Uint8Array([...new TextEncoder().encode(text), 0]);

const words = (numbers: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(numbers).buffer);

function table(tables: Readonly<Record<string, Uint8Array>>, name: string, title: string): Uint8Array {
  const data = tables[name];
  if (!data) throw wasmError("no-table", { name, title });
  return data;
}

/** `name size`, the size in bytes or named in the config. */
function sized({ config, title }: FirmwareRequest, { field }: { readonly field: string }) {
  const [name = "", size = ""] = field.split(" ");
  const bytes = /^\d+$/.test(size) ? Number(size) : config[size];
  if (bytes === undefined) throw wasmError("no-config", { name: size, title });
  return { name, bytes };
}

function collect(library: FirmwareLibrary, request: FirmwareRequest) {
  const targets = new Map<string, string>();
  const globals = new Map<string, FirmwareGlobal>();
  const taken = new Set<string>();
  const inHandler = new Set<string>();
  const handlers = new Map<string, number>();
  const waiting: string[] = [];
  /** A driver comes with its handlers. */
  const use = (kind: string): void => {
    for (const [name, number] of Object.entries(request.handlers[kind] ?? {})) {
      if (handlers.has(name)) continue;
      handlers.set(name, number);
      waiting.push(name);
    }
  };
  const visit = (name: string, handler: boolean): void => {
    const seen = handler ? inHandler : taken;
    if (seen.has(name)) return;
    seen.add(name);
    taken.add(name);
    const fn = library.functions[name];
    invariant(fn, `firmware has no function ${name}`);
    for (const read of fn.globals) {
      const global = library.globals[read]!;
      if (handler && bytesOf(global))
        throw new Error(`thumbelina defect: the handler's ${name} touches variable ${read}`);
      globals.set(read, global);
    }
    for (const call of fn.calls) {
      const target = resolve(library, request, call);
      use(library.imports[call]?.module ?? "");
      targets.set(call, target);
      if (library.functions[target]) visit(target, handler);
    }
  };
  for (const root of request.roots) visit(exported(library, root), false);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) visit(exported(library, name), true);
  const functions = Object.keys(library.functions).filter((name) => taken.has(name));
  const ordered = Object.keys(library.globals).filter((name) => globals.has(name));
  return { functions, targets, handlers, globals: new Map(ordered.map((name) => [name, globals.get(name)!])) };
}

function exported(library: FirmwareLibrary, name: string): string {
  const internal = library.exports[name];
  invariant(internal !== undefined, `assembly/firmware exports no ${name}`);
  return internal;
}

function resolve(library: FirmwareLibrary, request: FirmwareRequest, call: string): string {
  const found = library.imports[call];
  if (!found || found.text !== undefined) return call;
  const { module, field } = found;
  if (request.generated.includes(`${module}.${field}`)) return `${module}.${field}`;
  const driver = request.drivers[module];
  if (driver === undefined) throw wasmError("no-driver", { kind: module, title: request.title });
  const target = library.exports[`${driver}_${field}`];
  invariant(target !== undefined, `driver ${driver} exports no ${driver}_${field}`);
  return target;
}
