// `x = e, NZCV if S` in rows: which values the flags take. NZ come from the result; NZC also the carry of the shift or of the
// modified constant inside e; NZCV those of AddWithCarry, where a - b is a + ~b + 1 (DDI 0403E A2.2.1).

import { invariant } from "../base/errors.ts";
import type { Effect, Expr, Flag, Target } from "./effect.ts";
import { apply, constant, flag, local, operand } from "./expression.ts";
import type { Operator } from "./operators.ts";

/** `x = e, NZCV if S` spelled out: the flags first, from the operands as they were, then the result. */
export function withFlags(target: Target | undefined, value: Expr, flags: string, when: Expr | undefined): Effect[] {
  const result = local("result");
  const set = (name: Flag, to: Expr): Effect => ({ do: "set", target: flag(name) as Target, value: to });
  const sets = [set("N", apply("shr", result, constant(31))), set("Z", apply("isZero", result))];
  if (flags === "NZCV") {
    const sum = sumOf(value);
    sets.push(set("V", apply("overflow", ...sum)), set("C", apply("carry", ...sum)));
  } else if (flags === "NZC") {
    sets.push(set("C", carryOf(value)));
  } else {
    invariant(flags === "NZ", `unknown flags ${flags}`);
  }
  const last: Effect[] = target ? [{ do: "set", target, value: result }] : [];
  const flagging: Effect[] = when ? [{ do: "if", when, body: sets, otherwise: [] }] : sets;
  return [{ do: "let", name: "result", value }, ...flagging, ...last];
}

/** The three inputs of AddWithCarry for a + b, a - b, a + b + C. */
function sumOf(value: Expr): [Expr, Expr, Expr] {
  invariant(value.is === "apply", "NZCV needs a sum");
  const [a, b] = value.args as [Expr, Expr];
  if (value.op === "sub") return [a, apply("not", b), constant(1)];
  invariant(value.op === "add", "NZCV needs a sum");
  if (b.is === "flag" && a.is === "apply" && a.op === "add") return [a.args[0] as Expr, a.args[1] as Expr, b];
  return [a, b, constant(0)];
}

/** The carry out of the shift or of the modified immediate constant (operand `carry`: 0, 1, or 2 for unchanged) in e. */
function carryOf(value: Expr): Expr {
  if (value.is === "operand" && value.name === "const") {
    const carry = operand("carry");
    return apply("select", apply("eq", carry, constant(2)), flag("C"), carry);
  }
  invariant(value.is === "apply", "NZC needs a shift or a constant");
  if (value.op === "shift") return { ...value, op: "shiftCarry" };
  if (value.op === "rrx") return apply("and", value.args[0] as Expr, constant(1));
  if (["lsl", "lsr", "asr", "ror"].includes(value.op)) {
    return apply(`${value.op}Carry` as Operator, ...value.args, flag("C"));
  }
  return carryOf(value.args.at(-1) as Expr);
}
