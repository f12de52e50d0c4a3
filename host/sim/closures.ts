// Bound effects → closures: the interpreter, also where `new Function` is forbidden. Every node becomes one closure; leaves of
// the commonest shapes (register and constant operands, sums that set flags) are folded into their parent, which is what
// makes it fast enough. No meaning is written here that the operators of room isa do not have: the folded shapes are checked
// against them by the differential test.

import { unreachable } from "../base/errors.ts";
import {
  type Access,
  type Bytes,
  type Effect,
  type Expr,
  isIntegerOperator,
  operators,
  type SystemAction,
} from "../isa/isa.ts";
import { flagResult, flagSum } from "./closure-flags.ts";
import { constantOf, type Value, ValueCompiler } from "./closure-values.ts";
import { slot } from "./cpu.ts";
import { inlineLocals } from "./inline-locals.ts";
import { sequential } from "./op.ts";
import type { Port } from "./port.ts";

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

export class ClosureCompiler {
  readonly #x: Int32Array;
  readonly #port: Port;
  readonly #actions: Actions;
  readonly #values: ValueCompiler;

  constructor({ x, port, actions }: ClosurePorts) {
    this.#x = x;
    this.#port = port;
    this.#actions = actions;
    const readSpecial = (sysm: number) => actions.readSpecial(sysm);
    this.#values = new ValueCompiler({ x, port, readSpecial, setMonitor: () => actions.setMonitor() });
  }

  compile(effects: readonly Effect[], address: number, size: number): Step {
    this.#values.begin(address, size);
    return this.#sequence(effects);
  }

  value(expr: Expr): Value {
    return this.#values.expr(expr);
  }

  #sequence(written: readonly Effect[]): Step {
    const fused = flagSum(this.#values, this.#x, written) ?? flagResult(this.#values, this.#x, written);
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

  #effect(effect: Effect): Step {
    switch (effect.do) {
      case "let":
        return this.#let(effect.name, effect.value);
      case "set":
        return this.#set(effect.target, effect.value);
      case "store":
        return this.#store(
          effect.bytes,
          effect.access,
          this.#values.expr(effect.address),
          this.#values.expr(effect.value),
        );
      case "storeExclusive":
        return this.#storeExclusive(effect);
      case "if": {
        const jump = this.#conditionalJump(effect.when, effect.body, effect.otherwise);
        if (jump) return jump;
        const when = this.#values.expr(effect.when);
        const then = this.#sequence(effect.body);
        if (effect.otherwise.length === 0) return () => (when() !== 0 ? then() : sequential);
        const otherwise = this.#sequence(effect.otherwise);
        return () => (when() !== 0 ? then() : otherwise());
      }
      case "branch": {
        const target = this.#values.expr(effect.target);
        const actions = this.#actions;
        if (effect.kind === "exchange") return () => actions.exchange(target());
        if (effect.kind === "call") return () => actions.call(target());
        return () => target() & ~1;
      }
      case "system": {
        const args = effect.args.map((arg) => this.#values.expr(arg));
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
    const folded = this.#values.fold(only.target);
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
    const holds = this.#values.expr(when);
    return () => (holds() !== 0 ? target : sequential);
  }

  #let(name: string, value: Expr): Step {
    const index = this.#values.local(name);
    if (this.#values.isDouble(value)) {
      const doubles = this.#values.doubles;
      this.#values.wideLocals.add(name);
      const wide = this.#values.double(value);
      return () => {
        doubles[index] = wide();
        return sequential;
      };
    }
    const locals = this.#values.locals;
    const f = this.#values.expr(value);
    return () => {
      locals[index] = f();
      return sequential;
    };
  }

  #set(target: Expr, value: Expr): Step {
    const x = this.#x;
    if (target.is === "double") {
      const wide = this.#values.wide;
      const index = 16 + constantOf(target.index);
      const f = this.#values.double(value);
      return () => {
        wide[index] = f();
        return sequential;
      };
    }
    const index = this.#values.place(target);
    const direct = index !== slot.pc && index !== slot.sp ? this.#setDirect(index, value) : undefined;
    if (direct) return direct;
    const f = this.#values.expr(value);
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
    if (value.is === "load" && value.access === "any") return this.#loadDirect(index, value.bytes, value.address, 0);
    const extended = value.is === "apply" && (value.op === "sxtb" || value.op === "sxth") ? value.args[0] : undefined;
    const width = value.is === "apply" && value.op === "sxtb" ? 1 : 2;
    if (extended?.is === "load" && extended.access === "any" && extended.bytes === width)
      return this.#loadDirect(index, extended.bytes, extended.address, extended.bytes === 1 ? 24 : 16);
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

  /** `shift`: sign extension of bytes (24) and halfwords (16); 0: none. */
  #loadDirect(index: number, bytes: Bytes, address: Expr, shift: number): Step {
    const x = this.#x;
    const port = this.#port;
    const at = this.#values.expr(address);
    if (bytes === 4)
      return () => {
        x[index] = port.load4(at());
        return sequential;
      };
    if (bytes === 2)
      return () => {
        x[index] = (port.load2(at()) << shift) >> shift;
        return sequential;
      };
    return () => {
      x[index] = (port.load1(at()) << shift) >> shift;
      return sequential;
    };
  }

  #storeExclusive({ status, bytes, address, value }: Extract<Effect, { do: "storeExclusive" }>): Step {
    const x = this.#x;
    const actions = this.#actions;
    const index = this.#values.place(status);
    const store = this.#store(bytes, "aligned", this.#values.expr(address), this.#values.expr(value));
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
}

const invariantEach = () => new Error("thumbelina defect: each in a bound effect");
