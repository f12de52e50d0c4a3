// Instruction selection: SSA → machine instructions over virtual registers, one function at a time.
//
// Blocks and the values in them are visited from the last to the first, so that every use is seen before its definition:
// a value that all its users have folded into themselves (an address, a shift, a comparison) is never computed. What may be
// folded is decided by the user: patterns in select-alu.ts, select-memory.ts and select-flags.ts.
//
// Constants become instructions where they are needed; one needed inside loops is made once, before the outermost loop
// around it, and the allocator makes it again rather than store it when registers run out.
//
// Phis become moves through a register of their own (mov t, arg in each predecessor, mov phi, t in the block), which is
// right for any permutation; allocation coalesces almost all of them away.

import { invariant } from "../base/errors.ts";
import { type Block, hasEffect, type SsaFunction, type Terminator, traps, type Value } from "./ir.ts";
import { outermostPreheaders } from "./loops.ts";
import {
  classOf,
  type Instruction,
  type MachineBlock,
  type MachineEnd,
  type MachineFunction,
  newRegister,
  type Register,
} from "./machine.ts";
import { branchOn } from "./select-flags.ts";
import { selectValue } from "./select-value.ts";
import type { Target } from "./target.ts";

export function select(fn: SsaFunction, target: Target): MachineFunction {
  return new Selector(fn, target).run();
}

export class Selector {
  readonly machine: MachineFunction;
  /** Uses that still ask for a value in a register; folding an operand takes one away. */
  readonly uses = new Map<Value, number>();
  readonly #registers = new Map<Value, Register>();
  readonly #blocks = new Map<Block, MachineBlock>();
  readonly #preheaders: ReadonlyMap<Block, Block>;
  readonly #arrivals = new Map<Value, Register>();
  /** In the present block: mul → mulHi of the same operands. */
  #pairs: ReadonlyMap<Value, Value> = new Map();
  /** Constants made at the end of a block, before the outermost loop that needs them: key → register. */
  readonly #hoisted = new Map<Block, Map<string, Instruction>>();
  /** Instructions of the present block, last first. */
  #out: Instruction[] = [];
  #block: Block;
  /** Made for the instruction that is being selected: they go before it. */
  #constants: Instruction[] = [];

  constructor(
    readonly fn: SsaFunction,
    readonly target: Target,
  ) {
    this.machine = { name: fn.name, blocks: [], classes: [], slots: 0, outgoing: 0, paramWords: fn.params.length };
    this.#preheaders = outermostPreheaders(fn);
    this.#block = fn.entry;
    for (const block of fn.blocks) {
      const made: MachineBlock = {
        id: block.id,
        code: [],
        end: { kind: "return", uses: [] },
        preds: [],
        frequency: block.frequency,
      };
      this.#blocks.set(block, made);
      this.machine.blocks.push(made);
    }
    countUses(fn, this.uses);
  }

  run(): MachineFunction {
    for (const block of [...this.fn.blocks].reverse()) this.#selectBlock(block);
    for (const block of this.fn.blocks) {
      const machine = this.#blocks.get(block)!;
      machine.preds = block.preds.map((pred) => this.#blocks.get(pred)!);
      machine.code.push(...(this.#hoisted.get(block)?.values() ?? []));
    }
    return this.machine;
  }

  #selectBlock(block: Block): void {
    this.#out = [];
    this.#pairs = longProducts(block);
    this.#block = block;
    const machine = this.#blocks.get(block)!;
    machine.end = this.#end(block.end);
    this.#phiMoves(block);
    for (let i = block.body.length - 1; i >= 0; i--) {
      const value = block.body[i]!;
      if (value.op === "const" || value.op === "address") continue;
      if (hasEffect(value) || this.#registers.has(value)) selectValue(this, value);
    }
    const arrivals = block.phis.filter((phi) => this.#registers.has(phi));
    for (const phi of arrivals) this.push(this.#move(this.#registers.get(phi)!, this.#arrival(phi), phi.offset));
    if (block === this.fn.entry) this.#parameters();
    this.push(); // constants of the block's first instruction, or of its end when nothing else is in it
    machine.code = this.#out.reverse();
  }

  // --- what the patterns use --------------------------------------------------------------------------------------

  /** Adds instructions, given in execution order, before everything selected so far, and before them their constants. */
  push(...instructions: readonly Instruction[]): void {
    for (let i = instructions.length - 1; i >= 0; i--) this.#out.push(instructions[i]!);
    this.#out.push(...this.#constants);
    this.#constants = [];
  }

  temporary(kind: "core" | "float" = "core"): Register {
    return newRegister(this.machine, kind);
  }

  /** The register of a value's result; asking makes sure that the value is computed. */
  register(value: Value): Register {
    if (value.op === "const" || value.op === "address") return this.#constant(value);
    const known = this.#registers.get(value);
    if (known !== undefined) return known;
    const register = this.temporary(value.type === "f32" ? "float" : "core");
    this.#registers.set(value, register);
    return register;
  }

  /** The register that the value being selected must define; a fresh one when nobody reads it. */
  result(value: Value): Register {
    return this.#registers.get(value) ?? this.temporary(value.type === "f32" ? "float" : "core");
  }

  isNeeded(value: Value): boolean {
    return this.#registers.has(value);
  }

  /** Whether `operand`, used by `user`, may become part of the user's instruction. */
  foldable(operand: Value, user: Value | undefined): boolean {
    return (
      this.uses.get(operand) === 1 &&
      !hasEffect(operand) &&
      (!user || operand.block === user.block) &&
      !this.isNeeded(operand)
    );
  }

  /** The high word that is computed together with a MUL of the same operands, if somebody wants it. */
  highPartner(low: Value): Value | undefined {
    const high = this.#pairs.get(low);
    return high && this.isNeeded(high) ? high : undefined;
  }

  isPaired(high: Value): boolean {
    return [...this.#pairs.values()].includes(high);
  }

  reserveOutgoing(words: number): void {
    this.machine.outgoing = Math.max(this.machine.outgoing, words);
  }

  // --- constants, phis, ends ----------------------------------------------------------------------------------------

  #constant(value: Value): Register {
    const { op, imm, symbol, type, offset } = value;
    const kind = type === "f32" ? "float" : "core";
    const operation = op === "address" ? "address" : kind === "float" ? "vconstant" : "constant";
    const home = this.#preheaders.get(this.#block);
    if (!home) {
      const register = this.temporary(kind);
      this.#constants.push({ op: operation, defs: [register], uses: [], imm, symbol, offset });
      return register;
    }
    const made = this.#hoisted.get(home) ?? new Map<string, Instruction>();
    this.#hoisted.set(home, made);
    const key = `${operation} ${symbol} ${imm}`;
    const known = made.get(key) ?? { op: operation, defs: [this.temporary(kind)], uses: [], imm, symbol, offset };
    made.set(key, known);
    return known.defs[0]!;
  }

  #parameters(): void {
    for (const block of [this.fn.entry])
      for (const value of block.body) {
        if (value.op !== "param" || !this.#registers.has(value)) continue;
        const register = this.#registers.get(value)!;
        const { imm, offset } = value;
        if (imm >= 4) this.push({ op: "incoming", defs: [register], uses: [], imm: imm - 4, offset });
      }
    const inRegisters = this.fn.entry.body.filter(
      (value) => value.op === "param" && value.imm < 4 && this.#registers.has(value),
    );
    for (const value of inRegisters) this.push(this.#move(this.#registers.get(value)!, value.imm, value.offset));
  }

  #move(to: Register, from: Register, offset: number): Instruction {
    const op = classOf(this.machine, to) === "float" ? "vmov" : "mov";
    return { op, defs: [to], uses: [from], offset };
  }

  /** The register through which a phi's value arrives. */
  #arrival(phi: Value): Register {
    const register = this.#arrivals.get(phi) ?? this.temporary(phi.type === "f32" ? "float" : "core");
    this.#arrivals.set(phi, register);
    return register;
  }

  /** At the end of a block that jumps: what the phis of its successor receive from it. */
  #phiMoves(block: Block): void {
    if (block.end.kind !== "jump") return;
    const { to } = block.end;
    const edge = to.preds.indexOf(block);
    invariant(edge >= 0, "a jump's target does not know its predecessor");
    for (const phi of to.phis) {
      if (!this.#wanted(phi)) continue;
      const argument = phi.args[edge]!;
      this.push(this.#move(this.#arrival(phi), this.register(argument), argument.offset));
    }
  }

  /** Of a loop header's phi one cannot know yet, at the back edge, whether it is used; unused ones were removed before. */
  #wanted(phi: Value): boolean {
    return (this.uses.get(phi) ?? 0) > 0;
  }

  /** min(index, last) in a register of its own, which the jump may use up; the last target is the default. */
  #clamped(index: Value, last: number): Register {
    const [limit, clamped] = [this.temporary(), this.temporary()];
    const { offset } = index;
    const value = this.register(index);
    const [compared, imm] = this.target.fitsImmediate("select", last) ? [[value], last] : [[value, limit], undefined];
    const uses = [...compared, value, limit];
    const tied = [[0, uses.length - 1]] as const;
    this.push(
      { op: "constant", defs: [limit], uses: [], imm: last, offset },
      { op: "select", defs: [clamped], uses, imm, compare: "cmp", condition: 3, tied, offset },
    );
    return clamped;
  }

  #end(end: Terminator): MachineEnd {
    switch (end.kind) {
      case "jump":
        return { kind: "jump", to: this.#blocks.get(end.to)! };
      case "branch":
        return branchOn(this, end.condition, this.#blocks.get(end.then)!, this.#blocks.get(end.otherwise)!);
      case "switch": {
        const targets = end.targets.map((target) => this.#blocks.get(target)!);
        return {
          kind: "switch",
          uses: [this.#clamped(end.index, targets.length - 1)],
          targets,
          offset: end.index.offset,
        };
      }
      case "return": {
        const results = end.values.map((value, i) => ({ to: i, from: this.register(value) }));
        this.push(...results.map(({ to, from }) => this.#move(to, from, this.fn.entry.body[0]?.offset ?? 0)));
        return { kind: "return", uses: results.map(({ to }) => to) };
      }
      case "trap":
        invariant(traps.includes(end.trap), "an unknown trap");
        return end;
    }
  }
}

function countUses(fn: SsaFunction, uses: Map<Value, number>): void {
  const count = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { phis, body, end } of fn.blocks) {
    for (const value of [...phis, ...body]) value.args.forEach(count);
    if (end.kind === "branch") count(end.condition);
    else if (end.kind === "switch") count(end.index);
    else if (end.kind === "return") end.values.forEach(count);
  }
}

/** The mul that comes before a mulHi of the same operands in a block: one SMULL or UMULL makes both. */
function longProducts(block: Block): ReadonlyMap<Value, Value> {
  const pairs = new Map<Value, Value>();
  for (const [at, high] of block.body.entries()) {
    if (high.op !== "mulHiS" && high.op !== "mulHiU") continue;
    const low = block.body
      .slice(0, at)
      .find(
        (v) =>
          v.op === "mul" &&
          !pairs.has(v) &&
          high.args.every((arg) => v.args.includes(arg)) &&
          v.args.every((arg) => high.args.includes(arg)),
      );
    if (low) pairs.set(low, high);
  }
  return pairs;
}
