// Instructions that set flags, recognised by the exact shape in which room isa writes them: one closure does what a dozen would.

import type { Effect, Expr } from "../isa/isa.ts";
import { constantOf, type ValueCompiler } from "./closure-values.ts";
import { slot } from "./cpu.ts";
import { sequential } from "./op.ts";

type Step = () => number;

/**
 * `let result = a ± b; N Z V C from it; Rd = result`: the commonest instruction. Recognised by its exact shape as readEffect
 * writes it, so that one closure does what eleven would.
 */
export function flagSum(values: ValueCompiler, x: Int32Array, effects: readonly Effect[]): Step | undefined {
  const [first, n, z, v, c, last] = effects;
  if (effects.length < 5 || effects.length > 6 || first?.do !== "let" || first.name !== "result") return undefined;
  const names = [n, z, v, c].map((effect) => effect?.do === "set" && effect.target.is === "flag" && effect.target.flag);
  if (names.join() !== "N,Z,V,C" || first.value.is !== "apply") return undefined;
  const carry = c?.do === "set" && c.value.is === "apply" && c.value.op === "carry" ? c.value.args : undefined;
  if (!carry || (first.value.op !== "add" && first.value.op !== "sub")) return undefined;
  const target = last?.do === "set" && last.target.is === "reg" ? constantOf(last.target.index) : -1;
  if (last && (target < 0 || target === 15 || target === 13)) return undefined;
  return carry[2]!.is === "const" && (carry[2]!.value === 0 || carry[2]!.value === 1)
    ? plainSum(values, x, first.value.op === "sub", carry, target)
    : undefined;
}

/** `destination` −1: only the flags. */
function plainSum(
  values: ValueCompiler,
  x: Int32Array,
  subtract: boolean,
  carry: readonly Expr[],
  destination: number,
): Step {
  const keeps = destination >= 0;
  const left = values.expr(carry[0]!);
  const right = values.expr(
    subtract && carry[1]!.is === "apply" && carry[1]!.op === "not" ? carry[1]!.args[0]! : carry[1]!,
  );
  const isNot = subtract && !(carry[1]!.is === "apply" && carry[1]!.op === "not");
  if (subtract)
    return () => {
      const a = left();
      const b = isNot ? ~right() : right();
      const result = (a - b) | 0;
      x[16] = result >>> 31;
      x[17] = result === 0 ? 1 : 0;
      x[18] = a >>> 0 >= b >>> 0 ? 1 : 0;
      x[19] = ((a ^ b) & (a ^ result)) >>> 31;
      if (keeps) x[destination] = result;
      return sequential;
    };
  return () => {
    const a = left();
    const b = right();
    const result = (a + b) | 0;
    x[16] = result >>> 31;
    x[17] = result === 0 ? 1 : 0;
    x[18] = result >>> 0 < a >>> 0 ? 1 : 0;
    x[19] = ((a ^ result) & (b ^ result)) >>> 31;
    if (keeps) x[destination] = result;
    return sequential;
  };
}

/** `let result = e; N Z (C) from it; Rd = result`: moves and logic that set flags. */
export function flagResult(values: ValueCompiler, x: Int32Array, effects: readonly Effect[]): Step | undefined {
  const [first, n, z, ...rest] = effects;
  if (first?.do !== "let" || first.name !== "result" || rest.length > 2) return undefined;
  if (flagOf(n) !== "N" || flagOf(z) !== "Z" || values.isDouble(first.value)) return undefined;
  const carry = flagOf(rest[0]) === "C" ? rest[0] : undefined;
  const last = rest[carry ? 1 : 0];
  if (rest.length !== (carry ? 1 : 0) + (last ? 1 : 0)) return undefined;
  const target = last?.do === "set" && last.target.is === "reg" ? constantOf(last.target.index) : -1;
  if (last && (target < 0 || target === slot.pc || target === slot.sp)) return undefined;
  const value = values.expr(first.value);
  const c = carry?.do === "set" ? values.expr(carry.value) : undefined;
  if (target < 0 || c)
    return () => {
      const result = value();
      if (c) x[18] = c();
      x[16] = result >>> 31;
      x[17] = result === 0 ? 1 : 0;
      if (target >= 0) x[target] = result;
      return sequential;
    };
  return () => {
    const result = value();
    x[16] = result >>> 31;
    x[17] = result === 0 ? 1 : 0;
    x[target] = result;
    return sequential;
  };
}

const flagOf = (effect: Effect | undefined) =>
  effect?.do === "set" && effect.target.is === "flag" ? effect.target.flag : undefined;
