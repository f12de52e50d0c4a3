// Bound effects → closures: the interpreter, also where `new Function` is forbidden. Every node becomes one closure; leaves of
// the commonest shapes (register and constant operands, sums that set flags) are folded into their parent, which is what
// makes it fast enough. No meaning is written here that the operators of room isa do not have: the folded shapes are checked
// against them by the differential test.

import { invariant, unreachable } from "../base/errors.ts";
import {
  type Access,
  type Bytes,
  type Effect,
  type Expr,
  isIntegerOperator,
  operators,
  type SystemAction,
} from "../isa/isa.ts";
import { slot } from "./cpu.ts";
import { type FloatFunction, floatFunction } from "./float-functions.ts";
import { inlineLocals } from "./inline-locals.ts";
import { sequential } from "./op.ts";
import type { Port } from "./port.ts";

export type Value = () => number;
export type Step = () => number;

/** What instructions need of the machine beyond registers and memory. */
export interface Actions {
  /** BX and loads of PC: exception return or interworking branch; returns the target. */
  exchange(target: number): number;
  call(target: number): number;
  readSpecial(sysm: number): number;
  /** Returns `sequential` or a target. */
  system(action: SystemAction, args: readonly number[]): number;
  setMonitor(): void;
  takeMonitor(): boolean;
}

export interface ClosurePorts {
  readonly x: Int32Array;
  readonly port: Port;
  readonly actions: Actions;
}

/** Locals of one instruction; instructions do not nest, so all share one array. */
export class ClosureCompiler {
  readonly #x: Int32Array;
  readonly #port: Port;
  readonly #actions: Actions;
  readonly #locals = new Int32Array(64);
  readonly #doubles: bigint[] = [];
  readonly #wide: BigUint64Array;
  #slots = new Map<string, number>();
  /** Locals that hold 64 bits. */
  readonly #wideLocals = new Set<string>();
  #address = 0;
  #size = 2;

  constructor({ x, port, actions }: ClosurePorts) {
    this.#x = x;
    this.#wide = new BigUint64Array(x.buffer);
    this.#port = port;
    this.#actions = actions;
  }

  compile(effects: readonly Effect[], address: number, size: number): Step {
    this.#slots = new Map();
    this.#wideLocals.clear();
    this.#address = address;
    this.#size = size;
    return this.#sequence(effects);
  }

  value(expr: Expr): Value {
    return this.#expr(expr);
  }

  #local(name: string): number {
    let index = this.#slots.get(name);
    if (index === undefined) this.#slots.set(name, (index = this.#slots.size));
    return index;
  }

  #sequence(written: readonly Effect[]): Step {
    const fused = this.#flagSum(written) ?? this.#flagResult(written);
    if (fused) return fused;
    const effects = inlineLocals(written);
    const steps = effects.map((effect) => this.#effect(effect));
    const [a, b, c, d] = steps;
    if (!a) return () => sequential;
    if (!b) return a;
    if (!c)
      return () => {
        a();
        return b();
      };
    if (!d)
      return () => {
        a();
        b();
        return c();
      };
    return () => {
      let target = sequential;
      for (let i = 0; i < steps.length; i++) target = steps[i]!();
      return target;
    };
  }

  /**
   * `let result = a ± b; N Z V C from it; Rd = result`: the commonest instruction. Recognised by its exact shape as readEffect
   * writes it, so that one closure does what eleven would.
   */
  #flagSum(effects: readonly Effect[]): Step | undefined {
    const [first, n, z, v, c, last] = effects;
    if (effects.length < 5 || effects.length > 6 || first?.do !== "let" || first.name !== "result") return undefined;
    const names = [n, z, v, c].map(
      (effect) => effect?.do === "set" && effect.target.is === "flag" && effect.target.flag,
    );
    if (names.join() !== "N,Z,V,C" || first.value.is !== "apply") return undefined;
    const carry = c?.do === "set" && c.value.is === "apply" && c.value.op === "carry" ? c.value.args : undefined;
    if (!carry || (first.value.op !== "add" && first.value.op !== "sub")) return undefined;
    const target = last?.do === "set" && last.target.is === "reg" ? constantOf(last.target.index) : -1;
    if (last && (target < 0 || target === 15 || target === 13)) return undefined;
    return carry[2]!.is === "const" && (carry[2]!.value === 0 || carry[2]!.value === 1)
      ? this.#plainSum(first.value.op === "sub", carry, target)
      : undefined;
  }

  /** `destination` −1: only the flags. */
  #plainSum(subtract: boolean, carry: readonly Expr[], destination: number): Step {
    const x = this.#x;
    const keeps = destination >= 0;
    const left = this.#expr(carry[0]!);
    const right = this.#expr(
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
  #flagResult(effects: readonly Effect[]): Step | undefined {
    const [first, n, z, ...rest] = effects;
    if (first?.do !== "let" || first.name !== "result" || rest.length > 2) return undefined;
    if (flagOf(n) !== "N" || flagOf(z) !== "Z" || this.#isDouble(first.value)) return undefined;
    const carry = flagOf(rest[0]) === "C" ? rest[0] : undefined;
    const last = rest[carry ? 1 : 0];
    if (rest.length !== (carry ? 1 : 0) + (last ? 1 : 0)) return undefined;
    const target = last?.do === "set" && last.target.is === "reg" ? constantOf(last.target.index) : -1;
    if (last && (target < 0 || target === slot.pc || target === slot.sp)) return undefined;
    const x = this.#x;
    const value = this.#expr(first.value);
    const c = carry?.do === "set" ? this.#expr(carry.value) : undefined;
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

  #effect(effect: Effect): Step {
    switch (effect.do) {
      case "let":
        return this.#let(effect.name, effect.value);
      case "set":
        return this.#set(effect.target, effect.value);
      case "store":
        return this.#store(effect.bytes, effect.access, this.#expr(effect.address), this.#expr(effect.value));
      case "storeExclusive":
        return this.#storeExclusive(effect);
      case "if": {
        const jump = this.#conditionalJump(effect.when, effect.body, effect.otherwise);
        if (jump) return jump;
        const when = this.#expr(effect.when);
        const then = this.#sequence(effect.body);
        if (effect.otherwise.length === 0) return () => (when() !== 0 ? then() : sequential);
        const otherwise = this.#sequence(effect.otherwise);
        return () => (when() !== 0 ? then() : otherwise());
      }
      case "branch": {
        const target = this.#expr(effect.target);
        const actions = this.#actions;
        if (effect.kind === "exchange") return () => actions.exchange(target());
        if (effect.kind === "call") return () => actions.call(target());
        return () => target() & ~1;
      }
      case "system": {
        const args = effect.args.map((arg) => this.#expr(arg));
        const { action } = effect;
        const actions = this.#actions;
        return () =>
          actions.system(
            action,
            args.map((arg) => arg()),
          );
      }
      case "each":
        throw invariantEach();
      default:
        return unreachable(effect);
    }
  }

  /** `if flags { jump(constant) }`. */
  #conditionalJump(when: Expr, body: readonly Effect[], otherwise: readonly Effect[]): Step | undefined {
    const [only] = body;
    if (otherwise.length > 0 || body.length !== 1 || only?.do !== "branch" || only.kind !== "jump") return undefined;
    const folded = this.#fold(only.target);
    if (folded.is !== "const") return undefined;
    const target = folded.value & ~1;
    const x = this.#x;
    const inverted = when.is === "apply" && when.op === "isZero" && when.args[0]!.is === "flag";
    const flag = inverted ? when.args[0]! : when;
    if (flag.is === "flag") {
      const index = slot[flag.flag];
      const taken = inverted ? 0 : 1;
      return () => (x[index] === taken ? target : sequential);
    }
    const holds = this.#expr(when);
    return () => (holds() !== 0 ? target : sequential);
  }

  /** PC-relative sums are constants here. */
  #fold(expr: Expr): Expr {
    if (expr.is === "pc") return { is: "const", value: (this.#address + 4) | 0 };
    if (expr.is === "next") return { is: "const", value: (this.#address + this.#size) | 0 };
    if (expr.is !== "apply" || !isIntegerOperator(expr.op)) return expr;
    const args = expr.args.map((arg) => this.#fold(arg));
    if (!args.every((arg) => arg.is === "const")) return expr;
    const [a = 0, b = 0, c = 0, d = 0] = args.map((arg) => (arg.is === "const" ? arg.value : 0));
    return { is: "const", value: operators[expr.op](a, b, c, d) };
  }

  #let(name: string, value: Expr): Step {
    const index = this.#local(name);
    if (this.#isDouble(value)) {
      const doubles = this.#doubles;
      this.#wideLocals.add(name);
      const wide = this.#double(value);
      return () => {
        doubles[index] = wide();
        return sequential;
      };
    }
    const locals = this.#locals;
    const f = this.#expr(value);
    return () => {
      locals[index] = f();
      return sequential;
    };
  }

  #set(target: Expr, value: Expr): Step {
    const x = this.#x;
    if (target.is === "double") {
      const wide = this.#wide;
      const index = 16 + constantOf(target.index);
      const f = this.#double(value);
      return () => {
        wide[index] = f();
        return sequential;
      };
    }
    const index = this.#place(target);
    const direct = index !== slot.pc && index !== slot.sp ? this.#setDirect(index, value) : undefined;
    if (direct) return direct;
    const f = this.#expr(value);
    if (index === slot.pc) return () => f() & ~1;
    if (index === slot.sp)
      return () => {
        x[13] = f() & ~3;
        return sequential;
      };
    return () => {
      x[index] = f();
      return sequential;
    };
  }

  /** Loads and operators whose operands are registers, written straight to their place. */
  #setDirect(index: number, value: Expr): Step | undefined {
    const x = this.#x;
    if (value.is === "load" && value.access === "any") return this.#loadDirect(index, value.bytes, value.address);
    if (value.is !== "apply" || !isIntegerOperator(value.op)) return undefined;
    const registers = value.args.map((arg) => (arg.is === "reg" ? constantOf(arg.index) : -1));
    if (registers.some((register) => register < 0 || register === slot.pc)) return undefined;
    const f = operators[value.op] as (a: number, b?: number, c?: number) => number;
    const [i, j, k] = registers as [number, number, number];
    if (registers.length === 3)
      return () => {
        x[index] = f(x[i]!, x[j]!, x[k]!);
        return sequential;
      };
    if (registers.length === 1)
      return () => {
        x[index] = f(x[i]!);
        return sequential;
      };
    return undefined;
  }

  #loadDirect(index: number, bytes: Bytes, address: Expr): Step {
    const x = this.#x;
    const port = this.#port;
    const at = this.#expr(address);
    if (bytes === 4)
      return () => {
        x[index] = port.load4(at());
        return sequential;
      };
    if (bytes === 2)
      return () => {
        x[index] = port.load2(at());
        return sequential;
      };
    return () => {
      x[index] = port.load1(at());
      return sequential;
    };
  }

  /** Index in `x` of a register, flag or FPSCR. */
  #place(target: Expr): number {
    if (target.is === "reg") return constantOf(target.index);
    if (target.is === "single") return slot.single + constantOf(target.index);
    if (target.is === "flag") return slot[target.flag];
    invariant(target.is === "fpscr", `no place for ${target.is}`);
    return slot.fpscr;
  }

  #storeExclusive({ status, bytes, address, value }: Extract<Effect, { do: "storeExclusive" }>): Step {
    const x = this.#x;
    const actions = this.#actions;
    const index = this.#place(status);
    const store = this.#store(bytes, "aligned", this.#expr(address), this.#expr(value));
    return () => {
      const allowed = actions.takeMonitor();
      if (allowed) store();
      x[index] = allowed ? 0 : 1;
      return sequential;
    };
  }

  #store(bytes: Bytes, access: Access, address: Value, value: Value): Step {
    const port = this.#port;
    if (access === "user")
      return () => {
        port.store(address(), value(), bytes, false);
        return sequential;
      };
    if (access !== "any" && bytes > 1)
      return () => {
        port.storeAligned(address(), value(), bytes);
        return sequential;
      };
    if (bytes === 4)
      return () => {
        port.store4(address(), value());
        return sequential;
      };
    if (bytes === 2)
      return () => {
        port.store2(address(), value());
        return sequential;
      };
    return () => {
      port.store1(address(), value());
      return sequential;
    };
  }

  #load(bytes: Bytes, access: Access, address: Value): Value {
    const port = this.#port;
    const actions = this.#actions;
    if (access === "user") return () => port.load(address(), bytes, false);
    if (access === "exclusive")
      return () => {
        const value = port.loadAligned(address(), bytes);
        actions.setMonitor();
        return value;
      };
    if (access !== "any" && bytes > 1) return () => port.loadAligned(address(), bytes);
    if (bytes === 4) return () => port.load4(address());
    if (bytes === 2) return () => port.load2(address());
    return () => port.load1(address());
  }

  #expr(expr: Expr): Value {
    const x = this.#x;
    switch (expr.is) {
      case "const": {
        const { value } = expr;
        return () => value;
      }
      case "pc": {
        const value = (this.#address + 4) | 0;
        return () => value;
      }
      case "next": {
        const value = (this.#address + this.#size) | 0;
        return () => value;
      }
      case "local": {
        const locals = this.#locals;
        const index = this.#local(expr.name);
        return () => locals[index]!;
      }
      case "reg": {
        const index = constantOf(expr.index);
        if (index === slot.pc) return this.#expr({ is: "pc" });
        return () => x[index]!;
      }
      case "single":
      case "flag":
      case "fpscr": {
        const index = this.#place(expr);
        return () => x[index]!;
      }
      case "special": {
        const sysm = constantOf(expr.sysm);
        const actions = this.#actions;
        return () => actions.readSpecial(sysm);
      }
      case "load":
        return this.#load(expr.bytes, expr.access, this.#expr(expr.address));
      case "apply":
        return this.#apply(expr);
      default:
        throw new Error(`thumbelina defect: ${expr.is} in a bound effect`);
    }
  }

  #apply(expr: Extract<Expr, { is: "apply" }>): Value {
    const folded = this.#fold(expr);
    if (folded.is === "const") return this.#expr(folded);
    const { op, args } = expr;
    const [first, second, third] = args;
    if (first && second && !third && isIntegerOperator(op)) {
      const binary = this.#binary(op, first, second);
      if (binary) return binary;
    }
    if (isIntegerOperator(op)) {
      const f = operators[op] as (a: number, b: number, c: number, d: number) => number;
      const [a, b, c, d] = args.map((arg) => this.#expr(arg));
      if (!a) return () => f(0, 0, 0, 0);
      if (!b) return () => (f as (a: number) => number)(a());
      if (!c) return () => (f as (a: number, b: number) => number)(a(), b());
      if (!d) return () => (f as (a: number, b: number, c: number) => number)(a(), b(), c());
      return () => f(a(), b(), c(), d());
    }
    return this.#float(floatFunction(op), args);
  }

  #float(f: FloatFunction, args: readonly Expr[]): Value {
    const x = this.#x;
    const values = args.map((arg) => (this.#isDouble(arg) ? this.#double(arg) : this.#expr(arg)));
    return () =>
      Number(
        f(
          x,
          values.map((value) => value()),
        ),
      );
  }

  #isDouble(expr: Expr): boolean {
    if (expr.is === "double" || (expr.is === "local" && this.#wideLocals.has(expr.name))) return true;
    return expr.is === "apply" && !isIntegerOperator(expr.op) && floatFunction(expr.op).wide;
  }

  #double(expr: Expr): () => bigint {
    if (expr.is === "double") {
      const wide = this.#wide;
      const index = 16 + constantOf(expr.index);
      return () => wide[index]!;
    }
    if (expr.is === "local") {
      const doubles = this.#doubles;
      const index = this.#local(expr.name);
      return () => doubles[index]!;
    }
    if (expr.is === "const") {
      const value = BigInt(expr.value);
      return () => value;
    }
    invariant(expr.is === "apply", "a double is a register, a local or an operator's result");
    const x = this.#x;
    const f = floatFunction(expr.op);
    const values = expr.args.map((arg) => (this.#isDouble(arg) ? this.#double(arg) : this.#expr(arg)));
    return () =>
      BigInt(
        f(
          x,
          values.map((value) => value()),
        ),
      );
  }

  /** The simple operators over two values, with register and constant operands folded in. */
  #binary(op: string, first: Expr, second: Expr): Value | undefined {
    const x = this.#x;
    const i = first.is === "reg" && constantOf(first.index) !== slot.pc ? constantOf(first.index) : -1;
    if (second.is === "const" && i >= 0) {
      const k = second.value;
      switch (op) {
        case "add":
          return () => (x[i]! + k) | 0;
        case "sub":
          return () => (x[i]! - k) | 0;
        case "and":
          return () => x[i]! & k;
        case "shl":
          return () => x[i]! << k;
        case "shr":
          return () => (x[i]! >>> k) | 0;
        case "sar":
          return () => x[i]! >> k;
        case "lsl":
          if (k < 32) return () => x[i]! << k;
          break;
        case "lsr":
          if (k < 32) return () => (x[i]! >>> k) | 0;
          break;
      }
    }
    const a = this.#expr(first);
    const b = this.#expr(second);
    const j = second.is === "reg" && constantOf(second.index) !== slot.pc ? constantOf(second.index) : -1;
    switch (op) {
      case "add":
        if (i >= 0 && j >= 0) return () => (x[i]! + x[j]!) | 0;
        return () => (a() + b()) | 0;
      case "sub":
        return () => (a() - b()) | 0;
      case "mul":
        return () => Math.imul(a(), b());
      case "and":
        return () => a() & b();
      case "or":
        return () => a() | b();
      case "xor":
        return () => a() ^ b();
      case "eq":
        return () => (a() === b() ? 1 : 0);
      case "shr":
        return () => (a() >>> b()) | 0;
      case "shl":
        return () => a() << b();
      case "sar":
        return () => a() >> b();
      default:
        return undefined;
    }
  }
}

function constantOf(expr: Expr): number {
  invariant(expr.is === "const", "a register number is bound");
  return expr.value;
}

const flagOf = (effect: Effect | undefined) =>
  effect?.do === "set" && effect.target.is === "flag" ? effect.target.flag : undefined;

const invariantEach = () => new Error("thumbelina defect: each in a bound effect");
