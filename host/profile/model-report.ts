// One inference of a model as figures: a Report and the image's layers, folded. In: the report of a harness image's run from reset to
// `thumbelina_done`, and what the build knew (ModelFacts); out: plain data that model-text.ts and html.ts draw.
//
//   totals = Σ layers + outside            a layer owns what it calls: cycles go by call path
//   totals = Σ lines                       rows with line 0 are what no source line made

import { type Image, lineAt } from "../image/image.ts";
import { addCounts, type Counts, noCounts, type Tally } from "./counts.ts";
import { costByLine, type LineCost } from "./lines.ts";
import type { PathCost, Report } from "./report.ts";

/** A tensor in RAM, its offset from the start of the arena or of the state. */
export interface TensorLife {
  readonly name: string;
  readonly shape: readonly number[];
  readonly region: "arena" | "state";
  readonly offset: number;
  readonly bytes: number;
  /** Layers between which it is needed; −1: before the first, the number of layers: after the last. */
  readonly first: number;
  readonly last: number;
}

export interface ModelMemory {
  readonly flashBytes: number;
  readonly flashAvailable: number;
  readonly codeBytes: number;
  readonly constBytes: number;
  /** Arena, state and stack. */
  readonly ramBytes: number;
  readonly ramAvailable: number;
  readonly arenaBytes: number;
  readonly stateBytes: number;
  readonly stackBytes: number;
  /** The deepest that the run went; never more than `stackBytes`. */
  readonly stackSeen: number;
  readonly stackPath: readonly string[];
  readonly tensors: readonly TensorLife[];
  /** At which the arena is fullest. */
  readonly peakLayer: number;
  /** Scratch of each layer, at an offset in the arena. */
  readonly scratch: readonly { readonly layer: number; readonly offset: number; readonly bytes: number }[];
}

export interface ModelFacts {
  readonly model: string;
  readonly layers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly macs: number;
    readonly outputShape: readonly number[];
    /** Constants that this layer is the first to use. */
    readonly weightsBytes: number;
  }[];
  readonly memory: ModelMemory;
}

export interface LayerCost extends Counts {
  readonly name: string;
  readonly kind: string;
  readonly origin: number;
  readonly outputShape: readonly number[];
  readonly macs: number;
  /** Undefined for layers without multiplications. */
  readonly cyclesPerMac: number | undefined;
  readonly codeBytes: number;
  readonly weightsBytes: number;
  /** Of `cycles`, those in instructions that have a source line. */
  readonly linedCycles: number;
}

export interface ModelReport {
  readonly model: string;
  readonly board: string;
  readonly core: string;
  readonly clockHz: number;
  readonly approximate?: string;
  /** From reset to `thumbelina_done`. */
  readonly totals: Counts;
  /** Of it, `thumbelina_invoke`: what an inference costs once the image is up. */
  readonly inferenceCycles: number;
  readonly macs: number;
  readonly layers: readonly LayerCost[];
  /** Start-up, reset, and the calls of the layers. */
  readonly outside: Counts;
  readonly lines: readonly LineCost[];
  readonly memory: ModelMemory;
  readonly paths: PathCost;
}

export function modelReport(report: Report, image: Image, facts: ModelFacts): ModelReport {
  const { board, core, clockHz, approximate } = report;
  const { asleep: _, ...totals } = report.totals;
  const inside = countsBelow(report.paths, new Set(image.layers.map(({ name }) => name)));
  const lined = linedShares(report, image);
  const outside = { ...totals };
  const layers = image.layers.map(({ name, origin, bytes }, index): LayerCost => {
    const nodes = inside.get(name) ?? [];
    const counts = noCounts();
    for (const node of nodes) addCounts(counts, subtree(node));
    for (const key of countNames) outside[key] -= counts[key];
    const { kind = "", macs = 0, outputShape = [], weightsBytes = 0 } = facts.layers[index] ?? {};
    return {
      ...{ name, kind, origin, outputShape, macs, ...counts },
      cyclesPerMac: macs > 0 ? counts.cycles / macs : undefined,
      ...{ codeBytes: bytes, weightsBytes },
      linedCycles: Math.round(nodes.reduce((sum, node) => sum + linedCycles(node, lined), 0)),
    };
  });
  return {
    ...{ model: facts.model, board, core, clockHz, ...(approximate === undefined ? {} : { approximate }), totals },
    inferenceCycles: report.functions.find(({ name }) => name === "thumbelina_invoke")?.totalCycles ?? totals.cycles,
    macs: layers.reduce((sum, { macs }) => sum + macs, 0),
    ...{ layers, outside, lines: costByLine(report, image), memory: facts.memory, paths: report.paths },
  };
}

const countNames = ["cycles", "instructions", "loads", "stores", "stalls"] as const;

/** Every call path's node that bears one of the names, the topmost of a path. */
function countsBelow(root: PathCost, names: ReadonlySet<string>): Map<string, PathCost[]> {
  const found = new Map<string, PathCost[]>();
  const visit = (node: PathCost): void => {
    if (!names.has(node.name)) return node.callees.forEach(visit);
    found.set(node.name, [...(found.get(node.name) ?? []), node]);
  };
  visit(root);
  return found;
}

function subtree({ self, callees }: PathCost): Tally {
  const sum = { ...self };
  for (const callee of callees) addCounts(sum, subtree(callee));
  return sum;
}

/** Function → the share of its cycles that has a source line. */
function linedShares({ places }: Report, image: Image): Map<string, number> {
  const sums = new Map<string, { all: number; lined: number }>();
  for (const { function: name, address, cycles } of places) {
    const sum = sums.get(name) ?? { all: 0, lined: 0 };
    sum.all += cycles;
    if (lineAt(image, address)) sum.lined += cycles;
    sums.set(name, sum);
  }
  return new Map([...sums].map(([name, { all, lined }]) => [name, all === 0 ? 0 : lined / all]));
}

function linedCycles({ name, self, callees }: PathCost, shares: ReadonlyMap<string, number>): number {
  return callees.reduce((sum, callee) => sum + linedCycles(callee, shares), self.cycles * (shares.get(name) ?? 0));
}
