// Two places where the simulator says again what room isa says: operators printed inline by the translator, and single-precision
// arithmetic done with doubles. Both against the reference, on extremes and random operands.

import { describe, expect, test } from "vitest";
import { applyFloat, type FloatOperator, type IntegerOperator, operators } from "../../host/isa/isa.ts";
import { floatFunction } from "../../host/sim/float-functions.ts";
import { printed } from "../../host/sim/translate/print-operator.ts";

/** xorshift32 */
function* random(count: number, seed = 2463534242): Generator<number> {
  let x = seed;
  for (let i = 0; i < count; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x | 0;
  }
}

const extremes = [0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0xffff, 0x8000, -0x8000, 0x7fff, 0x10000, -0x7fffffff];

describe("operators printed inline", () => {
  /** Operands that the printer must see as constants, as bound effects have them. */
  const constants: Partial<Record<IntegerOperator, readonly (readonly string[])[]>> = {
    lsl: [["5"], ["31"], ["0"]],
    lsr: [["5"], ["31"], ["1"]],
    asr: [["7"], ["31"], ["1"]],
    ror: [["8"], ["1"], ["31"]],
    shl: [["3"], ["31"]],
    shr: [["3"], ["31"]],
    sar: [["3"], ["31"]],
    rrx: [["0"], ["1"]],
    carry: ["0", "1"].map((c) => ["b", c]),
    overflow: ["0", "1", "c"].map((c) => ["b", c]),
    sbfx: [
      ["3", "9"],
      ["0", "32"],
      ["31", "1"],
    ],
    ubfx: [
      ["3", "9"],
      ["0", "31"],
      ["31", "1"],
    ],
  };

  test.each(Object.keys(printed) as IntegerOperator[])("%s", (name) => {
    const reference = operators[name] as (...values: number[]) => number;
    const isTruth = ["isZero"].includes(name);
    for (const rest of constants[name] ?? [["b", "c"]]) {
      const held: string[] = [];
      const hold = (text: string) => {
        held.push(`const h${held.length}=${text};`);
        return `h${held.length - 1}`;
      };
      const text = printed[name]!(["a", ...rest], hold);
      expect(text).toBeDefined();
      const f = new Function("a", "b", "c", `${held.join("")}return ${text}`) as (...values: number[]) => number;
      const pool = [...extremes, ...random(60)];
      for (const a of pool)
        for (const b of pool) {
          const c = pool[(a ^ b) & 15]!;
          const values = [a, ...rest.map((word) => (word === "b" ? b : word === "c" ? c : Number(word)))];
          const [found, wanted] = [f(a, b, c), reference(...values)];
          if (found !== wanted && !(isTruth && found === wanted))
            expect({ name, values, found }).toEqual({ name, values, found: wanted });
        }
    }
  });
});

describe("single precision with doubles", () => {
  const special = [
    0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 1, 0x807fffff,
  ];
  const edges = [
    0x00800000, 0x7f7fffff, 0x4b000001, 0x34000000, 0x3effffff, 0xcf000000, 0x4f000000, 0x4effffff, 0x33800000,
  ];
  const near = [0x3f800001, 0x3f7fffff, 0xbf800001, 0x4b7fffff, 0x00ffffff, 0x80800001];
  const pool = [...special, ...edges, ...near, ...random(60)].map((bits) => bits | 0);
  const arity: Record<string, number> = {
    fadd32: 2,
    fsub32: 2,
    fmul32: 2,
    fdiv32: 2,
    fcmp32: 2,
    fcmpe32: 2,
    fsqrt32: 1,
    fneg32: 1,
    fabs32: 1,
    fcmpz32: 1,
    fcmpez32: 1,
  };

  function compare(op: string, args: readonly number[], fpscr: number): void {
    const x = new Int32Array(64);
    x[22] = fpscr;
    const found = floatFunction(op)(x, args);
    const reference = applyFloat(op as FloatOperator, args, fpscr);
    const wanted = { value: reference.value, fpscr: reference.fpscr | 0 };
    if (found !== wanted.value || x[22] !== wanted.fpscr)
      expect({ op, args, value: found, fpscr: x[22] }).toEqual({ op, args, ...wanted });
  }

  test.each(Object.keys(arity))("%s", (op) => {
    for (const a of pool) for (const b of arity[op] === 2 ? pool : [0]) compare(op, arity[op] === 2 ? [a, b] : [a], 0);
    expect(pool.length).toBeGreaterThan(80);
  });

  test("ffma32: also where the double's rounding lands on a float's midpoint", () => {
    const few = pool.filter((_, i) => i % 3 === 0);
    for (const a of few) for (const b of few) for (const c of few) compare("ffma32", [c, a, b], 0);
    // 1 + 2^-24 exactly, and a hair above and below it: (1 + 2^-12)(1 − 2^-12) = 1 − 2^-24 …
    for (const c of [0x33800000, 0xb3800000, 0x26800000, 0xa6800000])
      for (const a of [0x3f800800, 0x3f7ff000, 0x3f800001, 0x3f7fffff])
        for (const b of [0x3f7ff000, 0x3f800800, 0x3f800001]) compare("ffma32", [c | 0, a, b], 0);
  });

  test("conversions", () => {
    for (const a of [...extremes, ...random(200)]) {
      for (const op of ["sitof32", "uitof32"]) for (const fraction of [0, 5]) compare(op, [a, fraction], 0);
      for (const op of ["ftosi32", "ftoui32"]) for (const rounding of [0, 3, 5]) compare(op, [a, rounding, 0], 0);
    }
    for (const a of pool)
      for (const op of ["ftosi32", "ftoui32"]) for (const fraction of [0, 8]) compare(op, [a, 3, fraction], 0);
  });

  test("modes other than the default, and flags that are set already, stay the reference's", () => {
    for (const fpscr of [1 << 24, 1 << 25, 1 << 22, 2 << 22, 3 << 22, 0x1f])
      for (const a of special)
        for (const b of edges) for (const op of ["fadd32", "fmul32", "fdiv32"]) compare(op, [a | 0, b], fpscr);
  });
});
