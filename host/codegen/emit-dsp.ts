// Intrinsics (`thumb.*`) as the rows that they stand for. Most are `name Rd, Rn, Rm`; the table lists the others.

import type { Operands } from "../isa/isa.ts";
import type { Assembler } from "./assembler.ts";
import type { Instruction } from "./machine.ts";

type Form = readonly [
  text: string,
  operands: (d: number, uses: readonly number[], imm: number, defs: readonly number[]) => Operands,
];

const accumulate = (name: string): Form => [`${name} Rd, Rn, Rm, Ra`, (d, [n, m, a]) => ({ d, n: n!, m: m!, a: a! })];
const rotated = (name: string, rotation: number): Form => [`${name} Rd, Rm<ror>`, (d, [m]) => ({ d, m: m!, rotation })];
const addRotated = (rotation: number): Form => [
  "sxtab16 Rd, Rn, Rm<ror>",
  (d, [n, m]) => ({ d, n: n!, m: m!, rotation }),
];
const pack = (k: number): Form => ["pkhbt Rd, Rn, Rm<lsl>", (d, [n, m]) => ({ d, n: n!, m: m!, k })];
const reverse = (text: string): Form => [text, (d, [m]) => ({ d, m: m! })];
/** QADD and QSUB name their first operand Rm. */
const saturating = (name: string): Form => [`${name} Rd, Rm, Rn`, (d, [m, n]) => ({ d, n: n!, m: m! })];

const forms: Readonly<Record<string, Form>> = {
  ...Object.fromEntries(
    ["smlad", "smladx", "smlsd", "smlabb", "smlabt", "smlatb", "smlatt", "smlawb", "smmla", "smmlar"].map((name) => [
      name,
      accumulate(name),
    ]),
  ),
  sxtb16: rotated("sxtb16", 0),
  sxtb16_ror8: rotated("sxtb16", 8),
  uxtb16: rotated("uxtb16", 0),
  uxtb16_ror8: rotated("uxtb16", 8),
  sxtab16: addRotated(0),
  sxtab16_ror8: addRotated(8),
  pkhbt: pack(0),
  pkhbt_lsl8: pack(8),
  pkhbt_lsl16: pack(16),
  // Without a shift PKHTB is PKHBT with its operands exchanged (DDI 0403E A7.7.93).
  pkhtb: ["pkhbt Rd, Rn, Rm<lsl>", (d, [n, m]) => ({ d, n: m!, m: n!, k: 0 })],
  pkhtb_asr16: ["pkhtb Rd, Rn, Rm, asr #<k32>", (d, [n, m]) => ({ d, n: n!, m: m!, k32: 16 })],
  ssat: ["ssat Rd, #<bits>, Rn<lsl>", (d, [n], imm) => ({ d, n: n!, bits: imm, k: 0 })],
  usat: ["usat Rd, #<i>, Rn<lsl>", (d, [n], imm) => ({ d, n: n!, i: imm, k: 0 })],
  ssat16: ["ssat16 Rd, #<bits>, Rn", (d, [n], imm) => ({ d, n: n!, bits: imm })],
  qadd: saturating("qadd"),
  qsub: saturating("qsub"),
  smlald: ["smlald Rl, Rh, Rn, Rm", (_, [n, m], __, defs) => ({ l: defs[0]!, h: defs[1]!, n: n!, m: m! })],
  rev: reverse("rev.w Rd, <twice>"),
  rev16: reverse("rev16.w Rd, <twice>"),
  rbit: reverse("rbit Rd, <twice>"),
};

/** `cpu.*`: PRIMASK is special register 16, iflags 2 is I, barrier option 15 is SY (DDI 0419E B5.2, A6.7). */
const coreForms: Readonly<Record<string, (d: number) => readonly [text: string, operands: Operands]>> = {
  "cpu.wfi": () => ["wfi", {}],
  "cpu.cpsid": () => ["cpsid <iflags>", { i: 2 }],
  "cpu.cpsie": () => ["cpsie <iflags>", { i: 2 }],
  "cpu.dmb": () => ["dmb <barrier>", { i: 15 }],
  "cpu.dsb": () => ["dsb <barrier>", { i: 15 }],
  "cpu.isb": () => ["isb <full>", { i: 15 }],
  "cpu.primask": (d) => ["mrs Rd, <special>", { d, i: 16 }],
};

export function emitDsp(a: Assembler, { symbol = "", defs, uses, imm = 0 }: Instruction): void {
  const core = coreForms[symbol];
  if (core) return a.emit(core(defs[0] ?? 0));
  const [text, operands] = forms[symbol] ?? [
    `${symbol} Rd, Rn, Rm`,
    (d: number, [n, m]: readonly number[]) => ({ d, n: n!, m: m! }),
  ];
  a.emit([text, operands(defs[0]!, uses, imm, defs)]);
}
