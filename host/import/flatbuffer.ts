// Reads the FlatBuffers wire format from an untrusted file. Every offset, length and vtable is checked before it is
// followed, and all work is paid from a budget proportional to the file, so overlapping or cyclic offsets end in an error.
//
//   table ──i32──▶ vtable (table − offset)      vtable: u16 size | u16 table size | u16 offset of field 0 | of field 1 | …
//   a field offset of 0: absent, the default holds
//   field of kind table, vector, string: u32, forward, counted from the field itself
//   vector: u32 length | elements                string: a vector of bytes, then a zero byte
//
// Source: FlatBuffers internals, https://flatbuffers.dev/internals

import type { UserError } from "../base/errors.ts";
import { error } from "./errors.ts";

/** What one file may cost, however large it is: far above models for microcontrollers, far below what a machine has. */
export const fileLimits = {
  /** Entries of a list of tables: tensors, operators, buffers … */
  entries: 16_384,
  /** Reading tables, numbers and names, about bytes. */
  tables: 2 ** 24,
  stateBytes: 64 * 2 ** 20,
} as const;

/** An open file: its bytes, and what may still be spent on it. */
export interface FlatFile {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** For tables, numbers and names. */
  budget: number;
  /** For constants, which are views and cost nothing until an operator looks at them. */
  dataBudget: number;
  stateBytes: number;
}

export interface Vector {
  /** Byte position of element 0. */
  readonly start: number;
  readonly length: number;
}

export function openFlatFile(bytes: Uint8Array): FlatFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = 4 * bytes.length + 65_536;
  return { bytes, view, budget: Math.min(size, fileLimits.tables), dataBudget: size, stateBytes: 0 };
}

/** Charges work to the file: `units` are about bytes. */
export function spend(file: FlatFile, units: number): void {
  file.budget -= units;
  if (file.budget < 0) throw error("too-much-work", { size: file.bytes.length });
}

/** Charges the bytes of a constant. */
export function spendData(file: FlatFile, units: number): void {
  file.dataBudget -= units;
  if (file.dataBudget < 0) throw error("too-much-work", { size: file.bytes.length });
}

function outside(what: string, offset: number, file: FlatFile, byte: number): UserError {
  return error("bad-offset", { what, offset, size: file.bytes.length }, { byte });
}

/** One table: fields by vtable slot, absent ones answered by the default. */
export class Table {
  readonly #vtable: number;
  readonly #vtableBytes: number;
  readonly #tableBytes: number;

  constructor(
    readonly file: FlatFile,
    readonly position: number,
    /** What it is, for error messages: `tensor 3`. */
    readonly what: string,
  ) {
    const { view, bytes } = file;
    spend(file, 16);
    if (position < 4 || position + 4 > bytes.length) throw outside(what, position, file, position);
    this.#vtable = position - view.getInt32(position, true);
    if (this.#vtable < 0 || this.#vtable + 4 > bytes.length)
      throw outside(`the field list of ${what}`, this.#vtable, file, position);
    this.#vtableBytes = view.getUint16(this.#vtable, true);
    this.#tableBytes = view.getUint16(this.#vtable + 2, true);
    const vtableEnd = this.#vtable + this.#vtableBytes;
    if (this.#vtableBytes < 4 || vtableEnd > bytes.length)
      throw outside(`the field list of ${what}`, vtableEnd, file, position);
    if (this.#tableBytes < 4 || position + this.#tableBytes > bytes.length)
      throw outside(what, position + this.#tableBytes, file, position);
  }

  /** Byte position of a field of `size` bytes; undefined when absent. */
  field(slot: number, size: number): number | undefined {
    spend(this.file, 2);
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = this.file.view.getUint16(this.#vtable + entry, true);
    if (offset === 0) return undefined;
    if (offset < 4 || offset + size > this.#tableBytes)
      throw outside(`field ${slot} of ${this.what}`, this.position + offset, this.file, this.#vtable + entry);
    return this.position + offset;
  }

  bool(slot: number, absent: boolean): boolean {
    const at = this.field(slot, 1);
    return at === undefined ? absent : this.file.view.getUint8(at) !== 0;
  }

  int8(slot: number, absent: number): number {
    const at = this.field(slot, 1);
    return at === undefined ? absent : this.file.view.getInt8(at);
  }

  uint8(slot: number, absent: number): number {
    const at = this.field(slot, 1);
    return at === undefined ? absent : this.file.view.getUint8(at);
  }

  int16(slot: number, absent: number): number {
    const at = this.field(slot, 2);
    return at === undefined ? absent : this.file.view.getInt16(at, true);
  }

  int32(slot: number, absent: number): number {
    const at = this.field(slot, 4);
    return at === undefined ? absent : this.file.view.getInt32(at, true);
  }

  uint32(slot: number, absent: number): number {
    const at = this.field(slot, 4);
    return at === undefined ? absent : this.file.view.getUint32(at, true);
  }

  /** Beyond 2^53 the nearest double. */
  int64(slot: number, absent: number): number {
    const at = this.field(slot, 8);
    return at === undefined ? absent : Number(this.file.view.getBigInt64(at, true));
  }

  float32(slot: number, absent: number): number {
    const at = this.field(slot, 4);
    return at === undefined ? absent : this.file.view.getFloat32(at, true);
  }

  /** Position that a u32 offset at `at` points to, with `size` bytes of room there. */
  #follow(at: number, size: number, what: string): number {
    const target = at + this.file.view.getUint32(at, true);
    if (target <= at || target + size > this.file.bytes.length) throw outside(what, target, this.file, at);
    return target;
  }

  table(slot: number, what: string): Table | undefined {
    const at = this.field(slot, 4);
    return at === undefined ? undefined : new Table(this.file, this.#follow(at, 4, what), what);
  }

  vector(slot: number, elementBytes: number, what: string): Vector | undefined {
    const at = this.field(slot, 4);
    if (at === undefined) return undefined;
    const start = this.#follow(at, 4, what) + 4;
    const length = this.file.view.getUint32(start - 4, true);
    const room = Math.floor((this.file.bytes.length - start) / elementBytes);
    if (length > room) throw error("bad-length", { what, length, room }, { byte: start - 4 });
    return { start, length };
  }

  tables(slot: number, what: string): Table[] {
    const vector = this.vector(slot, 4, `the list of ${what}s`);
    const limit = fileLimits.entries;
    if (vector && vector.length > limit)
      throw error("too-many", { what: `${what}s`, count: vector.length, limit }, { byte: vector.start - 4 });
    return Array.from({ length: vector?.length ?? 0 }, (_, i) => {
      const name = `${what} ${i}`;
      return new Table(this.file, this.#follow(vector!.start + 4 * i, 4, name), name);
    });
  }

  int32s(slot: number, what: string): number[] {
    return this.#numbers(slot, 4, what, (view, at) => view.getInt32(at, true));
  }

  int64s(slot: number, what: string): number[] {
    return this.#numbers(slot, 8, what, (view, at) => Number(view.getBigInt64(at, true)));
  }

  float32s(slot: number, what: string): number[] {
    return this.#numbers(slot, 4, what, (view, at) => view.getFloat32(at, true));
  }

  #numbers(slot: number, size: number, what: string, read: (view: DataView, at: number) => number): number[] {
    const vector = this.vector(slot, size, what);
    if (!vector) return [];
    spend(this.file, vector.length * size);
    return Array.from({ length: vector.length }, (_, i) => read(this.file.view, vector.start + size * i));
  }

  /** Not copied, not charged: the caller charges what it makes of them. */
  bytes(slot: number, what: string): Uint8Array | undefined {
    const vector = this.vector(slot, 1, what);
    return vector && this.file.bytes.subarray(vector.start, vector.start + vector.length);
  }

  string(slot: number, what: string): string {
    const bytes = this.bytes(slot, what);
    if (!bytes) return "";
    spend(this.file, bytes.length);
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
}

/** The table at the root of the file. */
export function rootTable(file: FlatFile): Table {
  const offset = file.view.getUint32(0, true);
  if (offset < 8 || offset + 4 > file.bytes.length) throw outside("the root", offset, file, 0);
  return new Table(file, offset, "the model");
}
