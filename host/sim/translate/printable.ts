// Which instructions the translator takes, and what it can tell about them without printing.

import { type Effect, type Expr, isIntegerOperator, type SystemAction } from "../../isa/isa.ts";

const ignored = new Set<SystemAction>(["it", "nop", "yield", "dmb", "dsb", "isb"]);

/** Whether an instruction can be printed at all. */
export function isPrintable(effects: readonly Effect[]): boolean {
  return effects.every((effect) => {
    switch (effect.do) {
      case "system":
        return ignored.has(effect.action) || effect.action === "divide-by-zero";
      case "storeExclusive":
      case "each":
        return false;
      case "if":
        return isPlain(effect.when) && isPrintable(effect.body) && isPrintable(effect.otherwise);
      case "let":
        return isPlain(effect.value);
      case "set":
        return effect.target.is !== "double" && isPlain(effect.value);
      case "store":
        return effect.access !== "user" && isPlain(effect.value) && isPlain(effect.address);
      case "branch":
        return isPlain(effect.target);
      default:
        return false;
    }
  });
}

function isPlain(expr: Expr): boolean {
  switch (expr.is) {
    case "double":
    case "special":
      return false;
    case "load":
      return expr.access !== "user" && expr.access !== "exclusive" && isPlain(expr.address);
    case "apply":
      return (isIntegerOperator(expr.op) || expr.op.endsWith("32")) && expr.args.every(isPlain);
    default:
      return true;
  }
}

/** Target of a PC-relative jump. */
export function foldTarget(expr: Expr, address: number): number | undefined {
  if (expr.is === "const") return expr.value & ~1;
  if (expr.is === "pc") return (address + 4) & ~1;
  if (expr.is !== "apply" || expr.op !== "add") return undefined;
  const [a, b] = expr.args.map((arg) => foldTarget(arg, address));
  return a === undefined || b === undefined ? undefined : (a + b) & ~1;
}
