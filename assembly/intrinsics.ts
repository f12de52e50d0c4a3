// The only file with @external functions: one Thumb instruction each, under its own name. codegen emits the instruction
// where the core has it; elsewhere (host, portable module, Armv6-M) the wasm room puts the body of the same name from
// intrinsics-plain.ts in its place. All are pure: no flags, no memory (the sticky Q and GE bits are not modelled).
//
// Names: the mnemonic in lower case; a rotation or shift that the encoding holds is part of the name (`sxtb16_ror8`).
// Operands keep the manual's order: Rn, Rm, Ra (Armv7-M ARM, DDI 0403E.e, A7.7). Lanes: low halfword first.

// Dual 16-bit multiplies.  smlad: a + n.lo·m.lo + n.hi·m.hi; …x swaps m's halves; smusd/smlsd subtract the high product.
@external("thumb", "smlad") export declare function smlad(n: i32, m: i32, a: i32): i32;
@external("thumb", "smladx") export declare function smladx(n: i32, m: i32, a: i32): i32;
@external("thumb", "smlsd") export declare function smlsd(n: i32, m: i32, a: i32): i32;
@external("thumb", "smuad") export declare function smuad(n: i32, m: i32): i32;
@external("thumb", "smuadx") export declare function smuadx(n: i32, m: i32): i32;
@external("thumb", "smusd") export declare function smusd(n: i32, m: i32): i32;
@external("thumb", "smlald") export declare function smlald(n: i32, m: i32, a: i64): i64;

// Single 16-bit multiplies: b = bottom (low) half, t = top half, of n then of m; w = all of n.
@external("thumb", "smulbb") export declare function smulbb(n: i32, m: i32): i32;
@external("thumb", "smulbt") export declare function smulbt(n: i32, m: i32): i32;
@external("thumb", "smultb") export declare function smultb(n: i32, m: i32): i32;
@external("thumb", "smultt") export declare function smultt(n: i32, m: i32): i32;
@external("thumb", "smlabb") export declare function smlabb(n: i32, m: i32, a: i32): i32;
@external("thumb", "smlabt") export declare function smlabt(n: i32, m: i32, a: i32): i32;
@external("thumb", "smlatb") export declare function smlatb(n: i32, m: i32, a: i32): i32;
@external("thumb", "smlatt") export declare function smlatt(n: i32, m: i32, a: i32): i32;
@external("thumb", "smulwb") export declare function smulwb(n: i32, m: i32): i32;
@external("thumb", "smulwt") export declare function smulwt(n: i32, m: i32): i32;
@external("thumb", "smlawb") export declare function smlawb(n: i32, m: i32, a: i32): i32;

// High word of the 64-bit product; …r adds 2^31 first (rounds); smmla adds a·2^32 before, smmls subtracts from it.
@external("thumb", "smmul") export declare function smmul(n: i32, m: i32): i32;
@external("thumb", "smmulr") export declare function smmulr(n: i32, m: i32): i32;
@external("thumb", "smmla") export declare function smmla(n: i32, m: i32, a: i32): i32;
@external("thumb", "smmlar") export declare function smmlar(n: i32, m: i32, a: i32): i32;

// Bytes 0 and 2 (of m rotated right) widened to two halfwords; …tab16 adds them to the halves of n.
@external("thumb", "sxtb16") export declare function sxtb16(m: i32): i32;
@external("thumb", "sxtb16_ror8") export declare function sxtb16_ror8(m: i32): i32;
@external("thumb", "uxtb16") export declare function uxtb16(m: i32): i32;
@external("thumb", "uxtb16_ror8") export declare function uxtb16_ror8(m: i32): i32;
@external("thumb", "sxtab16") export declare function sxtab16(n: i32, m: i32): i32;
@external("thumb", "sxtab16_ror8") export declare function sxtab16_ror8(n: i32, m: i32): i32;

// Halfwords of two registers packed: pkhbt n.lo | (m << k).hi; pkhtb n.hi | (m >> k, arithmetic).lo.
@external("thumb", "pkhbt") export declare function pkhbt(n: i32, m: i32): i32;
@external("thumb", "pkhbt_lsl8") export declare function pkhbt_lsl8(n: i32, m: i32): i32;
@external("thumb", "pkhbt_lsl16") export declare function pkhbt_lsl16(n: i32, m: i32): i32;
@external("thumb", "pkhtb") export declare function pkhtb(n: i32, m: i32): i32;
@external("thumb", "pkhtb_asr16") export declare function pkhtb_asr16(n: i32, m: i32): i32;

// Saturation. bits must be a constant once the kernel is specialised: ssat 1…32, usat 0…31 (encoded in the instruction).
@external("thumb", "ssat") export declare function ssat(x: i32, bits: i32): i32;
@external("thumb", "usat") export declare function usat(x: i32, bits: i32): i32;
@external("thumb", "ssat16") export declare function ssat16(x: i32, bits: i32): i32;
@external("thumb", "qadd") export declare function qadd(a: i32, b: i32): i32;
@external("thumb", "qsub") export declare function qsub(a: i32, b: i32): i32;
@external("thumb", "qadd16") export declare function qadd16(a: i32, b: i32): i32;
@external("thumb", "qsub16") export declare function qsub16(a: i32, b: i32): i32;

// Lane-wise, wrapping.
@external("thumb", "sadd16") export declare function sadd16(n: i32, m: i32): i32;
@external("thumb", "ssub16") export declare function ssub16(n: i32, m: i32): i32;
@external("thumb", "shadd16") export declare function shadd16(n: i32, m: i32): i32;

// Bytes reversed (whole word; within each halfword), bits reversed.
@external("thumb", "rev") export declare function rev(x: i32): i32;
@external("thumb", "rev16") export declare function rev16(x: i32): i32;
@external("thumb", "rbit") export declare function rbit(x: i32): i32;
