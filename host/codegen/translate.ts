// The straight-line part of building SSA: each instruction pops operands and pushes results (see build-ssa.ts). What has
// a row in opcodes.ts is translated from it; i64 arithmetic is in wide.ts.

import { error } from "./errors.ts";
import { cpuPrefix, type Op, type Value, volatile } from "./ir.ts";
import { canonicalType, flatten, type Signature, symbolOf, wordsOf } from "./module-types.ts";
import { conversions, division, float, integer, loads, stores } from "./opcodes.ts";
import { asBits, pushTyped, type SsaState } from "./ssa-state.ts";
import { checkRange, load, relocate, store } from "./translate-memory.ts";
import { translateWide } from "./wide.ts";

export function translatePlain(b: SsaState, opcode: number): void {
  const row = integer[opcode];
  if (row) {
    const [y] = row.arity === 2 ? b.pop() : [];
    const [x] = b.pop();
    return b.push(b.value(row.op, y ? (row.swap ? [y, x!] : [x!, y]) : [x!]));
  }
  if (opcode >= 0x20 && opcode <= 0x24) return variable(b, opcode);
  if (loads[opcode]) return load(b, loads[opcode]);
  if (stores[opcode]) return store(b, stores[opcode]);
  if (division[opcode]) return divide(b, opcode);
  if (float[opcode]) return floatOperator(b, opcode);
  if (conversions[opcode]) return convert(b, opcode);
  if (translateWide(b, opcode)) return;
  other(b, opcode);
}

function other(b: SsaState, opcode: number): void {
  const { reader } = b;
  switch (opcode) {
    case 0x10:
      return call(b, reader.u32());
    case 0x11:
      return callIndirect(b);
    case 0x1a:
      return void b.pop();
    case 0x1c:
      reader.list(() => reader.byte());
      return select(b);
    case 0x1b:
      return select(b);
    case 0x3f:
      reader.byte();
      return b.push(b.value("memorySize", []));
    case 0x40:
      reader.byte();
      return b.push(b.value("memoryGrow", [...b.pop()]));
    case 0x41:
      return b.push(b.constant(reader.s32()));
    case 0x43: {
      const bits = reader.word();
      return b.push(b.options.fpu ? b.value("const", [], bits, "f32") : b.constant(bits));
    }
    case 0x45: // i32.eqz
      return b.push(b.value("eq", [b.pop()[0]!, b.constant(0)]));
    case 0x77: {
      // rotl(x, n) = rotr(x, −n)
      const [amount] = b.pop();
      return b.push(b.value("rotr", [b.pop()[0]!, b.value("sub", [b.constant(0), amount!])]));
    }
    case 0x8b:
    case 0x8c:
    case 0x98:
      return signOperator(b, opcode);
    case 0xbc:
      return b.push(b.options.fpu ? b.value("bitsFromF32", [...b.pop()]) : b.pop()[0]!);
    case 0xbe:
      return b.push(b.options.fpu ? b.value("f32FromBits", [...b.pop()], 0, "f32") : b.pop()[0]!);
    case 0xfc:
      return prefixed(b, reader.u32());
    default:
      // 0x44 f64.const, 0x61–0x66 and 0x99–0xa6 f64 arithmetic, and the conversions from and to f64
      if (opcode === 0x44 || (opcode >= 0x61 && opcode <= 0x66) || (opcode >= 0x99 && opcode <= 0xbf))
        throw b.unsupported64();
      throw b.unsupported(opcode);
  }
}

function prefixed(b: SsaState, sub: number): void {
  if (conversions[0x100 + sub]) return convert(b, 0x100 + sub);
  if (sub === 10 || sub === 11) {
    b.reader.byte();
    if (sub === 10) b.reader.byte();
    const [n] = b.pop();
    const [source] = b.pop();
    const [target] = b.pop();
    if (b.options.memory === "sandbox")
      for (const start of sub === 10 ? [source!, target!] : [target!]) checkRange(b, start, n!);
    const place = (v: Value) => (b.options.memory === "sandbox" ? relocate(b, v) : v);
    const args = [place(target!), sub === 10 ? place(source!) : source!, n!];
    return void b.value("call", args, 0, "i32", sub === 10 ? "rt.memory_copy" : "rt.memory_fill");
  }
  throw sub < 8 ? b.unsupported64() : b.unsupported(0xfc00 + sub);
}

function variable(b: SsaState, opcode: number): void {
  const index = b.reader.u32();
  if (opcode === 0x20) b.stack.push(b.locals[index]!);
  else if (opcode === 0x21) b.locals[index] = b.pop();
  else if (opcode === 0x22) b.locals[index] = b.stack.at(-1)!;
  else {
    const { type, imported } = b.module.globals[index]!;
    if (type === "f64") throw b.unsupported64();
    const words = Array.from({ length: wordsOf(type) }, (_, i) => i);
    if (opcode === 0x24) {
      const operand = b.pop();
      for (const i of words) b.value("globalSet", [asBits(b, operand[i]!)], i, "i32", `global_${index}`);
    } else if (imported?.module === "link") b.push(b.value("address", [], 0, "i32", imported.field));
    else
      pushTyped(
        b,
        type,
        words.map((i) => b.value("globalGet", [], i, "i32", `global_${index}`)),
      );
  }
}

// --- arithmetic -----------------------------------------------------------------------------------------------------

/** WASM division traps; Arm's does not. The checks vanish when the divisor is a suitable constant. */
function divide(b: SsaState, opcode: number): void {
  const { op, signed, remainder } = division[opcode]!;
  const [y] = b.pop();
  const [x] = b.pop();
  if (!(y!.op === "const" && y!.imm !== 0)) b.trapIf(b.value("eq", [y!, b.constant(0)]), "integer divide by zero");
  // INT_MIN / −1 overflows; INT_MIN % −1 is 0, which SDIV and MLS give without help.
  if (signed && !remainder && !(y!.op === "const" && y!.imm !== -1)) {
    const extreme = b.value("eq", [x!, b.constant(-0x80000000)]);
    b.trapIf(b.value("and", [extreme, b.value("eq", [y!, b.constant(-1)])]), "integer overflow");
  }
  b.push(b.value(op, [x!, y!]));
}

function floatOperator(b: SsaState, opcode: number): void {
  const { op, soft, arity, swap, result } = float[opcode]!;
  const [y] = arity === 2 ? b.pop() : [];
  const [x] = b.pop();
  const args = y ? (swap ? [y, x!] : [x!, y]) : [x!];
  if (b.options.fpu) b.push(b.value(op, args, 0, result === "f" ? "f32" : "i32"));
  else b.push(b.value("call", args, 0, "i32", `rt.${soft}`));
}

/** abs, neg and copysign touch the sign bit only, NaN or not: without an FPU they are integer operators. */
function signOperator(b: SsaState, opcode: number): void {
  const [y] = opcode === 0x98 ? b.pop() : [];
  const [x] = b.pop();
  const sign = () => b.constant(-0x80000000);
  const magnitude = (v: Value) => b.value("and", [v, b.constant(0x7fffffff)]);
  if (b.options.fpu && !y) return b.push(b.value(opcode === 0x8b ? "fabs" : "fneg", [x!], 0, "f32"));
  const bits = asBits(b, x!);
  const result =
    opcode === 0x8b
      ? magnitude(bits)
      : opcode === 0x8c
        ? b.value("xor", [bits, sign()])
        : b.value("or", [magnitude(bits), b.value("and", [asBits(b, y!), sign()])]);
  pushTyped(b, "f32", [result]);
}

function convert(b: SsaState, opcode: number): void {
  const { op, soft, from, to } = conversions[opcode]!;
  const operand = b.pop();
  if (op && b.options.fpu) return b.push(b.value(op, [...operand], 0, to === "f" ? "f32" : "i32"));
  const args = from === "f" ? [asBits(b, operand[0]!)] : [...operand];
  const low = b.value("call", args, 0, "i32", `rt.${soft}`);
  if (to === "I") b.push(low, b.value("highResult", [low]));
  else pushTyped(b, to === "f" ? "f32" : "i32", [low]);
}

function select(b: SsaState): void {
  const [condition] = b.pop();
  const otherwise = b.pop();
  const then = b.pop();
  b.stack.push(then.map((word, i) => b.value("select", [condition!, word, otherwise[i]!], 0, word.type)));
}

/** `mmio.*`: exactly one access, as written; nothing is checked in any memory mode. */
const volatileAccesses: Readonly<Record<string, Op>> = {
  load32: "load32",
  load16: "load16U",
  load8: "load8U",
  store32: "store32",
  store16: "store16",
  store8: "store8",
};

// --- calls ----------------------------------------------------------------------------------------------------------

function call(b: SsaState, index: number): void {
  const target = b.module.functions[index]!;
  const args = takeArguments(b, target.signature);
  const { imported, signature } = target;
  if (imported?.module === "thumb")
    return pushResults(b, signature, b.value("intrinsic", args, 0, "i32", imported.field));
  if (imported?.module === "cpu")
    return pushResults(b, signature, b.value("intrinsic", args, 0, "i32", cpuPrefix + imported.field));
  const access = imported?.module === "mmio" ? volatileAccesses[imported.field] : undefined;
  if (access) return pushResults(b, signature, b.value(access, args, 0, "i32", volatile));
  pushResults(b, signature, b.value("call", args, 0, "i32", symbolOf(target)));
}

function callIndirect(b: SsaState): void {
  const type = b.reader.u32();
  b.reader.u32(); // table 0
  const signature = b.module.types[type];
  if (!signature) throw error("unsupported-feature", { feature: "an unknown call type" }, { byte: b.at });
  const [index] = b.pop();
  const args = takeArguments(b, signature);
  b.trapIf(b.value("leU", [b.constant(b.module.table.length), index!]), "undefined element");
  pushResults(b, signature, b.value("callIndirect", [index!, ...args], canonicalType(b.module.types, type)));
}

function takeArguments(b: SsaState, signature: Signature): Value[] {
  if ([...signature.params, ...signature.results].includes("f64")) throw b.unsupported64();
  const operands = b.stack.splice(b.stack.length - signature.params.length, signature.params.length);
  return operands.flat().map((value) => asBits(b, value));
}

function pushResults(b: SsaState, signature: Signature, low: Value): void {
  if (flatten(signature.results).length > 2) throw b.unsupportedResults();
  const [first, second] = signature.results;
  if (!first) return;
  if (second || first === "i64") {
    const high = b.value("highResult", [low]);
    if (!second) return b.push(low, high);
    pushTyped(b, first, [low]);
    pushTyped(b, second, [high]);
  } else pushTyped(b, first, [low]);
}
