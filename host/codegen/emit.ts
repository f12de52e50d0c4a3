// Machine code of one function: frame (emit-frame.ts), blocks in order, branches, traps. A block falls through to the next one where it can. A trap is a UDF whose number says why; it lies behind the code, and
// its line entry says where in the source it came from: the fault handler, the simulator and a debugger all find it by PC.

import { invariant } from "../base/errors.ts";
import type { Core } from "../isa/isa.ts";
import { Assembler, type Label } from "./assembler.ts";
import { addImmediate, constant, emitData } from "./emit-data.ts";
import { emitDsp } from "./emit-dsp.ts";
import { Frame } from "./emit-frame.ts";
import { emitAccess, emitFloat, loadFrame, storeFrame } from "./emit-memory.ts";
import { traps } from "./ir.ts";
import {
  type Compare,
  firstFloat,
  type Instruction,
  inverted,
  type MachineBlock,
  type MachineEnd,
  type MachineFunction,
  type Register,
} from "./machine.ts";
import type { FunctionCode } from "./object-code.ts";
import { isModifiedImmediate } from "./target.ts";

export function emit(fn: MachineFunction, core: Core): FunctionCode {
  return new Emitter(fn, core).run();
}

class Emitter {
  readonly #a: Assembler;
  readonly #labels = new Map<MachineBlock, Label>();
  readonly #bound = new Set<MachineBlock>();
  readonly #traps: { readonly label: Label; readonly number: number; readonly offset: number }[] = [];
  readonly #calls = new Set<string>();
  readonly #frame: Frame;

  constructor(
    readonly fn: MachineFunction,
    core: Core,
  ) {
    this.#a = new Assembler(core);
    for (const block of fn.blocks) this.#labels.set(block, this.#a.label());
    this.#frame = new Frame(this.#a, fn);
  }

  run(): FunctionCode {
    const { fn } = this;
    this.#frame.enter();
    for (const [i, block] of fn.blocks.entries()) {
      this.#a.bind(this.#labels.get(block)!);
      this.#bound.add(block);
      const counts = countsDown(block);
      for (const [k, instruction] of block.code.entries()) {
        this.#a.offset = instruction.offset;
        if (counts && k === block.code.length - 1) addImmediate(this.#a, ...counts, 1);
        else this.#instruction(instruction);
      }
      this.#end(block.end, fn.blocks[i + 1], counts !== undefined);
    }
    for (const { label, number, offset } of this.#traps) {
      this.#a.offset = offset;
      this.#a.bind(label);
      this.#a.emit(["udf #<i>", { i: number }]);
    }
    return { name: fn.name, ...this.#a.finish(), frameBytes: this.#frame.totalBytes, calls: [...this.#calls] };
  }

  // --- instructions -------------------------------------------------------------------------------------------------

  #instruction(instruction: Instruction): void {
    const a = this.#a;
    const { op, defs, uses, imm, symbol } = instruction;
    if (emitData(a, instruction) || emitFloat(a, instruction)) return;
    switch (op) {
      case "address":
        return a.literal(defs[0]!, imm ?? 0, symbol);
      case "dsp":
        return emitDsp(a, instruction);
      case "set":
        return this.#set(instruction);
      case "select":
        return this.#select(instruction);
      case "trapIf":
        return this.#trapIf(instruction);
      case "reload":
      case "vreload":
        return loadFrame(a, defs[0]!, this.#frame.slotOffset(imm!));
      case "spill":
      case "vspill":
        return storeFrame(a, uses[0]!, this.#frame.slotOffset(imm!));
      case "argument":
        return storeFrame(a, uses[0]!, imm! * 4);
      case "incoming":
        return loadFrame(a, defs[0]!, this.#frame.incomingOffset(imm!));
      case "call":
        this.#calls.add(symbol!);
        return a.call(symbol!);
      case "callRegister":
        this.#calls.add("*");
        return a.emit(["blx Rm", { m: uses[0]! }]);
      default:
        return emitAccess(a, instruction);
    }
  }

  #compare(compare: Compare, uses: readonly Register[], imm: number | undefined): void {
    const a = this.#a;
    const [n, m] = [uses[0]!, uses[1]!];
    const low = n < 8 && (imm !== undefined || m < 8);
    switch (compare) {
      case "cmp":
        if (imm === undefined)
          return a.emit(
            ...(low ? ([["cmp Rn, Rm", { n, m }]] as const) : []),
            ["cmp Rn, Rm", { n, m }],
            ["cmp.w Rn, Rm<shift>", { n, m, type: 0, amount: 0 }],
          );
        return a.emit(
          ...(low ? ([["cmp Rn, #<i>", { n, i: imm >>> 0 }]] as const) : []),
          ["cmp.w Rn, #<const>", { n, const: imm }],
          ["cmn.w Rn, #<const>", { n, const: -imm }],
        );
      case "tst":
        if (imm !== undefined) return a.emit(["tst.w Rn, #<const>", { n, const: imm }]);
        return a.emit(...(low ? ([["tst Rn, Rm", { n, m }]] as const) : []), [
          "tst.w Rn, Rm<shift>",
          { n, m, type: 0, amount: 0 },
        ]);
      case "cmn":
        return a.emit(["cmn Rn, Rm", { n, m }]);
      case "vcmp":
        a.emit(["vcmp.f32 Sd, Sm", { d: n - firstFloat, m: m - firstFloat }]);
        return a.emit(["vmrs APSR_nzcv, fpscr", {}]);
      case "cmp64":
        throw new Error("thumbelina defect: a 64-bit comparison outside `set`");
    }
  }

  /** def = condition ? 1 : 0. */
  #set({ defs, uses, imm, compare, condition }: Instruction): void {
    const a = this.#a;
    const d = defs[0]!;
    if (compare === "cmp64") this.#compare64(d, uses);
    else this.#compare(compare!, uses, imm);
    if (a.wide) {
      // ITE: the mask's bit 3 is the complement of the condition's bit 0 for an else.
      return a.together(() => {
        a.emit(["it<it> <cond>", { c: condition!, i: condition! & 1 ? 0b0100 : 0b1100 }]);
        constant(a, d, 1);
        constant(a, d, 0);
      });
    }
    const [isSet, done] = [a.label(), a.label()];
    a.branch(isSet, condition!);
    constant(a, d, 0);
    a.branch(done);
    a.bind(isSet);
    constant(a, d, 1);
    a.bind(done);
  }

  /** CMP of the low words, SBCS of the high ones into the register that the result will have. */
  #compare64(d: Register, uses: readonly Register[]): void {
    const a = this.#a;
    const [al, bl, ah, bh] = uses as [number, number, number, number];
    a.emit(["cmp Rn, Rm", { n: al, m: bl }]);
    if (a.wide) return a.emit(["sbc{s}.w Rd, Rn, Rm<shift>", { d, n: ah, m: bh, S: 1, type: 0, amount: 0 }]);
    invariant(d !== bh || ah === d, "v6-M compares 64 bits in the register of the first high word");
    if (d !== ah) a.emit(["mov Rd, Rm", { d, m: ah }]);
    a.emit(["sbc{s} Rd, Rm", { d, m: bh }]);
  }

  /** def holds `otherwise` already (tied): moved over when the condition holds. */
  #select({ defs, uses, imm, compare, condition }: Instruction): void {
    const a = this.#a;
    const d = defs[0]!;
    const then = uses.at(-2)!;
    this.#compare(compare!, uses, imm);
    if (then === d) return;
    if (a.wide) {
      return a.together(() => {
        a.emit(["it<it> <cond>", { c: condition!, i: 0b1000 }]);
        if (d < firstFloat) a.emit(["mov Rd, Rm", { d, m: then }]);
        else a.emit(["vmov.f32 Sd, Sm", { d: d - firstFloat, m: then - firstFloat }]);
      });
    }
    const over = a.label();
    a.branch(over, inverted(condition!));
    a.emit(["mov Rd, Rm", { d, m: then }]);
    a.bind(over);
  }

  #trapIf({ uses, imm, compare, condition, trap, offset }: Instruction): void {
    this.#compare(compare!, uses, imm);
    this.#a.branch(this.#trap(traps.indexOf(trap!), offset), condition);
  }

  #trap(number: number, offset: number): Label {
    const label = this.#a.label();
    this.#traps.push({ label, number, offset });
    return label;
  }

  // --- ends ---------------------------------------------------------------------------------------------------------

  #end(end: MachineEnd, next: MachineBlock | undefined, flagsAreSet: boolean): void {
    const a = this.#a;
    if ("offset" in end) a.offset = end.offset;
    switch (end.kind) {
      case "jump":
        if (end.to !== next) a.branch(this.#labels.get(end.to)!);
        return;
      case "branch": {
        if (!flagsAreSet) this.#compare(end.compare, end.uses, end.imm);
        const [then, otherwise] = [this.#labels.get(end.then)!, this.#labels.get(end.otherwise)!];
        if (end.then === next) a.branch(otherwise, inverted(end.condition));
        else {
          a.branch(then, end.condition);
          if (end.otherwise !== next) a.branch(otherwise);
        }
        return;
      }
      case "switch":
        return this.#switch(end.uses[0]!, end.targets);
      case "return":
        return this.#frame.leave();
      case "trap":
        return a.emit(["udf #<i>", { i: traps.indexOf(end.trap) }]);
    }
  }

  /**
   * `index` is below the number of targets (select clamped it), and is used up here. Tables reach forwards only: to blocks that
   * come before they go by way of a branch behind the table.
   */
  #switch(index: Register, targets: readonly MachineBlock[]): void {
    const a = this.#a;
    const ways = new Map<MachineBlock, Label>();
    for (const target of targets) ways.set(target, this.#bound.has(target) ? a.label() : this.#labels.get(target)!);
    const labels = targets.map((target) => ways.get(target)!);
    a.together(() => this.#jumpTable(index, labels));
    for (const [target, label] of ways) {
      if (!this.#bound.has(target)) continue;
      a.bind(label);
      a.branch(this.#labels.get(target)!);
    }
  }

  #jumpTable(index: Register, labels: readonly Label[]): void {
    const a = this.#a;
    const base = a.label();
    if (a.wide) {
      a.emit(["tbh [Rn, Rm, lsl #1]", { n: 15, m: index }]);
      a.bind(base);
      return a.table(base, labels);
    }
    // PC reads as an instruction's address + 4: ADD sees 6 bytes before the table, the jump sees the table itself.
    a.emit(["lsl{s} Rd, Rm, #<i>", { d: index, m: index, i: 1 }]);
    a.emit(["add Rd, Rm", { d: index, m: 15 }]);
    a.emit(["ldrh Rt, [Rn, #<i*2>]", { t: index, n: index, i: 3 }]);
    a.emit(["lsl{s} Rd, Rm, #<i>", { d: index, m: index, i: 1 }]);
    a.emit(["add pc, Rm", { m: index }]);
    a.emit(["nop", {}]);
    a.bind(base);
    a.table(base, labels);
  }
}

/** A block that ends in "counter += imm; branch on counter being zero or not": the addition's flags serve the branch. */
function countsDown({ code, end }: MachineBlock): readonly [Register, Register, number] | undefined {
  if (end.kind !== "branch" || end.compare !== "cmp" || end.imm !== 0 || end.condition > 1) return undefined;
  const last = code.at(-1);
  if ((last?.op !== "add" && last?.op !== "sub") || last.imm === undefined || last.imm === 0) return undefined;
  if (last.defs[0] !== end.uses[0]) return undefined;
  // ADDW and SUBW have no flag-setting form.
  if (Math.abs(last.imm) > 0xff && !isModifiedImmediate(last.imm) && !isModifiedImmediate(-last.imm)) return undefined;
  return [last.defs[0]!, last.uses[0]!, last.op === "add" ? last.imm : -last.imm];
}
