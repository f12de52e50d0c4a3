// Bound effects as JavaScript text, one instruction at a time. Registers and flags are local variables of the generated function:
// r0…r14, n (its sign is N), z (zero means Z), C, V, Q, G. Only what is pure and cheap is printed inline, so that the engine may
// leave out flags that nobody reads; other operators are called. Loads and stores have a fast path for RAM and flash;
// whatever else happens is left to the interpreter: the printed code leaves before the instruction ("bail").

import { invariant } from "../../base/errors.ts";
import { type Effect, type Expr, isIntegerOperator } from "../../isa/isa.ts";
import type { TimedMemory } from "../memory-timing.ts";
import { printLoad, printStore } from "./print-access.ts";
import { type Printer, printOperator } from "./print-operator.ts";
import { foldTarget } from "./printable.ts";

/** Leaves at the instruction being printed; the text of a statement. */
export interface PrintPorts {
  readonly bail: () => string;
  /** The cycle at which the instruction runs, as an expression. */
  readonly now: string;
  /** Whether the run, begun here, might not fit the budget. */
  readonly late: string;
  /** Instruction's address. */
  readonly address: number;
  readonly size: number;
  /** Register writes happen after everything else: several accesses, or a branch that may bail. */
  readonly defer: boolean;
  readonly windows: {
    readonly ram: { readonly base: number; readonly bytes: number };
    readonly flash: { readonly base: number; readonly bytes: number };
  };
  /** Wait states of flash. */
  readonly timing: TimedMemory | undefined;
  /** Stores must look whether they hit decoded code. */
  readonly checkCode: boolean;
  readonly names: NameUse;
}

/** Which locals and helpers a region needs; `temporary` makes new names. */
export class NameUse {
  readonly used = new Set<string>();
  readonly written = new Set<string>();
  readonly operators = new Set<string>();
  readonly floats = new Set<string>();
  #count = 0;

  temporary(): string {
    return `t${this.#count++}`;
  }
}

/** What the printed instruction does at its end. */
export type Ending =
  | { readonly kind: "next" }
  | { readonly kind: "static"; readonly target: number }
  | { readonly kind: "dynamic"; readonly target: string };

const flagLocals = { N: "n", Z: "z", C: "C", V: "V", Q: "Q", GE: "G" } as const;
export class InstructionPrinter implements Printer {
  readonly lines: string[] = [];
  readonly #p: PrintPorts;
  readonly #locals = new Map<string, string>();
  /** Deferred writes: local name → temporary that holds its new value. */
  readonly #pending = new Map<string, string>();
  ending: Ending = { kind: "next" };
  /** The ending's transfer stands inside an `if` that whoever prints it must close. */
  openIf = false;

  constructor(ports: PrintPorts) {
    this.#p = ports;
  }

  effects(effects: readonly Effect[]): void {
    for (const effect of effects) this.#effect(effect);
  }

  /** Writes what was deferred. Call once, at the end. */
  commit(): void {
    for (const [name, value] of this.#pending) this.lines.push(`${name}=${value};`);
    this.#pending.clear();
  }

  operator(name: string): string {
    this.#p.names.operators.add(name);
    return `O_${name}`;
  }

  /** A short name for a value that is needed more than once. */
  hold(text: string): string {
    if (/^\w+$|^\(-\d+\)$/.test(text)) return text;
    const name = this.#p.names.temporary();
    this.lines.push(`const ${name}=${text};`);
    return name;
  }

  #read(name: string): string {
    this.#p.names.used.add(name);
    return this.#pending.get(name) ?? name;
  }

  #write(name: string, value: string): void {
    const { names, defer } = this.#p;
    names.used.add(name);
    names.written.add(name);
    if (defer) this.#pending.set(name, this.#fresh(value));
    else this.lines.push(`${name}=${value};`);
  }

  #fresh(text: string): string {
    const name = this.#p.names.temporary();
    this.lines.push(`const ${name}=${text};`);
    return name;
  }

  #effect(effect: Effect): void {
    switch (effect.do) {
      case "let":
        this.#locals.set(effect.name, this.#fresh(this.expr(effect.value)));
        return;
      case "set":
        return this.#set(effect.target, effect.value);
      case "store":
        printStore(
          this.#p,
          this.lines,
          effect,
          this.hold(this.expr(effect.address)),
          this.hold(this.expr(effect.value)),
        );
        return;
      case "if":
        return this.#if(effect);
      case "branch":
        return this.#branch(effect);
      case "system":
        if (effect.action === "divide-by-zero") this.lines.push(this.#p.bail());
        return;
      default:
        throw new Error(`thumbelina defect: ${effect.do} cannot be printed`);
    }
  }

  /** A conditional branch is printed by the region (it knows the targets): here only its condition is kept. */
  #if({ when, body, otherwise }: Extract<Effect, { do: "if" }>): void {
    const [only] = body;
    if (body.length === 1 && only?.do === "branch" && otherwise.length === 0) {
      this.lines.push(`if(${this.test(when)}){`);
      this.openIf = true;
      return this.#branch(only);
    }
    this.lines.push(`if(${this.test(when)}){`);
    this.effects(body);
    this.lines.push("}");
    if (otherwise.length === 0) return;
    this.lines.push("else{");
    this.effects(otherwise);
    this.lines.push("}");
  }

  #branch({ kind, target }: Extract<Effect, { do: "branch" }>): void {
    const fixed = kind === "jump" ? foldTarget(target, this.#p.address) : undefined;
    if (fixed !== undefined) {
      this.ending = { kind: "static", target: fixed };
      return;
    }
    const value = this.hold(this.expr(target));
    // Not Thumb, or an exception return: the interpreter knows.
    if (kind !== "jump") this.lines.push(`if((${value}&1)===0||${value}>>>28===15)${this.#p.bail()}`);
    this.ending = { kind: "dynamic", target: `${value}&-2` };
  }

  #set(target: Expr, value: Expr): void {
    const { names } = this.#p;
    switch (target.is) {
      case "flag":
        return this.#setFlag(target.flag, value);
      case "fpscr":
        this.lines.push(`x[22]=${this.expr(value)};`);
        return;
      case "single":
        this.lines.push(`x[${32 + constantOf(target.index)}]=${this.expr(value)};`);
        return;
      case "reg": {
        const index = constantOf(target.index);
        if (index === 15) {
          this.ending = { kind: "dynamic", target: `${this.hold(this.expr(value))}&-2` };
          return;
        }
        const text = this.expr(value);
        this.#write(`r${index}`, index === 13 ? `(${text})&-4` : text);
        return;
      }
      default:
        throw new Error(`thumbelina defect: ${target.is} is no target (${names.used.size})`);
    }
  }

  #setFlag(flag: keyof typeof flagLocals, value: Expr): void {
    if (flag === "Z" && value.is === "apply" && value.op === "isZero")
      return this.#write("z", this.expr(value.args[0]!));
    if (flag === "Z") return this.#write("z", `(${this.expr(value)})^1`);
    if (flag === "N") {
      const source =
        value.is === "apply" && value.op === "shr" && isConstant(value.args[1], 31) ? value.args[0]! : undefined;
      return this.#write("n", source ? this.expr(source) : `-(${this.expr(value)})`);
    }
    this.#write(flagLocals[flag], this.expr(value));
  }

  /** A truth, as the condition of `if`. */
  test(expr: Expr): string {
    if (expr.is === "flag") {
      if (expr.flag === "Z") return `${this.#read("z")}===0`;
      if (expr.flag === "N") return `${this.#read("n")}<0`;
    }
    if (expr.is === "apply") {
      const [a, b] = expr.args;
      switch (expr.op) {
        case "isZero":
          if (a!.is === "flag" || a!.is === "apply") return `!(${this.test(a!)})`;
          return `(${this.expr(a!)})===0`;
        case "and":
          return `(${this.test(a!)})&&(${this.test(b!)})`;
        case "eq":
          return `(${this.expr(a!)})===(${this.expr(b!)})`;
        case "ne":
          return `(${this.expr(a!)})!==(${this.expr(b!)})`;
      }
    }
    return `(${this.expr(expr)})!==0`;
  }

  /** An int32 expression. */
  expr(expr: Expr): string {
    const { address, size, names } = this.#p;
    switch (expr.is) {
      case "const":
        return literal(expr.value);
      case "pc":
        return literal(address + 4);
      case "next":
        return literal(address + size);
      case "local": {
        const name = this.#locals.get(expr.name);
        invariant(name, `local ${expr.name} was not let`);
        return name;
      }
      case "reg": {
        const index = constantOf(expr.index);
        return index === 15 ? literal(address + 4) : this.#read(`r${index}`);
      }
      case "single":
        return `x[${32 + constantOf(expr.index)}]`;
      case "fpscr":
        return "x[22]";
      case "flag":
        if (expr.flag === "Z") return `(Math.clz32(${this.#read("z")})>>>5)`;
        if (expr.flag === "N") return `(${this.#read("n")}>>>31)`;
        return this.#read(flagLocals[expr.flag]);
      case "load":
        return printLoad(this.#p, this.lines, expr.bytes, expr.access, this.hold(this.expr(expr.address)));
      case "apply": {
        if (!isIntegerOperator(expr.op)) {
          names.floats.add(expr.op);
          return `F_${expr.op}(x,[${expr.args.map((arg) => this.expr(arg)).join()}])`;
        }
        return printOperator(expr.op, expr.args, this);
      }
      default:
        throw new Error(`thumbelina defect: ${expr.is} cannot be printed`);
    }
  }
}

/** In brackets when negative: `a - -1`, not `a--1`. */
const literal = (value: number): string => ((value | 0) < 0 ? `(${value | 0})` : `${value | 0}`);

function constantOf(expr: Expr): number {
  invariant(expr.is === "const", "a register number is bound");
  return expr.value;
}

const isConstant = (expr: Expr | undefined, value: number) => expr?.is === "const" && expr.value === value;
