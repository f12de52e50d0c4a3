// Runs → one JavaScript function. Its shape:
//
//   function at_1f4(b, budget, now) { let r0 = x[0], … n, z, C, V; let c = 0, i = 0, e = 0, t = 0;
//     L: for (;;) { switch (b) { case 0: { if (c + 57 > budget) {e = 0; break L}  …  c += 12; i += 9; b = 1; continue L; } …
//        default: switch (t) { case 0x1a4: b = 3; continue L; … } e = -1; break L; } }
//     x[0] = r0; …  clock[0] += c; clock[1] += i; return e; }
//
// c and i: cycles and instructions beyond the static sums that are added at each end. A run starts only if its worst case fits the
// budget, so no deadline can fall inside one: interrupts are taken at the same instruction as the interpreter would.

import { type Core, operators } from "../../isa/isa.ts";
import type { Cpu } from "../cpu.ts";
import { slot } from "../cpu.ts";
import { floatFunction } from "../float-functions.ts";
import { divisionOf } from "../instruction-wrapper.ts";
import type { TimedMemory } from "../memory-timing.ts";
import { conditionOf, type Op } from "../op.ts";
import { divideExtra } from "../pipeline.ts";
import type { Port } from "../port.ts";
import { InstructionPrinter, NameUse, type PrintPorts } from "./print.ts";
import { printFetch, timingScope } from "./print-fetch.ts";
import type { Exit, Region, Run, RunStep } from "./region.ts";
import { timedLines } from "./timed-lines.ts";

export interface GeneratePorts {
  readonly cpu: Cpu;
  readonly core: Core;
  readonly port: Port;
  readonly timing: TimedMemory | undefined;
}

/** Local of the generated function → how it comes from and goes to `x`. */
const locals: Readonly<Record<string, { readonly from: string; readonly to: string }>> = {
  ...Object.fromEntries(
    Array.from({ length: 15 }, (_, i) => [`r${i}`, { from: `x[${i}]`, to: `x[${i}]=r${i}` }] as const),
  ),
  n: { from: `-x[${slot.N}]`, to: `x[${slot.N}]=n>>>31` },
  z: { from: `x[${slot.Z}]^1`, to: `x[${slot.Z}]=z===0?1:0` },
  C: { from: `x[${slot.C}]`, to: `x[${slot.C}]=C` },
  V: { from: `x[${slot.V}]`, to: `x[${slot.V}]=V` },
  Q: { from: `x[${slot.Q}]`, to: `x[${slot.Q}]=Q` },
  G: { from: `x[${slot.GE}]`, to: `x[${slot.GE}]=G` },
};

class RegionText {
  readonly exits: Exit[] = [];
  readonly names = new NameUse();
  needsFloat = false;
  readonly #index: ReadonlyMap<number, number>;
  readonly #lines: (readonly [fetched: readonly number[], read: readonly number[]])[] = [];

  constructor(
    readonly ports: GeneratePorts,
    readonly runs: readonly Run[],
  ) {
    this.#index = new Map(runs.map((run, i) => [run.start, i]));
  }

  exit(exit: Exit): string {
    this.exits.push(exit);
    return `e=${this.exits.length - 1};break L;`;
  }

  run(run: Run, index: number): string {
    const loops = run.steps.length > 0 && this.#loopsToItself(run);
    const printer = new RunPrinter(this, run, index, loops);
    const body = printer.print();
    const fresh = { address: run.start, it: 0, previous: undefined, paired: false, run: index };
    const guard = `if(${this.#tooLate(run, printer)}){${this.exit(fresh)}}`;
    return `case ${index}:{${loops ? `I${index}:for(;;){${guard}${body}}` : `${guard}${body}`}}\n`;
  }

  /** The worst case does not fit: unless every line that is known is at hand, and nothing else waits (printReadWaits sees to that). */
  #tooLate({ steps }: Run, { worst, waits }: RunPrinter): string {
    const { timing } = this.ports;
    const late = `c+${worst}>budget`;
    if (!timing || waits === 0) return late;
    const { fetched, read } = timedLines(
      steps.map(({ op }) => op),
      timing,
    );
    this.#lines.push([fetched, read]);
    return `${late}&&(c+${worst - waits}>budget||!A(${this.#lines.length - 1}))`;
  }

  /** Are the lines of a guard at hand? */
  get atHand(): (guard: number) => boolean {
    const { timing } = this.ports;
    return (guard) => timing?.holds(...this.#lines[guard]!) ?? true;
  }

  #loopsToItself({ start, steps }: Run): boolean {
    const { op } = steps.at(-1)!;
    return op.effects.some((effect) => {
      const branch = effect.do === "if" ? effect.body[0] : effect;
      return branch?.do === "branch" && branch.kind === "jump" && op.address >= start;
    });
  }

  /** To a run of this region, or out. */
  goto(target: number, from: number, loops: boolean): string {
    const to = this.#index.get(target >>> 0);
    if (to === undefined) return this.exit({ address: target, it: 0, previous: undefined, paired: false });
    return to === from && loops ? `continue I${from};` : `b=${to};continue L;`;
  }

  text(): string {
    const cases = this.runs.map((run, i) => this.run(run, i)).join("");
    const { used, written } = this.names;
    const { timing } = this.ports;
    const load = [...used].map((name) => `${name}=${locals[name]!.from}`).join();
    const save = [...written].map((name) => `${locals[name]!.to};`).join("");
    const targets = this.runs.map(({ start }, i) => `case ${start | 0}:b=${i};continue L;`).join("");
    return [
      `return function at_${this.runs[0]!.start.toString(16)}(b,budget,now){`,
      load ? `let ${load};` : "",
      `let c=0,i=0,e=0,t=0${timing ? ",w=0,h=M[0]" : ""};\n`,
      `L:for(;;){switch(b){\n${cases}default:switch(t){${targets}}e=-1;break L;}}\n`,
      `${save}${timing ? "M[0]=h;" : ""}clock[0]+=c;clock[1]+=i;st[2]=t;return e;}`,
    ].join("");
  }
}

/** Stands in a run's text until the whole run is known. */
const worstOfRun = "@worst";

class RunPrinter {
  readonly #region: RegionText;
  readonly #lines: string[] = [];
  /** The most cycles it takes, and how many of them are wait states. */
  worst = 0;
  waits = 0;
  #cycles = 0;
  #instructions = 0;
  #line = -1;

  constructor(
    region: RegionText,
    readonly run: Run,
    readonly index: number,
    readonly loops: boolean,
  ) {
    this.#region = region;
  }

  print(): string {
    for (const step of this.run.steps) this.#step(step);
    const { stop } = this.run;
    if (stop) this.#lines.push(this.#settle(), this.#region.exit(stop));
    return this.#lines.join("\n").replaceAll(worstOfRun, String(this.worst));
  }

  #settle(cycles = this.#cycles, instructions = this.#instructions): string {
    return `${cycles ? `c+=${cycles};` : ""}${instructions ? `i+=${instructions};` : ""}`;
  }

  #step(step: RunStep): void {
    const { op, cost } = step;
    const { core } = this.#region.ports;
    this.#region.needsFloat ||= op.row.float;
    this.#fetch(op);
    const { cycles, instructions } = { cycles: this.#cycles, instructions: this.#instructions };
    const bail = () =>
      `{${this.#settle(cycles, instructions)}${this.#region.exit({ address: op.address, it: op.it, previous: step.previous, paired: step.paired })}}`;
    const printer = new InstructionPrinter(this.#printPorts(op, bail));
    const isConditional = op.condition !== 14 && op.row.cycles !== "it";
    const condition = isConditional ? printer.test(conditionOf(op)) : undefined;
    const division = divisionOf(op, core);
    if (division) {
      const [n, d] = [division.n, division.d].map((r) => printer.expr({ is: "reg", index: { is: "const", value: r } }));
      const { signed, least, most } = division;
      printer.lines.push(`c+=D(${n},${d},${signed},${least},${most});`);
      this.worst += most - least;
    }
    const unaligned = 2 * core.pipeline.unaligned * op.facts.accesses;
    this.worst += Math.max(1, cost) + op.taken + unaligned;
    this.#wait(op.facts.accesses);
    printer.effects(op.effects);
    this.#finish(step, printer, condition);
  }

  #printPorts(op: Op, bail: () => string): PrintPorts {
    const { port, timing } = this.#region.ports;
    return {
      bail,
      now: `now+c+${this.#cycles}`,
      late: `c+${worstOfRun}>budget`,
      address: op.address,
      size: op.size,
      defer: op.facts.accesses > 1 || op.isBranch,
      windows: port.windows,
      timing,
      checkCode: port.codeMarks !== undefined,
      names: this.#region.names,
    };
  }

  /** Its body, condition and transfer. A failed condition costs one cycle. */
  #finish({ op, cost }: RunStep, printer: InstructionPrinter, condition: string | undefined): void {
    const { ending } = printer;
    this.#instructions++;
    const skippedTotal = this.#cycles + 1;
    const total = this.#cycles + cost;
    if (!op.isBranch) {
      printer.commit();
      this.#lines.push(condition ? `if(${condition}){` : "", ...printer.lines);
      if (condition) this.#lines.push(cost === 1 ? "}" : `c+=${cost - 1};}`);
      this.#cycles = condition ? skippedTotal : total;
      return;
    }
    const lines = [...printer.lines];
    printer.lines.length = 0;
    printer.commit();
    const taken = `${printer.lines.join("")}${this.#settle(total + op.taken)}`;
    const transfer =
      ending.kind === "static"
        ? this.#region.goto(ending.target, this.index, this.loops)
        : ending.kind === "dynamic"
          ? `t=${ending.target};b=-1;continue L;`
          : "";
    // A branch-class instruction that does not branch here (MOV PC in a failed condition) falls through.
    const body = ending.kind === "next" ? printer.lines.join("") : `${taken}${transfer}`;
    this.#lines.push(condition ? `if(${condition}){` : "", ...lines, body, printer.openIf ? "}" : "");
    if (condition) this.#lines.push(printer.openIf || ending.kind === "next" ? `c+=${cost - 1};}` : "}");
    const falls = condition !== undefined || printer.openIf || ending.kind === "next";
    this.#cycles = condition ? skippedTotal : total;
    if (falls) this.#lines.push(this.#settle(), this.#region.goto(op.address + op.size, this.index, this.loops));
  }

  #fetch(op: Op): void {
    const { timing } = this.#region.ports;
    if (!timing || op.address < timing.base || op.address >= timing.base + timing.bytes) return;
    const lineOf = (address: number) => Math.floor((address - timing.base) / timing.lineBytes);
    const [first, last] = [lineOf(op.address), lineOf(op.address + op.size - 1)];
    for (let line = first; line <= last; line++) {
      if (line === this.#line) continue;
      this.#lines.push(printFetch(timing, line, `now+c+${this.#cycles}`, this.#line >= 0));
      this.#line = line;
      this.#wait(1);
    }
  }

  /** Lines that may have to come first. */
  #wait(lines: number): void {
    const waits = lines * (this.#region.ports.timing?.worst ?? 0);
    this.waits += waits;
    this.worst += waits;
  }
}

/** Undefined where the environment forbids making functions from text. */
export function generateRegion(ports: GeneratePorts, runs: readonly Run[]): Region {
  const { cpu, port, timing } = ports;
  const text = new RegionText(ports, runs);
  const body = text.text();
  const { ram, flash } = port.windows;
  const scope: Record<string, unknown> = {
    x: cpu.x,
    clock: cpu.clock,
    st: port.outcome,
    W0: ram.words,
    H0: ram.halves,
    B0: ram.bytesView,
    W1: flash.words,
    H1: flash.halves,
    B1: flash.bytesView,
    K: port.codeMarks,
    L: (address: number, width: 1 | 2 | 4, now: number) => port.tryLoad(address, width, now),
    LA: (address: number, width: 1 | 2 | 4, now: number) => port.tryLoadAligned(address, width, now),
    S: (address: number, value: number, width: 1 | 2 | 4) => port.tryStore(address, value, width),
    SA: (address: number, value: number, width: 1 | 2 | 4) => port.tryStoreAligned(address, value, width),
    A: text.atHand,
    D: divideExtra,
    ...(timing && timingScope(timing)),
  };
  for (const name of text.names.operators) scope[`O_${name}`] = operators[name as keyof typeof operators];
  for (const name of text.names.floats) scope[`F_${name}`] = floatFunction(name);
  const make = new Function(...Object.keys(scope), body) as (...values: unknown[]) => Region["run"];
  return { needsFloat: text.needsFloat, exits: text.exits, run: make(...Object.values(scope)) };
}
