// One random module on V8 and on simulated boards: the same calls in the same order must give the same results, traps, memory and
// globals. A difference is shrunk to the smallest module that still shows it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestBoard } from "./machine.ts";
import { type FunctionTree, type ModuleTree, moduleBytes, type NumberType, type Tree } from "./module-bytes.ts";
import { randomFrom, randomModule, windowBase, windowBytes } from "./random-module.ts";

interface Call {
  readonly fn: number;
  /** One per parameter: bits. */
  readonly args: readonly bigint[];
}

interface Case {
  readonly module: ModuleTree;
  readonly calls: readonly Call[];
  readonly absolute: boolean;
}

const interesting = [
  0n,
  1n,
  -1n,
  2n,
  5n,
  31n,
  32n,
  100n,
  255n,
  4096n,
  0x7fffffffn,
  -0x80000000n,
  0x3f800000n,
  0x7fc00000n,
  0xc2280000n,
  1n << 62n,
  -(1n << 63n),
];

export function randomCase(seed: number, absolute: boolean): Case {
  const module = randomModule(seed, absolute);
  const random = randomFrom(seed ^ 0x5bd1e995);
  const word = (): bigint =>
    random.below(3)
      ? interesting[random.below(interesting.length)]!
      : (BigInt(random.word()) << 32n) | BigInt(random.word() >>> 0);
  const calls = module.functions.flatMap(({ params }, fn) =>
    Array.from({ length: 2 }, () => ({
      fn,
      args: params.map((type) => BigInt.asIntN(type === "i64" ? 64 : 32, word())),
    })),
  );
  return { module, calls, absolute };
}

/** What a call did, as text: result bits or trap. */
interface Seen {
  readonly outcome: string;
  readonly memory: Uint8Array;
  readonly globals: string;
}

const bits = new DataView(new ArrayBuffer(8));

function floatBits(value: number): bigint {
  if (Number.isNaN(value)) return 0x7fc00000n;
  bits.setFloat32(0, value);
  return BigInt(bits.getUint32(0));
}

function floatOf(word: bigint): number {
  bits.setUint32(0, Number(BigInt.asUintN(32, word)));
  return bits.getFloat32(0);
}

const toScript = (type: NumberType, word: bigint): bigint | number =>
  type === "i64" ? word : type === "i32" ? Number(word) : floatOf(word);
const fromScript = (type: NumberType, value: bigint | number): bigint =>
  BigInt.asUintN(type === "i64" ? 64 : 32, type === "f32" ? floatBits(value as number) : BigInt(value));

/** V8's words for a trap → ours. */
const trapWords: readonly (readonly [RegExp, string])[] = [
  [/unreachable/, "unreachable"],
  [/by zero/, "integer divide by zero"],
  [/unrepresentable in integer|float/, "invalid conversion to integer"],
  [/result unrepresentable/, "integer overflow"],
  [/memory access/, "out of bounds memory access"],
  [/table index/, "undefined element"],
  [/signature/, "indirect call type mismatch"],
];

function onHost({ module, calls, absolute }: Case): readonly Seen[] {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(module)), {});
  const memory = instance.exports.memory as { readonly buffer: ArrayBuffer };
  return calls.map(({ fn, args }) => {
    const { params, result } = module.functions[fn]!;
    let outcome: string;
    try {
      const value = (instance.exports[`f${fn}`] as CallableFunction)(
        ...args.map((word, i) => toScript(params[i]!, word)),
      );
      outcome = result === "void" ? "" : fromScript(result, value).toString(16);
    } catch (error) {
      const words = (error as Error).message;
      outcome = `trap ${trapWords.find(([pattern]) => pattern.test(words))?.[1] ?? words}`;
    }
    const bytes = new Uint8Array(memory.buffer);
    const globals = module.globals.map(({ type }, i) =>
      fromScript(type, (instance.exports[`g${i}`] as { readonly value: bigint | number }).value).toString(16),
    );
    const seen = absolute ? bytes.slice(windowBase, windowBase + windowBytes) : bytes.slice(0, 65536);
    return { outcome, memory: seen, globals: globals.join(" ") };
  });
}

const wordsOf = (type: NumberType, word: bigint): number[] =>
  type === "i64"
    ? [Number(BigInt.asIntN(32, word)), Number(BigInt.asIntN(32, word >> 32n))]
    : [Number(BigInt.asIntN(32, word))];

const joined = (low: number, high: number): string =>
  BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0)).toString(16);

function* onBoard(board: TestBoard, { module, calls, absolute }: Case): Generator<Seen> {
  const loaded = board.load(moduleBytes(module), { memory: absolute ? "absolute" : "sandbox" });
  if (absolute) {
    loaded.writeMemory(windowBase, new Uint8Array(windowBytes));
    loaded.reset();
  }
  for (const { fn, args } of calls) {
    const { params, result } = module.functions[fn]!;
    const done = loaded.call(
      fn,
      args.flatMap((word, i) => wordsOf(params[i]!, word)),
    );
    const value = (low: number, high: number) =>
      result === "i64" ? joined(low, high) : result === "void" ? "" : (low >>> 0).toString(16);
    const outcome = done.kind === "trap" ? `trap ${done.trap}` : value(...done.words);
    const globals = module.globals.map(({ type }, i) => {
      const [low, high] = loaded.global(i);
      return type === "i64" ? joined(low, high) : (low >>> 0).toString(16);
    });
    const memory = absolute ? loaded.memory(windowBase, windowBytes) : loaded.memory(0, 65536);
    yield { outcome, memory, globals: globals.join(" ") };
  }
}

/** The first difference in words, if there is one; a compiler that fails is one. */
function difference(board: TestBoard, one: Case): string | undefined {
  const expected = onHost(one);
  try {
    let i = 0;
    for (const seen of onBoard(board, one)) {
      const wanted = expected[i]!;
      const { fn, args } = one.calls[i]!;
      const call = `call ${i} of f${fn}(${args})`;
      if (seen.outcome !== wanted.outcome) return `${call}: ${seen.outcome}, V8: ${wanted.outcome}`;
      if (seen.globals !== wanted.globals) return `${call}: globals ${seen.globals}, V8: ${wanted.globals}`;
      const at =
        Buffer.compare(seen.memory, wanted.memory) && seen.memory.findIndex((byte, k) => byte !== wanted.memory[k]);
      if (at) return `${call}: memory at ${at}: ${seen.memory[at]}, V8: ${wanted.memory[at]}`;
      i++;
    }
  } catch (error) {
    return `fails: ${(error as Error).message.split("\n")[0]}`;
  }
  return undefined;
}

/** The same of one module whose functions take nothing, each called twice. */
export function compareModule(board: TestBoard, module: ModuleTree): void {
  const calls = module.functions.flatMap((_, fn) => [0, 1].map(() => ({ fn, args: [] })));
  const words = difference(board, { module, calls, absolute: false });
  if (words) throw new Error(`on ${board.core}: ${words}`);
}

/** THUMBELINA_SHRINK=0: the verdict is enough. */
const shrinks = process.env.THUMBELINA_SHRINK !== "0";

/** Throws with the shrunk module's text when a board differs from V8. */
export function compare(board: TestBoard, seed: number, absolute: boolean): number {
  const one = randomCase(seed, absolute);
  const words = difference(board, one);
  if (!words) return one.module.functions.length;
  const { smallest, words: last } = shrinks ? shrink(board, one, words) : { smallest: one, words };
  throw new Error(`seed ${seed} ${absolute ? "absolute" : "sandbox"} on ${board.core}: ${last}\n${textOf(smallest)}`);
}

function textOf({ module, calls }: Case): string {
  const file = join(mkdtempSync(join(tmpdir(), "fuzz-")), "m.wasm");
  writeFileSync(file, moduleBytes(module));
  const said = calls.map(({ fn, args }) => `f${fn}(${args})`).join("; ");
  try {
    return `${file}\n${said}\n${execFileSync("wasm2wat", [file], { encoding: "utf8" })}`;
  } catch {
    return `${file}\n${said}`;
  }
}

// --- shrinking --------------------------------------------------------------------------------------------------------

/** Takes away while something differs in the same way (a failure stays a failure, a wrong value one of them). */
function shrink(board: TestBoard, start: Case, startWords: string): { smallest: Case; words: string } {
  let smallest = start;
  let words = startWords;
  const failure = startWords.startsWith("fails");
  const until = Date.now() + 30_000;
  // After a success the search goes on where it stood; it ends with a whole round without one.
  let tried = 0;
  for (let failed = 0, place = 0; Date.now() < until; ) {
    const candidate = nth(smaller(smallest), place);
    if (!candidate) {
      if (failed === tried) break;
      [failed, tried, place] = [0, 0, 0];
      continue;
    }
    tried++;
    const found = stillWrong(board, candidate);
    if (found && found.startsWith("fails") === failure && (!failure || sameFailure(found, words))) {
      smallest = candidate;
      words = found;
    } else {
      failed++;
      place++;
    }
  }
  return { smallest, words };
}

function nth<T>(items: Iterable<T>, n: number): T | undefined {
  let i = 0;
  for (const item of items) if (i++ === n) return item;
  return undefined;
}

function stillWrong(board: TestBoard, candidate: Case): string | undefined {
  try {
    return WebAssembly.validate(moduleBytes(candidate.module)) && ends(candidate)
      ? difference(board, candidate)
      : undefined;
  } catch {
    return undefined; // a branch lost its block
  }
}

/** What was shrunk may loop for ever. */
function ends({ module, calls }: Case): boolean {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(module, 10_000)), {});
  for (const { fn, args } of calls)
    try {
      const { params } = module.functions[fn]!;
      (instance.exports[`f${fn}`] as CallableFunction)(...args.map((word, i) => toScript(params[i]!, word)));
    } catch {}
  return ((instance.exports[`g${module.globals.length}`] as { readonly value: number }).value ?? 0) >= 0;
}

const sameFailure = (a: string, b: string): boolean => a.replace(/[0-9]+/g, "") === b.replace(/[0-9]+/g, "");

function* smaller({ module, calls, absolute }: Case): Generator<Case> {
  if (calls.length > 1) for (const call of calls) yield { module, calls: [call], absolute };
  for (let i = 0; i < calls.length && calls.length > 1; i++) yield { module, calls: calls.toSpliced(i, 1), absolute };
  const empty: Tree = { kind: "op", type: "void", args: [], bytes: [0x00] };
  for (const [i, fn] of module.functions.entries()) {
    if (
      !calls.some((call) => call.fn === i) &&
      (fn.body.length > 1 || fn.body[0]?.kind !== "op" || fn.body[0].bytes[0] !== 0)
    )
      yield { module: withFunction(module, i, { ...fn, body: [empty] }), calls, absolute };
  }
  for (const [i, fn] of module.functions.entries())
    for (const body of smallerLists(fn.body))
      yield { module: withFunction(module, i, { ...fn, body }), calls, absolute };
}

function withFunction(module: ModuleTree, index: number, fn: FunctionTree): ModuleTree {
  return { ...module, functions: module.functions.with(index, fn) };
}

function* smallerLists(list: readonly Tree[]): Generator<Tree[]> {
  if (list.length > 3) {
    const half = list.length >> 1;
    yield list.slice(half);
    yield [...list.slice(0, half), ...list.slice(-1)];
  }
  for (let i = 0; i < list.length; i++) if (list[i]!.type === "void") yield list.toSpliced(i, 1);
  for (let i = 0; i < list.length; i++) {
    const tree = list[i]!;
    if (tree.kind === "block" || tree.kind === "loop") yield list.toSpliced(i, 1, ...tree.body);
    for (const other of smallerTrees(tree)) yield list.with(i, other);
  }
}

function* smallerTrees(tree: Tree): Generator<Tree> {
  if (tree.type !== "void" && !(tree.kind === "op" && !tree.args.length)) {
    const zero = { i32: [0x41, 0], i64: [0x42, 0], f32: [0x43, 0, 0, 0, 0] }[tree.type];
    yield {
      kind: "op",
      type: tree.type,
      args: [],
      bytes: [0x41, 1].slice(0, tree.type === "i32" ? 2 : 0).length ? [0x41, 1] : zero,
    };
    yield { kind: "op", type: tree.type, args: [], bytes: zero };
  }
  if (tree.kind === "op" || tree.kind === "if" || tree.kind === "branch") {
    for (const arg of tree.args) if (arg.type === tree.type && tree.type !== "void") yield arg;
    for (const [i, arg] of tree.args.entries())
      for (const other of smallerTrees(arg)) yield { ...tree, args: tree.args.toSpliced(i, 1, other) } as Tree;
  }
  if (tree.kind === "if") {
    for (const consequent of smallerLists(tree.consequent)) yield { ...tree, consequent };
    for (const otherwise of smallerLists(tree.otherwise))
      if (otherwise.length || tree.type === "void") yield { ...tree, otherwise };
  } else if (tree.kind === "block" || tree.kind === "loop")
    for (const body of smallerLists(tree.body)) yield { ...tree, body };
}
