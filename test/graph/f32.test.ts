// The f32 library: accuracy against double precision, special values, and that its twin in assembly/runtime/f32.ts has the
// same bits, through the kernels that call it, on more than 10^5 bit patterns each. And the fixed-point functions: their
// values, and monotony where a table of the device depends on it.

import { describe, expect, it } from "vitest";
import * as f32 from "../../host/graph/f32.ts";
import { quantizeMultiplier } from "../../host/graph/fixed-point.ts";
import * as fixed from "../../host/graph/fixed-point-functions.ts";
import { engines } from "../engines.ts";
import { type Case, graphOf } from "../ops/many-operators.ts";
import { Random } from "../plan/int8-graph.ts";

/** Distance from `exact` in units in the last place of binary32. */
function ulps(found: number, exact: number): number {
  if (Object.is(found, exact) || found === Math.fround(exact)) return 0;
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(exact))));
  return Math.abs(found - exact) / 2 ** (exponent - 23);
}

describe("accuracy", () => {
  const range = (low: number, high: number) => (i: number) => Math.fround(low + ((high - low) * i) / 20_000);
  it.each([
    ["exp", f32.exp, Math.exp, range(-87, 88.7), 1],
    ["expm1", f32.expm1, Math.expm1, range(-20, 20), 1.6],
    ["log", f32.log, Math.log, range(1e-3, 50), 1],
    ["tanh", f32.tanh, Math.tanh, range(-10, 10), 1.6],
    ["logistic", f32.logistic, (x: number) => 1 / (1 + Math.exp(-x)), range(-80, 30), 2.3],
    ["rsqrt", f32.rsqrt, (x: number) => 1 / Math.sqrt(x), range(1e-6, 900), 1.6],
    ["sin", f32.sin, Math.sin, range(0.01, 3.1), 1.7],
    ["cos", f32.cos, Math.cos, range(-1.5, 1.5), 1.7],
  ] as const)("%s", (_, own, exact, at, limit) => {
    let worst = 0;
    for (let i = 1; i < 20_000; i++) worst = Math.max(worst, ulps(own(at(i)), exact(at(i))));
    expect(worst).toBeLessThan(limit);
  });

  it("erf", () => {
    // Abramowitz and Stegun, table 7.1
    const known = [
      [0.1, 0.1124629160182849],
      [0.5, 0.5204998778130465],
      [0.95, 0.8208908072732779],
      [1, 0.8427007929497149],
      [1.5, 0.9661051464753108],
      [2, 0.9953222650189527],
      [3, 0.9999779095030014],
    ] as const;
    for (const [x, y] of known) {
      // the argument is rounded too: derivative 2/√π · e^(−x²)
      const exact = y + (Math.fround(x) - x) * 1.1283791670955126 * Math.exp(-x * x);
      expect(ulps(f32.erf(Math.fround(x)), exact)).toBeLessThan(2.3);
      expect(f32.erf(-Math.fround(x))).toBe(-f32.erf(Math.fround(x)));
    }
  });

  it("special values", () => {
    const { POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down, NaN: not } = Number;
    expect([up, down, 0, -0, 89, -105].map(f32.exp)).toEqual([up, 0, 1, 1, up, 0]);
    expect([up, 0, -1, 1].map(f32.log)).toEqual([up, down, not, 0]);
    expect([up, down, 0].map(f32.tanh)).toEqual([1, -1, 0]);
    expect([up, down, 0].map(f32.logistic)).toEqual([1, 0, 0.5]);
    expect([up, down, 0].map(f32.erf)).toEqual([1, -1, 0]);
    for (const of of Object.values(f32)) expect(of(not)).toBeNaN();
    expect(f32.exp(-103.5)).toBe(2 ** -149);
  });
});

/** Bit patterns of every exponent and sign, none of them NaN. */
function patterns(count: number): Float32Array {
  const random = new Random(17);
  const bits = Uint32Array.from({ length: count }, (_, i) => {
    const word = random.next();
    // half of them with exponents −24 … 7, where the functions are neither 0 nor infinite
    const exponent = i % 2 ? (word >>> 8) % 255 : 103 + ((word >>> 8) % 32);
    return (((word & 1) << 31) | (exponent << 23) | (random.next() & 0x7fffff)) >>> 0;
  });
  return new Float32Array(bits.buffer);
}

it("the device's functions have the same bits", async () => {
  const count = 120_000;
  const kinds = ["exp", "log", "tanh", "logistic", "rsqrt", "elu", "gelu", "sin", "cos"];
  const cases = kinds.map((kind): Case => ({ kind, inputs: [{ dtype: "float32", shape: [count] }] }));
  const graph = graphOf(cases);
  const values = new Uint8Array(patterns(count).buffer);
  const [reference, wasm] = await Promise.all([engines.reference(graph), engines.wasm(graph)]);
  const inputs = kinds.map(() => values);
  const [wanted, found] = [reference.invoke(inputs).outputs, wasm.invoke(inputs).outputs];
  kinds.forEach((kind, k) => {
    const [a, b] = [wanted[k]!, found[k]!].map((bytes) => new Uint32Array(bytes.slice().buffer));
    // NaN has no sign that engines agree on
    const isNoNumber = (bits: number): boolean => (bits & 0x7fffffff) > 0x7f800000;
    const wrong = a!.findIndex((bits, i) => bits !== b![i] && !(isNoNumber(bits) && isNoNumber(b![i]!)));
    expect(wrong === -1 ? "" : `${kind} of pattern ${wrong}: ${a![wrong]} and ${b![wrong]}`).toBe("");
  });
}, 60_000);

describe("fixed-point functions", () => {
  const q0 = (raw: number): number => raw / 2 ** 31;
  const sweep = Array.from({ length: 2000 }, (_, i) => -i * 1_050_000);

  it("exp, logistic and tanh are close to the real functions", () => {
    for (const raw of sweep) {
      const x = raw / 2 ** 26;
      expect(Math.abs(q0(fixed.expOnNegativeValues(raw, 5)) - Math.exp(x))).toBeLessThan(2e-7);
      for (const signed of [raw, -raw]) {
        expect(Math.abs(q0(fixed.logistic(signed, 5)) - 1 / (1 + Math.exp(-signed / 2 ** 26)))).toBeLessThan(2e-7);
        expect(Math.abs(q0(fixed.tanh(signed, 4)) - Math.tanh(signed / 2 ** 27))).toBeLessThan(4e-7);
      }
    }
  });

  it("reciprocals, logarithm and inverse square root", () => {
    for (let i = 0; i <= 1000; i++) {
      const x = i / 1000;
      expect(Math.abs(q0(fixed.oneOverOnePlusX(Math.floor(x * (2 ** 31 - 1)))) - 1 / (1 + x))).toBeLessThan(2e-8);
      const sum = 2 ** 19 * (1 + i * 3.7);
      expect(Math.abs(fixed.logOfOneOrMore(Math.floor(sum), 12, 5) / 2 ** 26 - Math.log(1 + i * 3.7))).toBeLessThan(
        1e-5,
      );
      const square = 2 + i * i * 211;
      const { multiplier, shift } = fixed.inverseSquareRoot(square);
      expect((multiplier * 2 ** (shift - 31)) / (1 / Math.sqrt(square))).toBeCloseTo(1, 5);
    }
    expect(fixed.inverseSquareRoot(0)).toEqual({ multiplier: 2 ** 31 - 1, shift: 0 });
  });

  it("saturates to the left and rounds to the right", () => {
    expect([fixed.multiplyByPot(2 ** 30, 1), fixed.multiplyByPot(-(2 ** 30) - 1, 1)]).toEqual([
      2 ** 31 - 1,
      -(2 ** 31),
    ]);
    expect([5, -5, 6, -6].map((x) => fixed.multiplyByPot(x, -2))).toEqual([1, -1, 2, -2]);
    expect(quantizeMultiplier(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
  });
});
