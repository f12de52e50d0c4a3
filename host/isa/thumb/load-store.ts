// 16-bit loads and stores (DDI 0403E A5.2.4; all of ARMv6-M, where an unaligned address always faults). LDM, STM, PUSH and POP
// go through ascending addresses and need alignment everywhere. LDM writes its base back unless the list loads it; the base
// itself moves last, so that a fault leaves it as it was.

import { table } from "../table.ts";

export const loadStore = table(
  "v6m",
  `
  01001 ttt iiiiiiii  | ldr Rt, [pc, #<i*4>]   | load             | Rt = M4[(PC & ~3) + i * 4]
  0101000 mmm nnn ttt | str Rt, [Rn, Rm]       | store-register   | M4[Rn + Rm] = Rt
  0101001 mmm nnn ttt | strh Rt, [Rn, Rm]      | store-register   | M2[Rn + Rm] = Rt
  0101010 mmm nnn ttt | strb Rt, [Rn, Rm]      | store-register   | M1[Rn + Rm] = Rt
  0101011 mmm nnn ttt | ldrsb Rt, [Rn, Rm]     | load             | Rt = sxtb(M1[Rn + Rm])
  0101100 mmm nnn ttt | ldr Rt, [Rn, Rm]       | load             | Rt = M4[Rn + Rm]
  0101101 mmm nnn ttt | ldrh Rt, [Rn, Rm]      | load             | Rt = M2[Rn + Rm]
  0101110 mmm nnn ttt | ldrb Rt, [Rn, Rm]      | load             | Rt = M1[Rn + Rm]
  0101111 mmm nnn ttt | ldrsh Rt, [Rn, Rm]     | load             | Rt = sxth(M2[Rn + Rm])
  01100 iiiii nnn ttt | str Rt, [Rn, #<i*4>]   | store            | M4[Rn + i * 4] = Rt
  01101 iiiii nnn ttt | ldr Rt, [Rn, #<i*4>]   | load             | Rt = M4[Rn + i * 4]
  01110 iiiii nnn ttt | strb Rt, [Rn, #<i>]    | store            | M1[Rn + i] = Rt
  01111 iiiii nnn ttt | ldrb Rt, [Rn, #<i>]    | load             | Rt = M1[Rn + i]
  10000 iiiii nnn ttt | strh Rt, [Rn, #<i*2>]  | store            | M2[Rn + i * 2] = Rt
  10001 iiiii nnn ttt | ldrh Rt, [Rn, #<i*2>]  | load             | Rt = M2[Rn + i * 2]
  10010 ttt iiiiiiii  | str Rt, [sp, #<i*4>]   | store            | M4[SP + i * 4] = Rt
  10011 ttt iiiiiiii  | ldr Rt, [sp, #<i*4>]   | load             | Rt = M4[SP + i * 4]

  11000 nnn bbbbbbbb  | stmia Rn!, <list>      | store-multiple   | let a = Rn; each list { A4[a + k * 4] = R[r] }; Rn = a + count(list) * 4
  11001 nnn bbbbbbbb  | ldmia Rn<back>, <list> | load-multiple    | let a = Rn; each list { R[r] = A4[a + k * 4] }; if !(list >>> n & 1) { Rn = a + count(list) * 4 }
  10110100 bbbbbbbb   | push <list>            | store-multiple   | let a = SP - count(list) * 4; each list { A4[a + k * 4] = R[r] }; SP = a
  10110101 bbbbbbbb   | push <listlr>          | store-multiple   | let a = SP - count(list) * 4; each list { A4[a + k * 4] = R[r] }; SP = a
  10111100 bbbbbbbb   | pop <list>             | load-multiple    | let a = SP; each list { R[r] = A4[a + k * 4] }; SP = a + count(list) * 4
  10111101 bbbbbbbb   | pop <listpc>           | load-multiple-pc | let a = SP; each b { R[r] = A4[a + k * 4] }; let t = A4[a + count(b) * 4]; SP = a + count(list) * 4; exchange(t)
`,
);
