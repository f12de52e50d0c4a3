// 32-bit data processing with a modified immediate constant or a shifted register (DDI 0403E A5.3.1, A5.3.11). The constant is
// ThumbExpandImm(i:imm3:imm8), with a carry of its own when it is rotated; the shift is by k = imm3:imm2 of type y.

import { table } from "../table.ts";

export const dataImmediate = table(
  "v7m",
  `
  11110 i 0 0000 S nnnn 0 iii dddd iiiiiiii | and{s}.w Rd, Rn, #<const> | alu | Rd = Rn & const, NZC if S
  11110 i 0 0001 S nnnn 0 iii dddd iiiiiiii | bic{s}.w Rd, Rn, #<const> | alu | Rd = Rn & ~const, NZC if S
  11110 i 0 0010 S nnnn 0 iii dddd iiiiiiii | orr{s}.w Rd, Rn, #<const> | alu | Rd = Rn | const, NZC if S
  11110 i 0 0011 S nnnn 0 iii dddd iiiiiiii | orn{s} Rd, Rn, #<const>   | alu | Rd = Rn | ~const, NZC if S
  11110 i 0 0100 S nnnn 0 iii dddd iiiiiiii | eor{s}.w Rd, Rn, #<const> | alu | Rd = Rn ^ const, NZC if S
  11110 i 0 1000 S nnnn 0 iii dddd iiiiiiii | add{s}.w Rd, Rn, #<const> | alu | Rd = Rn + const, NZCV if S
  11110 i 0 1010 S nnnn 0 iii dddd iiiiiiii | adc{s}.w Rd, Rn, #<const> | alu | Rd = Rn + const + C, NZCV if S
  11110 i 0 1011 S nnnn 0 iii dddd iiiiiiii | sbc{s}.w Rd, Rn, #<const> | alu | Rd = Rn + ~const + C, NZCV if S
  11110 i 0 1101 S nnnn 0 iii dddd iiiiiiii | sub{s}.w Rd, Rn, #<const> | alu | Rd = Rn - const, NZCV if S
  11110 i 0 1110 S nnnn 0 iii dddd iiiiiiii | rsb{s} Rd, Rn, #<const>   | alu | Rd = const - Rn, NZCV if S
  11110 i 0 0010 S 1111 0 iii dddd iiiiiiii | mov{s}.w Rd, #<const>     | alu | Rd = const, NZC if S
  11110 i 0 0011 S 1111 0 iii dddd iiiiiiii | mvn{s}.w Rd, #<const>     | alu | Rd = ~const, NZC if S
  11110 i 0 0000 1 nnnn 0 iii 1111 iiiiiiii | tst.w Rn, #<const>        | alu | _ = Rn & const, NZC
  11110 i 0 0100 1 nnnn 0 iii 1111 iiiiiiii | teq Rn, #<const>          | alu | _ = Rn ^ const, NZC
  11110 i 0 1000 1 nnnn 0 iii 1111 iiiiiiii | cmn.w Rn, #<const>        | alu | _ = Rn + const, NZCV
  11110 i 0 1101 1 nnnn 0 iii 1111 iiiiiiii | cmp.w Rn, #<const>        | alu | _ = Rn - const, NZCV
`,
);

export const dataRegister = table(
  "v7m",
  `
  1110101 0000 S nnnn 0 kkk dddd kk yy mmmm | and{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn & shift(Rm), NZC if S
  1110101 0001 S nnnn 0 kkk dddd kk yy mmmm | bic{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn & ~shift(Rm), NZC if S
  1110101 0010 S nnnn 0 kkk dddd kk yy mmmm | orr{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn | shift(Rm), NZC if S
  1110101 0011 S nnnn 0 kkk dddd kk yy mmmm | orn{s} Rd, Rn, Rm<shift>   | alu | Rd = Rn | ~shift(Rm), NZC if S
  1110101 0100 S nnnn 0 kkk dddd kk yy mmmm | eor{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn ^ shift(Rm), NZC if S
  1110101 1000 S nnnn 0 kkk dddd kk yy mmmm | add{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn + shift(Rm), NZCV if S
  1110101 1010 S nnnn 0 kkk dddd kk yy mmmm | adc{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn + shift(Rm) + C, NZCV if S
  1110101 1011 S nnnn 0 kkk dddd kk yy mmmm | sbc{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn + ~shift(Rm) + C, NZCV if S
  1110101 1101 S nnnn 0 kkk dddd kk yy mmmm | sub{s}.w Rd, Rn, Rm<shift> | alu | Rd = Rn - shift(Rm), NZCV if S
  1110101 1110 S nnnn 0 kkk dddd kk yy mmmm | rsb{s} Rd, Rn, Rm<shift>   | alu | Rd = shift(Rm) - Rn, NZCV if S
  1110101 0010 S 1111 0 kkk dddd kk yy mmmm | mov{s}.w Rd, Rm<shift>     | alu | Rd = shift(Rm), NZC if S
  1110101 0011 S 1111 0 kkk dddd kk yy mmmm | mvn{s}.w Rd, Rm<shift>     | alu | Rd = ~shift(Rm), NZC if S
  1110101 0000 1 nnnn 0 kkk 1111 kk yy mmmm | tst.w Rn, Rm<shift>        | alu | _ = Rn & shift(Rm), NZC
  1110101 0100 1 nnnn 0 kkk 1111 kk yy mmmm | teq Rn, Rm<shift>          | alu | _ = Rn ^ shift(Rm), NZC
  1110101 1000 1 nnnn 0 kkk 1111 kk yy mmmm | cmn.w Rn, Rm<shift>        | alu | _ = Rn + shift(Rm), NZCV
  1110101 1101 1 nnnn 0 kkk 1111 kk yy mmmm | cmp.w Rn, Rm<shift>        | alu | _ = Rn - shift(Rm), NZCV
`,
);

export const dataPlain = table(
  "v7m",
  `
  # plain 12- and 16-bit constants (DDI 0403E A5.3.3)
  11110 i 10 0000 nnnn 0 iii dddd iiiiiiii | addw Rd, Rn, #<i>   | alu | Rd = Rn + i
  11110 i 10 0000 1111 0 iii dddd iiiiiiii | addw Rd, pc, #<i>   | alu | Rd = (PC & ~3) + i
  11110 i 10 1010 nnnn 0 iii dddd iiiiiiii | subw Rd, Rn, #<i>   | alu | Rd = Rn - i
  11110 i 10 1010 1111 0 iii dddd iiiiiiii | subw Rd, pc, #<i>   | alu | Rd = (PC & ~3) - i
  11110 i 10 0100 jjjj 0 iii dddd iiiiiiii | movw Rd, #<imm16>   | alu | Rd = imm16
  11110 i 10 1100 jjjj 0 iii dddd iiiiiiii | movt Rd, #<imm16>   | alu | Rd = uxth(Rd) | imm16 << 16

  # shifts by a register (DDI 0403E A5.3.12)
  11111010 000 S nnnn 1111 dddd 0000 mmmm  | lsl{s}.w Rd, Rn, Rm | alu | Rd = lsl(Rn, uxtb(Rm)), NZC if S
  11111010 001 S nnnn 1111 dddd 0000 mmmm  | lsr{s}.w Rd, Rn, Rm | alu | Rd = lsr(Rn, uxtb(Rm)), NZC if S
  11111010 010 S nnnn 1111 dddd 0000 mmmm  | asr{s}.w Rd, Rn, Rm | alu | Rd = asr(Rn, uxtb(Rm)), NZC if S
  11111010 011 S nnnn 1111 dddd 0000 mmmm  | ror{s}.w Rd, Rn, Rm | alu | Rd = ror(Rn, uxtb(Rm)), NZC if S
`,
);
