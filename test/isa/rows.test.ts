// What must hold of the table as a whole: names are unique, every operand that an effect uses is there, binding leaves nothing
// unbound, and every core has a cost, with its source, for every row that it can decode.

import { describe, expect, test } from "vitest";
import {
  bind,
  type CoreName,
  type CycleClass,
  coreNames,
  cores,
  cycleCost,
  decoderFor,
  type Effect,
  type Expr,
  encode,
  evaluate,
  type Row,
  type State,
  thumbRows,
} from "../../host/isa/isa.ts";
import { environmentOf, random, randomBits } from "./states.ts";
import { decoderOfAll } from "./text.ts";

const halves = (row: Row, bits: number): [number, number] =>
  row.size === 2 ? [bits, 0] : [bits >>> 16, bits & 0xffff];

function* parts(effects: readonly Effect[]): Generator<Effect | Expr> {
  const inside = function* (expr: Expr): Generator<Expr> {
    yield expr;
    for (const value of Object.values(expr)) {
      if (Array.isArray(value)) for (const item of value) yield* inside(item as Expr);
      else if (typeof value === "object" && value !== null) yield* inside(value as Expr);
    }
  };
  for (const effect of effects) {
    yield effect;
    for (const value of Object.values(effect)) {
      if (Array.isArray(value)) {
        for (const item of value) yield* "do" in (item as object) ? parts([item as Effect]) : inside(item as Expr);
      } else if (typeof value === "object" && value !== null) yield* inside(value as Expr);
    }
  }
}

describe("the table", () => {
  test("ids are places, texts are unique", () => {
    expect(thumbRows.map((row) => row.id)).toEqual(thumbRows.map((_, i) => i));
    const names = thumbRows.map((row) => `${row.size} ${row.text}`);
    // CMP of any registers prints as CMP of low ones
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual(["2 cmp Rn, Rm"]);
  });

  test("binding leaves no operand, each, condition or generic shift", () => {
    const next = random(3);
    const unbound: string[] = [];
    for (const row of thumbRows) {
      for (let i = 0; i < 20; i++) {
        const decoded = decoderOfAll.decode(...halves(row, randomBits(row, next)), false);
        if (!decoded) continue;
        const bound = bind(decoded.row.effect, decoded.operands);
        for (const part of parts(bound)) {
          const left = "do" in part ? part.do : part.is === "apply" ? part.op : part.is;
          if (["each", "operand", "shift", "shiftCarry", "condition"].includes(left))
            unbound.push(`${row.text}: ${left}`);
        }
      }
    }
    expect(unbound).toEqual([]);
  });

  test("locals have unique names, and none is in an each, which is unrolled", () => {
    const wrong = thumbRows.filter((row) => {
      const names = [...parts(row.effect)].flatMap((part) => ("do" in part && part.do === "let" ? [part.name] : []));
      const inEach = [...parts(row.effect)].some(
        (part) => "do" in part && part.do === "each" && part.body.some((inner) => inner.do === "let"),
      );
      return inEach || new Set(names).size !== names.length;
    });
    expect(wrong.map((row) => row.text)).toEqual([]);
  });

  test("rows say which flags they read and write", () => {
    const flags = (text: string) => thumbRows.find((row) => row.text === text && row.size === 2);
    expect(flags("adc{s} Rd, Rm")?.flagsRead).toEqual(["C"]);
    expect(flags("adc{s} Rd, Rm")?.flagsWritten).toEqual(["N", "Z", "V", "C"]);
    expect(flags("mov Rd, Rm")?.flagsWritten).toEqual([]);
  });
});

describe.each(coreNames)("%s", (name) => {
  const core = cores[name];
  test("costs every row it can decode, and says where from", () => {
    for (const row of thumbRows.filter((row) => core.features.has(row.feature))) {
      const cost = cycleCost(core, row.cycles);
      expect(cost.cycles + (cost.perRegister ?? 0)).toBeGreaterThan(0);
      expect(cost.source).toMatch(core.approximate ? /approximation|measured|entry/ : /DDI \d{4}[A-Z] \S+/);
    }
  });

  test("decodes what it has and nothing else", () => {
    const decoder = decoderFor(thumbRows, core);
    const next = random(5);
    for (const row of thumbRows) {
      const decoded = decoder.decode(...halves(row, randomBits(row, next)), false);
      if (decoded) expect(core.features.has(decoded.row.feature)).toBe(true);
    }
  });
});

test("costs as the manuals print them", () => {
  const cost = (name: CoreName, cycles: CycleClass) => {
    const { source, ...numbers } = cycleCost(cores[name], cycles);
    return numbers;
  };
  expect(cost("cortex-m0", "branch-if")).toEqual({ cycles: 1, taken: 2 });
  expect(cost("cortex-m0", "load-multiple-pc")).toEqual({ cycles: 4, perRegister: 1 });
  expect(cost("cortex-m0plus", "branch-if")).toEqual({ cycles: 1, taken: 1 });
  expect(cost("cortex-m0plus", "call")).toEqual({ cycles: 3 });
  expect(cost("cortex-m0plus", "load-multiple-pc")).toEqual({ cycles: 3, perRegister: 1 });
  expect(cost("cortex-m3", "mla-long")).toEqual({ cycles: 4, most: 7 });
  expect(cost("cortex-m4", "mla-long")).toEqual({ cycles: 1 });
  expect(cost("cortex-m4", "div")).toEqual({ cycles: 2, most: 12 });
  expect(cost("cortex-m4", "fp-mac")).toEqual({ cycles: 3 });
});

describe("details that lists do not show", () => {
  const state = (r: number[], apsr = 0, itstate = 0): State => ({
    r: Int32Array.from({ length: 16 }, (_, i) => r[i] ?? 0),
    s: new Int32Array(32),
    apsr,
    fpscr: 0,
    itstate,
  });
  const run = (bits: number, before: State): State => {
    const wide = bits > 0xffff;
    const decoded = decoderOfAll.decode(wide ? bits >>> 16 : bits, bits & 0xffff, before.itstate !== 0);
    if (!decoded) throw new Error("undefined");
    evaluate(decoded, before, environmentOf(new Uint8Array(0), new Uint8Array(64)));
    return before;
  };

  test("16-bit arithmetic sets no flags in an IT block, and a failed condition does nothing", () => {
    expect(run(0x1888, state([0, -1, 1])).apsr >>> 28).toBe(0b0110);
    const passed = run(0x1888, state([9, -1, 1], 0x40000000, 0x08));
    expect([passed.r[0], passed.apsr >>> 28, passed.itstate]).toEqual([0, 0b0100, 0]);
    const failed = run(0x1888, state([9, -1, 1], 0x40000000, 0x14));
    expect([failed.r[0], failed.r[15], failed.itstate]).toEqual([9, 2, 0x08]);
  });

  test("SP keeps bits 1:0 clear (DDI 0403E B1.4.1)", () => {
    expect(run(0x46a5, state([0, 0, 0, 0, 0x20000007])).r[13]).toBe(0x20000004);
  });

  test("SMLAD sets Q by the exact sum (DDI 0403E A7.7.152)", () => {
    expect(run(0xfb2a791a, state([0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0x80008000 | 0])).apsr).toBe(0);
    expect(run(0xfb2a791a, state([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80008000 | 0])).apsr).toBe(0x08000000);
  });

  test("encode refuses what a row cannot hold", () => {
    const row = (text: string, size = 4): Row => thumbRows.find((row) => row.text === text && row.size === size) as Row;
    const constant = row("add{s}.w Rd, Rn, #<const>");
    expect(encode(constant, { d: 1, n: 2, S: 0, const: 0x00ff0000 })).toEqual([0xf502, 0x017f]);
    expect(encode(constant, { d: 1, n: 2, S: 0, const: 0x12345678 })).toBeUndefined();
    expect(encode(constant, { d: 16, n: 2, S: 0, const: 1 })).toBeUndefined();
    expect(encode(row("b.n <middle>", 2), { label: -4 })).toEqual([0xe7fe]);
    expect(encode(row("b.n <middle>", 2), { label: 4096 })).toBeUndefined();
    expect(encode(row("bl <far>"), { label: 3 })).toBeUndefined();
    expect(encode(row("push <listlr>", 2), { list: 0x4010 })).toEqual([0xb510]);
    expect(encode(row("push <listlr>", 2), { list: 0x10 })).toBeUndefined();
  });
});
