// Every plain body of an intrinsic against a second formula: the operation of the Arm ARM (DDI 0403E.e, A7.7) on bit fields as
// BigInts. Operands: all pairs of extreme values, then random ones.

import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { loadKernels } from "../../host/wasm/wasm.ts";
import { run } from "./webassembly.ts";

const source = readFileSync(new URL("../../assembly/intrinsics.ts", import.meta.url), "utf8");
const declared = [...source.matchAll(/@external\("thumb", "(\w+)"\) export declare function (\w+)\(([^)]*)\)/g)];

/** Field of bits high…low, unsigned and signed. */
const bits = (x: bigint, high: number, low: number) => (x >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
const field = (x: bigint, high: number, low: number) => BigInt.asIntN(high - low + 1, bits(x, high, low));
const low = (x: bigint) => field(x, 15, 0);
const high = (x: bigint) => field(x, 31, 16);
const s32 = (x: bigint) => BigInt.asIntN(32, x);
const join = (h: bigint, l: bigint) => (bits(h, 15, 0) << 16n) | bits(l, 15, 0);
const saturate = (x: bigint, from: bigint, to: bigint) => (x < from ? from : x > to ? to : x);
const signedSat = (x: bigint, n: bigint) => saturate(x, -(1n << (n - 1n)), (1n << (n - 1n)) - 1n);
const ror = (x: bigint, n: number) => bits((bits(x, 31, 0) << 32n) | bits(x, 31, 0), 31 + n, n);
const digits = (x: bigint) => bits(x, 31, 0).toString(2).padStart(32, "0");

type Formula = (n: bigint, m: bigint, a: bigint) => bigint;

const formulas: Readonly<Record<string, Formula>> = {
  smlad: (n, m, a) => a + low(n) * low(m) + high(n) * high(m),
  smladx: (n, m, a) => a + low(n) * high(m) + high(n) * low(m),
  smlsd: (n, m, a) => a + low(n) * low(m) - high(n) * high(m),
  smuad: (n, m) => low(n) * low(m) + high(n) * high(m),
  smuadx: (n, m) => low(n) * high(m) + high(n) * low(m),
  smusd: (n, m) => low(n) * low(m) - high(n) * high(m),
  smlald: (n, m, a) => a + low(n) * low(m) + high(n) * high(m),
  smulbb: (n, m) => low(n) * low(m),
  smulbt: (n, m) => low(n) * high(m),
  smultb: (n, m) => high(n) * low(m),
  smultt: (n, m) => high(n) * high(m),
  smlabb: (n, m, a) => a + low(n) * low(m),
  smlabt: (n, m, a) => a + low(n) * high(m),
  smlatb: (n, m, a) => a + high(n) * low(m),
  smlatt: (n, m, a) => a + high(n) * high(m),
  smulwb: (n, m) => field(s32(n) * low(m), 47, 16),
  smulwt: (n, m) => field(s32(n) * high(m), 47, 16),
  smlawb: (n, m, a) => a + field(s32(n) * low(m), 47, 16),
  smmul: (n, m) => field(s32(n) * s32(m), 63, 32),
  smmulr: (n, m) => field(s32(n) * s32(m) + 0x80000000n, 63, 32),
  smmla: (n, m, a) => field((s32(a) << 32n) + s32(n) * s32(m), 63, 32),
  smmlar: (n, m, a) => field((s32(a) << 32n) + s32(n) * s32(m) + 0x80000000n, 63, 32),
  sxtb16: (m) => join(field(m, 23, 16), field(m, 7, 0)),
  sxtb16_ror8: (m) => join(field(ror(m, 8), 23, 16), field(ror(m, 8), 7, 0)),
  uxtb16: (m) => join(bits(m, 23, 16), bits(m, 7, 0)),
  uxtb16_ror8: (m) => join(bits(ror(m, 8), 23, 16), bits(ror(m, 8), 7, 0)),
  sxtab16: (n, m) => join(high(n) + field(m, 23, 16), low(n) + field(m, 7, 0)),
  sxtab16_ror8: (n, m) => join(high(n) + field(ror(m, 8), 23, 16), low(n) + field(ror(m, 8), 7, 0)),
  pkhbt: (n, m) => join(bits(m, 31, 16), n),
  pkhbt_lsl8: (n, m) => join(bits(m << 8n, 31, 16), n),
  pkhbt_lsl16: (n, m) => join(bits(m << 16n, 31, 16), n),
  pkhtb: (n, m) => join(high(n), m),
  pkhtb_asr16: (n, m) => join(high(n), s32(m) >> 16n),
  ssat: signedSat,
  usat: (x, n) => saturate(x, 0n, (1n << n) - 1n),
  ssat16: (x, n) => join(signedSat(high(x), n), signedSat(low(x), n)),
  qadd: (a, b) => signedSat(s32(a) + s32(b), 32n),
  qsub: (a, b) => signedSat(s32(a) - s32(b), 32n),
  qadd16: (a, b) => join(signedSat(high(a) + high(b), 16n), signedSat(low(a) + low(b), 16n)),
  qsub16: (a, b) => join(signedSat(high(a) - high(b), 16n), signedSat(low(a) - low(b), 16n)),
  sadd16: (n, m) => join(high(n) + high(m), low(n) + low(m)),
  ssub16: (n, m) => join(high(n) - high(m), low(n) - low(m)),
  shadd16: (n, m) => join((high(n) + high(m)) >> 1n, (low(n) + low(m)) >> 1n),
  rev: (x) => [0, 8, 16, 24].reduce((r, at) => (r << 8n) | bits(x, at + 7, at), 0n),
  rev16: (x) => [16, 24, 0, 8].reduce((r, at) => (r << 8n) | bits(x, at + 7, at), 0n),
  rbit: (x) => BigInt(`0b${[...digits(x)].reverse().join("")}`),
};

/** Widths that the instruction can encode, for the operand called `bits`. */
const widths: Readonly<Record<string, readonly number[]>> = {
  ssat: Array.from({ length: 32 }, (_, i) => i + 1),
  usat: Array.from({ length: 32 }, (_, i) => i),
  ssat16: Array.from({ length: 16 }, (_, i) => i + 1),
};

const extremes = [0, 1, -1, 127, -128, 32767, -32768, 0x7fff8000, 0x8000, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31) + 1];
extremes.push(0x7fff7fff, 0x80008000 | 0, 0xff80ff80 | 0, 0x00ff00ff, 0xff00ff00 | 0, 0x55aa33cc);

/** xorshift32: the same operands in every run. */
function* random(): Generator<number, never> {
  for (let x = 0x9e3779b9; ; ) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    yield x | 0;
  }
}

function* operands(name: string, third: boolean): Generator<readonly [number, number, number]> {
  const values = random();
  const next = () => values.next().value;
  const second = widths[name] ?? extremes;
  for (const n of extremes) for (const m of second) for (const a of third ? extremes : [0]) yield [n, m, a];
  for (let i = 0; i < 3000; i++) yield [next(), widths[name] ? second[i % second.length]! : next(), next()];
}

async function plainBodies() {
  const { functions, plain } = await loadKernels();
  const needed = new Set<string>();
  const visit = (name: string) => {
    if (!needed.has(name)) for (const callee of functions[needed.add(name) && name]!.calls) visit(callee);
  };
  Object.values(plain).forEach(visit);
  const exported = Object.entries(plain).map(([name, internal]) => `(export "${name}" (func $${internal}))`);
  const text = ["(module", ...exported, ...[...needed].map((name) => functions[name]!.text), ")"].join("\n");
  const module = binaryen.parseText(text);
  const bytes = module.emitBinary();
  module.dispose();
  return run<Readonly<Record<string, (...operands: (number | bigint)[]) => number | bigint>>>(bytes, 0).exports;
}

describe("plain bodies of intrinsics", async () => {
  const bodies = await plainBodies();

  it("exist for every declaration, and only for those, under the name of the import", () => {
    expect(declared.length).toBeGreaterThan(40);
    expect(declared.map(([, external, name]) => external === name)).not.toContain(false);
    const names = declared.map(([, name]) => name!).sort();
    expect(Object.keys(bodies).sort()).toEqual(names);
    expect(Object.keys(formulas).sort()).toEqual(names);
  });

  it.each(declared.map(([, name, , parameters]) => [name!, parameters!] as const))("%s(%s)", (name, parameters) => {
    const wide = parameters.includes("i64");
    const body = bodies[name]!;
    for (const [n, m, a] of operands(name, parameters.split(",").length === 3)) {
      const third = wide ? BigInt.asIntN(64, (BigInt(a) << 31n) ^ BigInt(n)) : BigInt(a);
      const expected = BigInt.asIntN(wide ? 64 : 32, formulas[name]!(BigInt(n), BigInt(m), third));
      const got = BigInt(body(n, m, wide ? third : a));
      if (got !== expected) expect.fail(`${name}(${n}, ${m}, ${third}) is ${got}, expected ${expected}`);
    }
  });
});
