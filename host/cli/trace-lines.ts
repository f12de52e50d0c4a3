// `--trace`: every instruction before it runs, on stderr: cycle, address, text, function.

import { describeAddress, type Image, SymbolIndex } from "../image/image.ts";
import { disassemble } from "../isa/isa.ts";
import type { Machine } from "../sim/sim.ts";
import type { Terminal } from "./terminal.ts";

const linesAtOnce = 500;

/** Returns what prints the last lines. */
export function traceLines(machine: Machine, image: Image, terminal: Terminal): () => void {
  const index = new SymbolIndex(image);
  let lines: string[] = [];
  const flush = () => {
    if (lines.length > 0) terminal.note(lines.join("\n"));
    lines = [];
  };
  machine.trace((op, cycles) => {
    const address = op.address >>> 0;
    const text = disassemble(op.decoded, { address, condition: op.condition }).replace("\t", " ");
    const where = describeAddress(index, address).replace(/ ?\(?0x[0-9a-f]{8}\)?$/, "");
    lines.push(`${cycles}\t${address.toString(16).padStart(8, "0")}\t${text.padEnd(32)}\t${where}`);
    if (lines.length >= linesAtOnce) flush();
  });
  return flush;
}
