// Where our text and objdump's differ, and why. A difference that no row here explains fails the test, and so does a row that
// explains nothing, so the table cannot grow or rot in silence. `pattern` is tried on "objdump's text / ours".

export interface Difference {
  readonly pattern: RegExp;
  readonly why: string;
}

export const narrowDifferences: readonly Difference[] = [
  { pattern: /^nop \/ mov r8, r8$/, why: "objdump shows the old NOP by its alias" },
  { pattern: /^bx \w+ \/ undefined$/, why: "bits 2:0 of BX should be zero; Unicorn refuses them too" },
  { pattern: /^setpan #\d \/ undefined$/, why: "A-profile" },
  { pattern: /^setend (le|be) \/ undefined$/, why: "not in M-profile" },
  { pattern: /^hlt 0x\w+ \/ undefined$/, why: "A-profile" },
  { pattern: /^it[te]* <und> \/ undefined$/, why: "IT with condition 15" },
];

export const wideDifferences: readonly Difference[] = [
  {
    // not for what rows claim: s registers or doubles up to d15, in single or double precision
    pattern: /^(?!(?!.*(\bq\d|\bd(1[6-9]|[23]\d)\b|<illegal|f16|\.16))v.*([ {]s\d|\.f64)).* \/ cdp \d+$/,
    why: "coprocessors that are not there: one row for all; includes d16 to d31, half precision, MVE, FLDMX",
  },
  { pattern: /^vcmpe?\.f\d+ .*, #0\.0 \/ cdp \d+$/, why: "bits of VCMP with zero that should be zero are not" },
  { pattern: /^vjcvt\S* .* \/ cdp 11$/, why: "A-profile (JavaScript conversion)" },
  {
    pattern: /^(blx|hvc|smc|crc32\w*|srs\w*|rfe\w*|strexd|stlexd|ldrexd|ldaexd|v(ld|st)\d\S*) ?.* \/ undefined$/,
    why: "A-profile",
  },
  { pattern: /^(bf|bfl|bfx|bflx|bfcsel|wls\S*|dls\S*|le|letp|lctp|csel|vscclrm).* \/ undefined$/, why: "ARMv8.1-M" },
  { pattern: /^(clrm|vscclrm) .* \/ v?ldmia(\.w)? pc, /, why: "ARMv8.1-M; UNPREDICTABLE before" },
  {
    pattern: /^(bxaut|autg|pacg) .* \/ (smm[lu]l?[as]?r?) /,
    why: "ARMv8.1-M; UNPREDICTABLE before, with PC as an operand",
  },
  { pattern: /^(aut|pac|bti|pacbti|esb)\b.* \/ nop.w \{\d+\}$/, why: "hints of later architectures are NOP here" },
  { pattern: /^(ssbb|pssbb|dfb) \/ dsb /, why: "later names of DSB options" },
  {
    pattern: /^(rev|rev16|revsh)\.w .* \/ \1\.w /,
    why: "Rm twice and different (UNPREDICTABLE): objdump shows the other one",
  },
  { pattern: /^(rbit|clz) .* \/ \1 /, why: "Rm twice and different (UNPREDICTABLE): objdump shows the other one" },
  { pattern: /^(mrs|msr) .* \/ \1 /, why: "numbers of special registers that M-profile does not have" },
  { pattern: /^(mrs|msr) .* \/ undefined$/, why: "bits that should be zero or one are not" },
  {
    pattern: /^pl[di]w? .* \/ ldrs?[bh](t|\.w) pc, /,
    why: "byte and halfword loads to PC with writeback or as user: UNPREDICTABLE",
  },
  { pattern: /^ldrs?[bh]?t (\w+), (.*) \/ ldrs?[bh]?\.w \1, \2$/, why: "Rn = PC is the literal form" },
  { pattern: /^(strd|ldrd) (.*)\] \/ \1 \2\]!$/, why: "objdump drops the ! of an offset of zero" },
  {
    pattern: /^v(ldm|stm)(ia|db) .* \/ undefined$|^v(push|pop) .* \/ undefined$/,
    why: "registers beyond s31 or d15, or none",
  },
  { pattern: /^vmov .*s32.* \/ undefined$/, why: "the second register would be s32" },
  {
    pattern: /^(sbfx|ubfx|bfi|bfc) .* \/ undefined$/,
    why: "the field would leave the register (UNPREDICTABLE; Unicorn refuses)",
  },
  { pattern: /^(ssat16|usat16) .* \/ undefined$/, why: "bit 4 of the width should be zero" },
  { pattern: /^ldr(s?[bh])?\.w .* \/ undefined$/, why: "bits 11:6 of the register form must be zero" },
  { pattern: /^str[bh]?(t|\.w) .* \/ undefined$/, why: "stores relative to PC are undefined; bits 11:6 must be zero" },
  { pattern: /^pl[di]w? .* \/ undefined$/, why: "bits 11:6 of the register form must be zero" },
];

/** Counts for each row of the table how many differences it explains; returns those that none does. */
export function explain(table: readonly Difference[], found: readonly string[]) {
  const counts = table.map(() => 0);
  const unexplained: string[] = [];
  for (const difference of found) {
    const row = table.findIndex(({ pattern }) => pattern.test(difference));
    if (row < 0) unexplained.push(difference);
    else counts[row] = (counts[row] ?? 0) + 1;
  }
  return { unexplained, unused: table.filter((_, row) => counts[row] === 0).map(({ why }) => why), counts };
}
