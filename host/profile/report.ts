// Counters → Report: plain data with exact totals. Sums over `functions`, over `places` and over the tree's `self` are `totals`.

import type { Machine } from "../sim/sim.ts";
import type { PathNode } from "./call-paths.ts";
import { addCounts, type Counts, noCounts, type Tally } from "./counts.ts";
import type { CodeFunction } from "./functions.ts";
import type { Recorder } from "./recorder.ts";

export interface FunctionCost {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  /** Spent in the function itself. */
  readonly self: Counts;
  /** Cycles of its calls with all that they called; recursion is counted once. */
  readonly totalCycles: number;
  /** Entries by call, by tail call, and of handlers by their exception. */
  readonly calls: number;
}

export interface PlaceCost extends Counts {
  readonly address: number;
  readonly function: string;
}

export interface PathCost {
  readonly name: string;
  readonly self: Counts;
  readonly totalCycles: number;
  readonly calls: number;
  readonly callees: readonly PathCost[];
}

export interface Report {
  readonly board: string;
  readonly core: string;
  readonly clockHz: number;
  /** Set where the core's cycle numbers are approximations. */
  readonly approximate?: string;
  readonly totals: Counts & { readonly asleep: number };
  /** Most cycles first. */
  readonly functions: readonly FunctionCost[];
  /** Instructions by address. */
  readonly places: readonly PlaceCost[];
  readonly paths: PathCost;
}

export function makeReport(machine: Machine, recorder: Recorder): Report {
  const { board, core } = machine;
  const nameAt = namer(recorder);
  const places: PlaceCost[] = [];
  const byFunction = new Map<string, { of: CodeFunction; self: Tally }>();
  const totals = noCounts();
  for (const { address, page, slot } of recorder.pages.used()) {
    const counts = page.countsOf(slot);
    const owner = nameAt(address, page.symbol[slot]! - 1);
    places.push({ address, function: owner.name, ...counts });
    const key = `${owner.address} ${owner.name}`;
    let row = byFunction.get(key);
    if (!row) byFunction.set(key, (row = { of: owner, self: noCounts() }));
    addCounts(row.self, counts);
    addCounts(totals, counts);
  }
  const reached = reachOf(recorder);
  const functions = [...byFunction].map(([key, { of, self }]) => {
    const { totalCycles = self.cycles, calls = 0 } = reached.get(key) ?? {};
    return { name: of.name, address: of.address, bytes: of.bytes, self, totalCycles, calls };
  });
  return {
    board: board.name,
    core: core.name,
    clockHz: board.clockHz,
    ...(core.approximate === undefined ? {} : { approximate: core.approximate }),
    totals: { ...totals, asleep: recorder.asleep },
    functions: functions.sort((a, b) => b.self.cycles - a.self.cycles || a.address - b.address),
    places,
    paths: pathCost(recorder.paths.root),
  };
}

const nobody: CodeFunction = { name: "(no symbol)", address: 0, bytes: 0 };

/** Where no symbol covers an address: the nearest place before it that was called. */
function namer({ functions }: Recorder) {
  const targets = functions.list.filter(({ bytes }) => bytes === 0).toSorted((a, b) => a.address - b.address);
  return (address: number, symbol: number): CodeFunction => {
    if (symbol >= 0) return functions.list[symbol]!;
    return targets.findLast((target) => target.address <= address && address - target.address < 65536) ?? nobody;
  };
}

/** Inclusive cycles and calls by function; a function is not counted again below itself. */
function reachOf(recorder: Recorder): Map<string, { totalCycles: number; calls: number }> {
  const reached = new Map<string, { totalCycles: number; calls: number }>();
  const { list } = recorder.functions;
  const above = new Set<number>();
  const visit = (node: PathNode): number => {
    const first = node.symbol >= 0 && !above.has(node.symbol);
    if (first) above.add(node.symbol);
    let cycles = node.self.cycles;
    for (const child of node.children.values()) cycles += visit(child);
    if (first) above.delete(node.symbol);
    const of = list[node.symbol];
    if (!of) return cycles;
    const key = `${of.address} ${of.name}`;
    const row = reached.get(key) ?? { totalCycles: 0, calls: 0 };
    if (first) row.totalCycles += cycles;
    row.calls += node.calls;
    reached.set(key, row);
    return cycles;
  };
  visit(recorder.paths.root);
  return reached;
}

function pathCost(node: PathNode): PathCost {
  const callees = [...node.children.values()].map(pathCost).sort((a, b) => b.totalCycles - a.totalCycles);
  const totalCycles = callees.reduce((sum, callee) => sum + callee.totalCycles, node.self.cycles);
  return { name: node.name, self: { ...node.self }, totalCycles, calls: node.calls, callees };
}
