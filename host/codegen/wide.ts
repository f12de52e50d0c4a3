// i64 instructions on pairs of words. Carries and products that need both halves are operators of their own (ir.ts), so
// that Thumb can use ADDS/ADC, SMULL and the like; shifts by constants are spelled out, the rest is a runtime call.

import type { Op, Value } from "./ir.ts";
import { compare64, runtime64 } from "./opcodes.ts";
import type { SsaState } from "./ssa-state.ts";

export function shiftRightSigned(b: SsaState, value: Value, bits: number): Value {
  return b.value("shrS", [value, b.constant(bits)]);
}

/** False when the opcode is not one of i64's. */
export function translateWide(b: SsaState, opcode: number): boolean {
  if (compare64[opcode]) compare(b, opcode);
  else if (runtime64[opcode]) divide(b, opcode);
  else if (opcode >= 0x7c && opcode <= 0x8a) arithmetic(b, opcode);
  else return simple(b, opcode);
  return true;
}

function simple(b: SsaState, opcode: number): boolean {
  switch (opcode) {
    case 0x42: {
      const value = b.reader.s64();
      b.push(b.constant(Number(BigInt.asIntN(32, value))), b.constant(Number(BigInt.asIntN(32, value >> 32n))));
      return true;
    }
    case 0x50: {
      const [low, high] = b.pop();
      b.push(b.value("eq", [b.value("or", [low!, high!]), b.constant(0)]));
      return true;
    }
    case 0x51:
    case 0x52: {
      const [bl, bh] = b.pop();
      const [al, ah] = b.pop();
      const differ = b.value("or", [b.value("xor", [al!, bl!]), b.value("xor", [ah!, bh!])]);
      b.push(b.value(opcode === 0x51 ? "eq" : "ne", [differ, b.constant(0)]));
      return true;
    }
    case 0x79:
    case 0x7a:
      countZeros(b, opcode === 0x79);
      return true;
    case 0x7b: {
      const [low, high] = b.pop();
      b.push(b.value("add", [b.value("popcnt", [low!]), b.value("popcnt", [high!])]), b.constant(0));
      return true;
    }
    case 0xa7:
      b.push(b.pop()[0]!);
      return true;
    case 0xac:
      signExtend(b, b.pop()[0]!);
      return true;
    case 0xad:
      b.push(b.pop()[0]!, b.constant(0));
      return true;
    case 0xc2:
      signExtend(b, b.value("ext8S", [b.pop()[0]!]));
      return true;
    case 0xc3:
      signExtend(b, b.value("ext16S", [b.pop()[0]!]));
      return true;
    case 0xc4:
      signExtend(b, b.pop()[0]!);
      return true;
    default:
      return false;
  }
}

function signExtend(b: SsaState, low: Value): void {
  b.push(low, shiftRightSigned(b, low, 31));
}

/** clz: the high word's count, or 32 + the low word's when the high word is 0; ctz the other way round. */
function countZeros(b: SsaState, leading: boolean): void {
  const [low, high] = b.pop();
  const [first, second] = leading ? [high!, low!] : [low!, high!];
  const op = leading ? "clz" : "ctz";
  const beyond = b.value("add", [b.value(op, [second]), b.constant(32)]);
  b.push(b.value("select", [first, b.value(op, [first]), beyond]), b.constant(0));
}

function compare(b: SsaState, opcode: number): void {
  const { op, swap, not } = compare64[opcode]!;
  const y = b.pop();
  const x = b.pop();
  const [p, q] = swap ? [y, x] : [x, y];
  const less = b.value(op, [p[0]!, q[0]!, p[1]!, q[1]!]);
  b.push(not ? b.value("eq", [less, b.constant(0)]) : less);
}

function divide(b: SsaState, opcode: number): void {
  const y = b.pop();
  const x = b.pop();
  b.trapIf(b.value("eq", [b.value("or", [y[0]!, y[1]!]), b.constant(0)]), "integer divide by zero");
  if (opcode === 0x7f) {
    const extreme = b.value("and", [
      b.value("eq", [x[0]!, b.constant(0)]),
      b.value("eq", [x[1]!, b.constant(-0x80000000)]),
    ]);
    const minusOne = b.value("eq", [b.value("and", [y[0]!, y[1]!]), b.constant(-1)]);
    b.trapIf(b.value("and", [extreme, minusOne]), "integer overflow");
  }
  const low = b.value("call", [...x, ...y], 0, "i32", `rt.${runtime64[opcode]}`);
  b.push(low, b.value("highResult", [low]));
}

function arithmetic(b: SsaState, opcode: number): void {
  const y = b.pop();
  const x = b.pop();
  const [xl, xh] = [x[0]!, x[1]!];
  const [yl, yh] = [y[0]!, y[1]!];
  switch (opcode) {
    case 0x7c:
      return pair(b, "add", "addHi", xl, xh, yl, yh);
    case 0x7d:
      return pair(b, "sub", "subHi", xl, xh, yl, yh);
    case 0x7e:
      return multiply(b, xl, xh, yl, yh);
    case 0x83:
      return b.push(b.value("and", [xl, yl]), b.value("and", [xh, yh]));
    case 0x84:
      return b.push(b.value("or", [xl, yl]), b.value("or", [xh, yh]));
    case 0x85:
      return b.push(b.value("xor", [xl, yl]), b.value("xor", [xh, yh]));
    default:
      return shift(b, opcode, xl, xh, yl);
  }
}

/** The high word first: it reads both low words, which the low result may then overwrite. */
function pair(b: SsaState, op: Op, highOp: Op, xl: Value, xh: Value, yl: Value, yh: Value): void {
  const high = b.value(highOp, [xl, yl, xh, yh]);
  b.push(b.value(op, [xl, yl]), high);
}

/** Of sign-extended words the product is SMULL; of zero-extended ones UMULL; else UMULL and two multiply-adds. */
function multiply(b: SsaState, xl: Value, xh: Value, yl: Value, yh: Value): void {
  const low = b.value("mul", [xl, yl]);
  if (isSignOf(xh, xl) && isSignOf(yh, yl)) return b.push(low, b.value("mulHiS", [xl, yl]));
  const high = b.value("mulHiU", [xl, yl]);
  if (isZero(xh) && isZero(yh)) return b.push(low, high);
  const cross = b.value("add", [b.value("mul", [xl, yh]), b.value("mul", [xh, yl])]);
  b.push(low, b.value("add", [high, cross]));
}

function isZero(value: Value): boolean {
  return value.op === "const" && value.imm === 0;
}

/** high is low's sign, spelled out by an extension, or both are constants that agree. */
function isSignOf(high: Value, low: Value): boolean {
  if (high.op === "const" && low.op === "const") return high.imm === low.imm >> 31;
  return high.op === "shrS" && high.args[0] === low && high.args[1]!.op === "const" && high.args[1]!.imm === 31;
}

const shiftCalls: Readonly<Record<number, string>> = {
  134: "shl",
  135: "shr_s",
  136: "shr_u",
  137: "rotl",
  138: "rotr",
};

function shift(b: SsaState, opcode: number, low: Value, high: Value, amount: Value): void {
  if (amount.op !== "const") {
    const result = b.value("call", [low, high, amount], 0, "i32", `rt.i64_${shiftCalls[opcode]}`);
    return b.push(result, b.value("highResult", [result]));
  }
  const n = amount.imm & 63;
  const [l, h] = constantShift(b, opcode, low, high, n);
  b.push(l, h);
}

function constantShift(b: SsaState, opcode: number, low: Value, high: Value, n: number): [Value, Value] {
  if (n === 0) return [low, high];
  const shl = (v: Value, k: number) => (k ? b.value("shl", [v, b.constant(k)]) : v);
  const shr = (v: Value, k: number) => (k ? b.value("shrU", [v, b.constant(k)]) : v);
  const sar = (v: Value, k: number) => (k ? shiftRightSigned(b, v, k) : v);
  const or = (x: Value, y: Value) => b.value("or", [x, y]);
  switch (opcode) {
    case 0x86:
      return n >= 32 ? [b.constant(0), shl(low, n - 32)] : [shl(low, n), or(shl(high, n), shr(low, 32 - n))];
    case 0x87:
      return n >= 32 ? [sar(high, n - 32), sar(high, 31)] : [or(shr(low, n), shl(high, 32 - n)), sar(high, n)];
    case 0x88:
      return n >= 32 ? [shr(high, n - 32), b.constant(0)] : [or(shr(low, n), shl(high, 32 - n)), shr(high, n)];
    case 0x89:
      return constantShift(b, 0x8a, low, high, (64 - n) & 63);
    default: {
      const [l, h] = n >= 32 ? [high, low] : [low, high];
      const k = n & 31;
      return k ? [or(shr(l, k), shl(h, 32 - k)), or(shr(h, k), shl(l, 32 - k))] : [l, h];
    }
  }
}
