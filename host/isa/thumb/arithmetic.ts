// 16-bit shifts, additions, comparisons and moves on low registers (DDI 0403E A5.2.1, A5.2.2; all of ARMv6-M). S is 1 outside
// IT blocks. LSR and ASR by 0 mean 32 (`i32`). A shift count in a register is its bottom byte.

import { table } from "../table.ts";

export const arithmetic = table(
  "v6m",
  `
  00000 iiiii mmm ddd | lsl{s} Rd, Rm, #<i>   | alu    | Rd = lsl(Rm, i), NZC if S
  00000 00000 mmm ddd | mov{s} Rd, Rm         | alu    | Rd = Rm, NZ if S
  00001 iiiii mmm ddd | lsr{s} Rd, Rm, #<i32> | alu    | Rd = lsr(Rm, i32), NZC if S
  00010 iiiii mmm ddd | asr{s} Rd, Rm, #<i32> | alu    | Rd = asr(Rm, i32), NZC if S
  0001100 mmm nnn ddd | add{s} Rd, Rn, Rm     | alu    | Rd = Rn + Rm, NZCV if S
  0001101 mmm nnn ddd | sub{s} Rd, Rn, Rm     | alu    | Rd = Rn - Rm, NZCV if S
  0001110 iii nnn ddd | add{s} Rd, Rn, #<i>   | alu    | Rd = Rn + i, NZCV if S
  0001111 iii nnn ddd | sub{s} Rd, Rn, #<i>   | alu    | Rd = Rn - i, NZCV if S
  00100 ddd iiiiiiii  | mov{s} Rd, #<i>       | alu    | Rd = i, NZ if S
  00101 nnn iiiiiiii  | cmp Rn, #<i>          | alu    | _ = Rn - i, NZCV
  00110 ddd iiiiiiii  | add{s} Rd, #<i>       | alu    | Rd = Rd + i, NZCV if S
  00111 ddd iiiiiiii  | sub{s} Rd, #<i>       | alu    | Rd = Rd - i, NZCV if S

  0100000000 mmm ddd  | and{s} Rd, Rm         | alu    | Rd = Rd & Rm, NZ if S
  0100000001 mmm ddd  | eor{s} Rd, Rm         | alu    | Rd = Rd ^ Rm, NZ if S
  0100000010 mmm ddd  | lsl{s} Rd, Rm         | alu    | Rd = lsl(Rd, uxtb(Rm)), NZC if S
  0100000011 mmm ddd  | lsr{s} Rd, Rm         | alu    | Rd = lsr(Rd, uxtb(Rm)), NZC if S
  0100000100 mmm ddd  | asr{s} Rd, Rm         | alu    | Rd = asr(Rd, uxtb(Rm)), NZC if S
  0100000101 mmm ddd  | adc{s} Rd, Rm         | alu    | Rd = Rd + Rm + C, NZCV if S
  0100000110 mmm ddd  | sbc{s} Rd, Rm         | alu    | Rd = Rd + ~Rm + C, NZCV if S
  0100000111 mmm ddd  | ror{s} Rd, Rm         | alu    | Rd = ror(Rd, uxtb(Rm)), NZC if S
  0100001000 mmm nnn  | tst Rn, Rm            | alu    | _ = Rn & Rm, NZ
  0100001001 nnn ddd  | neg{s} Rd, Rn         | alu    | Rd = 0 - Rn, NZCV if S
  0100001010 mmm nnn  | cmp Rn, Rm            | alu    | _ = Rn - Rm, NZCV
  0100001011 mmm nnn  | cmn Rn, Rm            | alu    | _ = Rn + Rm, NZCV
  0100001100 mmm ddd  | orr{s} Rd, Rm         | alu    | Rd = Rd | Rm, NZ if S
  0100001101 nnn ddd  | mul{s} Rd, Rn         | mul    | Rd = Rd * Rn, NZ if S
  0100001110 mmm ddd  | bic{s} Rd, Rm         | alu    | Rd = Rd & ~Rm, NZ if S
  0100001111 mmm ddd  | mvn{s} Rd, Rm         | alu    | Rd = ~Rm, NZ if S

  # any registers; no flags but for CMP
  01000100 d mmmm ddd | add Rd, Rm            | alu    | Rd = Rd + Rm
  01000100 1 mmmm 111 | add pc, Rm            | alu-pc | jump(PC + Rm)
  01000101 n mmmm nnn | cmp Rn, Rm            | alu    | _ = Rn - Rm, NZCV
  01000110 d mmmm ddd | mov Rd, Rm            | alu    | Rd = Rm
  01000110 1 mmmm 111 | mov pc, Rm            | alu-pc | jump(Rm)

  # addresses and the stack pointer
  10100 ddd iiiiiiii  | add Rd, pc, #<i*4>    | alu    | Rd = (PC & ~3) + i * 4
  10101 ddd iiiiiiii  | add Rd, sp, #<i*4>    | alu    | Rd = SP + i * 4
  10110000 0 iiiiiii  | add sp, #<i*4>        | alu    | SP = SP + i * 4
  10110000 1 iiiiiii  | sub sp, #<i*4>        | alu    | SP = SP - i * 4

  # extend and reverse
  10110010 00 mmm ddd | sxth Rd, Rm           | alu    | Rd = sxth(Rm)
  10110010 01 mmm ddd | sxtb Rd, Rm           | alu    | Rd = sxtb(Rm)
  10110010 10 mmm ddd | uxth Rd, Rm           | alu    | Rd = uxth(Rm)
  10110010 11 mmm ddd | uxtb Rd, Rm           | alu    | Rd = uxtb(Rm)
  10111010 00 mmm ddd | rev Rd, Rm            | alu    | Rd = rev(Rm)
  10111010 01 mmm ddd | rev16 Rd, Rm          | alu    | Rd = rev16(Rm)
  10111010 11 mmm ddd | revsh Rd, Rm          | alu    | Rd = revsh(Rm)
`,
);
