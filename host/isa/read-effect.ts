// Reads the effect column of a row: "let a = Rn + i; Rt = M4[a]; Rn = a" in, the statements of effect.ts out.
//
//   Rd Sd Dd       the register whose number is the operand of that letter; R[e] S[e] D[e] by number; SP LR PC next FPSCR
//   Bn Tn          bottom and top halfword of Rn, sign-extended
//   M4[e]          memory, 4 2 or 1 bytes; first letter: M any alignment, A aligned, U unprivileged, X exclusive, O ordered
//   N Z C V Q GE   flags; + - * & | ^ ~ ! << >> (signed) >>> == != < <= as in C on int32; f(a, b): an operator
//   i, const …     any other name: a local if one was let, else an operand
//   x = e, NZCV if S      also sets flags: NZ from the result; NZC with the carry of the shift or constant inside e;
//                         NZCV where e is a sum a + b, a - b or a + b + C. `_ = e, …` keeps only the flags.
//   Q |= e         sticky; strex4(a, v) only as `Rd = strex4(a, v)`
//   Rh:Rl += e : f        adds a 64-bit value, e its high word, to a pair of registers
//   if e { … } else { … }; each list { … R[r] … k … }; jump(e) exchange(e) call(e); svc(i) and the other system actions

import { invariant } from "../base/errors.ts";
import type { Access, Bytes, Effect, Expr, Flag, SystemAction, Target } from "./effect.ts";
import { apply, constant, flag, local, operand, register } from "./expression.ts";
import { withFlags } from "./flag-effects.ts";
import { isFloatOperator, isIntegerOperator, type Operator } from "./operators.ts";

const accesses: Readonly<Record<string, Access>> = { M: "any", A: "aligned", U: "user", X: "exclusive", O: "ordered" };
const branches = ["jump", "exchange", "call"] as const;
const precedence: Readonly<Record<string, { level: number; op: Operator }>> = {
  "|": { level: 1, op: "or" },
  "^": { level: 2, op: "xor" },
  "&": { level: 3, op: "and" },
  "==": { level: 4, op: "eq" },
  "!=": { level: 4, op: "ne" },
  "<": { level: 5, op: "lt" },
  "<=": { level: 5, op: "le" },
  "<<": { level: 6, op: "shl" },
  ">>": { level: 6, op: "sar" },
  ">>>": { level: 6, op: "shr" },
  "+": { level: 7, op: "add" },
  "-": { level: 7, op: "sub" },
  "*": { level: 8, op: "mul" },
};

class Reader {
  readonly #tokens: readonly string[];
  readonly #locals = new Set<string>();
  #at = 0;
  #sums = 0;

  constructor(readonly source: string) {
    this.#tokens = source.match(/0x[0-9a-f]+|[A-Za-z_][\w-]*|\d+|>>>|<<|>>|==|!=|<=|\|=|\+=|\S/g) ?? [];
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? "";
  }

  #next(): string {
    return this.#tokens[this.#at++] ?? "";
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    invariant(this.#take(token), `"${token}" expected, not "${this.#peek()}", in effect: ${this.source}`);
  }

  statements(end = ""): Effect[] {
    const list: Effect[] = [];
    while (this.#peek() !== end) {
      list.push(...this.#statement());
      if (!this.#take(";") && this.#peek() !== end) this.#expect(";");
    }
    return list;
  }

  #block(): Effect[] {
    this.#expect("{");
    const list = this.statements("}");
    this.#expect("}");
    return list;
  }

  #statement(): Effect[] {
    if (this.#take("let")) return [this.#let(this.#next())];
    if (this.#take("if")) {
      const when = this.#expr();
      const body = this.#block();
      return [{ do: "if", when, body, otherwise: this.#take("else") ? this.#block() : [] }];
    }
    if (this.#take("each")) {
      const list = this.#expr();
      this.#locals.add("r").add("k");
      return [{ do: "each", list, body: this.#block() }];
    }
    const word = this.#peek();
    if (this.#peek(1) === "(") {
      this.#next();
      const args = this.#arguments();
      const kind = branches.find((name) => name === word);
      if (kind) return [{ do: "branch", kind, target: args[0] as Expr }];
      return [{ do: "system", action: word as SystemAction, args }];
    }
    return this.#assignment();
  }

  #let(name: string): Effect {
    this.#expect("=");
    const value = this.#expr();
    this.#locals.add(name);
    return { do: "let", name, value };
  }

  #assignment(): Effect[] {
    const target = this.#take("_") ? undefined : this.#primary();
    if (this.#take("|=")) {
      return [{ do: "set", target: target as Target, value: apply("or", target as Expr, this.#expr()) }];
    }
    if (this.#take(":")) return this.#addToPair(target as Target);
    this.#expect("=");
    const exclusive = /^strex([124])$/.exec(this.#peek());
    if (exclusive) {
      this.#next();
      const [address, value] = this.#arguments() as [Expr, Expr];
      const bytes = Number(exclusive[1]) as Bytes;
      return [{ do: "storeExclusive", status: target as Target, bytes, address, value }];
    }
    const value = this.#expr();
    if (target?.is === "load") {
      return [{ do: "store", bytes: target.bytes, access: target.access, address: target.address, value }];
    }
    if (!this.#take(",")) return [{ do: "set", target: target as Target, value }];
    const flags = this.#next();
    const when = this.#take("if") ? this.#expr() : undefined;
    return withFlags(target as Target | undefined, value, flags, when);
  }

  #addToPair(high: Target): Effect[] {
    const low = this.#primary() as Target;
    this.#expect("+=");
    const [addedHigh] = [this.#expr(), this.#expect(":")];
    const added = this.#expr();
    const name = `sum${this.#sums++}`;
    return [
      { do: "let", name, value: apply("add", low, added) },
      {
        do: "set",
        target: high,
        value: apply("add", apply("add", high, addedHigh), apply("carry", low, added, constant(0))),
      },
      { do: "set", target: low, value: local(name) },
    ];
  }

  #arguments(): Expr[] {
    this.#expect("(");
    const args: Expr[] = [];
    while (!this.#take(")")) {
      args.push(this.#expr());
      if (this.#peek() !== ")") this.#expect(",");
    }
    return args;
  }

  #expr(level = 1): Expr {
    let left = this.#unary();
    for (;;) {
      const operator = precedence[this.#peek()];
      if (!operator || operator.level < level) return left;
      this.#next();
      left = apply(operator.op, left, this.#expr(operator.level + 1));
    }
  }

  #unary(): Expr {
    if (this.#take("~")) return apply("not", this.#unary());
    if (this.#take("!")) return apply("isZero", this.#unary());
    if (this.#take("-")) return apply("neg", this.#unary());
    return this.#primary();
  }

  #index(): Expr {
    this.#expect("[");
    const index = this.#expr();
    this.#expect("]");
    return index;
  }

  #primary(): Expr {
    const word = this.#next();
    if (word === "(") {
      const inner = this.#expr();
      this.#expect(")");
      return inner;
    }
    if (/^\d/.test(word)) return constant(Number(word) | 0);
    if (this.#peek() === "[") return indexed(word, this.#index());
    if (this.#peek() === "(") return this.#call(word);
    return this.#name(word);
  }

  #call(word: string): Expr {
    const args = this.#arguments();
    if (word === "special") return { is: "special", sysm: args[0] as Expr };
    if (word === "shift") return apply("shift", args[0] as Expr, operand("type"), operand("amount"), flag("C"));
    const known = word === "condition" || isIntegerOperator(word) || isFloatOperator(word);
    invariant(known, `unknown operator ${word} in effect: ${this.source}`);
    return apply(word as Operator, ...args);
  }

  #name(word: string): Expr {
    if (this.#locals.has(word)) return local(word);
    if (/^[NZCVQ]$|^GE$/.test(word)) return flag(word as Flag);
    if (word === "SP" || word === "LR") return register(constant(word === "SP" ? 13 : 14));
    if (word === "PC") return { is: "pc" };
    if (word === "next") return { is: "next" };
    if (word === "FPSCR") return { is: "fpscr" };
    if (/^R[a-z]$/.test(word)) return register(operand(word.slice(1)));
    if (/^B[a-z]$/.test(word)) return apply("sxth", register(operand(word.slice(1))));
    if (/^T[a-z]$/.test(word)) return apply("sar", register(operand(word.slice(1))), constant(16));
    if (/^S[a-z]$/.test(word)) return { is: "single", index: operand(word.slice(1)) };
    if (/^D[a-z]$/.test(word)) return { is: "double", index: operand(word.slice(1)) };
    invariant(/^[a-z]\w*$|^[SU]$/.test(word), `"${word}" means nothing in effect: ${this.source}`);
    return operand(word);
  }
}

function indexed(word: string, index: Expr): Expr {
  if (word === "R") return register(index);
  if (word === "S") return { is: "single", index };
  if (word === "D") return { is: "double", index };
  const access = accesses[word[0] ?? ""];
  invariant(access && /^.[124]$/.test(word), `"${word}[" means nothing`);
  return { is: "load", bytes: Number(word[1]) as Bytes, access, address: index };
}

export function readEffect(source: string): Effect[] {
  return new Reader(source).statements();
}
