// A row: one encoding of one instruction, as table.ts makes it from a line of thumb/*.ts. Everything else is derived: the
// encoder from fields and parts, the decoder from mask and match, the text from parts, the semantics from effect.
//
//   00011 00 mmm nnn ddd | add{s} Rd, Rn, Rm | alu | Rd = Rn + Rm, NZCV if S
//
// Bits: 0 and 1 are fixed; a letter is a field, its bits joined from left to right wherever they stand (but D, N, M, I go below
// d, n, m, i: single registers are Vd:D); spaces are for the eye; 32-bit encodings are first halfword, second halfword. Special
// cases stand below the general one: a pattern belongs to the last row that matches, and is undefined on a core without
// that row's feature.

import type { CycleClass, Feature } from "./core.ts";
import type { Effect, Flag } from "./effect.ts";

/** Where a field's bits are: from its most significant bit down, as bit numbers of `match`. */
export interface Field {
  readonly letter: string;
  readonly bits: readonly number[];
}

/** A piece of the assembler text: literal characters, or an operand of a kind (see operands.ts). */
export type TextPart = string | OperandPart;
export interface OperandPart {
  readonly kind: string;
  readonly letter: string;
  readonly scale: number;
}

export interface Row {
  /** Index in `thumbRows`. */
  readonly id: number;
  /** Mnemonic without condition, flags and width: "add", "ldr", "vadd". */
  readonly name: string;
  /** The text column as written; unique together with `size` and feature. */
  readonly text: string;
  readonly size: 2 | 4;
  /** Over 16 bits, or over 32 with the first halfword on top (unsigned). */
  readonly mask: number;
  readonly match: number;
  readonly fields: readonly Field[];
  readonly mnemonic: readonly TextPart[];
  readonly operands: readonly TextPart[];
  /** The operand parts of both. */
  readonly parts: readonly OperandPart[];
  /** The core must have it. */
  readonly feature: Feature;
  readonly cycles: CycleClass;
  readonly effect: readonly Effect[];
  readonly flagsRead: readonly Flag[];
  readonly flagsWritten: readonly Flag[];
  /** Needs the floating-point unit enabled (CPACR), and stacks its state lazily. */
  readonly float: boolean;
}

/** Operand values by name. Field letters hold register numbers or raw bits (`d`, `n`, `i` …); kinds add derived values
 *  (`const`, `carry`, `label`, `list` …); `S` is 1 when flags are set: the S bit, or for 16-bit rows "not inside IT". */
export type Operands = Readonly<Record<string, number>>;

export interface Decoded {
  readonly row: Row;
  /** The halfwords, as `match` has them. */
  readonly bits: number;
  readonly operands: Operands;
}

/** Condition numbers as encoded; 14 is always. */
export const conditionNames = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", ""];
