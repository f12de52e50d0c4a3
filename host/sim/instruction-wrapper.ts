// Around an instruction's effect: its IT condition, the floating-point check, and what a division takes. Makes `op.run`.

import { type Core, cycleCost } from "../isa/isa.ts";
import type { ClosureCompiler } from "./closures.ts";
import type { Cpu } from "./cpu.ts";
import { conditionOf, type Op, skipped } from "./op.ts";
import { divideExtra } from "./pipeline.ts";

export function instructionWrapper(closures: ClosureCompiler, cpu: Cpu, core: Core, floatCheck: () => void) {
  return (op: Op): void => {
    let run = closures.compile(op.effects, op.address, op.size);
    const division = divisionOf(op, core);
    if (division) {
      const { n, d, signed, least, most } = division;
      const { x, clock } = cpu;
      const inner = run;
      run = () => {
        const extra = divideExtra(x[n]!, x[d]!, signed, least, most);
        const target = inner();
        clock[0]! += extra;
        return target;
      };
    }
    if (op.row.float) {
      const inner = run;
      run = () => {
        floatCheck();
        return inner();
      };
    }
    if (op.condition !== 14 && op.row.cycles !== "it") {
      const holds = closures.value(conditionOf(op));
      const inner = run;
      run = () => (holds() !== 0 ? inner() : skipped);
    }
    op.run = run;
  };
}

/** Operands of UDIV and SDIV, where the core's time depends on them. */
export function divisionOf(op: Op, core: Core) {
  const cost = cycleCost(core, op.row.cycles);
  if (op.row.cycles !== "div" || cost.most === undefined) return undefined;
  const { n, m } = op.decoded.operands;
  if (n === undefined || m === undefined) return undefined;
  return { n, d: m, signed: op.row.name === "sdiv", least: cost.cycles, most: cost.most };
}
