// Short names for building expressions.

import type { Expr, Flag } from "./effect.ts";
import type { Operator } from "./operators.ts";

export const constant = (value: number): Expr => ({ is: "const", value });
export const apply = (op: Operator, ...args: Expr[]): Expr => ({ is: "apply", op, args });
export const flag = (name: Flag): Expr => ({ is: "flag", flag: name });
export const operand = (name: string): Expr => ({ is: "operand", name });
export const local = (name: string): Expr => ({ is: "local", name });
export const register = (index: Expr): Expr => ({ is: "reg", index });
