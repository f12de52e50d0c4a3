// The reference evaluator: one decoded instruction on a processor state, by walking its effect tree. Slow and plain on purpose;
// tests compare faster engines, Unicorn and this. The state is changed in place; what lies outside the core (memory, special
// registers, exceptions) is the environment's, whose functions may throw to take a fault: then PC and ITSTATE have not moved.

import { invariant } from "../base/errors.ts";
import { condition } from "./bind.ts";
import type { Access, BranchKind, Bytes, Effect, Expr, SystemAction, Target } from "./effect.ts";
import { applyFloat } from "./float-operators.ts";
import { isFloatOperator, operators } from "./operators.ts";
import type { Decoded, Operands } from "./row.ts";

export interface State {
  /** r[13] is the current stack pointer, r[15] the address of the instruction. */
  readonly r: Int32Array;
  readonly s: Int32Array;
  /** APSR: N Z C V Q in bits 31:27, GE in 19:16. */
  apsr: number;
  fpscr: number;
  /** 0 outside IT blocks; bits 7:4 the condition of the next instruction. */
  itstate: number;
}

export interface Environment {
  load(address: number, bytes: Bytes, access: Access): number;
  store(address: number, bytes: Bytes, access: Access, value: number): void;
  /** Whether the monitor let the store happen. */
  storeExclusive(address: number, bytes: Bytes, value: number): boolean;
  special(sysm: number): number;
  system(action: SystemAction, args: readonly number[]): void;
  /** The target as written, T bit included; the evaluator has set r[15] already. */
  branched(kind: BranchKind, target: number): void;
}

const flagBit = { N: 31, Z: 30, C: 29, V: 28, Q: 27 } as const;
/** Bits of FPSCR that exist: NZCV, AHP, DN, FZ, RMode, IDC, IXC to IOC (DDI 0403E A2.5.3). */
const fpscrMask = 0xf7c0009f | 0;

class Evaluation {
  branched = false;
  readonly #locals = new Map<string, number | bigint>();

  constructor(
    readonly state: State,
    readonly environment: Environment,
    readonly operands: Operands,
    readonly size: number,
  ) {}

  int(expr: Expr): number {
    return Number(this.value(expr)) | 0;
  }

  value(expr: Expr): number | bigint {
    const { state } = this;
    switch (expr.is) {
      case "const":
        return expr.value;
      case "operand":
        return this.#operand(expr.name);
      case "local":
        return this.#locals.get(expr.name) ?? 0;
      case "reg": {
        const index = this.int(expr.index);
        return index === 15 ? this.#pc() : (state.r[index] ?? 0);
      }
      case "single":
        return state.s[this.int(expr.index)] ?? 0;
      case "double":
        return this.#double(this.int(expr.index));
      case "flag":
        return expr.flag === "GE" ? (state.apsr >>> 16) & 15 : (state.apsr >>> flagBit[expr.flag]) & 1;
      case "pc":
        return this.#pc();
      case "next":
        return ((state.r[15] ?? 0) + this.size) | 0;
      case "fpscr":
        return state.fpscr;
      case "special":
        return this.environment.special(this.int(expr.sysm)) | 0;
      case "load":
        return this.environment.load(this.int(expr.address), expr.bytes, expr.access) | 0;
      case "apply":
        return this.#apply(expr.op, expr.args);
    }
  }

  #operand(name: string): number {
    const value = this.operands[name];
    invariant(value !== undefined, `no operand ${name}`);
    return value;
  }

  #pc(): number {
    return ((this.state.r[15] ?? 0) + 4) | 0;
  }

  #double(index: number): bigint {
    const word = (n: number): bigint => BigInt((this.state.s[n] ?? 0) >>> 0);
    return (word(index * 2 + 1) << 32n) | word(index * 2);
  }

  #apply(op: Extract<Expr, { is: "apply" }>["op"], args: readonly Expr[]): number | bigint {
    if (op === "condition") return this.value(condition(this.int(args[0] as Expr)));
    if (op === "shift" || op === "shiftCarry") return this.#shift(op, args);
    const values = args.map((arg) => this.value(arg));
    if (isFloatOperator(op)) {
      const { value, fpscr } = applyFloat(op, values, this.state.fpscr);
      this.state.fpscr = fpscr;
      return value;
    }
    const [a = 0, b = 0, c = 0, d = 0] = values.map(Number);
    return operators[op](a, b, c, d);
  }

  #shift(op: "shift" | "shiftCarry", args: readonly Expr[]): number {
    const [x = 0, type = 0, amount = 0, carry = 0] = args.map((arg) => this.int(arg));
    if (type === 4) return op === "shift" ? operators.rrx(x, carry, 0, 0) : x & 1;
    const name = (["lsl", "lsr", "asr", "ror"] as const)[type] ?? "lsl";
    return op === "shift" ? operators[name](x, amount, 0, 0) : operators[`${name}Carry`](x, amount, carry, 0);
  }

  run(effects: readonly Effect[]): void {
    for (const effect of effects) this.#step(effect);
  }

  #step(effect: Effect): void {
    const { environment } = this;
    switch (effect.do) {
      case "let":
        this.#locals.set(effect.name, this.value(effect.value));
        return;
      case "set":
        this.#set(effect.target, this.value(effect.value));
        return;
      case "store":
        environment.store(this.int(effect.address), effect.bytes, effect.access, this.int(effect.value));
        return;
      case "storeExclusive": {
        const done = environment.storeExclusive(this.int(effect.address), effect.bytes, this.int(effect.value));
        this.#set(effect.status, done ? 0 : 1);
        return;
      }
      case "if":
        this.run(this.int(effect.when) !== 0 ? effect.body : effect.otherwise);
        return;
      case "each":
        this.#each(this.int(effect.list), effect.body);
        return;
      case "branch":
        this.#branch(effect.kind, this.int(effect.target));
        return;
      case "system": {
        const args = effect.args.map((arg) => this.int(arg));
        if (effect.action === "it") this.state.itstate = ((args[0] ?? 0) << 4) | (args[1] ?? 0);
        else environment.system(effect.action, args);
        return;
      }
    }
  }

  #each(list: number, body: readonly Effect[]): void {
    for (let r = 0, k = 0; r < 32; r++) {
      if (((list >>> r) & 1) === 0) continue;
      this.#locals.set("r", r).set("k", k++);
      this.run(body);
    }
  }

  #branch(kind: BranchKind, target: number): void {
    this.state.r[15] = target & ~1;
    this.branched = true;
    this.environment.branched(kind, target);
  }

  #set(target: Target, value: number | bigint): void {
    const { state } = this;
    const word = Number(BigInt.asIntN(32, BigInt(value)));
    switch (target.is) {
      case "reg": {
        const index = this.int(target.index);
        if (index === 15) this.#branch("jump", word);
        else state.r[index] = index === 13 ? word & ~3 : word;
        return;
      }
      case "single":
        state.s[this.int(target.index)] = word;
        return;
      case "double": {
        const index = this.int(target.index) * 2;
        state.s[index] = word;
        state.s[index + 1] = Number(BigInt.asIntN(32, BigInt(value) >> 32n));
        return;
      }
      case "flag": {
        const [at, mask] = target.flag === "GE" ? [16, 15] : [flagBit[target.flag], 1];
        state.apsr = (state.apsr & ~(mask << at)) | ((word & mask) << at);
        return;
      }
      case "fpscr":
        state.fpscr = word & fpscrMask;
        return;
    }
  }
}

/** ITAdvance (DDI 0403E A7.3.2). */
const advanceIT = (itstate: number): number => ((itstate & 7) === 0 ? 0 : (itstate & 0xe0) | ((itstate << 1) & 0x1f));

/** Runs one instruction. It was decoded with inIT = (state.itstate !== 0). */
export function evaluate({ row, operands }: Decoded, state: State, environment: Environment): void {
  const before = state.itstate;
  const evaluation = new Evaluation(state, environment, operands, row.size);
  // BKPT is unconditional even in an IT block (DDI 0403E A7.7.17)
  const passed = before === 0 || row.name === "bkpt" || evaluation.int(condition(before >> 4)) !== 0;
  if (passed) evaluation.run(row.effect);
  if (!evaluation.branched) state.r[15] = ((state.r[15] ?? 0) + row.size) | 0;
  if (row.name !== "it") state.itstate = advanceIT(before);
}
