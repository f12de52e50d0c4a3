// Floating-point moves, loads and stores (DDI 0403E A6.6 to A6.8). Doubles move as two words, low first, on every core with a
// floating-point unit. A list is `words` single registers from `first`; `all` has that many low bits set.

import { table } from "../table.ts";

export const floatMove = table(
  "fp",
  `
  111011100000 nnnn tttt 1010 N001 0000 | vmov Sn, Rt             | fp-move           | Sn = Rt
  111011100001 nnnn tttt 1010 N001 0000 | vmov Rt, Sn             | fp-move           | Rt = Sn
  111011000100 uuuu tttt 1010 00M1 mmmm | vmov Sm, <next>, Rt, Ru | fp-move-double    | Sm = Rt; S[m + 1] = Ru
  111011000101 uuuu tttt 1010 00M1 mmmm | vmov Rt, Ru, Sm, <next> | fp-move-double    | Rt = Sm; Ru = S[m + 1]
  111011000100 uuuu tttt 1011 0001 mmmm | vmov Dm, Rt, Ru         | fp-move-double    | S[m * 2] = Rt; S[m * 2 + 1] = Ru
  111011000101 uuuu tttt 1011 0001 mmmm | vmov Rt, Ru, Dm         | fp-move-double    | Rt = S[m * 2]; Ru = S[m * 2 + 1]
  1110111000x0 dddd tttt 1011 0001 0000 | vmov.32 Dd[<x>], Rt     | fp-move           | S[d * 2 + x] = Rt
  1110111000x1 dddd tttt 1011 0001 0000 | vmov.32 Rt, Dd[<x>]     | fp-move           | Rt = S[d * 2 + x]
  111011101111 0001 tttt 1010 0001 0000 | vmrs Rt, fpscr          | fp-move           | Rt = FPSCR
  111011101111 0001 1111 1010 0001 0000 | vmrs APSR_nzcv, fpscr   | fp-move           | let f = FPSCR; N = f >>> 31; Z = f >>> 30 & 1; C = f >>> 29 & 1; V = f >>> 28 & 1
  111011101110 0001 tttt 1010 0001 0000 | vmsr fpscr, Rt          | fp-move           | FPSCR = Rt

  11101101 UD01 nnnn dddd 1010 iiiiiiii | vldr Sd, [Rn<tail*4>]   | fp-load           | Sd = A4[Rn + offset]
  11101101 UD01 1111 dddd 1010 iiiiiiii | vldr Sd, [pc<tail*4>]   | fp-load           | Sd = A4[(PC & ~3) + offset]
  11101101 UD00 nnnn dddd 1010 iiiiiiii | vstr Sd, [Rn<tail*4>]   | fp-store          | A4[Rn + offset] = Sd
  11101101 U001 nnnn dddd 1011 iiiiiiii | vldr Dd, [Rn<tail*4>]   | fp-load-double    | let a = Rn + offset; let x = A4[a]; let y = A4[a + 4]; S[d * 2] = x; S[d * 2 + 1] = y
  11101101 U001 1111 dddd 1011 iiiiiiii | vldr Dd, [pc<tail*4>]   | fp-load-double    | let a = (PC & ~3) + offset; let x = A4[a]; let y = A4[a + 4]; S[d * 2] = x; S[d * 2 + 1] = y
  11101101 U000 nnnn dddd 1011 iiiiiiii | vstr Dd, [Rn<tail*4>]   | fp-store-double   | let a = Rn + offset; A4[a] = S[d * 2]; A4[a + 4] = S[d * 2 + 1]

  11101100 1D01 nnnn dddd 1010 iiiiiiii | vldmia Rn, <slist>      | fp-load-multiple  | let a = Rn; each all { S[first + r] = A4[a + k * 4] }
  11101100 1D11 nnnn dddd 1010 iiiiiiii | vldmia Rn!, <slist>     | fp-load-multiple  | let a = Rn; each all { S[first + r] = A4[a + k * 4] }; Rn = a + words * 4
  11101101 0D11 nnnn dddd 1010 iiiiiiii | vldmdb Rn!, <slist>     | fp-load-multiple  | let a = Rn - words * 4; each all { S[first + r] = A4[a + k * 4] }; Rn = a
  11101100 1D00 nnnn dddd 1010 iiiiiiii | vstmia Rn, <slist>      | fp-store-multiple | let a = Rn; each all { A4[a + k * 4] = S[first + r] }
  11101100 1D10 nnnn dddd 1010 iiiiiiii | vstmia Rn!, <slist>     | fp-store-multiple | let a = Rn; each all { A4[a + k * 4] = S[first + r] }; Rn = a + words * 4
  11101101 0D10 nnnn dddd 1010 iiiiiiii | vstmdb Rn!, <slist>     | fp-store-multiple | let a = Rn - words * 4; each all { A4[a + k * 4] = S[first + r] }; Rn = a
  11101100 1D11 1101 dddd 1010 iiiiiiii | vpop <slist>            | fp-load-multiple  | let a = SP; each all { S[first + r] = A4[a + k * 4] }; SP = a + words * 4
  11101101 0D10 1101 dddd 1010 iiiiiiii | vpush <slist>           | fp-store-multiple | let a = SP - words * 4; each all { A4[a + k * 4] = S[first + r] }; SP = a
  11101100 1001 nnnn dddd 1011 iiiiiii0 | vldmia Rn, <dlist>      | fp-load-multiple  | let a = Rn; each all { S[first + r] = A4[a + k * 4] }
  11101100 1011 nnnn dddd 1011 iiiiiii0 | vldmia Rn!, <dlist>     | fp-load-multiple  | let a = Rn; each all { S[first + r] = A4[a + k * 4] }; Rn = a + words * 4
  11101101 0011 nnnn dddd 1011 iiiiiii0 | vldmdb Rn!, <dlist>     | fp-load-multiple  | let a = Rn - words * 4; each all { S[first + r] = A4[a + k * 4] }; Rn = a
  11101100 1000 nnnn dddd 1011 iiiiiii0 | vstmia Rn, <dlist>      | fp-store-multiple | let a = Rn; each all { A4[a + k * 4] = S[first + r] }
  11101100 1010 nnnn dddd 1011 iiiiiii0 | vstmia Rn!, <dlist>     | fp-store-multiple | let a = Rn; each all { A4[a + k * 4] = S[first + r] }; Rn = a + words * 4
  11101101 0010 nnnn dddd 1011 iiiiiii0 | vstmdb Rn!, <dlist>     | fp-store-multiple | let a = Rn - words * 4; each all { A4[a + k * 4] = S[first + r] }; Rn = a
  11101100 1011 1101 dddd 1011 iiiiiii0 | vpop <dlist>            | fp-load-multiple  | let a = SP; each all { S[first + r] = A4[a + k * 4] }; SP = a + words * 4
  11101101 0010 1101 dddd 1011 iiiiiii0 | vpush <dlist>           | fp-store-multiple | let a = SP - words * 4; each all { A4[a + k * 4] = S[first + r] }; SP = a
`,
);
