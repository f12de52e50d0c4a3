// Facts about element types: width in bytes, integer range, and bytes ⇄ Values.
//
//   bytes    little-endian, row-major, tightly packed, as files and devices hold them; int4 two a byte, low nibble first
//   Values   a typed array that arithmetic reads; int4 one value a byte, bool 0 or 1
//
// Values of an aligned input share its memory (nothing is copied): whoever writes must own the bytes.

import { invariant } from "../base/errors.ts";
import type { DType, Shape, Tensor, Values } from "./graph.ts";

interface Facts {
  readonly bits: number;
  readonly range?: readonly [low: number, high: number];
  /** Typed array of the unpacked values; absent: known as a type, no operator computes with it. */
  readonly array?: new (
    buffer: ArrayBuffer,
    offset: number,
    length: number,
  ) => Values;
}

const facts: Readonly<Record<DType, Facts>> = {
  int4: { bits: 4, range: [-8, 7], array: Int8Array },
  int8: { bits: 8, range: [-128, 127], array: Int8Array },
  uint8: { bits: 8, range: [0, 255], array: Uint8Array },
  int16: { bits: 16, range: [-32768, 32767], array: Int16Array },
  uint16: { bits: 16, range: [0, 65535], array: Uint16Array },
  int32: { bits: 32, range: [-(2 ** 31), 2 ** 31 - 1], array: Int32Array },
  uint32: { bits: 32, range: [0, 2 ** 32 - 1], array: Uint32Array },
  int64: { bits: 64, range: [-(2 ** 63), 2 ** 63], array: BigInt64Array },
  uint64: { bits: 64, range: [0, 2 ** 64], array: BigUint64Array },
  float16: { bits: 16 },
  float32: { bits: 32, array: Float32Array },
  float64: { bits: 64 },
  bool: { bits: 8, range: [0, 1], array: Uint8Array },
  string: { bits: 0 },
  complex64: { bits: 64 },
  resource: { bits: 0 },
  variant: { bits: 0 },
};

/** Smallest and largest value of an integer type; undefined for the others. */
export function integerRange(dtype: DType): readonly [low: number, high: number] | undefined {
  return facts[dtype].range;
}

/** Whether values of this type can be held and computed with. */
export function isComputable(dtype: DType): boolean {
  return facts[dtype].array !== undefined;
}

/** Elements of a shape; Infinity where the product leaves the exact integers. */
export function elementCount(shape: Shape): number {
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const dimension of shape) {
    count *= dimension;
    if (!(Math.abs(count) <= Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY;
  }
  return count;
}

/** Bytes of one element in memory, int4 unpacked. */
export function elementBytes(dtype: DType): number {
  return Math.ceil(facts[dtype].bits / 8);
}

/** Bytes of a tensor as files hold it (int4 packed two a byte). */
export function byteLength(tensor: { readonly dtype: DType; readonly shape: Shape }): number {
  return Math.ceil((elementCount(tensor.shape) * facts[tensor.dtype].bits) / 8);
}

/** Bytes → values. Shares memory with an aligned input, except int4, which is unpacked. */
export function toValues(dtype: DType, bytes: Uint8Array, count: number): Values {
  const { array, bits } = facts[dtype];
  invariant(array, `${dtype} has no values`);
  if (dtype === "int4") return unpackInt4(bytes, count);
  const size = bits / 8;
  invariant(bytes.length === count * size, `${bytes.length} bytes for ${count} × ${dtype}`);
  const aligned = bytes.byteOffset % size === 0 && bytes.buffer instanceof ArrayBuffer;
  const owned = aligned ? bytes : new Uint8Array(bytes);
  return new array(owned.buffer as ArrayBuffer, owned.byteOffset, count);
}

/** New zeroed values for a tensor. */
export function zeroValues(tensor: Tensor): Values {
  const count = elementCount(tensor.shape);
  const { array } = facts[tensor.dtype];
  invariant(array, `${tensor.dtype} has no values`);
  return new array(new ArrayBuffer(count * elementBytes(tensor.dtype)), 0, count);
}

/** Values → a copy of their bytes; int4 packed again. */
export function toBytes(dtype: DType, values: Values): Uint8Array {
  if (dtype === "int4") return packInt4(values as Int8Array);
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength).slice();
}

function unpackInt4(bytes: Uint8Array, count: number): Int8Array {
  const values = new Int8Array(count);
  for (let i = 0; i < count; i++) {
    const byte = bytes[i >> 1]!;
    values[i] = i & 1 ? (byte << 24) >> 28 : (byte << 28) >> 28;
  }
  return values;
}

function packInt4(values: Int8Array): Uint8Array {
  const bytes = new Uint8Array((values.length + 1) >> 1);
  values.forEach((value, i) => {
    bytes[i >> 1]! |= (value & 15) << (i & 1 ? 4 : 0);
  });
  return bytes;
}
