// Reading the primitives of the binary format: LEB128 numbers, names, lists (WebAssembly Core Specification 2.0, 5.2).

import { invariant } from "../base/errors.ts";
import { error } from "./errors.ts";
import type { WasmType } from "./module-types.ts";

const typeOfByte: Readonly<Record<number, WasmType>> = { 127: "i32", 126: "i64", 125: "f32", 124: "f64" };

/** A cursor over the module's bytes. */
export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
    readonly end: number,
  ) {}

  byte(): number {
    invariant(this.at < this.end, "a validated module ended early");
    return this.bytes[this.at++]!;
  }

  /** Unsigned LEB128, at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  /** Signed LEB128 as an int32. */
  s32(): number {
    return Number(BigInt.asIntN(32, this.s64()));
  }

  s64(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, byte & 0x40 ? value | (-1n << (shift + 7n)) : value);
    }
  }

  word(): number {
    const { bytes, at } = this;
    this.at += 4;
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  }

  name(): string {
    // A byte order mark is part of a name.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.slice(this.u32()));
  }

  slice(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  list<T>(read: (i: number) => T): T[] {
    return Array.from({ length: this.u32() }, (_, i) => read(i));
  }

  valueType(): WasmType {
    const at = this.at;
    const type = typeOfByte[this.byte()];
    if (!type) throw error("unsupported-type", { byte: this.bytes[at]! }, { byte: at });
    return type;
  }
}
