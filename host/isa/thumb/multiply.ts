// Multiplication, accumulation and division (DDI 0403E A5.3.16, A5.3.17). l and h are RdLo and RdHi. Bn and Tn are the
// bottom and top halfwords of Rn, signed. `Rh:Rl += h : p` adds a 64-bit value to the pair. In the DSP rows p and q are the
// halfword products; Q is set when the exact sum does not fit 32 bits.

import { table } from "../table.ts";

export const multiply = table(
  "v7m",
  `
  111110110000 nnnn aaaa dddd 0000 mmmm | mla Rd, Rn, Rm, Ra   | mla      | Rd = Ra + Rn * Rm
  111110110000 nnnn 1111 dddd 0000 mmmm | mul.w Rd, Rn, Rm     | mul      | Rd = Rn * Rm
  111110110000 nnnn aaaa dddd 0001 mmmm | mls Rd, Rn, Rm, Ra   | mla      | Rd = Ra - Rn * Rm
  111110111000 nnnn llll hhhh 0000 mmmm | smull Rl, Rh, Rn, Rm | mul-long | let p = Rn * Rm; let h = smulhi(Rn, Rm); Rl = p; Rh = h
  111110111010 nnnn llll hhhh 0000 mmmm | umull Rl, Rh, Rn, Rm | mul-long | let p = Rn * Rm; let h = umulhi(Rn, Rm); Rl = p; Rh = h
  111110111100 nnnn llll hhhh 0000 mmmm | smlal Rl, Rh, Rn, Rm | mla-long | let p = Rn * Rm; let h = smulhi(Rn, Rm); Rh:Rl += h : p
  111110111110 nnnn llll hhhh 0000 mmmm | umlal Rl, Rh, Rn, Rm | mla-long | let p = Rn * Rm; let h = umulhi(Rn, Rm); Rh:Rl += h : p
  111110111001 nnnn 1111 dddd 1111 mmmm | sdiv Rd, Rn, Rm      | div      | if Rm == 0 { divide-by-zero() }; Rd = sdiv(Rn, Rm)
  111110111011 nnnn 1111 dddd 1111 mmmm | udiv Rd, Rn, Rm      | div      | if Rm == 0 { divide-by-zero() }; Rd = udiv(Rn, Rm)
`,
);

export const multiplyDsp = table(
  "dsp",
  `
  111110110001 nnnn aaaa dddd 0000 mmmm | smlabb Rd, Rn, Rm, Ra  | dsp-mul | let p = Bn * Bm; Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110001 nnnn aaaa dddd 0001 mmmm | smlabt Rd, Rn, Rm, Ra  | dsp-mul | let p = Bn * Tm; Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110001 nnnn aaaa dddd 0010 mmmm | smlatb Rd, Rn, Rm, Ra  | dsp-mul | let p = Tn * Bm; Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110001 nnnn aaaa dddd 0011 mmmm | smlatt Rd, Rn, Rm, Ra  | dsp-mul | let p = Tn * Tm; Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110001 nnnn 1111 dddd 0000 mmmm | smulbb Rd, Rn, Rm      | dsp-mul | Rd = Bn * Bm
  111110110001 nnnn 1111 dddd 0001 mmmm | smulbt Rd, Rn, Rm      | dsp-mul | Rd = Bn * Tm
  111110110001 nnnn 1111 dddd 0010 mmmm | smultb Rd, Rn, Rm      | dsp-mul | Rd = Tn * Bm
  111110110001 nnnn 1111 dddd 0011 mmmm | smultt Rd, Rn, Rm      | dsp-mul | Rd = Tn * Tm
  111110110011 nnnn aaaa dddd 0000 mmmm | smlawb Rd, Rn, Rm, Ra  | dsp-mul | let p = smulw(Rn, Bm); Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110011 nnnn aaaa dddd 0001 mmmm | smlawt Rd, Rn, Rm, Ra  | dsp-mul | let p = smulw(Rn, Tm); Q |= overflow(p, Ra, 0); Rd = p + Ra
  111110110011 nnnn 1111 dddd 0000 mmmm | smulwb Rd, Rn, Rm      | dsp-mul | Rd = smulw(Rn, Bm)
  111110110011 nnnn 1111 dddd 0001 mmmm | smulwt Rd, Rn, Rm      | dsp-mul | Rd = smulw(Rn, Tm)
  111110111100 nnnn llll hhhh 1000 mmmm | smlalbb Rl, Rh, Rn, Rm | dsp-mul | let p = Bn * Bm; Rh:Rl += p >> 31 : p
  111110111100 nnnn llll hhhh 1001 mmmm | smlalbt Rl, Rh, Rn, Rm | dsp-mul | let p = Bn * Tm; Rh:Rl += p >> 31 : p
  111110111100 nnnn llll hhhh 1010 mmmm | smlaltb Rl, Rh, Rn, Rm | dsp-mul | let p = Tn * Bm; Rh:Rl += p >> 31 : p
  111110111100 nnnn llll hhhh 1011 mmmm | smlaltt Rl, Rh, Rn, Rm | dsp-mul | let p = Tn * Tm; Rh:Rl += p >> 31 : p

  111110110010 nnnn aaaa dddd 0000 mmmm | smlad Rd, Rn, Rm, Ra   | dsp-mul | let p = Bn * Bm; let q = Tn * Tm; Q |= overflow(p, q, Ra); Rd = p + q + Ra
  111110110010 nnnn 1111 dddd 0000 mmmm | smuad Rd, Rn, Rm       | dsp-mul | let p = Bn * Bm; let q = Tn * Tm; Q |= overflow(p, q, 0); Rd = p + q
  111110110100 nnnn aaaa dddd 0000 mmmm | smlsd Rd, Rn, Rm, Ra   | dsp-mul | let p = Bn * Bm; let q = -(Tn * Tm); Q |= overflow(p, q, Ra); Rd = p + q + Ra
  111110110100 nnnn 1111 dddd 0000 mmmm | smusd Rd, Rn, Rm       | dsp-mul | Rd = Bn * Bm - Tn * Tm
  111110111100 nnnn llll hhhh 1100 mmmm | smlald Rl, Rh, Rn, Rm  | dsp-mul | let p = Bn * Bm; let q = Tn * Tm; Rh:Rl += p >> 31 : p; Rh:Rl += q >> 31 : q
  111110111101 nnnn llll hhhh 1100 mmmm | smlsld Rl, Rh, Rn, Rm  | dsp-mul | let p = Bn * Bm; let q = -(Tn * Tm); Rh:Rl += p >> 31 : p; Rh:Rl += q >> 31 : q
  111110110010 nnnn aaaa dddd 0001 mmmm | smladx Rd, Rn, Rm, Ra  | dsp-mul | let p = Bn * Tm; let q = Tn * Bm; Q |= overflow(p, q, Ra); Rd = p + q + Ra
  111110110010 nnnn 1111 dddd 0001 mmmm | smuadx Rd, Rn, Rm      | dsp-mul | let p = Bn * Tm; let q = Tn * Bm; Q |= overflow(p, q, 0); Rd = p + q
  111110110100 nnnn aaaa dddd 0001 mmmm | smlsdx Rd, Rn, Rm, Ra  | dsp-mul | let p = Bn * Tm; let q = -(Tn * Bm); Q |= overflow(p, q, Ra); Rd = p + q + Ra
  111110110100 nnnn 1111 dddd 0001 mmmm | smusdx Rd, Rn, Rm      | dsp-mul | Rd = Bn * Tm - Tn * Bm
  111110111100 nnnn llll hhhh 1101 mmmm | smlaldx Rl, Rh, Rn, Rm | dsp-mul | let p = Bn * Tm; let q = Tn * Bm; Rh:Rl += p >> 31 : p; Rh:Rl += q >> 31 : q
  111110111101 nnnn llll hhhh 1101 mmmm | smlsldx Rl, Rh, Rn, Rm | dsp-mul | let p = Bn * Tm; let q = -(Tn * Bm); Rh:Rl += p >> 31 : p; Rh:Rl += q >> 31 : q

  # most significant word: bits 63:32 of Ra:0 +- Rn * Rm, rounded by bit 31 in the R forms
  111110110101 nnnn aaaa dddd 0000 mmmm | smmla Rd, Rn, Rm, Ra   | dsp-mul | Rd = Ra + smulhi(Rn, Rm)
  111110110101 nnnn aaaa dddd 0001 mmmm | smmlar Rd, Rn, Rm, Ra  | dsp-mul | Rd = Ra + smulhi(Rn, Rm) + (Rn * Rm >>> 31)
  111110110101 nnnn 1111 dddd 0000 mmmm | smmul Rd, Rn, Rm       | dsp-mul | Rd = smulhi(Rn, Rm)
  111110110101 nnnn 1111 dddd 0001 mmmm | smmulr Rd, Rn, Rm      | dsp-mul | Rd = smulhi(Rn, Rm) + (Rn * Rm >>> 31)
  111110110110 nnnn aaaa dddd 0000 mmmm | smmls Rd, Rn, Rm, Ra   | dsp-mul | Rd = Ra - smulhi(Rn, Rm) - (Rn * Rm != 0)
  111110110110 nnnn aaaa dddd 0001 mmmm | smmlsr Rd, Rn, Rm, Ra  | dsp-mul | let p = Rn * Rm; Rd = Ra - smulhi(Rn, Rm) - (p != 0) + (-p >>> 31)
  111110111110 nnnn llll hhhh 0110 mmmm | umaal Rl, Rh, Rn, Rm   | dsp-mul | let p = Rn * Rm; let h = umulhi(Rn, Rm); let a = Rh; Rh = 0; Rh:Rl += h : p; Rh:Rl += 0 : a
  111110110111 nnnn aaaa dddd 0000 mmmm | usada8 Rd, Rn, Rm, Ra  | dsp-mul | Rd = Ra + usad8(Rn, Rm)
  111110110111 nnnn 1111 dddd 0000 mmmm | usad8 Rd, Rn, Rm       | dsp-mul | Rd = usad8(Rn, Rm)
`,
);
