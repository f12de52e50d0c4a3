// Bit fields, saturation to any width, extension and bit counting (DDI 0403E A5.3.3, A5.3.12, A5.3.14). A field that would leave
// the register is undefined, as in QEMU. REV and its kin hold Rm twice.

import { table } from "../table.ts";

export const bits = table(
  "v7m",
  `
  11110011 0100 nnnn 0 kkk dddd kk 0 wwwww | sbfx Rd, Rn, #<k>, #<width> | alu | Rd = sbfx(Rn, k, width)
  11110011 1100 nnnn 0 kkk dddd kk 0 wwwww | ubfx Rd, Rn, #<k>, #<width> | alu | Rd = ubfx(Rn, k, width)
  11110011 0110 nnnn 0 kkk dddd kk 0 wwwww | bfi Rd, Rn, #<k>, #<msb>    | alu | Rd = bfi(Rd, Rn, k, width)
  11110011 0110 1111 0 kkk dddd kk 0 wwwww | bfc Rd, #<k>, #<msb>        | alu | Rd = bfi(Rd, 0, k, width)

  11110011 0000 nnnn 0 kkk dddd kk 0 iiiii | ssat Rd, #<bits>, Rn<lsl>   | alu | let x = Rn << k; Q |= ssatQ(x, bits); Rd = ssat(x, bits)
  11110011 0010 nnnn 0 kkk dddd kk 0 iiiii | ssat Rd, #<bits>, Rn<asr>   | alu | let x = Rn >> k; Q |= ssatQ(x, bits); Rd = ssat(x, bits)
  11110011 1000 nnnn 0 kkk dddd kk 0 iiiii | usat Rd, #<i>, Rn<lsl>      | alu | let x = Rn << k; Q |= usatQ(x, i); Rd = usat(x, i)
  11110011 1010 nnnn 0 kkk dddd kk 0 iiiii | usat Rd, #<i>, Rn<asr>      | alu | let x = Rn >> k; Q |= usatQ(x, i); Rd = usat(x, i)

  11111010 1001 nnnn 1111 dddd 1000 mmmm   | rev.w Rd, <twice>           | alu | Rd = rev(Rm)
  11111010 1001 nnnn 1111 dddd 1001 mmmm   | rev16.w Rd, <twice>         | alu | Rd = rev16(Rm)
  11111010 1001 nnnn 1111 dddd 1010 mmmm   | rbit Rd, <twice>            | alu | Rd = rbit(Rm)
  11111010 1001 nnnn 1111 dddd 1011 mmmm   | revsh.w Rd, <twice>         | alu | Rd = revsh(Rm)
  11111010 1011 nnnn 1111 dddd 1000 mmmm   | clz Rd, <twice>             | alu | Rd = clz(Rm)
`,
);
