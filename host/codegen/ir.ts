// The intermediate representation: SSA over 32-bit values, in basic blocks.
//
//   made by   build-ssa (one per WASM function), rewritten in place by the passes
//   read by   select (→ machine instructions)
//
// An i64 of WASM is two values here, low and high word: nothing below this line knows 64-bit registers. The words that
// need to see both halves are operators of their own (addHi, mulHiS, lt64S …), so that every operator has one result.
// f32 values have type "f32" when the core has an FPU; otherwise build-ssa turns float arithmetic into runtime calls on
// "i32" values, and no float reaches the passes.
//
// A Value is defined once, in `block` (phis first, then body in order). Constants, parameters and phis have no side
// effect; `effects` says which other operators have, and those keep their order.

export type Type = "i32" | "f32";

export type Op =
  // leaves
  | "const" // imm: int32 (for type f32: the bits)
  | "param" // imm: index among the function's register-sized parameters
  | "phi" // args: one per predecessor, in the order of block.preds
  | "address" // symbol + imm: known when linked
  // 32-bit integers
  | "add"
  | "sub"
  | "mul"
  | "divS"
  | "divU"
  | "remS"
  | "remU"
  | "and"
  | "or"
  | "xor"
  | "shl" // shift amounts are taken modulo 32, as WASM does
  | "shrS"
  | "shrU"
  | "rotr"
  | "clz"
  | "ctz"
  | "popcnt"
  | "ext8S"
  | "ext16S"
  // comparisons: 0 or 1
  | "eq"
  | "ne"
  | "ltS"
  | "ltU"
  | "leS"
  | "leU"
  | "select" // args: condition, if non-zero, otherwise
  // halves of 64-bit arithmetic; a = (aLo, aHi)
  | "mulHiS" // high word of the signed 64-bit product of two int32
  | "mulHiU"
  | "addHi" // aLo, bLo, aHi, bHi → high word of a + b
  | "subHi"
  | "lt64S" // aLo, bLo, aHi, bHi
  | "lt64U"
  // memory: args[0] base (store: args[1] value), imm = offset in bytes
  | "load8S"
  | "load8U"
  | "load16S"
  | "load16U"
  | "load32"
  | "store8"
  | "store16"
  | "store32"
  | "memorySize"
  | "memoryGrow"
  | "globalGet" // symbol; imm = word of an i64 global
  | "globalSet"
  // calls
  | "call" // symbol
  | "callIndirect" // args[0] = table index; imm = type index
  | "highResult" // the high word of the i64 that the call before returned
  | "intrinsic" // symbol: one instruction of the core (`thumb.*`), pure unless it says otherwise
  // float, with an FPU
  | "fadd"
  | "fsub"
  | "fmul"
  | "fdiv"
  | "fsqrt"
  | "fabs"
  | "fneg"
  | "fmin"
  | "fmax"
  | "fcopysign"
  | "ffloor"
  | "fceil"
  | "ftrunc"
  | "fnearest"
  | "feq"
  | "fne"
  | "flt"
  | "fle"
  | "i32FromF32S" // traps on NaN and overflow
  | "i32FromF32U"
  | "i32FromF32SatS"
  | "i32FromF32SatU"
  | "f32FromI32S"
  | "f32FromI32U"
  | "bitsFromF32"
  | "f32FromBits"
  | "loadF32"
  | "storeF32"
  // a run-time check that traps: imm = Trap, args[0] = condition (non-zero traps)
  | "trapIf";

export interface Value {
  readonly id: number;
  op: Op;
  type: Type;
  args: Value[];
  imm: number;
  symbol: string;
  block: Block;
  /** Byte offset in the WASM module of the instruction it came from: traps and profiles speak of it. */
  readonly offset: number;
}

export type Terminator =
  | { readonly kind: "jump"; readonly to: Block }
  | { readonly kind: "branch"; condition: Value; readonly then: Block; readonly otherwise: Block }
  | { readonly kind: "switch"; index: Value; readonly targets: readonly Block[] } // the last one is the default
  | { readonly kind: "return"; values: Value[] } // low word, then high word of an i64
  | { readonly kind: "trap"; readonly trap: Trap; readonly offset: number };

export interface Block {
  readonly id: number;
  readonly phis: Value[];
  body: Value[];
  end: Terminator;
  preds: Block[];
  /** Nesting depth of loops, and how often the block is taken to run; set by the loop analysis. */
  depth: number;
  frequency: number;
}

export interface SsaFunction {
  readonly name: string;
  /** Register-sized parameters, i64 as two. */
  readonly params: readonly Type[];
  readonly results: readonly Type[];
  readonly entry: Block;
  /** Reverse postorder; the entry first. */
  blocks: Block[];
  nextId: number;
}

/** Why a program stops; the number is what the trap handler receives. Order is part of the crash record: append only. */
export const traps = [
  "unreachable",
  "integer divide by zero",
  "integer overflow",
  "out of bounds memory access",
  "undefined element",
  "indirect call type mismatch",
  "invalid conversion to integer",
  "stack overflow",
] as const;
export type Trap = (typeof traps)[number];

const effects: ReadonlySet<Op> = new Set<Op>([
  ...(["store8", "store16", "store32", "storeF32", "memoryGrow", "globalSet"] as const),
  ...(["call", "callIndirect", "highResult", "trapIf", "i32FromF32S", "i32FromF32U"] as const),
  ...(["divS", "divU", "remS", "remU"] as const),
]);

/** Symbol of a load that must stay although nobody may read it: a register of a peripheral (`mmio.load*`). */
export const volatile = "volatile";
/** Prefix of intrinsics that do something beside their result (`cpu.*`). */
export const cpuPrefix = "cpu.";

/** Must stay, and in order. Division traps; passes that prove the divisor non-zero may treat it as pure themselves. */
export function hasEffect({ op, symbol }: Value): boolean {
  return effects.has(op) || symbol === volatile || (op === "intrinsic" && symbol.startsWith(cpuPrefix));
}

export function isLoad(op: Op): boolean {
  return (
    op === "load8S" || op === "load8U" || op === "load16S" || op === "load16U" || op === "load32" || op === "loadF32"
  );
}

export function isStore(op: Op): boolean {
  return op === "store8" || op === "store16" || op === "store32" || op === "storeF32";
}

export function successors(block: Block): readonly Block[] {
  const { end } = block;
  switch (end.kind) {
    case "jump":
      return [end.to];
    case "branch":
      return [end.then, end.otherwise];
    case "switch":
      return end.targets;
    default:
      return [];
  }
}
