// A Core: what a processor core can decode and what its instructions cost. Rows name a feature and a cycle class; a core has
// a set of features and a number for each class, with the manual's clause beside it. Wait states, caches and buses belong to
// chips (room board); which loads overlap is the simulator's, from `pipeline`, whose numbers are also here with their source.

import { invariant } from "../base/errors.ts";

/** What rows ask for. v6m: every core; v7m: M3 and up; dsp: M4, M7, M33; fp: FPv4-SP; fp5: what FPv5 adds (VSEL, VRINT …);
 *  dp and dp5: the same in double precision (M7); v8m: Mainline, TrustZone included; mve: M-profile vectors (no rows yet). */
export type Feature = "v6m" | "v7m" | "dsp" | "fp" | "fp5" | "dp" | "dp5" | "v8m" | "mve";

export const coreNames = ["cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"] as const;
export type CoreName = (typeof coreNames)[number];

/** Classes of the cycle tables. A class is split where any core's manual gives different numbers. */
export const cycleClasses = [
  "alu", // data processing, moves, shifts, extends, bit fields
  "alu-pc", // ADD, MOV to PC
  "mul", // MUL
  "mla", // MLA, MLS
  "mul-long", // SMULL, UMULL
  "mla-long", // SMLAL, UMLAL
  "dsp-mul", // SMLAD, SMLAxy, SMMLA, UMAAL …
  "dsp-alu", // parallel add/sub, SEL, PKH, saturating arithmetic
  "div",
  "load",
  "load-pc", // LDR pc
  "load-double",
  "load-multiple", // LDM, POP
  "load-multiple-pc", // with PC in the list
  "load-exclusive",
  "store",
  "store-register", // [Rn, Rm]
  "store-double",
  "store-multiple", // STM, PUSH
  "store-exclusive",
  "branch", // B
  "branch-if", // B<c>
  "branch-zero", // CBZ, CBNZ
  "branch-register", // BX
  "call", // BL
  "call-register", // BLX
  "table-branch", // TBB, TBH
  "it",
  "special", // MRS, MSR
  "cps",
  "barrier",
  "hint", // NOP, SEV, YIELD
  "wait", // WFI, WFE: then sleeps
  "exception", // SVC, BKPT, UDF
  "fp-alu", // add, subtract, abs, neg, compare
  "fp-mul",
  "fp-mac", // VMLA, VFMA …
  "fp-div",
  "fp-sqrt",
  "fp-convert",
  "fp-move", // VMOV, VMRS, VMSR of one register
  "fp-move-double", // VMOV of two
  "fp-load",
  "fp-load-double",
  "fp-load-multiple",
  "fp-store",
  "fp-store-double",
  "fp-store-multiple",
] as const;
export type CycleClass = (typeof cycleClasses)[number];

export interface CycleCost {
  /** Cycles, alone, from zero-wait-state memory; a branch that is not taken. */
  readonly cycles: number;
  /** Added for each register of a list (words: a D register counts 2); halves are rounded up in the sum. */
  readonly perRegister?: number;
  /** Added when a branch is taken. */
  readonly taken?: number;
  /** Range for data-dependent costs (divide). */
  readonly most?: number;
  /** Manual, revision and table, or the measurement. */
  readonly source: string;
}

/** How instructions overlap. */
export interface Pipeline {
  /** A single load or store right after a single load that does not make its address costs this many fewer (at least 1). */
  readonly loadPairing: number;
  /** Stall when an address register was written by the data-processing instruction just before. */
  readonly addressStall: number;
  /** Stall when the instruction after a load uses its result. */
  readonly loadUseStall: number;
  /** Added for an unaligned access, once for each further aligned access that it is split into. */
  readonly unaligned: number;
  /** IT right after a 16-bit instruction is free (the manual says "can be folded"; off by default in the models here). */
  readonly foldIT: boolean;
  /** Instructions a cycle. */
  readonly issue: 1 | 2;
  readonly source: string;
}

export interface Core {
  readonly name: CoreName;
  readonly architecture: "v6m" | "v7m" | "v8m";
  readonly features: ReadonlySet<Feature>;
  /** For every class that a row of this core has: see `cycleCost`. */
  readonly cycles: Readonly<Partial<Record<CycleClass, CycleCost>>>;
  readonly pipeline: Pipeline;
  /** Set where the numbers are approximations (no complete public table): say so wherever they are printed. */
  readonly approximate?: string;
  /** v6-M: every unaligned access faults, also of LDR, STR, LDRH and STRH. */
  readonly unalignedFaults: boolean;
}

export function cycleCost(core: Core, name: CycleClass): CycleCost {
  const cost = core.cycles[name];
  invariant(cost, `${core.name} has no cost for ${name}`);
  return cost;
}

/** Reads a cycle table: class, formula, clause. Formulas: "2", "1+N" (N registers), "0+H" (half as many), "1+P" (pipeline refill,
 *  always), "1/1+P" (not taken / taken), "1+N+P", "2..12" (data-dependent). */
export function readCosts(
  manual: string,
  refill: number,
  lines: string,
): Readonly<Partial<Record<CycleClass, CycleCost>>> {
  const costs: Partial<Record<CycleClass, CycleCost>> = {};
  for (const line of lines.trim().split("\n")) {
    const [, name = "", formula = "", clause = ""] = /^\s*(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    invariant(cycleClasses.includes(name as CycleClass), `unknown cycle class ${name}`);
    const [untaken = "", taken] = formula.split("/");
    const cycles = Number.parseInt(untaken, 10) + (untaken.includes("P") ? refill : 0);
    const most = untaken.split("..")[1];
    costs[name as CycleClass] = {
      cycles,
      ...(untaken.includes("N") ? { perRegister: 1 } : untaken.includes("H") ? { perRegister: 0.5 } : {}),
      ...(taken ? { taken: Number.parseInt(taken, 10) + (taken.includes("P") ? refill : 0) - cycles } : {}),
      ...(most ? { most: Number(most) } : {}),
      source: `${manual} ${clause}`,
    };
  }
  return costs;
}
