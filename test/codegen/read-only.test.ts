// Which loads are known to read constants: those whose address stays inside one constant object in every turn of every loop around
// them. And what follows: the second load of a word is the first, a store in between or not.

import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { buildSsa } from "../../host/codegen/build-ssa.ts";
import { codegen } from "../../host/codegen/codegen.ts";
import { isLoad } from "../../host/codegen/ir.ts";
import { readModule } from "../../host/codegen/module.ts";
import { placesOf, type Region, readOnlyLoads } from "../../host/codegen/read-only.ts";
import { cores } from "../../host/isa/isa.ts";

/** 64 bytes of constants at 0x1000, and behind them what is written. */
const regions: readonly Region[] = [
  { region: "arena", address: 0xf00, bytes: 0x100 },
  { region: "const", address: 0x1000, bytes: 64 },
  { region: "arena", address: 0x1040, bytes: 0x1000 },
];

function moduleOf(body: string): Uint8Array {
  const module =
    binaryen.parseText(`(module (import "env" "memory" (memory 1)) (func (export "f") (param $a i32) (result i32)
    (local $p i32) (local $n i32) (local $q i32) (local $m i32) (local $x i32) ${body} (local.get $x)))`);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Of each load, in order: whether it is known to read constants. As the passes find it: nothing is unrolled. */
function found(body: string): boolean[] {
  const module = readModule(moduleOf(body));
  const fn = buildSsa(module, module.functions[0]!, { memory: "absolute", fpu: true, unaligned: true });
  const loads = readOnlyLoads(fn, regions);
  return fn.blocks.flatMap((block) => block.body.filter(({ op }) => isLoad(op)).map((load) => loads.has(load)));
}

const set = (name: string, value: string) => `(local.set $${name} ${value})`;
const plus = (name: string, n: number) => `(i32.add (local.get $${name}) (i32.const ${n}))`;
const word = (address: string) => set("x", `(i32.add (local.get $x) (i32.load ${address}))`);
const at = (address: number) => `(i32.const ${address})`;
/** A pointer's walk: `turns` words from `start` on, `step` apart. */
const walk = (start: number, step: number, turns: number) => `${set("p", at(start))} ${set("n", at(turns))}
  (loop $again ${word("(local.get $p)")} ${set("p", plus("p", step))} ${set("n", plus("n", -1))} (br_if $again (local.get $n)))`;
/** Four words in an inner loop, a word skipped after each four, `rows` times. */
const rows = (start: number, count: number) => `${set("p", at(start))} ${set("m", at(count))}
  (loop $row ${set("n", at(4))}
    (loop $again ${word("(local.get $p)")} ${set("p", plus("p", 4))} ${set("n", plus("n", -1))} (br_if $again (local.get $n)))
    ${set("p", plus("p", 4))} ${set("m", plus("m", -1))} (br_if $row (local.get $m)))`;

describe("loads of constants", () => {
  it.each<[string, string, boolean[]]>([
    ["the first word", word(at(0x1000)), [true]],
    ["the last word", word(at(0x103c)), [true]],
    ["across the end", word(at(0x103d)), [false]],
    ["before the start", word(at(0xffc)), [false]],
    ["an address that is given", word("(local.get $a)"), [false]],
    ["a walk to the end", walk(0x1000, 4, 16), [true]],
    ["a walk past the end", walk(0x1000, 4, 17), [false]],
    ["a walk down to the start", walk(0x103c, -4, 16), [true]],
    ["a walk down past the start", walk(0x103c, -4, 17), [false]],
    ["rows", rows(0x1000, 3), [true]],
    ["a row too many", rows(0x1000, 4), [false]],
    ["an index of a byte's size", word(`(i32.add (i32.const 0xf50) (i32.load8_u (local.get $a)))`), [false, false]],
    ["one of two places", word(`(select (i32.const 0x1000) (i32.const 0x1020) (local.get $a))`), [true]],
    [
      "one of two, one of which is written",
      word(`(select (i32.const 0x1000) (i32.const 0x1040) (local.get $a))`),
      [false],
    ],
    [
      "on two ways to one place",
      `(if (local.get $a) (then ${set("p", at(0x1000))}) (else ${set("p", at(0x1010))})) ${word("(local.get $p)")}`,
      [true],
    ],
    [
      "as often as is asked for",
      `${set("p", at(0x1000))} (loop $again ${word("(local.get $p)")} ${set("p", plus("p", 4))} ${set("a", plus("a", -1))}
        (br_if $again (local.get $a)))`,
      [false],
    ],
    [
      "a step that is asked for",
      `${set("p", at(0x1000))} ${set("n", at(4))} (loop $again ${word("(local.get $p)")}
        ${set("p", "(i32.add (local.get $p) (local.get $a))")} ${set("n", plus("n", -1))} (br_if $again (local.get $n)))`,
      [false],
    ],
    [
      "a walk that a branch lengthens",
      `${set("p", at(0x1000))} ${set("n", at(8))} (loop $again ${word("(local.get $p)")}
        (if (local.get $a) (then ${set("p", plus("p", 8))})) ${set("n", plus("n", -1))} (br_if $again (local.get $n)))`,
      [true],
    ],
    [
      "the same, once too often",
      `${set("p", at(0x1000))} ${set("n", at(9))} (loop $again ${word("(local.get $p)")}
        (if (local.get $a) (then ${set("p", plus("p", 8))})) ${set("n", plus("n", -1))} (br_if $again (local.get $n)))`,
      [false],
    ],
    [
      "the same pointer from row to row, never set back",
      `${set("p", at(0x1000))} (loop $row ${set("n", at(4))}
        (loop $again ${word("(local.get $p)")} ${set("p", plus("p", 4))} ${set("n", plus("n", -1))} (br_if $again (local.get $n)))
        (br_if $row (local.tee $a ${plus("a", -1)})))`,
      [false],
    ],
    [
      "set back in each row",
      `(loop $row ${set("p", at(0x1000))} ${set("n", at(16))}
        (loop $again ${word("(local.get $p)")} ${set("p", plus("p", 4))} ${set("n", plus("n", -1))} (br_if $again (local.get $n)))
        (br_if $row (local.tee $a ${plus("a", -1)})))`,
      [true],
    ],
    ["an address that wraps", word("(i32.mul (i32.load8_u (local.get $a)) (i32.const 0x1000000))"), [false, false]],
  ])("%s", (_, body, expected) => {
    expect(found(body)).toEqual(expected);
  });
});

it("a place counts if every load that came from it does", () => {
  const module = readModule(moduleOf(`${word(at(0x1000))} ${word(at(0x2000))}`));
  const fn = buildSsa(module, module.functions[0]!, { memory: "absolute", fpu: true, unaligned: true });
  const loads = fn.blocks.flatMap(({ body }) => body.filter(({ op }) => isLoad(op)));
  expect(placesOf(fn, readOnlyLoads(fn, regions))).toEqual(new Set([loads[0]!.offset]));
  const twin = { ...loads[1]!, offset: loads[0]!.offset };
  fn.entry.body.push(twin);
  expect(placesOf(fn, readOnlyLoads(fn, regions)).size).toBe(0);
});

describe.each(["cortex-m4", "cortex-m0plus"] as const)("%s loads once", (core) => {
  const store = `(i32.store (i32.const 0x2000) (local.get $x))`;
  const bytesOf = (body: string, known: readonly Region[]) =>
    codegen(moduleOf(body), cores[core], { regions: known, check: true }).functions[0]!.bytes.length;
  it.each([
    ["a constant, across a store", 0x1000, true],
    ["what may be written", 0x1040, false],
  ] as const)("%s: %i", (_, address, less) => {
    const body = `${word(at(address))} ${store} ${word(at(address))}`;
    expect(bytesOf(body, regions) < bytesOf(body, [])).toBe(less);
  });
});
