// The stack frame of a function: what is saved, how SP moves, where slots and arguments are.
//
//   SP + bytes + saved ┌ incoming stack arguments
//                      │ saved registers (r4–r11, s16–s31, lr)
//              SP + …  │ slots of spilled values
//                   SP └ outgoing stack arguments

import { invariant } from "../base/errors.ts";
import type { Assembler } from "./assembler.ts";
import { firstFloat, LR, type MachineFunction, type Register, SP } from "./machine.ts";

export class Frame {
  readonly #saved: readonly Register[];
  readonly #savedFloats: readonly Register[];
  readonly #bytes: number;

  constructor(
    readonly a: Assembler,
    readonly fn: MachineFunction,
  ) {
    const written = writtenRegisters(fn);
    const calls = fn.blocks.some(({ code }) => code.some(({ op }) => op === "call" || op === "callRegister"));
    const saved = [4, 5, 6, 7, 8, 9, 10, 11].filter((register) => written.has(register));
    // v6-M branches beyond ±2 KB are BL: such a function must have saved LR.
    const far = !a.wide && fn.blocks.reduce((sum, { code }) => sum + code.length, 0) > 500;
    this.#saved = calls || written.has(LR) || far ? [...saved, LR] : saved;
    this.#savedFloats = Array.from({ length: 16 }, (_, i) => firstFloat + 16 + i).filter((register) =>
      written.has(register),
    );
    this.#bytes = (fn.slots + fn.outgoing) * 4;
  }

  /** Stack that a call of the function takes. */
  get totalBytes(): number {
    return this.#bytes + this.#savedBytes;
  }

  get #savedBytes(): number {
    return (this.#saved.length + this.#savedFloats.length) * 4;
  }

  slotOffset(slot: number): number {
    return (this.fn.outgoing + slot) * 4;
  }

  incomingOffset(word: number): number {
    return this.totalBytes + word * 4;
  }

  enter(): void {
    if (this.#saved.length) this.#push(this.#saved);
    this.#floats("vpush <slist>");
    this.#moveStack(-this.#bytes);
  }

  leave(): void {
    this.#moveStack(this.#bytes);
    this.#floats("vpop <slist>");
    if (this.#saved.at(-1) === LR) return this.#pop([...this.#saved.slice(0, -1), 15]);
    if (this.#saved.length) this.#pop(this.#saved);
    this.a.emit(["bx Rm", { m: LR }]);
  }

  #push(registers: readonly Register[]): void {
    const list = listOf(registers);
    const name = registers.includes(LR) ? "push <listlr>" : "push <list>";
    const narrow = registers.every((register) => register < 8 || register === LR);
    if (narrow) return this.a.emit([name, { list }]);
    if (this.a.wide) return this.a.emit(["stmdb Rn!, <list>", { n: SP, list }]);
    // v6-M pushes low registers only: the high ones travel through those just saved.
    const high = registers.filter((register) => register >= 8 && register !== LR);
    const low = registers.filter((register) => register < 8);
    this.a.emit([name, { list: listOf(registers.filter((register) => register < 8 || register === LR)) }]);
    invariant(low.length >= high.length, "v6-M saves a high register without a low one to carry it");
    for (const [i, register] of high.entries()) this.a.emit(["mov Rd, Rm", { d: low[i]!, m: register }]);
    if (high.length) this.a.emit(["push <list>", { list: listOf(low.slice(0, high.length)) }]);
  }

  #pop(registers: readonly Register[]): void {
    const narrow = registers.every((register) => register < 8 || register === 15);
    const list = listOf(registers);
    if (narrow) return this.a.emit([registers.includes(15) ? "pop <listpc>" : "pop <list>", { list }]);
    if (this.a.wide)
      return this.a.emit([registers.includes(15) ? "ldmia.w Rn!, <listpc>" : "ldmia.w Rn!, <list>", { n: SP, list }]);
    const high = registers.filter((register) => register >= 8 && register !== 15);
    const low = registers.filter((register) => register < 8);
    const carriers = low.slice(0, high.length);
    this.a.emit(["pop <list>", { list: listOf(carriers) }]);
    for (const [i, register] of high.entries()) this.a.emit(["mov Rd, Rm", { d: register, m: carriers[i]! }]);
    this.#pop(registers.filter((register) => register < 8 || register === 15));
  }

  #floats(form: "vpush <slist>" | "vpop <slist>"): void {
    if (!this.#savedFloats.length) return;
    const first = this.#savedFloats[0]! - firstFloat;
    this.a.emit([form, { first, words: this.#savedFloats.at(-1)! - firstFloat - first + 1 }]);
  }

  #moveStack(bytes: number): void {
    const name = bytes < 0 ? "sub" : "add";
    for (let left = Math.abs(bytes); left > 0; left -= 508)
      this.a.emit([`${name} sp, #<i*4>`, { i: Math.min(left, 508) / 4 }]);
  }
}

function listOf(registers: readonly Register[]): number {
  return registers.reduce((list, register) => list | (1 << register), 0);
}

function writtenRegisters(fn: MachineFunction): ReadonlySet<Register> {
  const written = new Set<Register>();
  for (const { code } of fn.blocks)
    for (const { defs, clobbers = [] } of code) for (const register of [...defs, ...clobbers]) written.add(register);
  return written;
}
