// What FPv5 adds (DDI 0403E A6.5; M7, M33): selection, maximum and minimum, rounding to integral values and conversion with a
// rounding of its own: A nearest, ties away; N nearest even; P up; M down; R as FPSCR; Z to zero; X as FPSCR, signalling inexact.

import { table } from "../table.ts";

export const floatV5 = table(
  "fp5",
  `
  11111110 0D00 nnnn dddd 1010 N0M0 mmmm | vseleq.f32 Sd, Sn, Sm | fp-alu     | if condition(0) { Sd = Sn } else { Sd = Sm }
  11111110 0D01 nnnn dddd 1010 N0M0 mmmm | vselvs.f32 Sd, Sn, Sm | fp-alu     | if condition(6) { Sd = Sn } else { Sd = Sm }
  11111110 0D10 nnnn dddd 1010 N0M0 mmmm | vselge.f32 Sd, Sn, Sm | fp-alu     | if condition(10) { Sd = Sn } else { Sd = Sm }
  11111110 0D11 nnnn dddd 1010 N0M0 mmmm | vselgt.f32 Sd, Sn, Sm | fp-alu     | if condition(12) { Sd = Sn } else { Sd = Sm }
  11111110 1D00 nnnn dddd 1010 N0M0 mmmm | vmaxnm.f32 Sd, Sn, Sm | fp-alu     | Sd = fmaxnm32(Sn, Sm)
  11111110 1D00 nnnn dddd 1010 N1M0 mmmm | vminnm.f32 Sd, Sn, Sm | fp-alu     | Sd = fminnm32(Sn, Sm)
  11111110 1D11 1000 dddd 1010 01M0 mmmm | vrinta.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 4, 0)
  11111110 1D11 1001 dddd 1010 01M0 mmmm | vrintn.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 0, 0)
  11111110 1D11 1010 dddd 1010 01M0 mmmm | vrintp.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 1, 0)
  11111110 1D11 1011 dddd 1010 01M0 mmmm | vrintm.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 2, 0)
  11101110 1D11 0110 dddd 1010 01M0 mmmm | vrintr.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 5, 0)
  11101110 1D11 0110 dddd 1010 11M0 mmmm | vrintz.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 3, 0)
  11101110 1D11 0111 dddd 1010 01M0 mmmm | vrintx.f32 Sd, Sm     | fp-convert | Sd = frint32(Sm, 5, 1)
  11111110 1D11 1100 dddd 1010 11M0 mmmm | vcvta.s32.f32 Sd, Sm  | fp-convert | Sd = ftosi32(Sm, 4, 0)
  11111110 1D11 1100 dddd 1010 01M0 mmmm | vcvta.u32.f32 Sd, Sm  | fp-convert | Sd = ftoui32(Sm, 4, 0)
  11111110 1D11 1101 dddd 1010 11M0 mmmm | vcvtn.s32.f32 Sd, Sm  | fp-convert | Sd = ftosi32(Sm, 0, 0)
  11111110 1D11 1101 dddd 1010 01M0 mmmm | vcvtn.u32.f32 Sd, Sm  | fp-convert | Sd = ftoui32(Sm, 0, 0)
  11111110 1D11 1110 dddd 1010 11M0 mmmm | vcvtp.s32.f32 Sd, Sm  | fp-convert | Sd = ftosi32(Sm, 1, 0)
  11111110 1D11 1110 dddd 1010 01M0 mmmm | vcvtp.u32.f32 Sd, Sm  | fp-convert | Sd = ftoui32(Sm, 1, 0)
  11111110 1D11 1111 dddd 1010 11M0 mmmm | vcvtm.s32.f32 Sd, Sm  | fp-convert | Sd = ftosi32(Sm, 2, 0)
  11111110 1D11 1111 dddd 1010 01M0 mmmm | vcvtm.u32.f32 Sd, Sm  | fp-convert | Sd = ftoui32(Sm, 2, 0)
`,
);

export const doubleV5 = table(
  "dp5",
  `
  11111110 0000 nnnn dddd 1011 0000 mmmm | vseleq.f64 Dd, Dn, Dm | fp-alu     | let f = condition(0); S[d * 2] = select(f, S[n * 2], S[m * 2]); S[d * 2 + 1] = select(f, S[n * 2 + 1], S[m * 2 + 1])
  11111110 0001 nnnn dddd 1011 0000 mmmm | vselvs.f64 Dd, Dn, Dm | fp-alu     | let f = condition(6); S[d * 2] = select(f, S[n * 2], S[m * 2]); S[d * 2 + 1] = select(f, S[n * 2 + 1], S[m * 2 + 1])
  11111110 0010 nnnn dddd 1011 0000 mmmm | vselge.f64 Dd, Dn, Dm | fp-alu     | let f = condition(10); S[d * 2] = select(f, S[n * 2], S[m * 2]); S[d * 2 + 1] = select(f, S[n * 2 + 1], S[m * 2 + 1])
  11111110 0011 nnnn dddd 1011 0000 mmmm | vselgt.f64 Dd, Dn, Dm | fp-alu     | let f = condition(12); S[d * 2] = select(f, S[n * 2], S[m * 2]); S[d * 2 + 1] = select(f, S[n * 2 + 1], S[m * 2 + 1])
  11111110 1000 nnnn dddd 1011 0000 mmmm | vmaxnm.f64 Dd, Dn, Dm | fp-alu     | Dd = fmaxnm64(Dn, Dm)
  11111110 1000 nnnn dddd 1011 0100 mmmm | vminnm.f64 Dd, Dn, Dm | fp-alu     | Dd = fminnm64(Dn, Dm)
  11111110 1011 1000 dddd 1011 0100 mmmm | vrinta.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 4, 0)
  11111110 1011 1001 dddd 1011 0100 mmmm | vrintn.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 0, 0)
  11111110 1011 1010 dddd 1011 0100 mmmm | vrintp.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 1, 0)
  11111110 1011 1011 dddd 1011 0100 mmmm | vrintm.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 2, 0)
  11101110 1011 0110 dddd 1011 0100 mmmm | vrintr.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 5, 0)
  11101110 1011 0110 dddd 1011 1100 mmmm | vrintz.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 3, 0)
  11101110 1011 0111 dddd 1011 0100 mmmm | vrintx.f64 Dd, Dm     | fp-convert | Dd = frint64(Dm, 5, 1)
  11111110 1D11 1100 dddd 1011 1100 mmmm | vcvta.s32.f64 Sd, Dm  | fp-convert | Sd = ftosi64(Dm, 4, 0)
  11111110 1D11 1100 dddd 1011 0100 mmmm | vcvta.u32.f64 Sd, Dm  | fp-convert | Sd = ftoui64(Dm, 4, 0)
  11111110 1D11 1101 dddd 1011 1100 mmmm | vcvtn.s32.f64 Sd, Dm  | fp-convert | Sd = ftosi64(Dm, 0, 0)
  11111110 1D11 1101 dddd 1011 0100 mmmm | vcvtn.u32.f64 Sd, Dm  | fp-convert | Sd = ftoui64(Dm, 0, 0)
  11111110 1D11 1110 dddd 1011 1100 mmmm | vcvtp.s32.f64 Sd, Dm  | fp-convert | Sd = ftosi64(Dm, 1, 0)
  11111110 1D11 1110 dddd 1011 0100 mmmm | vcvtp.u32.f64 Sd, Dm  | fp-convert | Sd = ftoui64(Dm, 1, 0)
  11111110 1D11 1111 dddd 1011 1100 mmmm | vcvtm.s32.f64 Sd, Dm  | fp-convert | Sd = ftosi64(Dm, 2, 0)
  11111110 1D11 1111 dddd 1011 0100 mmmm | vcvtm.u32.f64 Sd, Dm  | fp-convert | Sd = ftoui64(Dm, 2, 0)
`,
);
