// 32-bit loads and stores of two or more registers, and the exclusive and ordered ones (DDI 0403E A5.3.5, A5.3.6; LDA and STL:
// DDI 0553B C2.3). All need alignment. The base moves after the accesses; t:u are the pair of LDRD, d the status of STREX.

import { table } from "../table.ts";

export const loadStoreMultiple = table(
  "v7m",
  `
  1110100010 0 0 nnnn bbbbbbbbbbbbbbbb | stmia.w Rn, <list>    | store-multiple   | let a = Rn; each list { A4[a + k * 4] = R[r] }
  1110100010 1 0 nnnn bbbbbbbbbbbbbbbb | stmia.w Rn!, <list>   | store-multiple   | let a = Rn; each list { A4[a + k * 4] = R[r] }; Rn = a + count(list) * 4
  1110100100 0 0 nnnn bbbbbbbbbbbbbbbb | stmdb Rn, <list>      | store-multiple   | let a = Rn - count(list) * 4; each list { A4[a + k * 4] = R[r] }
  1110100100 1 0 nnnn bbbbbbbbbbbbbbbb | stmdb Rn!, <list>     | store-multiple   | let a = Rn - count(list) * 4; each list { A4[a + k * 4] = R[r] }; Rn = a
  1110100010 0 1 nnnn bbbbbbbbbbbbbbbb | ldmia.w Rn, <list>    | load-multiple    | let a = Rn; each list { R[r] = A4[a + k * 4] }
  1110100010 0 1 nnnn 1bbbbbbbbbbbbbbb | ldmia.w Rn, <listpc>  | load-multiple-pc | let a = Rn; each b { R[r] = A4[a + k * 4] }; let t = A4[a + count(b) * 4]; exchange(t)
  1110100010 1 1 nnnn bbbbbbbbbbbbbbbb | ldmia.w Rn!, <list>   | load-multiple    | let a = Rn; each list { R[r] = A4[a + k * 4] }; Rn = a + count(list) * 4
  1110100010 1 1 nnnn 1bbbbbbbbbbbbbbb | ldmia.w Rn!, <listpc> | load-multiple-pc | let a = Rn; each b { R[r] = A4[a + k * 4] }; let t = A4[a + count(b) * 4]; Rn = a + count(list) * 4; exchange(t)
  1110100100 0 1 nnnn bbbbbbbbbbbbbbbb | ldmdb Rn, <list>      | load-multiple    | let a = Rn - count(list) * 4; each list { R[r] = A4[a + k * 4] }
  1110100100 0 1 nnnn 1bbbbbbbbbbbbbbb | ldmdb Rn, <listpc>    | load-multiple-pc | let a = Rn - count(list) * 4; each b { R[r] = A4[a + k * 4] }; let t = A4[a + count(b) * 4]; exchange(t)
  1110100100 1 1 nnnn bbbbbbbbbbbbbbbb | ldmdb Rn!, <list>     | load-multiple    | let a = Rn - count(list) * 4; each list { R[r] = A4[a + k * 4] }; Rn = a
  1110100100 1 1 nnnn 1bbbbbbbbbbbbbbb | ldmdb Rn!, <listpc>   | load-multiple-pc | let a = Rn - count(list) * 4; each b { R[r] = A4[a + k * 4] }; let t = A4[a + count(b) * 4]; Rn = a; exchange(t)
`,
);

export const loadStoreDouble = table(
  "v7m",
  `
  1110100 1U10 0 nnnn tttt uuuu iiiiiiii | strd Rt, Ru, [Rn<tail*4>]     | store-double    | let a = Rn + offset; A4[a] = Rt; A4[a + 4] = Ru
  1110100 1U11 0 nnnn tttt uuuu iiiiiiii | strd Rt, Ru, [Rn<tail*4>]!    | store-double    | let a = Rn + offset; A4[a] = Rt; A4[a + 4] = Ru; Rn = a
  1110100 0U11 0 nnnn tttt uuuu iiiiiiii | strd Rt, Ru, [Rn], <offset*4> | store-double    | let a = Rn; A4[a] = Rt; A4[a + 4] = Ru; Rn = a + offset
  1110100 1U10 1 nnnn tttt uuuu iiiiiiii | ldrd Rt, Ru, [Rn<tail*4>]     | load-double     | let a = Rn + offset; let x = A4[a]; let y = A4[a + 4]; Rt = x; Ru = y
  1110100 1U11 1 nnnn tttt uuuu iiiiiiii | ldrd Rt, Ru, [Rn<tail*4>]!    | load-double     | let a = Rn + offset; let x = A4[a]; let y = A4[a + 4]; Rn = a; Rt = x; Ru = y
  1110100 0U11 1 nnnn tttt uuuu iiiiiiii | ldrd Rt, Ru, [Rn], <offset*4> | load-double     | let a = Rn; let x = A4[a]; let y = A4[a + 4]; Rn = a + offset; Rt = x; Ru = y
  1110100 1U10 1 1111 tttt uuuu iiiiiiii | ldrd Rt, Ru, [pc<tail*4>]     | load-double     | let a = (PC & ~3) + offset; let x = A4[a]; let y = A4[a + 4]; Rt = x; Ru = y

  111010000100 nnnn tttt dddd iiiiiiii   | strex Rd, Rt, [Rn<tail*4>]    | store-exclusive | Rd = strex4(Rn + i * 4, Rt)
  111010001100 nnnn tttt 1111 0100 dddd  | strexb Rd, Rt, [Rn]           | store-exclusive | Rd = strex1(Rn, Rt)
  111010001100 nnnn tttt 1111 0101 dddd  | strexh Rd, Rt, [Rn]           | store-exclusive | Rd = strex2(Rn, Rt)
  111010000101 nnnn tttt 1111 iiiiiiii   | ldrex Rt, [Rn<tail*4>]        | load-exclusive  | Rt = X4[Rn + i * 4]
  111010001101 nnnn tttt 1111 0100 1111  | ldrexb Rt, [Rn]               | load-exclusive  | Rt = X1[Rn]
  111010001101 nnnn tttt 1111 0101 1111  | ldrexh Rt, [Rn]               | load-exclusive  | Rt = X2[Rn]
`,
);

export const ordered = table(
  "v8m",
  `
  111010001101 nnnn tttt 1111 1000 1111 | ldab Rt, [Rn]       | load            | Rt = O1[Rn]
  111010001101 nnnn tttt 1111 1001 1111 | ldah Rt, [Rn]       | load            | Rt = O2[Rn]
  111010001101 nnnn tttt 1111 1010 1111 | lda Rt, [Rn]        | load            | Rt = O4[Rn]
  111010001101 nnnn tttt 1111 1100 1111 | ldaexb Rt, [Rn]     | load-exclusive  | Rt = X1[Rn]
  111010001101 nnnn tttt 1111 1101 1111 | ldaexh Rt, [Rn]     | load-exclusive  | Rt = X2[Rn]
  111010001101 nnnn tttt 1111 1110 1111 | ldaex Rt, [Rn]      | load-exclusive  | Rt = X4[Rn]
  111010001100 nnnn tttt 1111 1000 1111 | stlb Rt, [Rn]       | store           | O1[Rn] = Rt
  111010001100 nnnn tttt 1111 1001 1111 | stlh Rt, [Rn]       | store           | O2[Rn] = Rt
  111010001100 nnnn tttt 1111 1010 1111 | stl Rt, [Rn]        | store           | O4[Rn] = Rt
  111010001100 nnnn tttt 1111 1100 dddd | stlexb Rd, Rt, [Rn] | store-exclusive | Rd = strex1(Rn, Rt)
  111010001100 nnnn tttt 1111 1101 dddd | stlexh Rd, Rt, [Rn] | store-exclusive | Rd = strex2(Rn, Rt)
  111010001100 nnnn tttt 1111 1110 dddd | stlex Rd, Rt, [Rn]  | store-exclusive | Rd = strex4(Rn, Rt)
`,
);
