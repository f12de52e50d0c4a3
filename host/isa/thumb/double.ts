// Double precision of the M7 (DDI 0403E A6.4), the same shapes as float.ts and float-convert.ts. There are 16 D registers, so the
// top bits of their numbers are 0; integers and halves are in S registers.

import { table } from "../table.ts";

export const doubleArithmetic = table(
  "dp",
  `
  11101110 0000 nnnn dddd 1011 0000 mmmm | vmla.f64 Dd, Dn, Dm    | fp-mac  | Dd = fadd64(Dd, fmul64(Dn, Dm))
  11101110 0000 nnnn dddd 1011 0100 mmmm | vmls.f64 Dd, Dn, Dm    | fp-mac  | Dd = fadd64(Dd, fneg64(fmul64(Dn, Dm)))
  11101110 0001 nnnn dddd 1011 0000 mmmm | vnmls.f64 Dd, Dn, Dm   | fp-mac  | Dd = fadd64(fneg64(Dd), fmul64(Dn, Dm))
  11101110 0001 nnnn dddd 1011 0100 mmmm | vnmla.f64 Dd, Dn, Dm   | fp-mac  | Dd = fadd64(fneg64(Dd), fneg64(fmul64(Dn, Dm)))
  11101110 0010 nnnn dddd 1011 0000 mmmm | vmul.f64 Dd, Dn, Dm    | fp-mul  | Dd = fmul64(Dn, Dm)
  11101110 0010 nnnn dddd 1011 0100 mmmm | vnmul.f64 Dd, Dn, Dm   | fp-mul  | Dd = fneg64(fmul64(Dn, Dm))
  11101110 0011 nnnn dddd 1011 0000 mmmm | vadd.f64 Dd, Dn, Dm    | fp-alu  | Dd = fadd64(Dn, Dm)
  11101110 0011 nnnn dddd 1011 0100 mmmm | vsub.f64 Dd, Dn, Dm    | fp-alu  | Dd = fsub64(Dn, Dm)
  11101110 1000 nnnn dddd 1011 0000 mmmm | vdiv.f64 Dd, Dn, Dm    | fp-div  | Dd = fdiv64(Dn, Dm)
  11101110 1010 nnnn dddd 1011 0000 mmmm | vfma.f64 Dd, Dn, Dm    | fp-mac  | Dd = ffma64(Dd, Dn, Dm)
  11101110 1010 nnnn dddd 1011 0100 mmmm | vfms.f64 Dd, Dn, Dm    | fp-mac  | Dd = ffma64(Dd, fneg64(Dn), Dm)
  11101110 1001 nnnn dddd 1011 0000 mmmm | vfnms.f64 Dd, Dn, Dm   | fp-mac  | Dd = ffma64(fneg64(Dd), Dn, Dm)
  11101110 1001 nnnn dddd 1011 0100 mmmm | vfnma.f64 Dd, Dn, Dm   | fp-mac  | Dd = ffma64(fneg64(Dd), fneg64(Dn), Dm)

  11101110 1011 iiii dddd 1011 0000 iiii | vmov.f64 Dd, #<double> | fp-move | S[d * 2] = 0; S[d * 2 + 1] = double
  11101110 1011 0000 dddd 1011 0100 mmmm | vmov.f64 Dd, Dm        | fp-move | S[d * 2] = S[m * 2]; S[d * 2 + 1] = S[m * 2 + 1]
  11101110 1011 0000 dddd 1011 1100 mmmm | vabs.f64 Dd, Dm        | fp-alu  | Dd = fabs64(Dm)
  11101110 1011 0001 dddd 1011 0100 mmmm | vneg.f64 Dd, Dm        | fp-alu  | Dd = fneg64(Dm)
  11101110 1011 0001 dddd 1011 1100 mmmm | vsqrt.f64 Dd, Dm       | fp-sqrt | Dd = fsqrt64(Dm)
  11101110 1011 0100 dddd 1011 0100 mmmm | vcmp.f64 Dd, Dm        | fp-alu  | let c = fcmp64(Dd, Dm); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1011 0100 dddd 1011 1100 mmmm | vcmpe.f64 Dd, Dm       | fp-alu  | let c = fcmpe64(Dd, Dm); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1011 0101 dddd 1011 0100 0000 | vcmp.f64 Dd, #0.0      | fp-alu  | let c = fcmpz64(Dd); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1011 0101 dddd 1011 1100 0000 | vcmpe.f64 Dd, #0.0     | fp-alu  | let c = fcmpez64(Dd); FPSCR = bfi(FPSCR, c, 28, 4)
`,
);

export const doubleConvert = table(
  "dp",
  `
  11101110 1011 0111 dddd 1010 11M0 mmmm | vcvt.f64.f32 Dd, Sm                | fp-convert | Dd = fcvt64(Sm)
  11101110 1D11 0111 dddd 1011 1100 mmmm | vcvt.f32.f64 Sd, Dm                | fp-convert | Sd = fcvt32(Dm)
  11101110 1011 1000 dddd 1011 11M0 mmmm | vcvt.f64.s32 Dd, Sm                | fp-convert | Dd = sitof64(Sm, 0)
  11101110 1011 1000 dddd 1011 01M0 mmmm | vcvt.f64.u32 Dd, Sm                | fp-convert | Dd = uitof64(Sm, 0)
  11101110 1D11 1100 dddd 1011 1100 mmmm | vcvt.u32.f64 Sd, Dm                | fp-convert | Sd = ftoui64(Dm, 3, 0)
  11101110 1D11 1100 dddd 1011 0100 mmmm | vcvtr.u32.f64 Sd, Dm               | fp-convert | Sd = ftoui64(Dm, 5, 0)
  11101110 1D11 1101 dddd 1011 1100 mmmm | vcvt.s32.f64 Sd, Dm                | fp-convert | Sd = ftosi64(Dm, 3, 0)
  11101110 1D11 1101 dddd 1011 0100 mmmm | vcvtr.s32.f64 Sd, Dm               | fp-convert | Sd = ftosi64(Dm, 5, 0)
  # fixed point: i:I is 32 or 16 minus the number of fraction bits
  11101110 1011 1010 dddd 1011 01I0 iiii | vcvt.f64.s16 Dd, Dd, #<fraction16> | fp-convert | Dd = sitof64(sxth(S[d * 2]), fraction)
  11101110 1011 1011 dddd 1011 01I0 iiii | vcvt.f64.u16 Dd, Dd, #<fraction16> | fp-convert | Dd = uitof64(uxth(S[d * 2]), fraction)
  11101110 1011 1010 dddd 1011 11I0 iiii | vcvt.f64.s32 Dd, Dd, #<fraction32> | fp-convert | Dd = sitof64(S[d * 2], fraction)
  11101110 1011 1011 dddd 1011 11I0 iiii | vcvt.f64.u32 Dd, Dd, #<fraction32> | fp-convert | Dd = uitof64(S[d * 2], fraction)
  11101110 1011 1110 dddd 1011 01I0 iiii | vcvt.s16.f64 Dd, Dd, #<fraction16> | fp-convert | let x = ftosh64(Dd, 3, fraction); S[d * 2] = x; S[d * 2 + 1] = x >> 31
  11101110 1011 1111 dddd 1011 01I0 iiii | vcvt.u16.f64 Dd, Dd, #<fraction16> | fp-convert | let x = ftouh64(Dd, 3, fraction); S[d * 2] = x; S[d * 2 + 1] = 0
  11101110 1011 1110 dddd 1011 11I0 iiii | vcvt.s32.f64 Dd, Dd, #<fraction32> | fp-convert | let x = ftosi64(Dd, 3, fraction); S[d * 2] = x; S[d * 2 + 1] = x >> 31
  11101110 1011 1111 dddd 1011 11I0 iiii | vcvt.u32.f64 Dd, Dd, #<fraction32> | fp-convert | let x = ftoui64(Dd, 3, fraction); S[d * 2] = x; S[d * 2 + 1] = 0
`,
);

export const doubleHalf = table(
  "dp5",
  `
  11101110 1011 0010 dddd 1011 01M0 mmmm | vcvtb.f64.f16 Dd, Sm | fp-convert | Dd = fromHalf64(Sm)
  11101110 1011 0010 dddd 1011 11M0 mmmm | vcvtt.f64.f16 Dd, Sm | fp-convert | Dd = fromHalf64(Sm >>> 16)
  11101110 1D11 0011 dddd 1011 0100 mmmm | vcvtb.f16.f64 Sd, Dm | fp-convert | let h = fhalf64(Dm); Sd = Sd & ~0xffff | h
  11101110 1D11 0011 dddd 1011 1100 mmmm | vcvtt.f16.f64 Sd, Dm | fp-convert | let h = fhalf64(Dm); Sd = uxth(Sd) | h << 16
`,
);
