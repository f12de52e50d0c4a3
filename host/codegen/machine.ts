// Machine code before and after register allocation: instructions of the core in blocks, over registers.
//
//   made by   select (virtual registers), rewritten by schedule and allocate (physical ones)
//   read by   emit (→ halfwords)
//
// A register is a number:   0–15 core registers   16–47 S0–S31   ≥ firstVirtual: virtual, its class in `classes`
//
// Flags are alive only inside one instruction of this list: compare-and-select, compare-and-branch are single entries here
// and several instructions when emitted. Everything between them may therefore use the narrow, flag-setting encodings.
//
// An instruction may demand that a definition sits in the register of one of its uses (`tied`: two-address forms, post-
// increment, conditional moves), or name physical registers outright (arguments and results of calls).

import type { Trap } from "./ir.ts";

export type Register = number;
export type RegisterClass = "core" | "float";

export const SP = 13;
export const LR = 14;
export const firstFloat = 16;
export const firstVirtual = 64;

export function isVirtual(register: Register): boolean {
  return register >= firstVirtual;
}

/** Condition numbers as encoded in B<c> and IT: eq ne cs cc mi pl vs vc hi ls ge lt gt le. */
export type Condition = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13;

export function inverted(condition: Condition): Condition {
  return (condition ^ 1) as Condition;
}

/** The comparison that sets the flags for a select, a set or a branch. */
export type Compare = "cmp" | "cmn" | "tst" | "cmp64" | "vcmp";

export type Operation =
  // moves and constants
  | "mov"
  | "constant" // imm: int32
  | "address" // symbol + imm
  // data processing; two uses, or one use and imm; `shift` applies to the last use
  | "add"
  | "sub"
  | "rsb" // imm − use
  | "and"
  | "orr"
  | "eor"
  | "bic"
  | "orn"
  | "mvn"
  | "lsl"
  | "lsr"
  | "asr"
  | "ror"
  | "mul"
  | "mla" // uses: n, m, accumulator
  | "mls"
  | "mulLong" // defs: low, high; uses: n, m; imm: 1 signed
  | "mulHigh" // the high word alone, by SMMUL; uses n, m
  | "sdiv"
  | "udiv"
  | "clz"
  | "rbit"
  | "sxtb"
  | "sxth"
  | "uxtb"
  | "uxth"
  | "ubfx" // imm: lsb | width << 8
  | "sbfx"
  | "ssat" // imm: bits | asr amount << 8
  | "usat"
  | "carryHigh" // uses aLo, bLo, aHi, bHi: high word of a + b (CMN, ADC)
  | "borrowHigh"
  | "dsp" // symbol: the intrinsic's name
  // flags inside
  | "set" // def = condition ? 1 : 0, after `compare` of the uses (or of one use and imm)
  | "select" // uses: compared…, then, otherwise; def tied to `otherwise`
  // memory: uses base (, index); imm offset; `shift` of the index; `post`: second def is base + imm, tied
  | "ldr"
  | "ldrb"
  | "ldrsb"
  | "ldrh"
  | "ldrsh"
  | "str" // uses value, base (, index)
  | "strb"
  | "strh"
  // stack slots: imm = slot number
  | "reload"
  | "spill"
  // calls
  | "call" // symbol; uses: argument registers; defs: result registers
  | "callRegister" // first use: address
  | "argument" // uses value; imm: word of the outgoing stack arguments
  | "incoming" // def; imm: word of the incoming stack arguments
  // floating point
  | "vmov" // between classes or within float
  | "vconstant"
  | "vldr"
  | "vstr"
  | "vadd"
  | "vsub"
  | "vmul"
  | "vdiv"
  | "vsqrt"
  | "vabs"
  | "vneg"
  | "vcvt" // imm: 0 s32→f32, 1 u32→f32, 2 f32→s32, 3 f32→u32
  | "vreload"
  | "vspill"
  // run-time check: trap when condition holds after `compare`
  | "trapIf";

export interface Shift {
  readonly kind: "lsl" | "lsr" | "asr" | "ror";
  readonly amount: number;
}

export interface Instruction {
  readonly op: Operation;
  defs: Register[];
  uses: Register[];
  /** An immediate operand, an offset, a slot: what `op` says. Undefined where a register takes its place. */
  imm?: number;
  readonly symbol?: string;
  readonly shift?: Shift;
  readonly compare?: Compare;
  readonly condition?: Condition;
  readonly trap?: Trap;
  /** Memory: base register is updated by imm after the access; the new base is the last def. */
  readonly post?: boolean;
  /** Pairs [index in defs, index in uses] that must share a register. */
  readonly tied?: readonly (readonly [number, number])[];
  /** Physical registers that the instruction destroys besides its defs. */
  readonly clobbers?: readonly Register[];
  /** Where in the WASM module it came from. */
  readonly offset: number;
}

export type MachineEnd =
  | { readonly kind: "jump"; readonly to: MachineBlock }
  | {
      readonly kind: "branch";
      readonly compare: Compare;
      readonly condition: Condition;
      uses: Register[];
      readonly imm?: number;
      readonly then: MachineBlock;
      readonly otherwise: MachineBlock;
      readonly offset: number;
    }
  | { readonly kind: "switch"; uses: Register[]; readonly targets: readonly MachineBlock[]; readonly offset: number }
  | { readonly kind: "return"; uses: Register[] }
  | { readonly kind: "trap"; readonly trap: Trap; readonly offset: number };

export interface MachineBlock {
  readonly id: number;
  code: Instruction[];
  end: MachineEnd;
  preds: MachineBlock[];
  /** How often it is taken to run. */
  readonly frequency: number;
}

export interface MachineFunction {
  readonly name: string;
  /** In emission order; the entry first. */
  blocks: MachineBlock[];
  /** Class of virtual register firstVirtual + i. */
  readonly classes: RegisterClass[];
  /** Words of stack slots for spilled values, and of arguments passed on the stack. */
  slots: number;
  outgoing: number;
  readonly paramWords: number;
}

export function machineSuccessors({ end }: MachineBlock): readonly MachineBlock[] {
  switch (end.kind) {
    case "jump":
      return [end.to];
    case "branch":
      return [end.then, end.otherwise];
    case "switch":
      return end.targets;
    default:
      return [];
  }
}

export function endUses(end: MachineEnd): readonly Register[] {
  return end.kind === "branch" || end.kind === "switch" || end.kind === "return" ? end.uses : [];
}

export function newRegister(fn: MachineFunction, kind: RegisterClass): Register {
  fn.classes.push(kind);
  return firstVirtual + fn.classes.length - 1;
}

export function classOf(fn: MachineFunction, register: Register): RegisterClass {
  if (isVirtual(register)) return fn.classes[register - firstVirtual]!;
  return register >= firstFloat ? "float" : "core";
}
