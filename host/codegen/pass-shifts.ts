// WASM takes shift amounts modulo 32, Thumb's register shifts modulo 256. The mask is made explicit here, so that shifts by
// one amount share it, and amounts that are masked already, or known to be small, have none.

import type { Op, SsaFunction, Value } from "./ir.ts";
import { newValue } from "./ir-build.ts";

const shifts: ReadonlySet<Op> = new Set<Op>(["shl", "shrS", "shrU"]);

export function maskShifts(fn: SsaFunction): void {
  for (const block of fn.blocks) {
    const body = block.body;
    block.body = [];
    for (const value of body) {
      const amount = value.args[1];
      if (shifts.has(value.op) && amount && !isBelow32(amount)) {
        const fields = { imm: 0, type: "i32", symbol: "", offset: value.offset } as const;
        const mask = newValue(fn, block, { ...fields, op: "const", args: [], imm: 31 });
        const masked = newValue(fn, block, { ...fields, op: "and", args: [amount, mask] });
        block.body.push(mask, masked);
        value.args[1] = masked;
      }
      block.body.push(value);
    }
  }
}

export function isBelow32({ op, imm, args }: Value): boolean {
  if (op === "const") return imm >= 0 && imm < 32;
  const [, mask] = args;
  return op === "and" && mask?.op === "const" && mask.imm >= 0 && mask.imm < 32;
}
