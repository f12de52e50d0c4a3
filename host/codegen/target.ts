// What instruction selection may ask of a core: which forms exist, which immediates and offsets fit them. Two tables, for
// Thumb-2 (v7-M, v8-M mainline) and for the v6-M subset; DSP, divide and FPU are features of the Core.

import type { Core } from "../isa/isa.ts";
import type { Operation } from "./machine.ts";

export interface Target {
  readonly core: Core;
  readonly thumb2: boolean;
  readonly dsp: boolean;
  readonly fpu: boolean;
  /** An ALU operation takes its last operand shifted by a constant. */
  readonly shiftedOperand: boolean;
  /** LDR/STR with the index shifted left by up to this. */
  readonly scaledIndex: number;
  readonly postIncrement: boolean;
  /** The result must be in the register of the first operand. */
  twoAddress(op: Operation): boolean;
  fitsImmediate(op: Operation, value: number): boolean;
  fitsOffset(op: Operation, offset: number): boolean;
}

/** ThumbExpandImm: 8 bits anywhere, or a byte repeated (ARM DDI 0403E A5.3.2). */
export function isModifiedImmediate(value: number): boolean {
  const word = value >>> 0;
  if (word <= 0xff) return true;
  const low = word & 0xff;
  if (word === ((low << 16) | low) >>> 0) return true;
  if (word === (low * 0x01010101) >>> 0) return true;
  const second = (word >>> 8) & 0xff;
  if (word === ((second << 24) | (second << 8)) >>> 0) return true;
  const leading = Math.clz32(word);
  return leading <= 23 && (word & (0xffffffff >>> (leading + 8))) === 0;
}

const accessBytes: Partial<Record<Operation, number>> = {
  ldr: 4,
  str: 4,
  ldrh: 2,
  ldrsh: 2,
  strh: 2,
  ldrb: 1,
  ldrsb: 1,
  strb: 1,
};

function thumb2Immediate(op: Operation, value: number): boolean {
  switch (op) {
    case "add":
    case "sub":
      return isModifiedImmediate(value) || isModifiedImmediate(-value) || (value >= -0xfff && value <= 0xfff);
    case "and":
    case "bic":
      return isModifiedImmediate(value) || isModifiedImmediate(~value);
    case "orr":
    case "orn":
      return isModifiedImmediate(value) || isModifiedImmediate(~value);
    case "eor":
    case "rsb":
      return isModifiedImmediate(value);
    case "set":
    case "select":
    case "trapIf":
      return isModifiedImmediate(value) || isModifiedImmediate(-value);
    case "lsl":
    case "lsr":
    case "asr":
    case "ror":
      return value >= 0 && value <= 31;
    default:
      return false;
  }
}

function thumb1Immediate(op: Operation, value: number): boolean {
  switch (op) {
    case "add":
    case "sub":
      return value >= -255 && value <= 255;
    case "rsb":
      return value === 0;
    case "set":
    case "select":
    case "trapIf":
      return value >= 0 && value <= 255;
    case "lsl":
    case "lsr":
    case "asr":
      return value >= 0 && value <= 31;
    default:
      return false;
  }
}

function thumb2Offset(op: Operation, offset: number): boolean {
  if (op === "vldr" || op === "vstr") return offset % 4 === 0 && Math.abs(offset) <= 1020;
  return offset >= -255 && offset <= 4095;
}

function thumb1Offset(op: Operation, offset: number): boolean {
  if (op === "ldrsb" || op === "ldrsh") return false; // register offset only
  const bytes = accessBytes[op] ?? 4;
  return offset >= 0 && offset <= 31 * bytes && offset % bytes === 0;
}

const thumb1TwoAddress: ReadonlySet<Operation> = new Set<Operation>([
  ...(["and", "orr", "eor", "bic", "mul", "ror", "carryHigh", "borrowHigh"] as const),
]);

export function targetOf(core: Core): Target {
  const thumb2 = core.features.has("v7m");
  return {
    core,
    thumb2,
    dsp: core.features.has("dsp"),
    fpu: core.features.has("fp"),
    shiftedOperand: thumb2,
    scaledIndex: thumb2 ? 3 : 0,
    postIncrement: thumb2,
    twoAddress: (op) => (thumb2 ? false : thumb1TwoAddress.has(op)),
    fitsImmediate: thumb2 ? thumb2Immediate : thumb1Immediate,
    fitsOffset: thumb2 ? thumb2Offset : thumb1Offset,
  };
}
