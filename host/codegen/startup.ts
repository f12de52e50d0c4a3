// The code before and after an inference: what the reset vector and the ELF entry of a harness image point to.
//
//   thumbelina_start   copy .data, clear .bss, FPU on (if used), thumbelina_reset, thumbelina_invoke, thumbelina_done
//   thumbelina_done    BKPT #0, then a branch to itself: judges set their breakpoint here
//   thumbelina_fault   a branch to itself: where every fault and unexpected exception ends
//
// link defines __data_start, __data_end, __data_load, __bss_start and __bss_end; all are multiples of 4.

import type { Core } from "../isa/isa.ts";
import { Assembler } from "./assembler.ts";
import type { FunctionCode } from "./object-code.ts";

/** CPACR (DDI 0403E B3.2.20): full access to coprocessors 10 and 11. */
const CPACR = 0xe000ed88;

export function startupCode(core: Core, usesFloat: boolean): readonly FunctionCode[] {
  const calls = ["thumbelina_reset", "thumbelina_invoke", "thumbelina_done"];
  const start = new Assembler(core);
  copyData(start);
  clearBss(start);
  if (usesFloat) enableFloat(start);
  for (const symbol of calls) start.call(symbol);
  const done = new Assembler(core);
  done.emit(["bkpt <hex4>", { i: 0 }]);
  stay(done);
  const fault = new Assembler(core);
  stay(fault);
  return [
    { name: "thumbelina_start", ...start.finish(), frameBytes: 0, calls },
    { name: "thumbelina_done", ...done.finish(), frameBytes: 0, calls: [] },
    { name: "thumbelina_fault", ...fault.finish(), frameBytes: 0, calls: [] },
  ];
}

/** VTOR (DDI 0403E B3.2.5, DDI 0419E B3.2.5). */
const VTOR = 0xe000ed08;

/**
 * Firmware instead of one inference: `thumbelina_start` calls `main`, which does not return; `thumbelina_fault` hands the stacked
 * frame's address and EXC_RETURN to `fault`, which does not either.
 */
export function firmwareStartup(
  core: Core,
  { usesFloat, vtor, main, fault }: { usesFloat: boolean; vtor: boolean; main: string; fault: string },
): readonly FunctionCode[] {
  const start = new Assembler(core);
  // a boot loader may have left its own table there
  if (vtor) {
    start.literal(0, VTOR);
    start.literal(1, 0, "__vectors");
    start.emit(["str Rt, [Rn, #<i*4>]", { t: 1, n: 0, i: 0 }]);
  }
  copyData(start);
  clearBss(start);
  if (usesFloat) enableFloat(start);
  start.call(main);
  stay(start);
  const handler = new Assembler(core);
  handler.emit(["mrs Rd, <special>", { d: 0, i: 8 }]); // MSP
  handler.emit(["mov Rd, Rm", { d: 1, m: 14 }]);
  handler.call(fault);
  stay(handler);
  return [
    { name: "thumbelina_start", ...start.finish(), frameBytes: 0, calls: [main] },
    { name: "thumbelina_fault", ...handler.finish(), frameBytes: 0, calls: [fault] },
  ];
}

/** What firmware may call by an address: code in a boot ROM or in RAM, which uses at most `addressCallBytes` of stack. */
export const addressCall = "thumbelina_call";
const addressCallBytes = 256;

/** thumbelina_call(address, a, b, c): address(a, b, c). */
export function addressCallCode(core: Core): FunctionCode {
  const a = new Assembler(core);
  a.emit(["push <listlr>", { list: (1 << 4) | (1 << 14) }]);
  a.emit(["mov Rd, Rm", { d: 12, m: 0 }]);
  for (let argument = 0; argument < 3; argument++) a.emit(["mov Rd, Rm", { d: argument, m: argument + 1 }]);
  a.emit(["blx Rm", { m: 12 }]);
  a.emit(["pop <listpc>", { list: (1 << 4) | (1 << 15) }]);
  return { name: addressCall, ...a.finish(), frameBytes: 8 + addressCallBytes, calls: [] };
}

function stay(a: Assembler): void {
  const here = a.label();
  a.bind(here);
  a.branch(here);
}

/** r0 = to, r1 = end, r2 = from. */
function copyData(a: Assembler): void {
  const [test, copy] = [a.label(), a.label()];
  a.literal(0, 0, "__data_start");
  a.literal(1, 0, "__data_end");
  a.literal(2, 0, "__data_load");
  a.branch(test);
  a.bind(copy);
  a.emit(["ldr Rt, [Rn, #<i*4>]", { t: 3, n: 2, i: 0 }]);
  a.emit(["str Rt, [Rn, #<i*4>]", { t: 3, n: 0, i: 0 }]);
  a.emit(["add{s} Rd, #<i>", { d: 0, i: 4 }]);
  a.emit(["add{s} Rd, #<i>", { d: 2, i: 4 }]);
  a.bind(test);
  a.emit(["cmp Rn, Rm", { n: 0, m: 1 }]);
  a.branch(copy, 3);
}

function clearBss(a: Assembler): void {
  const [test, clear] = [a.label(), a.label()];
  a.literal(0, 0, "__bss_start");
  a.literal(1, 0, "__bss_end");
  a.emit(["mov{s} Rd, #<i>", { d: 3, i: 0 }]);
  a.branch(test);
  a.bind(clear);
  a.emit(["str Rt, [Rn, #<i*4>]", { t: 3, n: 0, i: 0 }]);
  a.emit(["add{s} Rd, #<i>", { d: 0, i: 4 }]);
  a.bind(test);
  a.emit(["cmp Rn, Rm", { n: 0, m: 1 }]);
  a.branch(clear, 3);
}

function enableFloat(a: Assembler): void {
  a.literal(0, CPACR);
  a.emit(["ldr Rt, [Rn, #<i*4>]", { t: 1, n: 0, i: 0 }]);
  a.emit(["orr{s}.w Rd, Rn, #<const>", { d: 1, n: 1, const: 0xf00000 }]);
  a.emit(["str Rt, [Rn, #<i*4>]", { t: 1, n: 0, i: 0 }]);
  a.emit(["dsb <barrier>", { i: 15 }]);
  a.emit(["isb <full>", { i: 15 }]);
}
