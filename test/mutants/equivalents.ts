// Mutants whose program does the same, with the reason. A part of the key is enough.

export const equivalents: readonly (readonly [part: string, why: string])[] = [
  [
    'host/isa/table.ts: if (part === "{s}") return { kind: "s", letter: "S", scale: 1 }; @60',
    "kind s prints and reads the letter S; nothing looks at its scale",
  ],
  [
    "{ n, i: imm >>> 0 }]] as const) : []), @41 >>> <<",
    "a negative immediate does not fit the field as it is, as a large one would not",
  ],
  [
    "host/codegen/emit-data.ts: if (isLow(to, n, m)) forms.push",
    "isLow asks the same of each argument: order is nothing",
  ],
  ["host/codegen/emit-memory.ts: if (isLow(t, n) && scaled", "isLow asks the same of each argument: order is nothing"],
  ["(_, i) => firstFloat + 16 + i).filter((register) => @41", "there is no S32 that could have been written"],
  [
    "if (shared !== undefined && !live.has(shared)) { @25 && ||",
    "a register that is alive after the definition interferes with it: the wish to share can never be granted",
  ],
  [
    "for (const def of defs) for (const other of defs) connect(def, other); @50 drop",
    "of two results one at least is alive after the instruction and is connected to the other as everything alive is",
  ],
  ["for (const def of defs) for (const other of defs) connect(def, other); @58", "interference goes both ways"],
  [
    'const store = classOf(fn, def) === "float" ? "vspill" : "spill"; @22 exchange',
    "spill and vspill are emitted by the register that they store; the name is for people",
  ],
  ["select-multiply.ts: if (imm > 0 && imm === 2 ** exponent) { @8 > >=", "0 is no power of two"],
  [
    "host/codegen/target.ts: return value >= 0 && value <= 31; @13",
    "no shift by 0 comes to selection: simplify has taken it away",
  ],
  [
    "host/codegen/thread-jumps.ts: for (const block of fn.blocks) block.preds = []; @31 drop",
    "a predecessor too many has its liveness computed once more, to the same",
  ],
];
