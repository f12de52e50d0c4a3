// What an instruction does, as data. A row's effect is written like the manual's pseudocode ("Rd = Rn + Rm, NZCV if S"),
// read once by read-effect.ts into this tree, and used by everybody: evaluate.ts runs it (slow and plain, the reference),
// the simulator compiles it to closures or prints it as JavaScript, the compiler asks it which registers and flags move.
//
// Meaning. Values are 32 bits wide (compare as int32; a truth is 0 or 1) except `double`, which is the 64-bit pattern of a
// D register and only meets the *64 float operators. Statements run in order; a fault stops them and leaves what was done,
// so rows put their register writes after the memory access. Reading R15 (`reg` 15 or `pc`) gives the instruction's address
// + 4; `reg` 13 names the current stack pointer, and writing it clears bits 1:0; writing `reg` 15 branches (bit 0 ignored).
// After the statements, unless one branched, PC moves on by the instruction's size and ITSTATE advances (also when the IT
// condition failed and nothing ran; BKPT always runs). Names of locals are unique within an effect. `bind.ts` puts a decoded
// instruction's operand values in: no `operand`, `each`, `condition` or constant `if` is left afterwards.

import type { Operator } from "./operators.ts";

/** How memory is reached. "any": may be unaligned where the core allows it; "aligned": an unaligned address is a fault
 *  (LDM, LDRD, VLDR …); "user": as unprivileged code (LDRT); "exclusive": also sets the monitor; "ordered": acquire or
 *  release, aligned. */
export type Access = "any" | "aligned" | "user" | "exclusive" | "ordered";
export type Bytes = 1 | 2 | 4;
/** APSR.GE is one 4-bit value, the others are 0 or 1. Q is sticky: rows write `Q |= …`. */
export type Flag = "N" | "Z" | "C" | "V" | "Q" | "GE";

export type Expr =
  | { readonly is: "const"; readonly value: number }
  /** A value from the decoded instruction: a field's letter ("d"), a derived name ("const"), or S (sets flags). */
  | { readonly is: "operand"; readonly name: string }
  | { readonly is: "local"; readonly name: string }
  | { readonly is: "reg"; readonly index: Expr }
  /** Floating-point registers as bit patterns; D[n] is S[2n + 1]:S[2n]. */
  | { readonly is: "single"; readonly index: Expr }
  | { readonly is: "double"; readonly index: Expr }
  | { readonly is: "flag"; readonly flag: Flag }
  /** Address of this instruction + 4. */
  | { readonly is: "pc" }
  /** Address of the next instruction (this one + its size). */
  | { readonly is: "next" }
  | { readonly is: "fpscr" }
  /** MRS: the special register numbered SYSm, as the mode and privilege let it be read. */
  | { readonly is: "special"; readonly sysm: Expr }
  /** Zero-extended load. At most one in a statement; it may fault. */
  | { readonly is: "load"; readonly bytes: Bytes; readonly access: Access; readonly address: Expr }
  /** A pure function of operators.ts, or a float operator: those also read FPSCR and OR their exceptions into it. */
  | { readonly is: "apply"; readonly op: Operator; readonly args: readonly Expr[] };

export type Target = Extract<Expr, { is: "reg" | "single" | "double" | "flag" | "fpscr" }>;

/** jump: PC = target with bit 0 ignored. exchange: T = bit 0 of target, and an EXC_RETURN value in Handler mode returns from
 *  the exception (BX, POP and loads of PC). call: as exchange, but never an exception return (BLX). */
export type BranchKind = "jump" | "exchange" | "call";

/** What only a machine can do; arguments in the order of SystemAction's comments. */
export type SystemAction =
  | "it" // firstcond, mask: ITSTATE for the following instructions
  | "svc" // imm8
  | "bkpt" // imm8
  | "undefined" // UDF: UNDEFINSTR
  | "divide-by-zero" // faults when CCR.DIV_0_TRP is set, else goes on
  | "cps" // 1 = disable (set) or 0 = enable, flags: 2 PRIMASK, 1 FAULTMASK
  | "msr" // sysm, mask (bit 1: nzcvq, bit 0: g), value
  | "clrex"
  | "dmb" // option
  | "dsb" // option
  | "isb" // option
  | "nop" // hint number, for those without an effect (also PLD, PLI, DBG)
  | "yield"
  | "wfe"
  | "wfi"
  | "sev"
  | "coprocessor" // number: NOCP fault; for 10 and 11 with the FPU on, UNDEFINSTR
  | "stack-check" // v8-M: VLSTM, VLLDM address
  | "secure"; // SG, BXNS, BLXNS, TT: faults where there is no Security Extension

export type Effect =
  | { readonly do: "let"; readonly name: string; readonly value: Expr }
  | { readonly do: "set"; readonly target: Target; readonly value: Expr }
  | {
      readonly do: "store";
      readonly bytes: Bytes;
      readonly access: Access;
      readonly address: Expr;
      readonly value: Expr;
    }
  /** status = 0 and the store is done if the monitor allows it, else status = 1. Clears the monitor. */
  | {
      readonly do: "storeExclusive";
      readonly status: Target;
      readonly bytes: Bytes;
      readonly address: Expr;
      readonly value: Expr;
    }
  | { readonly do: "if"; readonly when: Expr; readonly body: readonly Effect[]; readonly otherwise: readonly Effect[] }
  /** Runs body for every set bit of list, lowest first, with locals `r` = bit number and `k` = 0, 1, 2 … */
  | { readonly do: "each"; readonly list: Expr; readonly body: readonly Effect[] }
  | { readonly do: "branch"; readonly kind: BranchKind; readonly target: Expr }
  | { readonly do: "system"; readonly action: SystemAction; readonly args: readonly Expr[] };
