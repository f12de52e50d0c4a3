// Clamps: two nested selects with power-of-two bounds are one SSAT or USAT, in every order that AssemblyScript and Binaryen
// write them: max(min(x, hi), lo) or min(max(x, lo), hi), with lt, le, gt or ge, operands either way round.

import type { Value } from "./ir.ts";
import type { Instruction } from "./machine.ts";
import type { Selector } from "./select.ts";

interface Bound {
  readonly of: Value;
  readonly kind: "min" | "max";
  readonly limit: number;
}

/** select(x < c, x, c) and its relatives: min or max of x with a constant. */
function bound(value: Value): Bound | undefined {
  if (value.op !== "select") return undefined;
  const [condition, then, otherwise] = value.args as [Value, Value, Value];
  if (condition.op !== "ltS" && condition.op !== "leS") return undefined;
  const [a, b] = condition.args as [Value, Value];
  const [x, limit] = then.op === "const" ? [otherwise, then] : [then, otherwise];
  if (limit.op !== "const" || x.op === "const") return undefined;
  // The comparison is between x and the same limit (le and lt differ only where both arms are equal).
  if (!((a === x && b.op === "const" && b.imm === limit.imm) || (b === x && a.op === "const" && a.imm === limit.imm)))
    return undefined;
  const takesSmaller = (a === x) === (then === x);
  return { of: x, kind: takesSmaller ? "min" : "max", limit: limit.imm };
}

/** Whether nobody but this select reads `inner`: as an arm, and mostly in its comparison as well. */
function isOwn(s: Selector, value: Value, inner: Value): boolean {
  const condition = value.args[0]!;
  const readers = condition.args.includes(inner) && s.uses.get(condition) === 1 ? 2 : 1;
  return s.uses.get(inner) === readers && !s.isNeeded(inner);
}

export function saturation(s: Selector, value: Value): Instruction | undefined {
  if (!s.target.thumb2) return undefined;
  const outer = bound(value);
  const inner = outer && isOwn(s, value, outer.of) ? bound(outer.of) : undefined;
  if (!outer || !inner || outer.kind === inner.kind) return undefined;
  const [low, high] = outer.kind === "max" ? [outer.limit, inner.limit] : [inner.limit, outer.limit];
  const width = 32 - Math.clz32(high);
  if (high !== 2 ** width - 1) return undefined;
  const signed = low === -(2 ** width);
  if (!signed && low !== 0) return undefined;
  const op = signed ? "ssat" : "usat";
  return {
    op,
    defs: [s.result(value)],
    uses: [s.register(inner.of)],
    imm: signed ? width + 1 : width,
    offset: value.offset,
  };
}
