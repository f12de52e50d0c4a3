// Products: by constants, accumulated, and of 64 bits.

import type { Value } from "./ir.ts";
import type { Instruction, Shift } from "./machine.ts";
import type { Selector } from "./select.ts";

/** Multiplications by 2^k, 2^k + 1 and 2^k − 1; others stay a MUL (one cycle on every core here but M0's small option). */
export function multiplyByConstant(s: Selector, value: Value, a: Value, imm: number): boolean {
  const { offset } = value;
  const defs = [s.result(value)];
  const uses = [s.register(a)];
  const exponent = 31 - Math.clz32(imm);
  if (imm > 0 && imm === 2 ** exponent) {
    s.push({ op: "lsl", defs, uses, imm: exponent, offset });
    return true;
  }
  if (!s.target.shiftedOperand || imm <= 0) return false;
  const isBelow = imm - 1 === 2 ** exponent;
  const isAbove = imm + 1 === 2 ** (exponent + 1);
  if (!isBelow && !isAbove) return false;
  const shift: Shift = { kind: "lsl", amount: isBelow ? exponent : exponent + 1 };
  s.push({ op: isBelow ? "add" : "rsb", defs, uses: [uses[0]!, uses[0]!], shift, offset });
  return true;
}

/** a + x·y and a − x·y. */
export function multiplyAccumulate(s: Selector, value: Value, a: Value, b: Value): Instruction | undefined {
  if (!s.target.thumb2 || (value.op !== "add" && value.op !== "sub")) return undefined;
  const candidates =
    value.op === "add"
      ? ([
          [a, b],
          [b, a],
        ] as const)
      : ([[a, b]] as const);
  for (const [accumulator, product] of candidates) {
    if (product.op !== "mul" || !s.foldable(product, value) || s.highPartner(product)) continue;
    if (product.args.some(({ op }) => op === "const")) continue;
    const uses = [...product.args, accumulator].map((arg) => s.register(arg));
    return { op: value.op === "add" ? "mla" : "mls", defs: [s.result(value)], uses, offset: value.offset };
  }
  return undefined;
}

/** Low and high word by one SMULL or UMULL. */
export function longProduct(s: Selector, low: Value): void {
  const high = s.highPartner(low)!;
  const uses = low.args.map((arg) => s.register(arg));
  const imm = high.op === "mulHiS" ? 1 : 0;
  s.push({ op: "mulLong", defs: [s.result(low), s.result(high)], uses, imm, offset: low.offset });
}

export function highProduct(s: Selector, value: Value): void {
  if (s.isPaired(value)) return; // made together with its low word
  const uses = value.args.map((arg) => s.register(arg));
  const { offset } = value;
  if (value.op === "mulHiS" && s.target.dsp) s.push({ op: "mulHigh", defs: [s.result(value)], uses, offset });
  else
    s.push({ op: "mulLong", defs: [s.temporary(), s.result(value)], uses, imm: value.op === "mulHiS" ? 1 : 0, offset });
}
