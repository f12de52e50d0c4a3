// Bytes ⇄ values: int4 is two a byte, low nibble first; aligned bytes are shared, others copied.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteLength, type DType, elementCount, toBytes, toValues } from "../../host/graph/graph.ts";

describe("values", () => {
  it("unpacks int4, low nibble first, sign extended", () => {
    expect(Array.from(toValues("int4", Uint8Array.of(0x7f, 0x80, 0x03), 5) as Int8Array)).toEqual([-1, 7, 0, -8, 3]);
  });

  it("keeps bytes through values and back", () => {
    const types: DType[] = ["int4", "int8", "uint8", "int16", "int32", "int64", "float32"];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ minLength: 8, maxLength: 64 }), (dtype, bytes) => {
        const whole = bytes.subarray(0, bytes.length & ~7);
        const count = { int4: 2, int8: 1, uint8: 1, int16: 0.5, int32: 0.25, int64: 0.125, float32: 0.25 }[
          dtype as "int8"
        ];
        const values = toValues(dtype, whole, whole.length * count);
        // A NaN's payload is not kept by every engine's float moves, so floats are compared as values.
        const again = toValues(dtype, toBytes(dtype, values), values.length);
        expect(again).toEqual(values);
        if (dtype !== "float32") expect(toBytes(dtype, values)).toEqual(new Uint8Array(whole));
      }),
    );
  });

  it("reads bytes that stand at any offset", () => {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setInt32(1, -5, true);
    expect(Array.from(toValues("int32", bytes.subarray(1, 5), 1) as Int32Array)).toEqual([-5]);
  });

  it("counts bytes of odd int4 tensors and of shapes beyond all numbers", () => {
    expect(byteLength({ dtype: "int4", shape: [3, 5] })).toBe(8);
    expect(elementCount([65536, 65536, 65536, 65536])).toBe(Number.POSITIVE_INFINITY);
    expect(elementCount([65536, 65536, 65536, 0])).toBe(0);
  });
});
