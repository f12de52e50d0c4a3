// The DSP extension without its multiplications (DDI 0403E A5.3.12 to A5.3.14): parallel addition and subtraction, saturation,
// extension with addition, packing. GE holds one bit for each byte. ADD8 … SAX are operators of parallel.ts.

import { table } from "../table.ts";

export const parallelRows = table(
  "dsp",
  `
  111110101000 nnnn 1111 dddd 0000 mmmm | sadd8 Rd, Rn, Rm   | dsp-alu | let ge = sadd8GE(Rn, Rm); Rd = sadd8(Rn, Rm); GE = ge
  111110101001 nnnn 1111 dddd 0000 mmmm | sadd16 Rd, Rn, Rm  | dsp-alu | let ge = sadd16GE(Rn, Rm); Rd = sadd16(Rn, Rm); GE = ge
  111110101010 nnnn 1111 dddd 0000 mmmm | sasx Rd, Rn, Rm    | dsp-alu | let ge = sasxGE(Rn, Rm); Rd = sasx(Rn, Rm); GE = ge
  111110101100 nnnn 1111 dddd 0000 mmmm | ssub8 Rd, Rn, Rm   | dsp-alu | let ge = ssub8GE(Rn, Rm); Rd = ssub8(Rn, Rm); GE = ge
  111110101101 nnnn 1111 dddd 0000 mmmm | ssub16 Rd, Rn, Rm  | dsp-alu | let ge = ssub16GE(Rn, Rm); Rd = ssub16(Rn, Rm); GE = ge
  111110101110 nnnn 1111 dddd 0000 mmmm | ssax Rd, Rn, Rm    | dsp-alu | let ge = ssaxGE(Rn, Rm); Rd = ssax(Rn, Rm); GE = ge
  111110101000 nnnn 1111 dddd 0001 mmmm | qadd8 Rd, Rn, Rm   | dsp-alu | Rd = qadd8(Rn, Rm)
  111110101001 nnnn 1111 dddd 0001 mmmm | qadd16 Rd, Rn, Rm  | dsp-alu | Rd = qadd16(Rn, Rm)
  111110101010 nnnn 1111 dddd 0001 mmmm | qasx Rd, Rn, Rm    | dsp-alu | Rd = qasx(Rn, Rm)
  111110101100 nnnn 1111 dddd 0001 mmmm | qsub8 Rd, Rn, Rm   | dsp-alu | Rd = qsub8(Rn, Rm)
  111110101101 nnnn 1111 dddd 0001 mmmm | qsub16 Rd, Rn, Rm  | dsp-alu | Rd = qsub16(Rn, Rm)
  111110101110 nnnn 1111 dddd 0001 mmmm | qsax Rd, Rn, Rm    | dsp-alu | Rd = qsax(Rn, Rm)
  111110101000 nnnn 1111 dddd 0010 mmmm | shadd8 Rd, Rn, Rm  | dsp-alu | Rd = shadd8(Rn, Rm)
  111110101001 nnnn 1111 dddd 0010 mmmm | shadd16 Rd, Rn, Rm | dsp-alu | Rd = shadd16(Rn, Rm)
  111110101010 nnnn 1111 dddd 0010 mmmm | shasx Rd, Rn, Rm   | dsp-alu | Rd = shasx(Rn, Rm)
  111110101100 nnnn 1111 dddd 0010 mmmm | shsub8 Rd, Rn, Rm  | dsp-alu | Rd = shsub8(Rn, Rm)
  111110101101 nnnn 1111 dddd 0010 mmmm | shsub16 Rd, Rn, Rm | dsp-alu | Rd = shsub16(Rn, Rm)
  111110101110 nnnn 1111 dddd 0010 mmmm | shsax Rd, Rn, Rm   | dsp-alu | Rd = shsax(Rn, Rm)
  111110101000 nnnn 1111 dddd 0100 mmmm | uadd8 Rd, Rn, Rm   | dsp-alu | let ge = uadd8GE(Rn, Rm); Rd = uadd8(Rn, Rm); GE = ge
  111110101001 nnnn 1111 dddd 0100 mmmm | uadd16 Rd, Rn, Rm  | dsp-alu | let ge = uadd16GE(Rn, Rm); Rd = uadd16(Rn, Rm); GE = ge
  111110101010 nnnn 1111 dddd 0100 mmmm | uasx Rd, Rn, Rm    | dsp-alu | let ge = uasxGE(Rn, Rm); Rd = uasx(Rn, Rm); GE = ge
  111110101100 nnnn 1111 dddd 0100 mmmm | usub8 Rd, Rn, Rm   | dsp-alu | let ge = usub8GE(Rn, Rm); Rd = usub8(Rn, Rm); GE = ge
  111110101101 nnnn 1111 dddd 0100 mmmm | usub16 Rd, Rn, Rm  | dsp-alu | let ge = usub16GE(Rn, Rm); Rd = usub16(Rn, Rm); GE = ge
  111110101110 nnnn 1111 dddd 0100 mmmm | usax Rd, Rn, Rm    | dsp-alu | let ge = usaxGE(Rn, Rm); Rd = usax(Rn, Rm); GE = ge
  111110101000 nnnn 1111 dddd 0101 mmmm | uqadd8 Rd, Rn, Rm  | dsp-alu | Rd = uqadd8(Rn, Rm)
  111110101001 nnnn 1111 dddd 0101 mmmm | uqadd16 Rd, Rn, Rm | dsp-alu | Rd = uqadd16(Rn, Rm)
  111110101010 nnnn 1111 dddd 0101 mmmm | uqasx Rd, Rn, Rm   | dsp-alu | Rd = uqasx(Rn, Rm)
  111110101100 nnnn 1111 dddd 0101 mmmm | uqsub8 Rd, Rn, Rm  | dsp-alu | Rd = uqsub8(Rn, Rm)
  111110101101 nnnn 1111 dddd 0101 mmmm | uqsub16 Rd, Rn, Rm | dsp-alu | Rd = uqsub16(Rn, Rm)
  111110101110 nnnn 1111 dddd 0101 mmmm | uqsax Rd, Rn, Rm   | dsp-alu | Rd = uqsax(Rn, Rm)
  111110101000 nnnn 1111 dddd 0110 mmmm | uhadd8 Rd, Rn, Rm  | dsp-alu | Rd = uhadd8(Rn, Rm)
  111110101001 nnnn 1111 dddd 0110 mmmm | uhadd16 Rd, Rn, Rm | dsp-alu | Rd = uhadd16(Rn, Rm)
  111110101010 nnnn 1111 dddd 0110 mmmm | uhasx Rd, Rn, Rm   | dsp-alu | Rd = uhasx(Rn, Rm)
  111110101100 nnnn 1111 dddd 0110 mmmm | uhsub8 Rd, Rn, Rm  | dsp-alu | Rd = uhsub8(Rn, Rm)
  111110101101 nnnn 1111 dddd 0110 mmmm | uhsub16 Rd, Rn, Rm | dsp-alu | Rd = uhsub16(Rn, Rm)
  111110101110 nnnn 1111 dddd 0110 mmmm | uhsax Rd, Rn, Rm   | dsp-alu | Rd = uhsax(Rn, Rm)
`,
);

export const dsp = table(
  "dsp",
  `
  111110100000 nnnn 1111 dddd 10 kk mmmm  | sxtah Rd, Rn, Rm<ror>        | dsp-alu | Rd = Rn + sxth(ror(Rm, rotation))
  111110100001 nnnn 1111 dddd 10 kk mmmm  | uxtah Rd, Rn, Rm<ror>        | dsp-alu | Rd = Rn + uxth(ror(Rm, rotation))
  111110100100 nnnn 1111 dddd 10 kk mmmm  | sxtab Rd, Rn, Rm<ror>        | dsp-alu | Rd = Rn + sxtb(ror(Rm, rotation))
  111110100101 nnnn 1111 dddd 10 kk mmmm  | uxtab Rd, Rn, Rm<ror>        | dsp-alu | Rd = Rn + uxtb(ror(Rm, rotation))
  111110100010 nnnn 1111 dddd 10 kk mmmm  | sxtab16 Rd, Rn, Rm<ror>      | dsp-alu | Rd = uadd16(Rn, sxtb16(ror(Rm, rotation)))
  111110100011 nnnn 1111 dddd 10 kk mmmm  | uxtab16 Rd, Rn, Rm<ror>      | dsp-alu | Rd = uadd16(Rn, uxtb16(ror(Rm, rotation)))
  111110100010 1111 1111 dddd 10 kk mmmm  | sxtb16 Rd, Rm<ror>           | dsp-alu | Rd = sxtb16(ror(Rm, rotation))
  111110100011 1111 1111 dddd 10 kk mmmm  | uxtb16 Rd, Rm<ror>           | dsp-alu | Rd = uxtb16(ror(Rm, rotation))

  111110101000 nnnn 1111 dddd 1000 mmmm   | qadd Rd, Rm, Rn              | dsp-alu | Q |= overflow(Rm, Rn, 0); Rd = qadd(Rm, Rn)
  111110101000 nnnn 1111 dddd 1001 mmmm   | qdadd Rd, Rm, Rn             | dsp-alu | let d = qadd(Rn, Rn); Q |= overflow(Rn, Rn, 0) | overflow(Rm, d, 0); Rd = qadd(Rm, d)
  111110101000 nnnn 1111 dddd 1010 mmmm   | qsub Rd, Rm, Rn              | dsp-alu | Q |= overflow(Rm, ~Rn, 1); Rd = qsub(Rm, Rn)
  111110101000 nnnn 1111 dddd 1011 mmmm   | qdsub Rd, Rm, Rn             | dsp-alu | let d = qadd(Rn, Rn); Q |= overflow(Rn, Rn, 0) | overflow(Rm, ~d, 1); Rd = qsub(Rm, d)
  111110101010 nnnn 1111 dddd 1000 mmmm   | sel Rd, Rn, Rm               | dsp-alu | Rd = sel(GE, Rn, Rm)

  111010101100 nnnn 0 kkk dddd kk 00 mmmm | pkhbt Rd, Rn, Rm<lsl>        | dsp-alu | Rd = pack(Rn, Rm << k >> 16)
  111010101100 nnnn 0 kkk dddd kk 10 mmmm | pkhtb Rd, Rn, Rm, asr #<k32> | dsp-alu | Rd = pack(asr(Rm, k32), Rn >> 16)
  111100110010 nnnn 0000 dddd 000 0 iiii  | ssat16 Rd, #<bits>, Rn       | dsp-alu | Q |= ssatQ(sxth(Rn), bits) | ssatQ(Rn >> 16, bits); Rd = ssat16(Rn, bits)
  111100111010 nnnn 0000 dddd 000 0 iiii  | usat16 Rd, #<i>, Rn          | dsp-alu | Q |= usatQ(sxth(Rn), i) | usatQ(Rn >> 16, i); Rd = usat16(Rn, i)
`,
);

export const extend = table(
  "v7m",
  `
  # SXTAH and its kin with PC for Rn do not add: these are in every ARMv7-M
  11111010 0000 1111 1111 dddd 10 kk mmmm | sxth.w Rd, Rm<ror> | alu | Rd = sxth(ror(Rm, rotation))
  11111010 0001 1111 1111 dddd 10 kk mmmm | uxth.w Rd, Rm<ror> | alu | Rd = uxth(ror(Rm, rotation))
  11111010 0100 1111 1111 dddd 10 kk mmmm | sxtb.w Rd, Rm<ror> | alu | Rd = sxtb(ror(Rm, rotation))
  11111010 0101 1111 1111 dddd 10 kk mmmm | uxtb.w Rd, Rm<ror> | alu | Rd = uxtb(ror(Rm, rotation))
`,
);
