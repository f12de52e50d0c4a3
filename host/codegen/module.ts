// WASM bytes → Module: the sections as data, function bodies still as bytes. The bytes have passed
// WebAssembly.validate, so what is read here is well-formed; what is refused is what no microcontroller form exists for
// (several memories, reference types beyond one funcref table, imports other than functions, memory and globals).
//
// WebAssembly Core Specification 2.0, chapter 5 "Binary Format".

import { invariant } from "../base/errors.ts";
import { Reader } from "./cursor.ts";
import { error } from "./errors.ts";
import type { DataSegment, Module, Signature, WasmGlobal, WasmType } from "./module-types.ts";

/** Throws codegen/invalid-module for bytes that are not a WASM module, codegen/unsupported-… for features left out. */
export function readModule(bytes: Uint8Array): Module {
  if (!WebAssembly.validate(bytes)) throw error("invalid-module", { bytes: bytes.length });
  return new ModuleReader(bytes).read();
}

class ModuleReader {
  readonly #bytes: Uint8Array;
  readonly #types: Signature[] = [];
  readonly #signatures: { signature: Signature; imported?: { module: string; field: string } }[] = [];
  readonly #bodies: { locals: WasmType[]; start: number; end: number }[] = [];
  readonly #globals: WasmGlobal[] = [];
  readonly #exports: Module["exports"][number][] = [];
  readonly #data: DataSegment[] = [];
  readonly #names = new Map<number, string>();
  readonly #elements: { offset: number; functions: number[] }[] = [];
  #memory: Module["memory"];
  #tableSize = -1;
  #start: number | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): Module {
    const reader = new Reader(this.#bytes, 8, this.#bytes.length);
    while (reader.at < reader.end) {
      const id = reader.byte();
      const size = reader.u32();
      this.#section(id, new Reader(this.#bytes, reader.at, reader.at + size));
      reader.at += size;
    }
    const imported = this.#signatures.filter((f) => f.imported).length;
    const functions = this.#signatures.map(({ signature, imported: from }, index) => ({
      index,
      name: this.#exportName(index) ?? this.#names.get(index) ?? `func_${index}`,
      signature,
      ...(from ? { imported: from } : {}),
      ...(this.#bodies[index - imported] ?? { locals: [], start: 0, end: 0 }),
    }));
    const table = new Array<number>(Math.max(0, this.#tableSize)).fill(-1);
    for (const { offset, functions: entries } of this.#elements)
      entries.forEach((f, i) => void (table[offset + i] = f));
    return {
      bytes: this.#bytes,
      types: this.#types,
      functions,
      globals: this.#globals,
      memory: this.#memory,
      table,
      hasTable: this.#tableSize >= 0,
      exports: this.#exports,
      start: this.#start,
      data: this.#data,
    };
  }

  #exportName(index: number): string | undefined {
    return this.#exports.find((e) => e.kind === "func" && e.index === index)?.name;
  }

  #section(id: number, r: Reader): void {
    if (id === 0) this.#custom(r);
    else if (id === 1) r.list(() => this.#signature(r));
    else if (id === 2) r.list(() => this.#import(r));
    else if (id === 3) r.list(() => this.#signatures.push({ signature: this.#types[r.u32()]! }));
    else if (id === 4) r.list((i) => this.#table(r, i));
    else if (id === 5) r.list((i) => this.#memoryType(r, i, false));
    else if (id === 6) r.list(() => this.#global(r));
    else if (id === 7) r.list(() => this.#export(r));
    else if (id === 8) this.#start = r.u32();
    else if (id === 9) r.list(() => this.#element(r));
    else if (id === 10) r.list(() => this.#body(r));
    else if (id === 11) r.list(() => this.#segment(r));
    // 12, data count, says nothing that the other sections do not say.
  }

  #signature(r: Reader): void {
    r.byte(); // 0x60
    this.#types.push({ params: r.list(() => r.valueType()), results: r.list(() => r.valueType()) });
  }

  #global(r: Reader): void {
    const type = r.valueType();
    this.#globals.push({ type, mutable: r.byte() === 1, init: this.#constant(r) });
  }

  #export(r: Reader): void {
    const name = r.name();
    const kind = (["func", "table", "memory", "global"] as const)[r.byte()]!;
    this.#exports.push({ name, kind, index: r.u32() });
  }

  #import(r: Reader): void {
    const at = r.at;
    const from = { module: r.name(), field: r.name() };
    const kind = r.byte();
    if (kind === 0) this.#signatures.push({ signature: this.#types[r.u32()]!, imported: from });
    else if (kind === 1) this.#table(r, 0);
    else if (kind === 2) this.#memoryType(r, 0, true);
    else if (kind === 3) {
      const type = r.valueType();
      this.#globals.push({ type, mutable: r.byte() === 1, imported: from, init: { words: [0, 0] } });
    } else throw error("unsupported-feature", { feature: `import ${from.module}.${from.field}` }, { byte: at });
  }

  #table(r: Reader, i: number): void {
    const at = r.at;
    if (i > 0 || this.#tableSize >= 0) throw error("unsupported-feature", { feature: "a second table" }, { byte: at });
    if (r.byte() !== 0x70)
      throw error("unsupported-feature", { feature: "a table of anything but functions" }, { byte: at });
    const bounded = r.byte();
    this.#tableSize = r.u32();
    if (bounded & 1) r.u32();
    if (this.#tableSize > 0xffff)
      throw error("unsupported-feature", { feature: `a table of ${this.#tableSize} entries` }, { byte: at });
  }

  #memoryType(r: Reader, i: number, imported: boolean): void {
    const at = r.at;
    const flags = r.byte();
    if (flags > 1 || i > 0)
      throw error(
        "unsupported-feature",
        { feature: flags > 1 ? "shared or 64-bit memory" : "a second memory" },
        { byte: at },
      );
    this.#memory = { min: r.u32(), max: flags & 1 ? r.u32() : undefined, imported };
  }

  #element(r: Reader): void {
    const at = r.at;
    const kind = r.u32();
    if (kind !== 0 && kind !== 2)
      throw error("unsupported-feature", { feature: "passive or expression elements" }, { byte: at });
    if (kind === 2) r.u32();
    const offset = this.#constant(r);
    if ("global" in offset)
      throw error("unsupported-feature", { feature: "a table offset from a global" }, { byte: at });
    if (kind === 2) r.byte();
    this.#elements.push({ offset: offset.words[0] >>> 0, functions: r.list(() => r.u32()) });
  }

  #body(r: Reader): void {
    const end = r.u32() + r.at;
    const locals = r.list(() => ({ count: r.u32(), type: r.valueType() }));
    const total = locals.reduce((sum, { count }) => sum + count, 0);
    invariant(total <= 50_000, "a validated module has more locals than engines allow");
    this.#bodies.push({
      locals: locals.flatMap(({ count, type }) => new Array<WasmType>(count).fill(type)),
      start: r.at,
      end,
    });
    r.at = end;
  }

  #segment(r: Reader): void {
    const at = r.at;
    const kind = r.u32();
    if (kind === 2) r.u32();
    const offset = kind === 1 ? { words: [0, 0] as const } : this.#constant(r);
    if ("global" in offset)
      throw error("unsupported-feature", { feature: "a data offset from a global" }, { byte: at });
    this.#data.push({ passive: kind === 1, offset: offset.words[0] >>> 0, bytes: r.slice(r.u32()) });
  }

  /** A constant expression: one constant or global.get, then `end`. */
  #constant(r: Reader): WasmGlobal["init"] {
    const at = r.at;
    const op = r.byte();
    const init = this.#constantValue(op, r, at);
    if (r.byte() !== 0x0b)
      throw error("unsupported-feature", { feature: "an extended constant expression" }, { byte: at });
    return init;
  }

  #constantValue(op: number, r: Reader, at: number): WasmGlobal["init"] {
    switch (op) {
      case 0x41:
        return { words: [r.s32(), 0] };
      case 0x42: {
        const value = r.s64();
        return { words: [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))] };
      }
      case 0x43:
        return { words: [r.word(), 0] };
      case 0x44:
        return { words: [r.word(), r.word()] };
      case 0x23:
        return { global: r.u32() };
      default:
        throw error("unsupported-opcode", { opcode: op, function: "a constant expression" }, { byte: at });
    }
  }

  /** The name section's function names (subsection 1). */
  #custom(r: Reader): void {
    if (r.name() !== "name") return;
    while (r.at < r.end) {
      const kind = r.byte();
      const next = r.u32() + r.at;
      if (kind === 1) r.list(() => this.#names.set(r.u32(), r.name()));
      r.at = next;
    }
  }
}
