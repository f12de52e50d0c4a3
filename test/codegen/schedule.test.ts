// What schedule moves, and what it must not: blocks written by hand, in physical registers.

import { expect, it } from "vitest";
import type { Instruction, MachineBlock, Operation } from "../../host/codegen/machine.ts";
import { schedule } from "../../host/codegen/schedule.ts";
import { type CoreName, cores } from "../../host/isa/isa.ts";

type Short = readonly [op: Operation, defs: number[], uses: number[], more?: Partial<Instruction>];

function scheduled(
  core: CoreName,
  short: readonly Short[],
  counts?: number,
  unchanging: ReadonlySet<number> = new Set(),
): string[] {
  const code = short.map(([op, defs, uses, more], offset): Instruction => ({ op, defs, uses, offset, ...more }));
  const block: MachineBlock = { id: 0, code, end: { kind: "return", uses: [] }, preds: [], frequency: 1 };
  if (counts !== undefined) {
    const branch = { kind: "branch", compare: "cmp", condition: 1, imm: 0, offset: 9 } as const;
    // biome-ignore lint/suspicious/noThenProperty: the way that is taken
    block.end = { ...branch, uses: [counts], then: block, otherwise: block };
  }
  schedule(
    { name: "f", blocks: [block], classes: [], slots: 0, outgoing: 0, paramWords: 0 },
    cores[core],
    () => unchanging,
  );
  return block.code.map(({ op, defs }) => `${op}${defs.length ? ` ${defs.join()}` : ""}`);
}

const load = (d: number, base: number, imm = 0): Short => ["ldr", [d], [base], { imm }];
const add = (d: number, n: number): Short => ["add", [d], [n], { imm: 4 }];
const mul = (d: number, n: number, m: number): Short => ["mul", [d], [n, m]];

it("brings loads together, one cycle less for the second", () => {
  expect(scheduled("cortex-m4", [load(1, 0), mul(4, 5, 6), load(2, 0, 4), mul(7, 1, 2)])).toEqual([
    ...["mul 4", "ldr 1", "ldr 2", "mul 7"],
  ]);
});

it("puts something between an address and its use", () => {
  expect(scheduled("cortex-m4", [add(0, 0), load(1, 0), mul(4, 5, 6)])).toEqual(["add 0", "mul 4", "ldr 1"]);
});

it("puts something between a load and its use where that waits", () => {
  const block = [load(1, 0), mul(2, 1, 1), mul(4, 5, 6)] as const;
  expect(scheduled("cortex-m7", block)).toEqual(["ldr 1", "mul 4", "mul 2"]);
  expect(scheduled("cortex-m4", block)).toEqual(["ldr 1", "mul 2", "mul 4"]);
});

it("does nothing for cores without such rules", () => {
  expect(scheduled("cortex-m0plus", [load(1, 0), mul(4, 5, 6), load(2, 0, 4)])).toEqual(["ldr 1", "mul 4", "ldr 2"]);
});

it.each<[string, Short]>([
  ["a store", ["str", [], [4, 3], { imm: 0 }]],
  ["a call", ["call", [], [], { symbol: "g", clobbers: [0, 1, 2, 3] }]],
  ["a trap", ["trapIf", [], [6], { compare: "cmp", imm: 0, condition: 0 }]],
  ["interrupts masked", ["dsp", [], [], { symbol: "cpu.cpsid" }]],
  ["its address being made", add(3, 5)],
  ["its register being read", mul(4, 2, 2)],
  ["its register being written", mul(2, 4, 4)],
])("no load passes %s", (_, obstacle) => {
  const order = scheduled("cortex-m4", [load(1, 0), mul(7, 5, 6), obstacle, mul(7, 5, 6), load(2, 3)]);
  const name = `${obstacle[0]}${obstacle[1].length ? ` ${obstacle[1].join()}` : ""}`;
  expect(order.indexOf(name)).toBeLessThan(order.indexOf("ldr 2"));
});

it("no reload passes what fills its slot", () => {
  const order = scheduled("cortex-m4", [load(1, 0), ["spill", [], [4], { imm: 0 }], ["reload", [2], [], { imm: 0 }]]);
  expect(order.indexOf("spill")).toBeLessThan(order.indexOf("reload 2"));
});

it("a stack slot passes other memory", () => {
  const block: Short[] = [load(1, 0), mul(7, 5, 6), ["str", [], [1, 3], { imm: 0 }], ["reload", [2], [], { imm: 0 }]];
  const order = scheduled("cortex-m4", block);
  expect(order.indexOf("reload 2")).toBeLessThan(order.indexOf("str"));
});

it("a count to zero stays right before its branch", () => {
  const block: Short[] = [load(1, 0), ["sub", [8], [8], { imm: 1 }]];
  expect(scheduled("cortex-m4", [add(0, 0), ...block], 8).at(-1)).toBe("sub 8");
});

it("a load of what nobody writes passes a store, and no other does", () => {
  const block: Short[] = [load(1, 0), mul(7, 5, 6), ["str", [], [4, 3], { imm: 0 }], load(2, 0, 4)];
  expect(scheduled("cortex-m4", block, undefined, new Set([3]))).toEqual(["mul 7", "ldr 1", "ldr 2", "str"]);
  expect(scheduled("cortex-m4", block, undefined, new Set([0]))).toEqual(["mul 7", "ldr 1", "str", "ldr 2"]);
});
