// Every function of assembly/runtime on V8, against BigInt and Math.fround: edge cases with each other, and random operands.

import { describe, expect, it } from "vitest";
import { loadRuntime } from "../../host/wasm/wasm.ts";
import { run } from "../wasm/webassembly.ts";
import { randomFrom } from "./random-module.ts";

type Word = number | bigint;
const { memory, exports } = run<Readonly<Record<string, (...args: Word[]) => Word>>>(await loadRuntime(), 1);

const random = randomFrom(7);
const edges32 = [0, 1, 2, 3, -1, -2, 7, 31, 32, 255, 0xffff, 0x10000, 0x7fffffff, -0x80000000, -0x7fffffff, 0x12345678];
const words32 = [...edges32, ...Array.from({ length: 60 }, () => random.word() >> random.below(32))];
const words64 = [
  ...edges32.map(BigInt),
  1n << 32n,
  (1n << 63n) - 1n,
  -(1n << 63n),
  0xffffffffn,
  (1n << 53n) + 1n,
].concat(
  Array.from(
    { length: 40 },
    () => BigInt.asIntN(64, (BigInt(random.word()) << 32n) | BigInt(random.word() >>> 0)) >> BigInt(random.below(64)),
  ),
);
const view = new DataView(new ArrayBuffer(4));
const bitsOf = (value: number): number => {
  view.setFloat32(0, value);
  return Number.isNaN(value) ? 0x7fc00000 : view.getInt32(0);
};
const floatOf = (bits: number): number => {
  view.setInt32(0, bits);
  return view.getFloat32(0);
};
const edgesF32 = [
  0, 0x3f800000, 0x3f000000, 0x3fc00000, 0x40200000, 1, 2, 0x7fffff, 0x800000, 0x800001, 0x7f7fffff, 0x7f800000,
  0x7fc00000, 0x4b000000, 0x4affffff, 0x4b000001, 0x4f000000, 0x4effffff, 0x4f800000, 0x5f000000, 0x5effffff,
  0x5f800000, 0x33800000, 0x33800001,
];
const randomFloat = (): number =>
  random.below(3) ? random.word() : (random.word() & 0x807fffff) | ((100 + random.below(60)) << 23);
const floats = [...edgesF32, ...edgesF32.map((bits) => bits | -0x80000000), ...Array.from({ length: 60 }, randomFloat)];

const u = (x: bigint) => BigInt.asUintN(64, x);
const s = (x: bigint) => BigInt.asIntN(64, x);

function everyPair<T extends Word>(
  name: string,
  values: readonly T[],
  expected: (a: T, b: T) => Word | undefined,
): void {
  const f = exports[name]!;
  for (const a of values)
    for (const b of values) {
      const wanted = expected(a, b);
      if (wanted !== undefined && f(a, b) !== wanted) expect(`${name}(${a}, ${b}) = ${f(a, b)}`).toBe(`${wanted}`);
    }
}

describe("integer", () => {
  it("counts zeros", () => {
    for (const x of words32) {
      expect(exports.clz!(x)).toBe(Math.clz32(x));
      expect(exports.ctz!(x)).toBe(x ? 31 - Math.clz32(x & -x) : 32);
    }
  });

  it("divides and multiplies", () => {
    everyPair("div_u", words32, (a, b) => (b ? ((a >>> 0) / (b >>> 0)) | 0 : undefined));
    everyPair("rem_u", words32, (a, b) => (b ? ((a >>> 0) % (b >>> 0)) | 0 : undefined));
    everyPair("div_s", words32, (a, b) =>
      b && !(a === -0x80000000 && b === -1) ? Number(BigInt(a) / BigInt(b)) : undefined,
    );
    everyPair("rem_s", words32, (a, b) =>
      b && !(a === -0x80000000 && b === -1) ? Number(BigInt(a) % BigInt(b)) : undefined,
    );
    everyPair("mul_hi_s", words32, (a, b) => Number((BigInt(a) * BigInt(b)) >> 32n));
    everyPair("mul_hi_u", words32, (a, b) => Number((BigInt(a >>> 0) * BigInt(b >>> 0)) >> 32n) | 0);
  });
});

describe("i64", () => {
  it("divides", () => {
    everyPair("i64_div_u", words64, (a, b) => (b ? s(u(a) / u(b)) : undefined));
    everyPair("i64_rem_u", words64, (a, b) => (b ? s(u(a) % u(b)) : undefined));
    everyPair("i64_div_s", words64, (a, b) => (b ? s(a / b) : undefined));
    everyPair("i64_rem_s", words64, (a, b) => (b ? a % b : undefined));
  });

  it("shifts by any amount", () => {
    for (const a of words64)
      for (let amount = -65; amount < 130; amount += 3) {
        const n = BigInt(amount & 63);
        expect(exports.i64_shl!(a, amount)).toBe(s(a << n));
        expect(exports.i64_shr_u!(a, amount)).toBe(s(u(a) >> n));
        expect(exports.i64_shr_s!(a, amount)).toBe(a >> n);
        expect(exports.i64_rotl!(a, amount)).toBe(s((u(a) << n) | (u(a) >> ((64n - n) & 63n))));
        expect(exports.i64_rotr!(a, amount)).toBe(s((u(a) >> n) | (u(a) << ((64n - n) & 63n))));
      }
  });
});

describe("f32", () => {
  it.each([
    ["f32_add", (a: number, b: number) => a + b],
    ["f32_sub", (a: number, b: number) => a - b],
    ["f32_mul", (a: number, b: number) => a * b],
    ["f32_div", (a: number, b: number) => a / b],
    ["f32_min", Math.min],
    ["f32_max", Math.max],
  ] as const)("%s", (name, operator) => {
    // Rounding the double result once more is exact for these (53 ≥ 2·24 + 2 bits).
    everyPair(name, floats, (a, b) => bitsOf(Math.fround(operator(floatOf(a), floatOf(b)))));
  });

  it("compares", () => {
    everyPair("f32_eq", floats, (a, b) => Number(floatOf(a) === floatOf(b)));
    everyPair("f32_ne", floats, (a, b) => Number(floatOf(a) !== floatOf(b)));
    everyPair("f32_lt", floats, (a, b) => Number(floatOf(a) < floatOf(b)));
    everyPair("f32_le", floats, (a, b) => Number(floatOf(a) <= floatOf(b)));
  });

  const nearest = (x: number): number => {
    if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 23) return x;
    const down = Math.floor(x);
    const rest = x - down;
    const even = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
    return even === 0 && (x < 0 || Object.is(x, -0)) ? -0 : even;
  };
  it.each([
    ["f32_sqrt", Math.sqrt],
    ["f32_floor", Math.floor],
    ["f32_ceil", Math.ceil],
    ["f32_trunc", Math.trunc],
    ["f32_nearest", nearest],
  ] as const)("%s", (name, operator) => {
    for (const x of [...floats, ...Array.from({ length: 2000 }, randomFloat)])
      expect(exports[name]!(x), `${name}(${x}, ${floatOf(x)})`).toBe(bitsOf(Math.fround(operator(floatOf(x)))));
  });
});

describe("conversions", () => {
  const limits = {
    i32_s: [-(2n ** 31n), 2n ** 31n - 1n],
    i32_u: [0n, 2n ** 32n - 1n],
    i64_s: [-(2n ** 63n), 2n ** 63n - 1n],
    i64_u: [0n, 2n ** 64n - 1n],
  } as const;

  it.each(["i32_s", "i32_u", "i64_s", "i64_u"] as const)("to %s, trapping and saturating", (kind) => {
    const [low, high] = limits[kind];
    const [type, sign] = kind.split("_") as [string, string];
    const shown = (x: bigint): Word => (type === "i32" ? Number(BigInt.asIntN(32, x)) : s(x));
    for (const bits of floats) {
      const value = floatOf(bits);
      const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : value > 0 ? high + 1n : low - 1n;
      const fits = !Number.isNaN(value) && whole >= low && whole <= high;
      const saturated = Number.isNaN(value) ? 0n : whole < low ? low : whole > high ? high : whole;
      expect(exports[`${type}_trunc_sat_f32_${sign}`]!(bits)).toBe(shown(saturated));
      const trapping = () => exports[`${type}_trunc_f32_${sign}`]!(bits);
      if (fits) expect(trapping()).toBe(shown(whole));
      else expect(trapping).toThrow("unreachable");
    }
  });

  /** From an exact integer: Math.fround of a double would round twice. */
  const rounded = (x: bigint): number => {
    const size = x < 0n ? -x : x;
    const drop = Math.max(0, size.toString(2).length - 24);
    const unit = 1n << BigInt(drop);
    const [whole, rest] = [size / unit, size % unit];
    const up = rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n) ? 1n : 0n;
    return Number((whole + (drop ? up : 0n)) * unit) * (x < 0n ? -1 : 1);
  };
  it("from integers", () => {
    for (const x of words32) {
      expect(exports.f32_convert_i32_s!(x)).toBe(bitsOf(rounded(BigInt(x))));
      expect(exports.f32_convert_i32_u!(x)).toBe(bitsOf(rounded(BigInt(x >>> 0))));
    }
    for (const x of words64) {
      expect(exports.f32_convert_i64_s!(x)).toBe(bitsOf(rounded(x)));
      expect(exports.f32_convert_i64_u!(x)).toBe(bitsOf(rounded(u(x))));
    }
  });
});

describe("memory", () => {
  const content = Uint8Array.from({ length: 64 }, (_, i) => i * 7 + 1);

  it("copies and fills at every alignment and overlap", () => {
    for (let to = 0; to < 12; to++)
      for (let from = 0; from < 12; from++)
        for (const n of [0, 1, 3, 4, 9, 16]) {
          const wanted = content.slice().copyWithin(to, from, from + n);
          memory.set(content);
          exports.memory_copy!(to, from, n);
          expect(memory.slice(0, 64)).toEqual(wanted);
        }
    for (let to = 0; to < 8; to++)
      for (const n of [0, 1, 5, 8, 20]) {
        memory.set(content);
        exports.memory_fill!(to, 0x1ab, n);
        expect(memory.slice(0, 64)).toEqual(content.slice().fill(0xab, to, to + n));
      }
  });

  it("reads and writes at every alignment", () => {
    for (let at = 0; at < 8; at++) {
      memory.set(content);
      const little = new DataView(memory.buffer);
      expect(exports.load16_any!(at)).toBe(little.getUint16(at, true));
      expect(exports.load32_any!(at)).toBe(little.getInt32(at, true));
      exports.store16_any!(at, 0x1234abcd);
      expect(little.getUint16(at, true)).toBe(0xabcd);
      exports.store32_any!(at + 8, 0x1234abcd);
      expect(little.getUint32(at + 8, true)).toBe(0x1234abcd);
    }
  });
});
