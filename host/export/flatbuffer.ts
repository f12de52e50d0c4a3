// Writes the FlatBuffers wire format: a tree of values in, bytes out. Parents stand before their children, since offsets
// of tables, vectors and strings count forward; a table's field list (vtable) stands before it and is shared by equal ones.
//
//   u32 root | "TFL3" | vtable | table … | vectors, strings and tables it points to …
//
// Every scalar is aligned to its size from the start of the file, vectors of `align` bytes likewise.
// Source: FlatBuffers internals, https://flatbuffers.dev/internals

import { invariant } from "../base/errors.ts";

export type ScalarType = "bool" | "int8" | "uint8" | "int16" | "int32" | "uint32" | "int64" | "float32";

export type FlatValue =
  | { readonly scalar: ScalarType; readonly value: number }
  | { readonly vector: ScalarType; readonly values: readonly number[] }
  | { readonly bytes: Uint8Array; readonly align: number }
  | { readonly string: string }
  | { readonly tables: readonly FlatTable[] }
  | { readonly table: FlatTable };

/** Fields by vtable slot; undefined ones are absent. */
export type FlatTable = readonly (FlatValue | undefined)[];

const sizes: Readonly<Record<ScalarType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float32: 4,
};

export function writeFlatFile(identifier: string, root: FlatTable): Uint8Array {
  const writer = new Writer();
  writer.reserve(8);
  writer.bytes(new TextEncoder().encode(identifier), 4);
  writer.patch(0, writer.table(root));
  return writer.finish();
}

class Writer {
  #buffer = new Uint8Array(4096);
  #view = new DataView(this.#buffer.buffer);
  #end = 0;
  readonly #vtables = new Map<string, number>();

  finish(): Uint8Array {
    this.#align(4, 0);
    return this.#buffer.slice(0, this.#end);
  }

  /** Zeroed room at the end; answers its position. */
  reserve(size: number): number {
    const start = this.#end;
    this.#end += size;
    if (this.#end > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(this.#end, 2 * this.#buffer.length));
      larger.set(this.#buffer);
      this.#buffer = larger;
      this.#view = new DataView(larger.buffer);
    }
    return start;
  }

  bytes(bytes: Uint8Array, at: number): void {
    this.#buffer.set(bytes, at);
  }

  /** The forward offset stored at `at`. */
  patch(at: number, target: number): void {
    this.#view.setUint32(at, target - at, true);
  }

  /** Pads so that `ahead` bytes after the end is a multiple of `align`. */
  #align(align: number, ahead: number): void {
    this.reserve((align - ((this.#end + ahead) % align)) % align);
  }

  table(fields: FlatTable): number {
    const present = fields
      .map((value, slot) => ({ slot, value, size: value ? inlineSize(value) : 0 }))
      .filter(({ size }) => size > 0)
      .sort((a, b) => b.size - a.size || a.slot - b.slot);
    const align = Math.max(4, ...present.map(({ size }) => size));
    let bytes = 4;
    const offsets = new Map<number, number>();
    for (const { slot, size } of present) {
      bytes = Math.ceil(bytes / size) * size;
      offsets.set(slot, bytes);
      bytes += size;
    }
    const last = present.reduce((most, { slot }) => Math.max(most, slot), -1);
    const entries = Array.from({ length: last + 1 }, (_, slot) => offsets.get(slot) ?? 0);
    const vtable = this.#vtable([4 + 2 * entries.length, bytes, ...entries]);
    this.#align(align, 0);
    const start = this.reserve(bytes);
    this.#view.setInt32(start, start - vtable, true);
    for (const { slot, value } of present) this.#field(start + offsets.get(slot)!, value!);
    return start;
  }

  #vtable(halfwords: readonly number[]): number {
    const key = halfwords.join();
    const known = this.#vtables.get(key);
    if (known !== undefined) return known;
    this.#align(2, 0);
    const start = this.reserve(2 * halfwords.length);
    halfwords.forEach((value, i) => {
      this.#view.setUint16(start + 2 * i, value, true);
    });
    this.#vtables.set(key, start);
    return start;
  }

  #field(at: number, value: FlatValue): void {
    if ("scalar" in value) this.#scalar(at, value.scalar, value.value);
    else if ("table" in value) this.patch(at, this.table(value.table));
    else if ("tables" in value) this.patch(at, this.#tables(value.tables));
    else if ("string" in value) this.patch(at, this.#string(value.string));
    else if ("bytes" in value) this.patch(at, this.#vector(value.bytes.length, 1, value.align, value.bytes));
    else {
      const size = sizes[value.vector];
      const start = this.#vector(value.values.length, size, size);
      this.patch(at, start);
      value.values.forEach((element, i) => {
        this.#scalar(start + 4 + size * i, value.vector, element);
      });
    }
  }

  #vector(length: number, elementBytes: number, align: number, contents?: Uint8Array): number {
    this.#align(Math.max(4, align), 4);
    const start = this.reserve(4 + length * elementBytes);
    this.#view.setUint32(start, length, true);
    if (contents) this.bytes(contents, start + 4);
    return start;
  }

  #string(text: string): number {
    const start = this.#vectorOfText(new TextEncoder().encode(text));
    this.reserve(1);
    return start;
  }

  #vectorOfText(text: Uint8Array): number {
    return this.#vector(text.length, 1, 4, text);
  }

  #tables(tables: readonly FlatTable[]): number {
    const start = this.#vector(tables.length, 4, 4);
    tables.forEach((table, i) => {
      this.patch(start + 4 + 4 * i, this.table(table));
    });
    return start;
  }

  #scalar(at: number, type: ScalarType, value: number): void {
    const view = this.#view;
    switch (type) {
      case "bool":
      case "uint8":
        return view.setUint8(at, value);
      case "int8":
        return view.setInt8(at, value);
      case "int16":
        return view.setInt16(at, value, true);
      case "int32":
        return view.setInt32(at, value, true);
      case "uint32":
        return view.setUint32(at, value, true);
      case "int64":
        invariant(Number.isInteger(value), `int64 ${value}`);
        return view.setBigInt64(at, BigInt(value), true);
      case "float32":
        return view.setFloat32(at, value, true);
    }
  }
}

function inlineSize(value: FlatValue): number {
  return "scalar" in value ? sizes[value.scalar] : 4;
}
