// 32-bit loads of one register (DDI 0403E A5.3.7 to A5.3.9): plus 12 bits, PC-relative, minus 8 bits, post- and pre-indexed,
// unprivileged, register offset; bytes, halfwords, words, and signed. A fault leaves the base as it was.

import { table } from "../table.ts";

export const load = table(
  "v7m",
  `
  11111000 1001 nnnn tttt iiiiiiiiiiii   | ldrb.w Rt, [Rn<tail>]      | load    | Rt = M1[Rn + i]
  11111000 0001 nnnn tttt 1100 iiiiiiii  | ldrb.w Rt, [Rn<minus>]     | load    | Rt = M1[Rn - i]
  11111000 0001 nnnn tttt 10U1 iiiiiiii  | ldrb.w Rt, [Rn], <offset>  | load    | let x = M1[Rn]; Rn = Rn + offset; Rt = x
  11111000 0001 nnnn tttt 11U1 iiiiiiii  | ldrb.w Rt, [Rn<tail>]!     | load    | let a = Rn + offset; let x = M1[a]; Rn = a; Rt = x
  11111000 0001 nnnn tttt 1110 iiiiiiii  | ldrbt Rt, [Rn<tail>]       | load    | Rt = U1[Rn + i]
  11111000 0001 nnnn tttt 000000 kk mmmm | ldrb.w Rt, [Rn, Rm<lsl>]   | load    | Rt = M1[Rn + (Rm << k)]
  11111000 U001 1111 tttt iiiiiiiiiiii   | ldrb.w Rt, [pc<tail>]      | load    | Rt = M1[(PC & ~3) + offset]

  11111000 1011 nnnn tttt iiiiiiiiiiii   | ldrh.w Rt, [Rn<tail>]      | load    | Rt = M2[Rn + i]
  11111000 0011 nnnn tttt 1100 iiiiiiii  | ldrh.w Rt, [Rn<minus>]     | load    | Rt = M2[Rn - i]
  11111000 0011 nnnn tttt 10U1 iiiiiiii  | ldrh.w Rt, [Rn], <offset>  | load    | let x = M2[Rn]; Rn = Rn + offset; Rt = x
  11111000 0011 nnnn tttt 11U1 iiiiiiii  | ldrh.w Rt, [Rn<tail>]!     | load    | let a = Rn + offset; let x = M2[a]; Rn = a; Rt = x
  11111000 0011 nnnn tttt 1110 iiiiiiii  | ldrht Rt, [Rn<tail>]       | load    | Rt = U2[Rn + i]
  11111000 0011 nnnn tttt 000000 kk mmmm | ldrh.w Rt, [Rn, Rm<lsl>]   | load    | Rt = M2[Rn + (Rm << k)]
  11111000 U011 1111 tttt iiiiiiiiiiii   | ldrh.w Rt, [pc<tail>]      | load    | Rt = M2[(PC & ~3) + offset]

  11111000 1101 nnnn tttt iiiiiiiiiiii   | ldr.w Rt, [Rn<tail>]       | load    | Rt = M4[Rn + i]
  11111000 0101 nnnn tttt 1100 iiiiiiii  | ldr.w Rt, [Rn<minus>]      | load    | Rt = M4[Rn - i]
  11111000 0101 nnnn tttt 10U1 iiiiiiii  | ldr.w Rt, [Rn], <offset>   | load    | let x = M4[Rn]; Rn = Rn + offset; Rt = x
  11111000 0101 nnnn tttt 11U1 iiiiiiii  | ldr.w Rt, [Rn<tail>]!      | load    | let a = Rn + offset; let x = M4[a]; Rn = a; Rt = x
  11111000 0101 nnnn tttt 1110 iiiiiiii  | ldrt Rt, [Rn<tail>]        | load    | Rt = U4[Rn + i]
  11111000 0101 nnnn tttt 000000 kk mmmm | ldr.w Rt, [Rn, Rm<lsl>]    | load    | Rt = M4[Rn + (Rm << k)]
  11111000 U101 1111 tttt iiiiiiiiiiii   | ldr.w Rt, [pc<tail>]       | load    | Rt = M4[(PC & ~3) + offset]

  11111001 1001 nnnn tttt iiiiiiiiiiii   | ldrsb.w Rt, [Rn<tail>]     | load    | Rt = sxtb(M1[Rn + i])
  11111001 0001 nnnn tttt 1100 iiiiiiii  | ldrsb.w Rt, [Rn<minus>]    | load    | Rt = sxtb(M1[Rn - i])
  11111001 0001 nnnn tttt 10U1 iiiiiiii  | ldrsb.w Rt, [Rn], <offset> | load    | let x = sxtb(M1[Rn]); Rn = Rn + offset; Rt = x
  11111001 0001 nnnn tttt 11U1 iiiiiiii  | ldrsb.w Rt, [Rn<tail>]!    | load    | let a = Rn + offset; let x = sxtb(M1[a]); Rn = a; Rt = x
  11111001 0001 nnnn tttt 1110 iiiiiiii  | ldrsbt Rt, [Rn<tail>]      | load    | Rt = sxtb(U1[Rn + i])
  11111001 0001 nnnn tttt 000000 kk mmmm | ldrsb.w Rt, [Rn, Rm<lsl>]  | load    | Rt = sxtb(M1[Rn + (Rm << k)])
  11111001 U001 1111 tttt iiiiiiiiiiii   | ldrsb.w Rt, [pc<tail>]     | load    | Rt = sxtb(M1[(PC & ~3) + offset])

  11111001 1011 nnnn tttt iiiiiiiiiiii   | ldrsh.w Rt, [Rn<tail>]     | load    | Rt = sxth(M2[Rn + i])
  11111001 0011 nnnn tttt 1100 iiiiiiii  | ldrsh.w Rt, [Rn<minus>]    | load    | Rt = sxth(M2[Rn - i])
  11111001 0011 nnnn tttt 10U1 iiiiiiii  | ldrsh.w Rt, [Rn], <offset> | load    | let x = sxth(M2[Rn]); Rn = Rn + offset; Rt = x
  11111001 0011 nnnn tttt 11U1 iiiiiiii  | ldrsh.w Rt, [Rn<tail>]!    | load    | let a = Rn + offset; let x = sxth(M2[a]); Rn = a; Rt = x
  11111001 0011 nnnn tttt 1110 iiiiiiii  | ldrsht Rt, [Rn<tail>]      | load    | Rt = sxth(U2[Rn + i])
  11111001 0011 nnnn tttt 000000 kk mmmm | ldrsh.w Rt, [Rn, Rm<lsl>]  | load    | Rt = sxth(M2[Rn + (Rm << k)])
  11111001 U011 1111 tttt iiiiiiiiiiii   | ldrsh.w Rt, [pc<tail>]     | load    | Rt = sxth(M2[(PC & ~3) + offset])

  # loads of PC branch, as BX does
  111110001101 nnnn 1111 iiiiiiiiiiii    | ldr.w pc, [Rn<tail>]       | load-pc | exchange(M4[Rn + i])
  111110000101 nnnn 1111 1100 iiiiiiii   | ldr.w pc, [Rn<minus>]      | load-pc | exchange(M4[Rn - i])
  111110000101 nnnn 1111 10U1 iiiiiiii   | ldr.w pc, [Rn], <offset>   | load-pc | let t = M4[Rn]; Rn = Rn + offset; exchange(t)
  111110000101 nnnn 1111 11U1 iiiiiiii   | ldr.w pc, [Rn<tail>]!      | load-pc | let a = Rn + offset; let t = M4[a]; Rn = a; exchange(t)
  111110000101 nnnn 1111 000000 kk mmmm  | ldr.w pc, [Rn, Rm<lsl>]    | load-pc | exchange(M4[Rn + (Rm << k)])
  11111000 U101 1111 1111 iiiiiiiiiiii   | ldr.w pc, [pc<tail>]       | load-pc | exchange(M4[(PC & ~3) + offset])

  # preloads and, of signed halfwords, unallocated hints (which objdump prints as loads)
  11111000 1001 nnnn 1111 iiiiiiiiiiii   | pld [Rn<tail>]             | hint    | nop(0)
  11111000 0001 nnnn 1111 1100 iiiiiiii  | pld [Rn<minus>]            | hint    | nop(0)
  11111000 0001 nnnn 1111 000000 kk mmmm | pld [Rn, Rm<lsl>]          | hint    | nop(0)
  11111000 U001 1111 1111 iiiiiiiiiiii   | pld [pc<tail>]             | hint    | nop(0)
  11111000 1011 nnnn 1111 iiiiiiiiiiii   | pldw [Rn<tail>]            | hint    | nop(0)
  11111000 0011 nnnn 1111 1100 iiiiiiii  | pldw [Rn<minus>]           | hint    | nop(0)
  11111000 0011 nnnn 1111 000000 kk mmmm | pldw [Rn, Rm<lsl>]         | hint    | nop(0)
  11111000 U011 1111 1111 iiiiiiiiiiii   | pldw [pc<tail>]            | hint    | nop(0)
  11111001 1001 nnnn 1111 iiiiiiiiiiii   | pli [Rn<tail>]             | hint    | nop(0)
  11111001 0001 nnnn 1111 1100 iiiiiiii  | pli [Rn<minus>]            | hint    | nop(0)
  11111001 0001 nnnn 1111 000000 kk mmmm | pli [Rn, Rm<lsl>]          | hint    | nop(0)
  11111001 U001 1111 1111 iiiiiiiiiiii   | pli [pc<tail>]             | hint    | nop(0)
  11111001 1011 nnnn 1111 iiiiiiiiiiii   | ldrsh.w pc, [Rn<tail>]     | hint    | nop(0)
  11111001 0011 nnnn 1111 1100 iiiiiiii  | ldrsh.w pc, [Rn<minus>]    | hint    | nop(0)
  11111001 0011 nnnn 1111 000000 kk mmmm | ldrsh.w pc, [Rn, Rm<lsl>]  | hint    | nop(0)
  11111001 U011 1111 1111 iiiiiiiiiiii   | ldrsh.w pc, [pc<tail>]     | hint    | nop(0)
`,
);
