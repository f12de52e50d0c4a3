// Operators that a core lacks become calls of assembly/runtime, or a few operators that it has. After this pass every
// operator has a selection on the target.

import type { Op, SsaFunction, Value } from "./ir.ts";
import { newValue } from "./ir-build.ts";
import type { Target } from "./target.ts";

/** On cores without them (v6-M). */
const missingOnThumb1: Partial<Record<Op, string>> = {
  clz: "rt.clz",
  ctz: "rt.ctz",
  divS: "rt.div_s",
  divU: "rt.div_u",
  remS: "rt.rem_s",
  remU: "rt.rem_u",
  mulHiS: "rt.mul_hi_s",
  mulHiU: "rt.mul_hi_u",
};

/** No FPU here has them as WASM defines them; the soft functions work on bit patterns. */
const softFloat: Partial<Record<Op, string>> = {
  fmin: "rt.f32_min",
  fmax: "rt.f32_max",
  ffloor: "rt.f32_floor",
  fceil: "rt.f32_ceil",
  ftrunc: "rt.f32_trunc",
  fnearest: "rt.f32_nearest",
  i32FromF32S: "rt.i32_trunc_f32_s",
  i32FromF32U: "rt.i32_trunc_f32_u",
};

export function legalise(fn: SsaFunction, target: Target): void {
  for (const block of fn.blocks) {
    const body = block.body;
    block.body = [];
    for (const value of body) {
      const make = (op: Op, args: Value[], imm = 0, symbol = "", type: Value["type"] = "i32"): Value => {
        const made = newValue(fn, block, { op, args, imm, type, symbol, offset: value.offset });
        block.body.push(made);
        return made;
      };
      replace(value, target, make);
      block.body.push(value);
    }
  }
}

type Make = (op: Op, args: Value[], imm?: number, symbol?: string, type?: Value["type"]) => Value;

/** Turns the value into something the target has; what it needs is made before it. */
function replace(value: Value, target: Target, make: Make): void {
  const soft = softFloat[value.op];
  const missing = target.thumb2 ? undefined : missingOnThumb1[value.op];
  if (missing) become(value, "call", value.args, missing);
  else if (soft) {
    const bits = value.args.map((arg) => make("bitsFromF32", [arg]));
    if (value.type === "f32") become(value, "f32FromBits", [make("call", bits, 0, soft)]);
    else become(value, "call", bits, soft);
  } else if (value.op === "popcnt") countOnes(value, make);
  else if (value.op === "memoryGrow") growMemory(value, make);
}

function become(value: Value, op: Op, args: readonly Value[], symbol = ""): void {
  value.op = op;
  value.args = [...args];
  value.symbol = symbol;
  value.imm = 0;
}

/** Sums of bits in pairs, nibbles and bytes, then of the bytes by a multiplication (Warren, Hacker's Delight, 5-1). */
function countOnes(value: Value, make: Make): void {
  const constant = (word: number) => make("const", [], word | 0);
  const shifted = (x: Value, n: number) => make("shrU", [x, constant(n)]);
  const masked = (x: Value, mask: number) => make("and", [x, constant(mask)]);
  const x = value.args[0]!;
  const pairs = make("sub", [x, masked(shifted(x, 1), 0x55555555)]);
  const nibbles = make("add", [masked(pairs, 0x33333333), masked(shifted(pairs, 2), 0x33333333)]);
  const bytes = masked(make("add", [nibbles, shifted(nibbles, 4)]), 0x0f0f0f0f);
  become(value, "shrU", [make("mul", [bytes, constant(0x01010101)]), constant(24)]);
}

/** memory.grow inside a reserve: the word `memory_limit` holds how many pages there are room for. */
function growMemory(value: Value, make: Make): void {
  const delta = value.args[0]!;
  const old = make("memorySize", []);
  const limit = make("globalGet", [], 0, "memory_limit");
  const fits = make("leU", [delta, make("sub", [limit, old])]);
  make("globalSet", [make("add", [old, make("select", [fits, delta, make("const", [], 0)])])], 0, "memory_pages");
  become(value, "select", [fits, old, make("const", [], -1)]);
}
