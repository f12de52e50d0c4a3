// Hints, barriers, interrupt masks and special registers (DDI 0403E A5.2.5, A5.3.4, B5.2). What they do is the machine's: see
// SystemAction in effect.ts. Hints without an effect here are NOPs.

import { table } from "../table.ts";

export const system = table(
  "v6m",
  `
  10111111 iiii 0000                   | nop {<i>}         | hint    | nop(i)
  10111111 0000 0000                   | nop               | hint    | nop(0)
  10111111 0001 0000                   | yield             | hint    | yield()
  10111111 0010 0000                   | wfe               | wait    | wfe()
  10111111 0011 0000                   | wfi               | wait    | wfi()
  10111111 0100 0000                   | sev               | hint    | sev()
  10111111 0101 0000                   | sevl              | hint    | nop(5)
  10110110 0110 0 iii                  | cpsie <iflags>    | cps     | cps(0, i)
  10110110 0111 0 iii                  | cpsid <iflags>    | cps     | cps(1, i)
  111100111000 nnnn 1000 jj00 iiiiiiii | msr <mask>, Rn    | special | msr(i, j, Rn)
  1111001111101111 1000 dddd iiiiiiii  | mrs Rd, <special> | special | Rd = special(i)
  1111001110111111 10001111 0100 iiii  | dsb <barrier>     | barrier | dsb(i)
  1111001110111111 10001111 0101 iiii  | dmb <barrier>     | barrier | dmb(i)
  1111001110111111 10001111 0110 iiii  | isb <full>        | barrier | isb(i)
`,
);

export const systemWide = table(
  "v7m",
  `
  1111001110111111 1000111100101111   | clrex       | hint | clrex()
  1111001110101111 10000000 iiiiiiii  | nop.w {<i>} | hint | nop(i)
  1111001110101111 10000000 00000000  | nop.w       | hint | nop(0)
  1111001110101111 10000000 00000001  | yield.w     | hint | yield()
  1111001110101111 10000000 00000010  | wfe.w       | wait | wfe()
  1111001110101111 10000000 00000011  | wfi.w       | wait | wfi()
  1111001110101111 10000000 00000100  | sev.w       | hint | sev()
  1111001110101111 10000000 00000101  | sevl.w      | hint | nop(5)
  1111001110101111 10000000 00010100  | csdb        | hint | nop(20)
  1111001110101111 10000000 1111 iiii | dbg #<i>    | hint | nop(i)
`,
);

export const security = table(
  "v8m",
  `
  1110100101111111 1110100101111111    | sg          | hint            | secure()
  010001110 mmmm 100                   | bxns Rm     | branch-register | secure(Rm)
  010001111 mmmm 100                   | blxns Rm    | call-register   | secure(Rm)
  111010000100 nnnn 1111 dddd 00000000 | tt Rd, Rn   | special         | secure(Rn)
  111010000100 nnnn 1111 dddd 01000000 | ttt Rd, Rn  | special         | secure(Rn)
  111010000100 nnnn 1111 dddd 10000000 | tta Rd, Rn  | special         | secure(Rn)
  111010000100 nnnn 1111 dddd 11000000 | ttat Rd, Rn | special         | secure(Rn)
`,
);

export const coprocessors = table(
  "v7m",
  `
  # anything for a coprocessor that is not there (also floating point on a core without it)
  111z 11 iiiiii nnnn tttt cccc iiiiiiii | cdp <c> | hint | coprocessor(c)
`,
);
