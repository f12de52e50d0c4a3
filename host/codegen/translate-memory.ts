// Loads and stores, in both memory modes. absolute: an address is a physical address, unchecked. sandbox: checked against the
// memory's size, then moved to where the memory lies.
//
// Misaligned addresses: v7-M's loads and stores take them, VLDR and VSTR fault, v6-M always faults. In a sandbox every address
// may be misaligned (WASM's hints promise nothing); in absolute memory those whose hint says so. Then floats go through
// core registers, and on v6-M accesses are calls of the runtime.

import type { Op, Value } from "./ir.ts";
import type { MemoryRow } from "./opcodes.ts";
import { asBits, pushTyped, type SsaState } from "./ssa-state.ts";
import { shiftRightSigned } from "./wide.ts";

/** Base and remaining offset of an access: in a sandbox checked against the limit and moved to where the memory lies. */
function access(b: SsaState, index: Value, offset: number, bytes: number): { base: Value; offset: number } {
  if (b.options.memory === "absolute") {
    if (offset <= 0x7fffffff) return { base: index, offset };
    return { base: b.value("add", [index, b.constant(offset)]), offset: 0 };
  }
  const start = offset > 0xffff ? b.value("add", [index, b.constant(offset)]) : index;
  if (start !== index) b.trapIf(b.value("ltU", [start, index]), "out of bounds memory access");
  const rest = start === index ? offset : 0;
  checkRange(b, start, b.constant(rest + bytes));
  return { base: relocate(b, start), offset: rest };
}

/** Traps unless [start, start + n) lies below the limit, without overflow. */
export function checkRange(b: SsaState, start: Value, n: Value): void {
  const end = b.value("add", [start, n]);
  b.trapIf(b.value("ltU", [end, start]), "out of bounds memory access");
  b.trapIf(b.value("ltU", [memoryLimit(b), end]), "out of bounds memory access");
}

function memoryLimit(b: SsaState): Value {
  return b.value("shl", [b.value("memorySize", []), b.constant(16)]);
}

export function relocate(b: SsaState, index: Value): Value {
  return b.value("add", [index, b.value("address", [], 0, "i32", "sandbox_memory")]);
}

export function load(b: SsaState, row: MemoryRow): void {
  if (row.letter === "F") throw b.unsupported64();
  const loose = isLoose(b, row);
  const offset = b.reader.u32();
  const place = access(b, b.pop()[0]!, offset, row.bytes);
  if (row.letter === "f" && b.options.fpu && !loose)
    return b.push(b.value("loadF32", [place.base], place.offset, "f32"));
  const word = (op: Op, at: number) => loadWord(b, op, place.base, at, loose);
  const low = word(row.letter === "f" ? "load32" : row.op, place.offset);
  if (row.letter === "f") pushTyped(b, "f32", [low]);
  else if (row.letter !== "I") b.push(low);
  else if (row.high === "load") b.push(low, word("load32", place.offset + 4));
  else b.push(low, row.high === "sign" ? shiftRightSigned(b, low, 31) : b.constant(0));
}

export function store(b: SsaState, row: MemoryRow): void {
  if (row.letter === "F") throw b.unsupported64();
  const loose = isLoose(b, row);
  const offset = b.reader.u32();
  const [low, high] = b.pop();
  const place = access(b, b.pop()[0]!, offset, row.bytes);
  if (low!.type === "f32" && !loose) return void b.value("storeF32", [place.base, low!], place.offset);
  const op = row.op === "storeF32" ? "store32" : row.op;
  storeWord(b, op, [place.base, asBits(b, low!)], place.offset, loose);
  if (row.bytes === 8) storeWord(b, "store32", [place.base, high!], place.offset + 4, loose);
}

/** Reads the alignment hint: whether the address may be misaligned. */
function isLoose(b: SsaState, { bytes }: MemoryRow): boolean {
  const hint = 1 << b.reader.u32();
  return b.options.memory === "sandbox" || hint < Math.min(bytes, 4);
}

function loadWord(b: SsaState, op: Op, base: Value, offset: number, loose: boolean): Value {
  if (!loose || b.options.unaligned || op === "load8S" || op === "load8U") return b.value(op, [base], offset);
  const loaded = b.value(
    "call",
    [plus(b, base, offset)],
    0,
    "i32",
    op === "load32" ? "rt.load32_any" : "rt.load16_any",
  );
  return op === "load16S" ? b.value("ext16S", [loaded]) : loaded;
}

function storeWord(b: SsaState, op: Op, [base, word]: readonly [Value, Value], offset: number, loose: boolean): void {
  if (!loose || b.options.unaligned || op === "store8") return void b.value(op, [base, word], offset);
  const symbol = op === "store32" ? "rt.store32_any" : "rt.store16_any";
  b.value("call", [plus(b, base, offset), word], 0, "i32", symbol);
}

function plus(b: SsaState, base: Value, offset: number): Value {
  return offset ? b.value("add", [base, b.constant(offset)]) : base;
}
