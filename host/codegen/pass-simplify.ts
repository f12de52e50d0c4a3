// Local algebra: constants are computed, neutral operands vanish, constants go right, additions of constants gather, and
// constants of an address move into the offset of its access (absolute memory: an address never wraps).

import { isLoad, isStore, type Op, type SsaFunction, type Value } from "./ir.ts";
import { replaceAll } from "./ir-build.ts";

type Fold = (a: number, b: number) => number;

const folds: Partial<Record<Op, Fold>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: Math.imul,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => a << b,
  shrS: (a, b) => a >> b,
  shrU: (a, b) => a >>> b,
  rotr: (a, b) => (a >>> (b & 31)) | (a << (-b & 31)),
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  ltS: (a, b) => Number(a < b),
  leS: (a, b) => Number(a <= b),
  ltU: (a, b) => Number(a >>> 0 < b >>> 0),
  leU: (a, b) => Number(a >>> 0 <= b >>> 0),
};

const unaryFolds: Partial<Record<Op, (a: number) => number>> = {
  clz: Math.clz32,
  ctz: (a) => (a ? 31 - Math.clz32(a & -a) : 32),
  ext8S: (a) => (a << 24) >> 24,
  ext16S: (a) => (a << 16) >> 16,
};

const commutative: ReadonlySet<Op> = new Set<Op>(["add", "mul", "and", "or", "xor", "eq", "ne"]);
/** x op neutral = x. */
const neutral: Partial<Record<Op, number>> = {
  add: 0,
  sub: 0,
  or: 0,
  xor: 0,
  shl: 0,
  shrS: 0,
  shrU: 0,
  rotr: 0,
  mul: 1,
  and: -1,
};

/** What the operator makes of constants, if that is known here. */
export function folded(op: Op, args: readonly number[]): number | undefined {
  const [a, b] = args;
  if (a === undefined) return undefined;
  const word = args.length === 1 ? unaryFolds[op]?.(a) : args.length === 2 ? folds[op]?.(a, b!) : undefined;
  return word === undefined ? undefined : word | 0;
}

export function simplify(fn: SsaFunction, absolute: boolean): void {
  const replacement = new Map<Value, Value>();
  const resolve = (value: Value): Value => {
    let to = value;
    for (let next = replacement.get(to); next; next = replacement.get(to)) to = next;
    return to;
  };
  for (const block of fn.blocks)
    for (const value of block.body) {
      for (let i = 0; i < value.args.length; i++) value.args[i] = resolve(value.args[i]!);
      const same = simplified(value, absolute);
      if (same) replacement.set(value, same);
    }
  replaceAll(fn, replacement);
}

/** Rewrites the value in place, or returns the one that it equals. */
function simplified(value: Value, absolute: boolean): Value | undefined {
  if (absolute && (isLoad(value.op) || isStore(value.op))) gatherOffset(value);
  const [a, b] = value.args;
  if (!a || value.type === "f32") return undefined;
  if (value.op === "select") return simplifySelect(value);
  if (a.op === "const" && !b && unaryFolds[value.op]) return become(value, unaryFolds[value.op]!(a.imm));
  if (!b || !folds[value.op] || value.args.length !== 2) return undefined;
  if (a.op === "const" && b.op === "const") return become(value, folds[value.op]!(a.imm, b.imm));
  if (a.op === "const" && commutative.has(value.op)) value.args.reverse();
  const [x, c] = value.args as [Value, Value];
  if (c.op !== "const") return undefined;
  if (neutral[value.op] === c.imm) return x;
  return withConstant(value, x, c);
}

function withConstant(value: Value, x: Value, c: Value): Value | undefined {
  if (value.op === "sub") {
    // x − c is x + (−c): one form for gathering.
    value.op = "add";
    value.args[1] = { ...c, imm: -c.imm | 0 };
    return withConstant(value, x, value.args[1]);
  }
  if ((value.op === "and" || value.op === "mul") && c.imm === 0) return become(value, 0);
  const inner = x.args[1];
  // add(add(p, 4), 64): only where both are in one block, else the old pointer would live on beside the new one.
  if (value.op === "add" && x.op === "add" && inner?.op === "const" && x.block === value.block) {
    value.args[0] = x.args[0]!;
    value.args[1] = { ...c, imm: (c.imm + inner.imm) | 0 };
    return value.args[1].imm === 0 ? value.args[0] : undefined;
  }
  // eqz(eqz(x < y)) and the like.
  if (value.op === "ne" && c.imm === 0 && isTruth(x)) return x;
  if (
    value.op === "eq" &&
    c.imm === 0 &&
    x.op === "eq" &&
    inner?.op === "const" &&
    inner.imm === 0 &&
    isTruth(x.args[0]!)
  )
    return x.args[0];
  return undefined;
}

function isTruth({ op }: Value): boolean {
  return ["eq", "ne", "ltS", "ltU", "leS", "leU", "lt64S", "lt64U", "feq", "fne", "flt", "fle"].includes(op);
}

function simplifySelect(value: Value): Value | undefined {
  const [condition, then, otherwise] = value.args as [Value, Value, Value];
  if (then === otherwise) return then;
  return condition.op === "const" ? (condition.imm ? then : otherwise) : undefined;
}

function become(value: Value, word: number): undefined {
  value.op = "const";
  value.imm = word | 0;
  value.args = [];
  return undefined;
}

function gatherOffset(access: Value): void {
  const base = access.args[0]!;
  const added = base.args[1];
  if (base.op !== "add" || added?.op !== "const" || base.block !== access.block) return;
  const offset = access.imm + added.imm;
  if (offset < -255 || offset > 4095) return;
  access.args[0] = base.args[0]!;
  access.imm = offset;
}
