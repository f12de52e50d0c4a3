// Bound expressions → closures that give an int32 (or, for D registers, a 64-bit pattern). Leaves of the commonest shapes (register
// and constant operands) are folded into their parent; everything else calls the operators of room isa.

import { invariant } from "../base/errors.ts";
import { type Access, type Bytes, type Expr, isIntegerOperator, operators } from "../isa/isa.ts";
import { slot } from "./cpu.ts";
import { type FloatFunction, floatFunction } from "./float-functions.ts";
import type { Port } from "./port.ts";

export type Value = () => number;

export interface ValuePorts {
  readonly x: Int32Array;
  readonly port: Port;
  readonly readSpecial: (sysm: number) => number;
  readonly setMonitor: () => void;
}

/** Locals of one instruction; instructions do not nest, so all share one array. */
export class ValueCompiler {
  readonly #x: Int32Array;
  readonly #port: Port;
  readonly #ports: ValuePorts;
  readonly locals = new Int32Array(64);
  readonly doubles: bigint[] = [];
  readonly wide: BigUint64Array;
  #slots = new Map<string, number>();
  /** Locals that hold 64 bits. */
  readonly wideLocals = new Set<string>();
  #address = 0;
  #size = 2;

  constructor(ports: ValuePorts) {
    this.#ports = ports;
    this.#x = ports.x;
    this.wide = new BigUint64Array(ports.x.buffer);
    this.#port = ports.port;
  }

  /** Before each instruction. */
  begin(address: number, size: number): void {
    this.#slots = new Map();
    this.wideLocals.clear();
    this.#address = address;
    this.#size = size;
  }

  local(name: string): number {
    let index = this.#slots.get(name);
    if (index === undefined) this.#slots.set(name, (index = this.#slots.size));
    return index;
  }

  /** Index in `x` of a register, flag or FPSCR. */
  place(target: Expr): number {
    if (target.is === "reg") return constantOf(target.index);
    if (target.is === "single") return slot.single + constantOf(target.index);
    if (target.is === "flag") return slot[target.flag];
    invariant(target.is === "fpscr", `no place for ${target.is}`);
    return slot.fpscr;
  }

  /** PC-relative sums are constants here. */
  fold(expr: Expr): Expr {
    if (expr.is === "pc") return { is: "const", value: (this.#address + 4) | 0 };
    if (expr.is === "next") return { is: "const", value: (this.#address + this.#size) | 0 };
    if (expr.is !== "apply" || !isIntegerOperator(expr.op)) return expr;
    const args = expr.args.map((arg) => this.fold(arg));
    if (!args.every((arg) => arg.is === "const")) return expr;
    const [a = 0, b = 0, c = 0, d = 0] = args.map((arg) => (arg.is === "const" ? arg.value : 0));
    return { is: "const", value: operators[expr.op](a, b, c, d) };
  }

  load(bytes: Bytes, access: Access, address: Value): Value {
    const port = this.#port;
    const ports = this.#ports;
    if (access === "user") return () => port.load(address(), bytes, false);
    if (access === "exclusive")
      return () => {
        const value = port.loadAligned(address(), bytes);
        ports.setMonitor();
        return value;
      };
    if (access !== "any" && bytes > 1) return () => port.loadAligned(address(), bytes);
    if (bytes === 4) return () => port.load4(address());
    if (bytes === 2) return () => port.load2(address());
    return () => port.load1(address());
  }

  expr(expr: Expr): Value {
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
        const locals = this.locals;
        const index = this.local(expr.name);
        return () => locals[index]!;
      }
      case "reg": {
        const index = constantOf(expr.index);
        if (index === slot.pc) return this.expr({ is: "pc" });
        return () => x[index]!;
      }
      case "single":
      case "flag":
      case "fpscr": {
        const index = this.place(expr);
        return () => x[index]!;
      }
      case "special": {
        const sysm = constantOf(expr.sysm);
        const ports = this.#ports;
        return () => ports.readSpecial(sysm);
      }
      case "load":
        return this.load(expr.bytes, expr.access, this.expr(expr.address));
      case "apply":
        return this.#apply(expr);
      default:
        throw new Error(`thumbelina defect: ${expr.is} in a bound effect`);
    }
  }

  #apply(expr: Extract<Expr, { is: "apply" }>): Value {
    const folded = this.fold(expr);
    if (folded.is === "const") return this.expr(folded);
    const { op, args } = expr;
    const [first, second, third] = args;
    if (first && second && !third && isIntegerOperator(op)) {
      const binary = this.#binary(op, first, second);
      if (binary) return binary;
    }
    if (isIntegerOperator(op)) {
      const f = operators[op] as (a: number, b: number, c: number, d: number) => number;
      const direct = this.#overRegisters(f as (a: number, b: number) => number, args);
      if (direct) return direct;
      const [a, b, c, d] = args.map((arg) => this.expr(arg));
      if (!a) return () => f(0, 0, 0, 0);
      if (!b) return () => (f as (a: number) => number)(a());
      if (!c) return () => (f as (a: number, b: number) => number)(a(), b());
      if (!d) return () => (f as (a: number, b: number, c: number) => number)(a(), b(), c());
      return () => f(a(), b(), c(), d());
    }
    return this.#float(floatFunction(op), args);
  }

  /** One or two operands that are registers. */
  #overRegisters(f: (a: number, b: number) => number, args: readonly Expr[]): Value | undefined {
    const x = this.#x;
    const [i, j] = args.map((arg) => (arg.is === "reg" ? constantOf(arg.index) : slot.pc));
    if (args.length > 2 || i === undefined || i === slot.pc) return undefined;
    if (j === undefined) {
      if (f === operators.sxth) return () => (x[i]! << 16) >> 16;
      if (f === operators.sxtb) return () => (x[i]! << 24) >> 24;
      return () => (f as (a: number) => number)(x[i]!);
    }
    return j === slot.pc ? undefined : () => f(x[i]!, x[j]!);
  }

  #float(f: FloatFunction, args: readonly Expr[]): Value {
    const x = this.#x;
    const values = args.map((arg) => (this.isDouble(arg) ? this.double(arg) : this.expr(arg)));
    return () =>
      Number(
        f(
          x,
          values.map((value) => value()),
        ),
      );
  }

  isDouble(expr: Expr): boolean {
    if (expr.is === "double" || (expr.is === "local" && this.wideLocals.has(expr.name))) return true;
    return expr.is === "apply" && !isIntegerOperator(expr.op) && floatFunction(expr.op).wide;
  }

  double(expr: Expr): () => bigint {
    if (expr.is === "double") {
      const wide = this.wide;
      const index = 16 + constantOf(expr.index);
      return () => wide[index]!;
    }
    if (expr.is === "local") {
      const doubles = this.doubles;
      const index = this.local(expr.name);
      return () => doubles[index]!;
    }
    if (expr.is === "const") {
      const value = BigInt(expr.value);
      return () => value;
    }
    invariant(expr.is === "apply", "a double is a register, a local or an operator's result");
    const x = this.#x;
    const f = floatFunction(expr.op);
    const values = expr.args.map((arg) => (this.isDouble(arg) ? this.double(arg) : this.expr(arg)));
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
    const a = this.expr(first);
    const b = this.expr(second);
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

export function constantOf(expr: Expr): number {
  invariant(expr.is === "const", "a register number is bound");
  return expr.value;
}
