// Random straight code over more values than a core has registers, in two nested loops, so that choices of the allocator show: what is
// spilled, who shares a register, what makes room for whom. Words, i64 products and floats.

import { constantTree, type ModuleTree, type NumberType, opTree, type Tree, unsigned } from "./module-bytes.ts";
import { randomFrom } from "./random-module.ts";

const binary: Readonly<Record<NumberType, readonly number[]>> = {
  i32: [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x76],
  i64: [0x7c, 0x7d, 0x7e],
  // no products: sums stay numbers, of which every engine has the same bits
  f32: [0x92, 0x93],
};
/** Locals of each type: 24 words, 4 long ones, 44 floats; the last two words count the loops. */
const counts: Readonly<Record<NumberType, number>> = { i32: 24, i64: 4, f32: 44 };

export function pressureModule(seed: number, types: readonly NumberType[]): ModuleTree {
  const random = randomFrom(seed);
  const locals = [...types.flatMap((type) => new Array<NumberType>(counts[type]).fill(type)), "i32", "i32"] as const;
  const counters = [locals.length - 2, locals.length - 1] as const;
  const get = (local: number): Tree => opTree(locals[local]!, [0x20, ...unsigned(local)]);
  const set = (local: number, value: Tree): Tree => opTree("void", [0x21, ...unsigned(local)], value);
  const any = (type: NumberType): Tree => {
    const from = locals.flatMap((one, i) => (one === type && i < counters[0] ? [i] : []));
    return get(from[random.below(from.length)]!);
  };
  /** local = any op any, or for words now and then a load, a product's high word, a comparison. */
  const step = (): Tree => {
    const local = random.below(counters[0]);
    const type = locals[local]!;
    const op = binary[type][random.below(binary[type].length)]!;
    const value = opTree(type, [op], any(type), any(type));
    if (type !== "i32" || random.below(4)) return set(local, value);
    const offset = [0x28, 2, ...unsigned(4 * random.below(200))];
    if (random.below(2))
      return set(local, opTree("i32", offset, opTree("i32", [0x71], value, constantTree("i32", 1020n))));
    const wide = [any("i32"), any("i32")].map((word) => opTree("i64", [0xac], word));
    return set(
      local,
      opTree("i32", [0xa7], opTree("i64", [0x87], opTree("i64", [0x7e], ...wide), constantTree("i64", 31n))),
    );
  };
  const steps = (count: number): Tree[] => Array.from({ length: count }, step);
  const loop = (label: number, body: readonly Tree[]): Tree => {
    const counter = counters[label]!;
    const down = opTree("i32", [0x6b], get(counter), constantTree("i32", 1n));
    const again = opTree("i32", [0x22, ...unsigned(counter)], down);
    const end: Tree = { kind: "branch", type: "void", args: [again], labels: [label], table: false };
    return { kind: "loop", type: "void", label, body: [...body, end] };
  };
  const inner = [set(counters[1], constantTree("i32", 3n)), loop(1, steps(40))];
  const body = [
    ...locals.slice(0, -2).map((type, i) => set(i, opTree(type, load[type](i), constantTree("i32", 0n)))),
    set(counters[0], constantTree("i32", 4n)),
    loop(0, [...steps(12), ...inner, ...steps(12)]),
    ...locals.slice(0, -2).map((type, i) => opTree("void", store[type](i), constantTree("i32", 0n), get(i))),
  ];
  // as floats all of them are numbers
  const bytes = Uint8Array.from({ length: 1024 }, () => random.below(64));
  const main = { params: [], result: "void" as const, locals, body };
  return { functions: [main], pages: 1, globals: [], table: [-1], data: [{ address: 0, bytes }] };
}

const load: Readonly<Record<NumberType, (i: number) => number[]>> = {
  i32: (i) => [0x28, 2, ...unsigned(8 * i)],
  i64: (i) => [0x29, 3, ...unsigned(8 * i)],
  f32: (i) => [0x2a, 2, ...unsigned(8 * i)],
};
const store: typeof load = {
  i32: (i) => [0x36, 2, ...unsigned(8 * i)],
  i64: (i) => [0x37, 3, ...unsigned(8 * i)],
  f32: (i) => [0x38, 2, ...unsigned(8 * i)],
};
