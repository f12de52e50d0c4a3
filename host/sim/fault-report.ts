// A fault of the simulated program, as a person needs it: cause in words, address, registers, function, disassembly around it,
// and the calls as far as they can be known.

import { describeAddress, type Image, SymbolIndex } from "../image/image.ts";
import { disassemble } from "../isa/isa.ts";
import type { Bus } from "./bus.ts";
import type { Code } from "./code.ts";
import type { Cpu } from "./cpu.ts";
import { exceptionName, type Fault, faultKinds } from "./faults.ts";

export interface FaultReport {
  readonly kind: Fault["kind"];
  readonly words: string;
  /** The exception that was taken for it, or "lockup". */
  readonly taken: string;
  /** Instruction that faulted. */
  readonly pc: number;
  readonly where: string;
  /** Data address, where one is known. */
  readonly address?: number;
  readonly registers: readonly number[];
  readonly xpsr: number;
  readonly cycles: number;
  readonly cfsr: number;
  readonly hfsr: number;
  /** Lines of disassembly; the faulting one is marked. */
  readonly window: readonly string[];
  /** Innermost first: `main+0x1c (0x…)`. From LR and return addresses on the stack: a frame may be missing or stale. */
  readonly callStack: readonly string[];
}

interface Source {
  readonly cpu: Cpu;
  readonly bus: Bus;
  readonly code: Code;
  readonly image: Image | undefined;
  readonly status: { readonly cfsr: number; readonly hfsr: number };
}

const hex8 = (value: number) => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

export function reportFault(source: Source, fault: Fault, pc: number, taken: number | "lockup"): FaultReport {
  const { cpu, status, image } = source;
  const index = new SymbolIndex(image ?? emptyImage);
  const registers = Array.from(cpu.x.subarray(0, 15), (value) => value >>> 0);
  return {
    kind: fault.kind,
    words: faultKinds[fault.kind].words,
    taken: taken === "lockup" ? "lockup" : exceptionName(taken),
    pc: pc >>> 0,
    where: describeAddress(index, pc >>> 0),
    address: fault.address === undefined ? undefined : fault.address >>> 0,
    registers: [...registers, pc >>> 0],
    xpsr: cpu.xpsr >>> 0,
    cycles: cpu.clock[0]!,
    cfsr: status.cfsr >>> 0,
    hfsr: status.hfsr >>> 0,
    window: disassemblyWindow(source, index, pc >>> 0),
    callStack: callStack(source, index, pc >>> 0),
  };
}

const emptyImage: Image = { target: {}, segments: [], sections: [], symbols: [], layers: [], regions: [] };

/** Six instructions before (from the function's start where it is near, so that they line up) and five after. */
function disassemblyWindow({ code }: Source, index: SymbolIndex, pc: number): string[] {
  const symbol = index.at(pc);
  const start = symbol && pc - symbol.address <= 256 ? symbol.address : Math.max(0, pc - 12);
  const lines: { text: string; address: number }[] = [];
  for (let address = start; address <= pc + 16; ) {
    const line = disassembleAt(code, address);
    lines.push({ address, text: line.text });
    address += line.size;
    if (address > pc && lines.filter((l) => l.address > pc).length >= 5) break;
  }
  const at = lines.findIndex((line) => line.address >= pc);
  return lines
    .slice(Math.max(0, (at < 0 ? lines.length : at) - 6))
    .map(({ address, text }) => `${address === pc ? ">" : " "} ${hex8(address)}: ${text}`);
}

function disassembleAt(code: Code, address: number): { text: string; size: number } {
  try {
    const { decoded, size } = code.peek(address);
    return { text: disassemble(decoded, { address, condition: 14 }).replace("\t", " "), size };
  } catch {
    return { text: "(no instruction)", size: 2 };
  }
}

/** LR first, then words of the stack that are odd, point after a call instruction, and lie in code. */
function callStack({ cpu, bus, code }: Source, index: SymbolIndex, pc: number): string[] {
  const frames = [describeAddress(index, pc)];
  const push = (value: number) => {
    const target = (value >>> 0) - 1;
    if ((value & 1) === 0 || !followsCall(code, target)) return;
    const text = describeAddress(index, target);
    if (frames.at(-1) !== text) frames.push(text);
  };
  push(cpu.x[14]!);
  const sp = cpu.x[13]! >>> 0;
  for (let at = sp; at < sp + 1024 && frames.length < 24; at += 4) {
    try {
      push(bus.find(at)?.data ? bus.read(at, 4) : 0);
    } catch {
      break;
    }
  }
  return frames;
}

function followsCall(code: Code, address: number): boolean {
  for (const size of [4, 2]) {
    try {
      const { decoded } = code.peek(address - size);
      if (decoded.row.size === size && decoded.row.cycles.startsWith("call")) return true;
    } catch {
      // nothing to decode there: no call
    }
  }
  return false;
}

export function formatFault(report: FaultReport): string {
  const registers = report.registers.map((value, i) => {
    const name = ["sp", "lr", "pc"][i - 13] ?? `r${i}`;
    return `${name.padStart(4)} ${hex8(value)}${i % 4 === 3 ? "\n" : ""}`;
  });
  const address = report.address === undefined ? "" : ` at ${hex8(report.address)}`;
  return [
    `${report.words}${address}, in ${report.where} (${report.taken}, cycle ${report.cycles})`,
    `${registers.join("")} psr ${hex8(report.xpsr)}  CFSR ${hex8(report.cfsr)}  HFSR ${hex8(report.hfsr)}`,
    ...report.window,
    "call stack (from LR and return addresses on the stack):",
    ...report.callStack.map((frame) => `  ${frame}`),
  ].join("\n");
}
