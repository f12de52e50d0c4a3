// `let a = e` followed at once by the only use of `a` becomes that use of e: fewer steps for interpreter and translator. Only where
// nothing can come between: the use is in the next statement, outside a nested block.

import type { Effect, Expr } from "../isa/isa.ts";

export function inlineLocals(effects: readonly Effect[]): readonly Effect[] {
  const out: Effect[] = [];
  for (let i = 0; i < effects.length; i++) {
    const effect = effects[i]!;
    const next = effects[i + 1];
    const once = effect.do === "let" && uses(next, effect.name) === 1 && uses(effects.slice(i + 2), effect.name) === 0;
    if (once && effect.do === "let" && next) {
      const replaced = replaceIn(next, effect.name, effect.value);
      if (replaced) {
        const rest = [replaced, ...effects.slice(i + 2)];
        return [...out, ...inlineLocals(rest)];
      }
    }
    out.push(effect);
  }
  return out;
}

function uses(value: unknown, name: string): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + uses(item, name), 0);
  if (typeof value !== "object" || value === null) return 0;
  const node = value as Record<string, unknown>;
  if (node["is"] === "local" && node["name"] === name) return 1;
  return Object.values(node).reduce((sum: number, item) => sum + uses(item, name), 0);
}

/** Undefined for statements that hold others. */
function replaceIn(effect: Effect, name: string, value: Expr): Effect | undefined {
  if (effect.do !== "set" && effect.do !== "store" && effect.do !== "let" && effect.do !== "branch") return undefined;
  // A load may fault and reads memory: it must stay before whatever else the statement loads or does.
  const statement = effect as unknown as Record<string, unknown>;
  const result: Record<string, unknown> = { ...statement };
  for (const key of ["value", "address", "target"])
    if (statement[key] !== undefined) result[key] = replace(statement[key] as Expr, name, value);
  return result as unknown as Effect;
}

function replace(expr: Expr, name: string, value: Expr): Expr {
  switch (expr.is) {
    case "local":
      return expr.name === name ? value : expr;
    case "apply":
      return { ...expr, args: expr.args.map((arg) => replace(arg, name, value)) };
    case "load":
      return { ...expr, address: replace(expr.address, name, value) };
    default:
      return expr;
  }
}
