// Single-precision arithmetic and comparison of FPv4-SP (DDI 0403E A6.4, A7.5). Sd is Vd:D, and so are n and m. VMLA and its kin
// round twice, VFMA once. Comparisons set FPSCR's NZCV.

import { table } from "../table.ts";

export const floatArithmetic = table(
  "fp",
  `
  11101110 0D00 nnnn dddd 1010 N0M0 mmmm | vmla.f32 Sd, Sn, Sm  | fp-mac | Sd = fadd32(Sd, fmul32(Sn, Sm))
  11101110 0D00 nnnn dddd 1010 N1M0 mmmm | vmls.f32 Sd, Sn, Sm  | fp-mac | Sd = fadd32(Sd, fneg32(fmul32(Sn, Sm)))
  11101110 0D01 nnnn dddd 1010 N0M0 mmmm | vnmls.f32 Sd, Sn, Sm | fp-mac | Sd = fadd32(fneg32(Sd), fmul32(Sn, Sm))
  11101110 0D01 nnnn dddd 1010 N1M0 mmmm | vnmla.f32 Sd, Sn, Sm | fp-mac | Sd = fadd32(fneg32(Sd), fneg32(fmul32(Sn, Sm)))
  11101110 0D10 nnnn dddd 1010 N0M0 mmmm | vmul.f32 Sd, Sn, Sm  | fp-mul | Sd = fmul32(Sn, Sm)
  11101110 0D10 nnnn dddd 1010 N1M0 mmmm | vnmul.f32 Sd, Sn, Sm | fp-mul | Sd = fneg32(fmul32(Sn, Sm))
  11101110 0D11 nnnn dddd 1010 N0M0 mmmm | vadd.f32 Sd, Sn, Sm  | fp-alu | Sd = fadd32(Sn, Sm)
  11101110 0D11 nnnn dddd 1010 N1M0 mmmm | vsub.f32 Sd, Sn, Sm  | fp-alu | Sd = fsub32(Sn, Sm)
  11101110 1D00 nnnn dddd 1010 N0M0 mmmm | vdiv.f32 Sd, Sn, Sm  | fp-div | Sd = fdiv32(Sn, Sm)
  11101110 1D10 nnnn dddd 1010 N0M0 mmmm | vfma.f32 Sd, Sn, Sm  | fp-mac | Sd = ffma32(Sd, Sn, Sm)
  11101110 1D10 nnnn dddd 1010 N1M0 mmmm | vfms.f32 Sd, Sn, Sm  | fp-mac | Sd = ffma32(Sd, fneg32(Sn), Sm)
  11101110 1D01 nnnn dddd 1010 N0M0 mmmm | vfnms.f32 Sd, Sn, Sm | fp-mac | Sd = ffma32(fneg32(Sd), Sn, Sm)
  11101110 1D01 nnnn dddd 1010 N1M0 mmmm | vfnma.f32 Sd, Sn, Sm | fp-mac | Sd = ffma32(fneg32(Sd), fneg32(Sn), Sm)
`,
);

export const floatUnary = table(
  "fp",
  `
  11101110 1D11 iiii dddd 1010 0000 iiii | vmov.f32 Sd, #<float> | fp-move | Sd = float
  11101110 1D11 0000 dddd 1010 01M0 mmmm | vmov.f32 Sd, Sm       | fp-move | Sd = Sm
  11101110 1D11 0000 dddd 1010 11M0 mmmm | vabs.f32 Sd, Sm       | fp-alu  | Sd = fabs32(Sm)
  11101110 1D11 0001 dddd 1010 01M0 mmmm | vneg.f32 Sd, Sm       | fp-alu  | Sd = fneg32(Sm)
  11101110 1D11 0001 dddd 1010 11M0 mmmm | vsqrt.f32 Sd, Sm      | fp-sqrt | Sd = fsqrt32(Sm)
  11101110 1D11 0100 dddd 1010 01M0 mmmm | vcmp.f32 Sd, Sm       | fp-alu  | let c = fcmp32(Sd, Sm); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1D11 0100 dddd 1010 11M0 mmmm | vcmpe.f32 Sd, Sm      | fp-alu  | let c = fcmpe32(Sd, Sm); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1D11 0101 dddd 1010 0100 0000 | vcmp.f32 Sd, #0.0     | fp-alu  | let c = fcmpz32(Sd); FPSCR = bfi(FPSCR, c, 28, 4)
  11101110 1D11 0101 dddd 1010 1100 0000 | vcmpe.f32 Sd, #0.0    | fp-alu  | let c = fcmpez32(Sd); FPSCR = bfi(FPSCR, c, 28, 4)
`,
);
