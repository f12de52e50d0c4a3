// The stated error of the cycle model, as data: tests fail when a figure grows beyond its row. Judges: mcycles.py (a block-level
// counter over Unicorn, with its own tables from the same manuals) on images built here, and rp2040js on code in SRAM.

import type { ProgramName } from "./build-programs.ts";

/** mcycles.py names of the bare boards' cores. */
export const modelCores = {
  "cortex-m4": "m4",
  "cortex-m0plus": "m0",
  "cortex-m33": "m33",
  "cortex-m7": "m7",
} as const;
export type ModelBoard = keyof typeof modelCores;

const levels = ["-O1", "-O2", "-Os"] as const;
const programs = [
  "integer",
  "convolution",
  "printf",
  "float",
  "mixed",
  "dsp",
] as const satisfies readonly ProgramName[];

export interface CycleImage {
  readonly key: string;
  readonly program: ProgramName;
  readonly board: ModelBoard;
  readonly level: string;
}

const imagesOf = (board: ModelBoard, names: readonly ProgramName[]): CycleImage[] =>
  names.flatMap((program) =>
    levels.map((level) => ({ key: `${program}${level}-${board}`, program, board, level }) satisfies CycleImage),
  );

/** Committed in built/cycles/, with the judge's counts in built/cycles.json. */
export const committedImages = [
  ...imagesOf("cortex-m4", programs),
  ...imagesOf(
    "cortex-m0plus",
    programs.filter((name) => name !== "dsp"),
  ),
];

/** Built afresh by the slow suite; Unicorn's M7 lacks double precision. */
export const freshImages = [
  ...imagesOf("cortex-m33", programs),
  ...imagesOf(
    "cortex-m7",
    programs.filter((name) => name !== "float"),
  ),
];

/** Largest |ours / mcycles − 1| over a core's images, in per cent, rounded up. */
export const statedError: Readonly<Record<ModelBoard, { readonly percent: number; readonly why: string }>> = {
  "cortex-m4": {
    percent: 0.61,
    why: "instructions that fail their condition in an IT block: 1 cycle here, charged as executed there; VMOV of two registers 2 and VLDR of a double 3 (DDI 0439D table 7-1), 1 and 2 there",
  },
  "cortex-m0plus": { percent: 0, why: "DDI 0484C table 3-1 on both sides" },
  "cortex-m33": {
    percent: 12.6,
    why: "approximations on both sides: LDM, STM of N registers N cycles here (measured silicon), 1+N there; MRS and MSR 2 here, 1 there (the dsp images read APSR in their loops; the others stay within 4 %)",
  },
  "cortex-m7": {
    percent: 7.4,
    why: "approximations on both sides: pairs are alternate neighbours here, a scoreboard per block there",
  },
};

/** Cycles of one instruction, ours − rp2040js 1.4.1, from SRAM: all there are. */
export const rp2040Differences: Readonly<Record<string, { readonly difference: number; readonly why: string }>> = {
  "push <listlr>": { difference: 1, why: "DDI 0484C table 3-1: PUSH 1+N, LR is one of N; rp2040js leaves it out" },
  "pop <listpc>": {
    difference: 1,
    why: "DDI 0484C table 3-1: POP with PC 3+N, PC is one of N; rp2040js leaves it out",
  },
  "load (peripheral)": {
    difference: -2,
    why: "rp2040js adds the APB bridge's wait (RP2040 Datasheet 2.1.4); ours does not",
  },
  "store (peripheral)": { difference: -3, why: "as for loads" },
};

/** Whole programs from SRAM, peripherals included: ours / rp2040js − 1, in per cent, rounded up. */
export const rp2040Error: Readonly<Partial<Record<ProgramName, number>>> = {
  integer: 3.4,
  convolution: 0.9,
  float: 2.3,
  printf: 2.6,
  mixed: 0.6,
};
