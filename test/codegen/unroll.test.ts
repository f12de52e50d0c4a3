// Loops with known counts give on simulated cores what they give on V8, whatever their counter does and however many copies are made; and
// which of them are still loops afterwards.

import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { passNames, ssaText } from "../../host/codegen/codegen.ts";
import { cores } from "../../host/isa/isa.ts";
import { TestBoard } from "./machine.ts";

interface Loop {
  readonly start: number;
  readonly step: string;
  readonly again: string;
  /** Before the test, and after it: what a turn does with $x and $y. */
  readonly body: string;
  readonly late?: string;
  /** The test is made in turns with this only. */
  readonly when?: string;
}

const twice = "(local.set $y (i32.mul (i32.add (local.get $y) (local.get $x)) (i32.const 3)))";
const swap = "(local.set $t (local.get $x)) (local.set $x (local.get $y)) (local.set $y (local.get $t))";
const counted = "(local.set $x (i32.add (local.get $x) (local.get $n)))";
const add = (n: number) => `(i32.add (local.get $n) (i32.const ${n}))`;
const test = (op: string, limit: number) => `(i32.${op} (local.get $n) (i32.const ${limit}))`;

const loops: Readonly<Record<string, Loop>> = {
  "down to zero": { start: 7, step: add(-1), again: "(local.get $n)", body: twice },
  "up to a limit": { start: 0, step: add(1), again: test("lt_s", 9), body: counted },
  "the limit on the left": { start: 3, step: add(2), again: "(i32.gt_u (i32.const 20) (local.get $n))", body: counted },
  "through the sign": { start: 0x7ffffffe, step: add(1), again: test("ne", -0x7ffffffd), body: counted },
  "by shifting": { start: 1, step: "(i32.shl (local.get $n) (i32.const 1))", again: test("lt_u", 4096), body: counted },
  "by multiplying": {
    start: 1,
    step: "(i32.mul (local.get $n) (i32.const 3))",
    again: test("le_s", 243),
    body: counted,
  },
  "values that change places": { start: 64, step: add(-1), again: "(local.get $n)", body: `${twice} ${swap}` },
  "by what differs": { start: 60, step: add(-4), again: test("gt_s", 0), body: `${counted} ${swap}` },
  "a test before the end": { start: 12, step: add(-1), again: test("gt_s", 2), body: counted, late: swap },
  "a branch inside": {
    ...{ start: 6, step: add(-1), again: "(local.get $n)" },
    body: `(if (i32.and (local.get $x) (local.get $n)) (then ${twice}) (else ${counted}))`,
  },
  "a count that a branch asks for": {
    ...{ start: 5, step: add(-1), again: "(local.get $n)" },
    body: `(if (i32.eq (local.get $n) (i32.const 2)) (then ${twice}) (else ${counted}))`,
  },
  "a loop inside": {
    ...{ start: 3, step: add(-1), again: "(local.get $n)" },
    body: `(local.set $m (i32.const 4)) (loop $inner ${twice} ${counted}
      (br_if $inner (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))`,
  },
  once: { start: 5, step: add(1), again: test("lt_s", 4), body: twice },
  "more often than is counted": { start: 0, step: add(1), again: test("lt_u", 5_000), body: counted },
  "a test that some turns skip": {
    ...{ start: 0, step: add(1), again: test("lt_s", 4), body: counted, late: twice },
    when: "(i32.and (local.get $x) (i32.const 4))",
  },
  "a second way out": {
    ...{ start: 9, step: add(-1), again: "(local.get $n)" },
    body: `${twice} (br_if $end (i32.gt_s (local.get $y) (i32.const 1000)))`,
  },
};

function moduleOf({ start, step, again, body, late, when }: Loop): Uint8Array {
  const leave = `(br_if $end (i32.eqz ${again}))`;
  const turn = late
    ? `${body} (local.set $n ${step}) ${when ? `(if ${when} (then ${leave}))` : leave} ${late} (br $again)`
    : `${body} (local.set $n ${step}) (br_if $again ${again})`;
  const module = binaryen.parseText(`(module (func (export "f") (param $x i32) (param $y i32) (result i32)
    (local $n i32) (local $m i32) (local $t i32)
    (local.set $n (i32.const ${start})) (block $end (loop $again ${turn}))
    (i32.xor (i32.xor (local.get $x) (i32.rotl (local.get $y) (i32.const 7))) (i32.rotl (local.get $n) (i32.const 19)))))`);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

const arguments_ = [
  [0, 0],
  [1, 2],
  [-5, 77],
  [0x7fffffff, -0x80000000],
] as const;

describe.each(["cortex-m4", "cortex-m0plus"] as const)("counted loops on %s", (core) => {
  const board = new TestBoard(core);
  it.each(Object.keys(loops))("%s", (name) => {
    const bytes = moduleOf(loops[name]!);
    const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes.slice())).exports as {
      f: (x: number, y: number) => number;
    };
    const loaded = board.load(bytes, { memory: "absolute" });
    const got = arguments_.map((words) => loaded.call(0, words));
    expect(got.map((outcome) => (outcome.kind === "value" ? outcome.words[0] : outcome.trap))).toEqual(
      arguments_.map(([x, y]) => f(x, y)),
    );
  });
});

/** Blocks that are entered from one that comes after them. */
function loopsLeft(name: string): number {
  const text = ssaText(moduleOf(loops[name]!), cores["cortex-m4"], passNames.at(-1));
  const order = [...text.matchAll(/^b(\d+):(.*)$/gm)].map(([, id, rest]) => ({ id: id!, from: rest! }));
  const place = new Map(order.map(({ id }, i) => [id, i]));
  return order.filter(({ from }, i) => [...from.matchAll(/b(\d+)/g)].some(([, pred]) => place.get(pred!)! >= i)).length;
}

it.each([
  ["up to a limit", 0],
  ["by multiplying", 0],
  ["a branch inside", 0],
  ["a loop inside", 0],
  ["once", 0],
  ["values that change places", 1],
  ["more often than is counted", 1],
  ["a test that some turns skip", 1],
  ["a second way out", 1],
] as const)("%s: %i loops are left", (name, left) => {
  expect(loopsLeft(name)).toBe(left);
});
