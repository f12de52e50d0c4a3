// Puts the operand values of a decoded instruction into its row's effect and simplifies: operands become constants, `each`
// is unrolled (its locals r and k become constants), `if` of a constant is decided, `condition` becomes a formula over
// flags, `shift` one of lsl lsr asr ror rrx, constant arithmetic is done, and assignments of a flag to itself vanish. What
// comes out holds no operand, each, condition, shift or shiftCarry: the form to interpret or translate.

import { invariant } from "../base/errors.ts";
import type { Effect, Expr, Target } from "./effect.ts";
import { apply, constant, flag } from "./expression.ts";
import { isIntegerOperator, type Operator, operators } from "./operators.ts";
import type { Operands } from "./row.ts";

type Values = Readonly<Record<string, number>>;

interface Scope {
  readonly operands: Operands;
  /** Locals known to be constant: r and k of an unrolled `each`. */
  readonly locals: Values;
}

const not = (expr: Expr): Expr => apply("isZero", expr);

/** ConditionPassed (DDI 0403E A7.3): pairs of a formula and its negation; 14 and 15 always hold. */
export function condition(number: number): Expr {
  const formulas: readonly Expr[] = [
    flag("Z"),
    flag("C"),
    flag("N"),
    flag("V"),
    apply("and", flag("C"), not(flag("Z"))),
    apply("eq", flag("N"), flag("V")),
    apply("and", apply("eq", flag("N"), flag("V")), not(flag("Z"))),
  ];
  const formula = formulas[number >> 1];
  if (!formula) return constant(1);
  return number & 1 ? not(formula) : formula;
}

const shiftNames = ["lsl", "lsr", "asr", "ror"] as const;

function bindShift(op: "shift" | "shiftCarry", args: readonly Expr[]): Expr {
  const [x, type, amount, carry] = args as [Expr, Expr, Expr, Expr];
  invariant(type.is === "const" && amount.is === "const", "a shift is of constant type and amount");
  if (type.value === 4) return op === "shift" ? apply("rrx", x, carry) : apply("and", x, constant(1));
  const name = shiftNames[type.value] as (typeof shiftNames)[number];
  if (amount.value === 0) return op === "shift" ? x : carry;
  return op === "shift" ? apply(name, x, amount) : apply(`${name}Carry`, x, amount, carry);
}

function bindApply(op: Operator, args: readonly Expr[]): Expr {
  const [first, second, third] = args;
  if (op === "shift" || op === "shiftCarry") return bindShift(op, args);
  if (op === "condition") {
    invariant(first?.is === "const", "a condition is a constant");
    return condition(first.value);
  }
  if (op === "select" && first?.is === "const") return (first.value !== 0 ? second : third) as Expr;
  if (isIntegerOperator(op) && args.every((arg) => arg.is === "const")) {
    const [a = 0, b = 0, c = 0, d = 0] = args.map((arg) => (arg.is === "const" ? arg.value : 0));
    return constant(operators[op](a, b, c, d));
  }
  const addsZero = op === "add" || op === "sub" || op === "shl" || op === "or";
  if (addsZero && second?.is === "const" && second.value === 0) return first as Expr;
  return { is: "apply", op, args };
}

function bindExpr(expr: Expr, scope: Scope): Expr {
  switch (expr.is) {
    case "operand": {
      const value = scope.operands[expr.name];
      invariant(value !== undefined, `no operand ${expr.name}`);
      return constant(value);
    }
    case "local": {
      const value = scope.locals[expr.name];
      return value === undefined ? expr : constant(value);
    }
    case "reg":
    case "single":
    case "double":
      return { is: expr.is, index: bindExpr(expr.index, scope) };
    case "special":
      return { is: "special", sysm: bindExpr(expr.sysm, scope) };
    case "load":
      return { ...expr, address: bindExpr(expr.address, scope) };
    case "apply":
      return bindApply(
        expr.op,
        expr.args.map((arg) => bindExpr(arg, scope)),
      );
    default:
      return expr;
  }
}

function bindEffect(effect: Effect, scope: Scope): Effect[] {
  const bound = (expr: Expr): Expr => bindExpr(expr, scope);
  switch (effect.do) {
    case "let":
      return [{ ...effect, value: bound(effect.value) }];
    case "set": {
      const target = bound(effect.target) as Target;
      const value = bound(effect.value);
      if (target.is === "flag" && value.is === "flag" && target.flag === value.flag) return [];
      return [{ do: "set", target, value }];
    }
    case "store":
      return [{ ...effect, address: bound(effect.address), value: bound(effect.value) }];
    case "storeExclusive": {
      const status = bound(effect.status) as Target;
      return [{ ...effect, status, address: bound(effect.address), value: bound(effect.value) }];
    }
    case "if": {
      const when = bound(effect.when);
      if (when.is === "const") return bindEffects(when.value !== 0 ? effect.body : effect.otherwise, scope);
      return [
        { do: "if", when, body: bindEffects(effect.body, scope), otherwise: bindEffects(effect.otherwise, scope) },
      ];
    }
    case "each":
      return bindEach(bound(effect.list), effect.body, scope);
    case "branch":
      return [{ ...effect, target: bound(effect.target) }];
    case "system":
      return [{ ...effect, args: effect.args.map(bound) }];
  }
}

function bindEach(list: Expr, body: readonly Effect[], scope: Scope): Effect[] {
  invariant(list.is === "const", "a register list is constant");
  const unrolled: Effect[] = [];
  let k = 0;
  for (let r = 0; r < 32; r++) {
    if ((list.value >>> r) & 1)
      unrolled.push(...bindEffects(body, { ...scope, locals: { ...scope.locals, r, k: k++ } }));
  }
  return unrolled;
}

function bindEffects(effects: readonly Effect[], scope: Scope): Effect[] {
  return effects.flatMap((effect) => bindEffect(effect, scope));
}

export function bind(effect: readonly Effect[], operands: Operands): Effect[] {
  return bindEffects(effect, { operands, locals: {} });
}
