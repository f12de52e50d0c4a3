// 32-bit stores of one register (DDI 0403E A5.3.10); the forms are those of load.ts.

import { table } from "../table.ts";

export const store = table(
  "v7m",
  `
  11111000 1000 nnnn tttt iiiiiiiiiiii   | strb.w Rt, [Rn<tail>]     | store          | M1[Rn + i] = Rt
  11111000 0000 nnnn tttt 1100 iiiiiiii  | strb.w Rt, [Rn<minus>]    | store          | M1[Rn - i] = Rt
  11111000 0000 nnnn tttt 10U1 iiiiiiii  | strb.w Rt, [Rn], <offset> | store          | M1[Rn] = Rt; Rn = Rn + offset
  11111000 0000 nnnn tttt 11U1 iiiiiiii  | strb.w Rt, [Rn<tail>]!    | store          | let a = Rn + offset; M1[a] = Rt; Rn = a
  11111000 0000 nnnn tttt 1110 iiiiiiii  | strbt Rt, [Rn<tail>]      | store          | U1[Rn + i] = Rt
  11111000 0000 nnnn tttt 000000 kk mmmm | strb.w Rt, [Rn, Rm<lsl>]  | store-register | M1[Rn + (Rm << k)] = Rt

  11111000 1010 nnnn tttt iiiiiiiiiiii   | strh.w Rt, [Rn<tail>]     | store          | M2[Rn + i] = Rt
  11111000 0010 nnnn tttt 1100 iiiiiiii  | strh.w Rt, [Rn<minus>]    | store          | M2[Rn - i] = Rt
  11111000 0010 nnnn tttt 10U1 iiiiiiii  | strh.w Rt, [Rn], <offset> | store          | M2[Rn] = Rt; Rn = Rn + offset
  11111000 0010 nnnn tttt 11U1 iiiiiiii  | strh.w Rt, [Rn<tail>]!    | store          | let a = Rn + offset; M2[a] = Rt; Rn = a
  11111000 0010 nnnn tttt 1110 iiiiiiii  | strht Rt, [Rn<tail>]      | store          | U2[Rn + i] = Rt
  11111000 0010 nnnn tttt 000000 kk mmmm | strh.w Rt, [Rn, Rm<lsl>]  | store-register | M2[Rn + (Rm << k)] = Rt

  11111000 1100 nnnn tttt iiiiiiiiiiii   | str.w Rt, [Rn<tail>]      | store          | M4[Rn + i] = Rt
  11111000 0100 nnnn tttt 1100 iiiiiiii  | str.w Rt, [Rn<minus>]     | store          | M4[Rn - i] = Rt
  11111000 0100 nnnn tttt 10U1 iiiiiiii  | str.w Rt, [Rn], <offset>  | store          | M4[Rn] = Rt; Rn = Rn + offset
  11111000 0100 nnnn tttt 11U1 iiiiiiii  | str.w Rt, [Rn<tail>]!     | store          | let a = Rn + offset; M4[a] = Rt; Rn = a
  11111000 0100 nnnn tttt 1110 iiiiiiii  | strt Rt, [Rn<tail>]       | store          | U4[Rn + i] = Rt
  11111000 0100 nnnn tttt 000000 kk mmmm | str.w Rt, [Rn, Rm<lsl>]   | store-register | M4[Rn + (Rm << k)] = Rt

  # stores relative to PC do not exist
  11111000 iii0 1111 iiiiiiiiiiiiiiii    | undefined                 | exception      | undefined(i)
`,
);
