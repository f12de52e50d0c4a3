// Modified immediate constants, all of them: every encoding expands to what DDI 0403E A5.3.2 says, and every value that has an encoding
// finds one. Rotations and offsets at the ends of their ranges, through encoder and decoder.

import { describe, expect, it } from "vitest";
import { isModifiedImmediate } from "../../host/codegen/target.ts";
import { encode, type Row, thumbRows } from "../../host/isa/isa.ts";
import { decoderOfAll } from "./text.ts";

/** ThumbExpandImm (DDI 0403E A5.3.2), as the manual writes it. */
function expanded(i: number): number {
  const low = i & 0xff;
  switch (i >> 8) {
    case 0:
      return low;
    case 1:
      return low * 0x00010001;
    case 2:
      return low * 0x01000100;
    case 3:
      return low * 0x01010101;
    default: {
      const [value, by] = [BigInt(0x80 | (i & 0x7f)), BigInt(32 - (i >> 7))];
      return Number((value << by) & 0xffffffffn);
    }
  }
}

const row = (text: string, size = 4): Row => thumbRows.find((one) => one.text === text && one.size === size)!;
const move = row("mov{s}.w Rd, #<const>");
const constantOf = ([high, low]: readonly number[]): number =>
  decoderOfAll.decode(high!, low!, false)!.operands["const"]! >>> 0;

describe("modified immediates", () => {
  it("decode and encode, all 4096", () => {
    const wrong: string[] = [];
    for (let i = 0; i < 4096; i++) {
      const value = expanded(i);
      // 00xy00xy, xy00xy00 and xyxyxyxy of 0 are unpredictable
      if (i > 0xff && i < 0x400 && !(i & 0xff)) continue;
      const halfwords = [0xf04f | ((i >> 11) << 10), ((i & 0x700) << 4) | (i & 0xff)];
      if (constantOf(halfwords) !== value) wrong.push(`${i} decodes to ${constantOf(halfwords)}`);
      const made = encode(move, { d: 0, S: 0, const: value | 0 });
      if (!made || constantOf(made) !== value) wrong.push(`${value} is encoded as ${made}`);
      if (!isModifiedImmediate(value | 0)) wrong.push(`${value} is said to have no encoding`);
    }
    expect(wrong).toEqual([]);
  });

  it("are no other values", () => {
    const all = new Set(Array.from({ length: 4096 }, (_, i) => expanded(i)));
    const near = [...all].flatMap((value) => [value + 1, value - 1, value ^ 0x00010000, value ^ 0x80000000, ~value]);
    const other = [...near, 0x101, 0x1fe1, 0x00ab00ac, 0xab00ac00, 0x01020102].map((value) => value >>> 0);
    const wrong = other.filter((value) => isModifiedImmediate(value | 0) !== all.has(value));
    expect(wrong).toEqual([]);
    for (const value of other.slice(0, 2000))
      expect(encode(move, { d: 0, S: 0, const: value | 0 }) !== undefined).toBe(all.has(value));
  });

  it("keep the encoding of 0 that is given", () => {
    expect(encode(move, { d: 1, S: 0, const: 0, i: 0 })).toEqual([0xf04f, 0x0100]);
    expect(encode(move, { d: 1, S: 0, const: 0x00ff00ff, i: 0 })).toEqual([0xf04f, 0x11ff]);
  });
});

describe("offsets", () => {
  it.each([
    ["ldrb.w Rt, [Rn], <offset>", 1],
    ["ldrd Rt, Ru, [Rn], <offset*4>", 4],
  ] as const)("have a size and a sign: %s", (text, scale) => {
    const access = row(text);
    for (const steps of [0, 1, 2, 4, 254, 255, -1, -2, -255]) {
      const offset = steps * scale;
      const [high, low] = encode(access, { t: 1, u: 3, n: 2, offset }) as [number, number];
      expect(decoderOfAll.decode(high, low, false)!.operands["offset"]).toBe(offset);
      expect(low & 0xff).toBe(Math.abs(steps));
    }
    for (const steps of [256, -256])
      expect(encode(access, { t: 1, u: 3, n: 2, offset: steps * scale })).toBeUndefined();
    if (scale > 1) expect(encode(access, { t: 1, u: 3, n: 2, offset: 2 })).toBeUndefined();
  });
});
