// Conversions between single precision, half precision, integers and fixed point (DDI 0403E A7.7.225 to A7.7.230). The second
// argument of ftosi and its kin is the rounding: 3 is to zero, 5 as FPSCR says.

import { table } from "../table.ts";

export const floatConvert = table(
  "fp",
  `
  11101110 1D11 0010 dddd 1010 01M0 mmmm | vcvtb.f32.f16 Sd, Sm               | fp-convert | Sd = fromHalf32(Sm)
  11101110 1D11 0011 dddd 1010 01M0 mmmm | vcvtb.f16.f32 Sd, Sm               | fp-convert | let h = fhalf32(Sm); Sd = Sd & ~0xffff | h
  11101110 1D11 0010 dddd 1010 11M0 mmmm | vcvtt.f32.f16 Sd, Sm               | fp-convert | Sd = fromHalf32(Sm >>> 16)
  11101110 1D11 0011 dddd 1010 11M0 mmmm | vcvtt.f16.f32 Sd, Sm               | fp-convert | let h = fhalf32(Sm); Sd = uxth(Sd) | h << 16
  11101110 1D11 1000 dddd 1010 11M0 mmmm | vcvt.f32.s32 Sd, Sm                | fp-convert | Sd = sitof32(Sm, 0)
  11101110 1D11 1000 dddd 1010 01M0 mmmm | vcvt.f32.u32 Sd, Sm                | fp-convert | Sd = uitof32(Sm, 0)
  11101110 1D11 1100 dddd 1010 11M0 mmmm | vcvt.u32.f32 Sd, Sm                | fp-convert | Sd = ftoui32(Sm, 3, 0)
  11101110 1D11 1100 dddd 1010 01M0 mmmm | vcvtr.u32.f32 Sd, Sm               | fp-convert | Sd = ftoui32(Sm, 5, 0)
  11101110 1D11 1101 dddd 1010 11M0 mmmm | vcvt.s32.f32 Sd, Sm                | fp-convert | Sd = ftosi32(Sm, 3, 0)
  11101110 1D11 1101 dddd 1010 01M0 mmmm | vcvtr.s32.f32 Sd, Sm               | fp-convert | Sd = ftosi32(Sm, 5, 0)
  # fixed point: i:I is 32 or 16 minus the number of fraction bits
  11101110 1D11 1010 dddd 1010 01I0 iiii | vcvt.f32.s16 Sd, Sd, #<fraction16> | fp-convert | Sd = sitof32(sxth(Sd), fraction)
  11101110 1D11 1011 dddd 1010 01I0 iiii | vcvt.f32.u16 Sd, Sd, #<fraction16> | fp-convert | Sd = uitof32(uxth(Sd), fraction)
  11101110 1D11 1010 dddd 1010 11I0 iiii | vcvt.f32.s32 Sd, Sd, #<fraction32> | fp-convert | Sd = sitof32(Sd, fraction)
  11101110 1D11 1011 dddd 1010 11I0 iiii | vcvt.f32.u32 Sd, Sd, #<fraction32> | fp-convert | Sd = uitof32(Sd, fraction)
  11101110 1D11 1110 dddd 1010 01I0 iiii | vcvt.s16.f32 Sd, Sd, #<fraction16> | fp-convert | Sd = ftosh32(Sd, 3, fraction)
  11101110 1D11 1111 dddd 1010 01I0 iiii | vcvt.u16.f32 Sd, Sd, #<fraction16> | fp-convert | Sd = ftouh32(Sd, 3, fraction)
  11101110 1D11 1110 dddd 1010 11I0 iiii | vcvt.s32.f32 Sd, Sd, #<fraction32> | fp-convert | Sd = ftosi32(Sd, 3, fraction)
  11101110 1D11 1111 dddd 1010 11I0 iiii | vcvt.u32.f32 Sd, Sd, #<fraction32> | fp-convert | Sd = ftoui32(Sd, 3, fraction)
`,
);
