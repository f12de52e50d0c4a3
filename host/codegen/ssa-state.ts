// What building SSA keeps while it walks a function: the present block, the operand stack, each local's current value. The
// straight-line instructions (translate.ts, wide.ts) need no more than this; control is build-ssa.ts.

import { invariant } from "../base/errors.ts";
import { Reader } from "./cursor.ts";
import { error } from "./errors.ts";
import { type Block, type Op, type SsaFunction, type Trap, type Type, traps, type Value } from "./ir.ts";
import { emptyFunction, newValue } from "./ir-build.ts";
import { flatten, type Module, type WasmFunction, type WasmType, wordsOf } from "./module-types.ts";

export interface BuildOptions {
  /** absolute: a WASM address is a physical address, unchecked. sandbox: base and limit, checked. */
  readonly memory: "absolute" | "sandbox";
  readonly fpu: boolean;
  /** LDR, LDRH, STR and STRH take misaligned addresses. */
  readonly unaligned: boolean;
  /** What `unreachable` says when it stops. */
  readonly unreachable?: Trap;
}

/** A value on the operand stack: its words, low first. */
export type Operand = readonly Value[];

export class SsaState {
  readonly function: SsaFunction;
  readonly stack: Operand[] = [];
  locals: Operand[] = [];
  block: Block;
  /** Offset of the instruction being translated. */
  at = 0;
  readonly reader: Reader;

  constructor(
    readonly module: Module,
    readonly wasm: WasmFunction,
    readonly options: BuildOptions,
  ) {
    this.function = emptyFunction(wasm.name, flatten(wasm.signature.params), flatten(wasm.signature.results));
    this.block = this.function.entry;
    this.reader = new Reader(module.bytes, wasm.start, wasm.end);
    this.at = wasm.start;
  }

  value(op: Op, args: readonly Value[], imm = 0, type: Type = "i32", symbol = ""): Value {
    const value = newValue(this.function, this.block, { op, args: [...args], imm, type, symbol, offset: this.at });
    this.block.body.push(value);
    return value;
  }

  constant(word: number): Value {
    return this.value("const", [], word | 0);
  }

  zero(type: WasmType): Operand {
    if (type === "f64") throw this.unsupported64();
    if (type === "f32" && this.options.fpu) return [this.value("const", [], 0, "f32")];
    return Array.from({ length: wordsOf(type) }, () => this.constant(0));
  }

  push(...words: Value[]): void {
    this.stack.push(words);
  }

  pop(): Operand {
    const operand = this.stack.pop();
    invariant(operand, "operand stack underflow in a validated module");
    return operand;
  }

  trapIf(condition: Value, trap: Trap): void {
    this.value("trapIf", [condition], traps.indexOf(trap));
  }

  unsupported64(): Error {
    return error("unsupported-f64", { function: this.wasm.name }, { symbol: this.wasm.name, byte: this.at });
  }

  /** Results travel in r0 and r1. */
  unsupportedResults(): Error {
    const feature = `a function of more results than two registers hold (${this.wasm.name})`;
    return error("unsupported-feature", { feature }, { symbol: this.wasm.name, byte: this.at });
  }

  unsupported(opcode: number): Error {
    return error("unsupported-opcode", { opcode, function: this.wasm.name }, { symbol: this.wasm.name, byte: this.at });
  }
}

/** A float in a core register, where the convention of calls, globals and integer operators has it. */
export function asBits(b: SsaState, value: Value): Value {
  return value.type === "f32" ? b.value("bitsFromF32", [value]) : value;
}

/** Pushes words that arrived in integer registers. */
export function pushTyped(b: SsaState, type: WasmType, words: Operand): void {
  if (type === "f32" && b.options.fpu) b.push(b.value("f32FromBits", [...words], 0, "f32"));
  else b.push(...words);
}
