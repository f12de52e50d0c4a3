// 16-bit shifts, additions and comparisons with low registers (DDI 0419E A5.2.1). S is "outside an IT block".

import { table } from "../table.ts";

export const arithmetic = table(
  "v6m",
  `
  00000 00000 mmm ddd  | mov{s} Rd, Rm           | alu | Rd = Rm, NZ if S
  00000 iiiii mmm ddd  | lsl{s} Rd, Rm, #<i>     | alu | Rd = lsl(Rm, i), NZC if S
  00001 iiiii mmm ddd  | lsr{s} Rd, Rm, #<i32>   | alu | Rd = lsr(Rm, i32), NZC if S
  00010 iiiii mmm ddd  | asr{s} Rd, Rm, #<i32>   | alu | Rd = asr(Rm, i32), NZC if S
  00011 00 mmm nnn ddd | add{s} Rd, Rn, Rm       | alu | Rd = Rn + Rm, NZCV if S
  00011 01 mmm nnn ddd | sub{s} Rd, Rn, Rm       | alu | Rd = Rn - Rm, NZCV if S
  00011 10 iii nnn ddd | add{s} Rd, Rn, #<i>     | alu | Rd = Rn + i, NZCV if S
  00011 11 iii nnn ddd | sub{s} Rd, Rn, #<i>     | alu | Rd = Rn - i, NZCV if S
  00100 ddd iiiiiiii   | mov{s} Rd, #<i>         | alu | Rd = i, NZ if S
  00101 nnn iiiiiiii   | cmp Rn, #<i>            | alu | _ = Rn - i, NZCV
  00110 ddd iiiiiiii   | add{s} Rd, #<i>         | alu | Rd = Rd + i, NZCV if S
  00111 ddd iiiiiiii   | sub{s} Rd, #<i>         | alu | Rd = Rd - i, NZCV if S
`,
);
