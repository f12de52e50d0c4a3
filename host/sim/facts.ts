// What a bound effect touches, as register masks: for the pipeline's rules (who waits for whom) and the translator (what to keep).

import type { Effect, Expr } from "../isa/isa.ts";

export interface Facts {
  /** Bit n: R[n]. */
  readonly reads: number;
  readonly writes: number;
  /** Registers that addresses are made of. */
  readonly address: number;
  /** Bit n: S[n]. */
  readonly floatReads: number;
  readonly floatWrites: number;
  /** Loads and stores, for costs per register. */
  readonly accesses: number;
  readonly branches: boolean;
  readonly system: boolean;
}

type Mutable = { -readonly [K in keyof Facts]: Facts[K] };

const indexOf = (expr: Expr): number => (expr.is === "const" ? expr.value : -1);

class Collector {
  readonly facts: Mutable = {
    reads: 0,
    writes: 0,
    address: 0,
    floatReads: 0,
    floatWrites: 0,
    accesses: 0,
    branches: false,
    system: false,
  };
  readonly #locals = new Map<string, number>();

  /** Returns the core registers that the value depends on. */
  expr(expr: Expr): number {
    const { facts } = this;
    switch (expr.is) {
      case "reg": {
        const mask = 1 << indexOf(expr.index);
        facts.reads |= mask;
        return mask;
      }
      case "single":
        facts.floatReads |= 1 << indexOf(expr.index);
        return 0;
      case "double":
        facts.floatReads |= 3 << (2 * indexOf(expr.index));
        return 0;
      case "local":
        return this.#locals.get(expr.name) ?? 0;
      case "load":
        this.#access(expr.address);
        return 0;
      case "apply":
        return expr.args.reduce((mask, arg) => mask | this.expr(arg), 0);
      default:
        return 0;
    }
  }

  #access(address: Expr): void {
    this.facts.accesses++;
    this.facts.address |= this.expr(address);
  }

  effects(effects: readonly Effect[]): void {
    for (const effect of effects) this.#effect(effect);
  }

  #effect(effect: Effect): void {
    const { facts } = this;
    switch (effect.do) {
      case "let":
        this.#locals.set(effect.name, this.expr(effect.value));
        break;
      case "set":
        this.expr(effect.value);
        this.#target(effect.target);
        break;
      case "store":
        this.expr(effect.value);
        this.#access(effect.address);
        break;
      case "storeExclusive":
        this.expr(effect.value);
        this.#access(effect.address);
        this.#target(effect.status);
        break;
      case "if":
        this.expr(effect.when);
        this.effects(effect.body);
        this.effects(effect.otherwise);
        break;
      case "branch":
        facts.branches = true;
        this.expr(effect.target);
        break;
      case "system":
        facts.system = true;
        for (const arg of effect.args) this.expr(arg);
        break;
    }
  }

  #target(target: Expr): void {
    const { facts } = this;
    if (target.is === "reg") {
      facts.writes |= 1 << indexOf(target.index);
      if (indexOf(target.index) === 15) facts.branches = true;
    } else if (target.is === "single") facts.floatWrites |= 1 << indexOf(target.index);
    else if (target.is === "double") facts.floatWrites |= 3 << (2 * indexOf(target.index));
  }
}

export function factsOf(effects: readonly Effect[]): Facts {
  const collector = new Collector();
  collector.effects(effects);
  return collector.facts;
}
