// Branches, calls, IT, and what enters or leaves exceptions (DDI 0403E A5.2.6, A5.3.4). A branch target is PC + label, PC being
// this instruction's address + 4. The J bits of far branches are at w and x, the sign at z.

import { table } from "../table.ts";

export const branch = table(
  "v6m",
  `
  1101 cccc iiiiiiii                      | b<cond>.n <short> | branch-if       | if condition(c) { jump(PC + label) }
  1101 1110 iiiiiiii                      | udf #<i>          | exception       | undefined(i)
  1101 1111 iiiiiiii                      | svc <i>           | exception       | svc(i)
  11100 iiiiiiiiiii                       | b.n <middle>      | branch          | jump(PC + label)
  010001110 mmmm 000                      | bx Rm             | branch-register | exchange(Rm)
  010001111 mmmm 000                      | blx Rm            | call-register   | let t = Rm; LR = next | 1; call(t)
  10111110 iiiiiiii                       | bkpt <hex4>       | exception       | bkpt(i)
  11110 z iiiiiiiiii 11 w 1 x iiiiiiiiiii | bl <far>          | call            | LR = next | 1; jump(PC + label)
  111101111111 jjjj 1010 iiiiiiiiiiii     | udf.w #<imm16>    | exception       | undefined(imm16)
`,
);

export const branchWide = table(
  "v7m",
  `
  1011 0 0 i 1 iiiii nnn                   | cbz Rn, <forward>    | branch-zero  | if Rn == 0 { jump(PC + label) }
  1011 1 0 i 1 iiiii nnn                   | cbnz Rn, <forward>   | branch-zero  | if Rn != 0 { jump(PC + label) }
  10111111 cccc iiii                       | it<it> <cond>        | it           | it(c, i)
  11110 z cccc iiiiii 10 w 0 x iiiiiiiiiii | b<if>.w <farIf>      | branch-if    | if condition(c) { jump(PC + label) }
  11110 z iiiiiiiiii 10 w 1 x iiiiiiiiiii  | b.w <far>            | branch       | jump(PC + label)
  111010001101 nnnn 1111 0000 0000 mmmm    | tbb [Rn, Rm]         | table-branch | jump(PC + M1[Rn + Rm] * 2)
  111010001101 nnnn 1111 0000 0001 mmmm    | tbh [Rn, Rm, lsl #1] | table-branch | jump(PC + M2[Rn + (Rm << 1)] * 2)
`,
);
