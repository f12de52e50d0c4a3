// Profiles of gcc's programs: every sum equals the machine's own counters, profiling changes no cycle, and paths are those of the
// source.

import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { type Image, readImage } from "../../host/image/image.ts";
import {
  type Counts,
  chromeTrace,
  type PathCost,
  profile,
  reportText,
  speedscopeFile,
} from "../../host/profile/profile.ts";
import { Machine } from "../../host/sim/sim.ts";
import { readBuilt } from "../sim/build-programs.ts";
import type { TraceEvent } from "./trace-event.ts";

type Program = Parameters<typeof readBuilt>[0];

function run(program: Program, board: string, strip: (image: Image) => Image = (image) => image) {
  const machine = new Machine(findBoard(board));
  machine.load(strip(readImage(readBuilt(program, board))));
  const recording = profile(machine);
  const stop = machine.run({ cycles: 50e6 });
  expect(stop.kind).toBe("exit");
  recording.stop();
  return { machine, report: recording.report() };
}

const sum = (rows: readonly Counts[]): Counts =>
  rows.reduce((a, b) => ({
    cycles: a.cycles + b.cycles,
    instructions: a.instructions + b.instructions,
    loads: a.loads + b.loads,
    stores: a.stores + b.stores,
    stalls: a.stalls + b.stalls,
  }));
const flat = (path: PathCost): PathCost[] => [path, ...path.callees.flatMap(flat)];

const cases: [Program, string][] = [
  ["printf", "mps2-an386"],
  ["interrupts", "mps2-an386"],
  ["interrupts", "microbit"],
  ["interrupts", "mps2-an500"],
  ["interrupts", "mps2-an505"],
  ["faults", "mps2-an385"],
  ["mpu", "mps2-an386"],
  ["hello", "pico"],
  ["hello", "nucleo-l4r5zi"],
  ["hello", "nucleo-f446re"],
];

describe("every sum is the machine's own count", () => {
  it.each(cases)("%s on %s", (program, board) => {
    const { machine, report } = run(program, board);
    const { asleep, ...totals } = report.totals;
    expect(totals).toMatchObject({ cycles: machine.cycles, instructions: machine.instructions });
    expect(sum(report.functions.map(({ self }) => self))).toEqual(totals);
    expect(sum(flat(report.paths).map(({ self }) => self))).toEqual(totals);
    expect(sum(report.places.map(({ address: _a, function: _f, ...counts }) => counts))).toEqual(totals);
    expect(report.paths.totalCycles).toBe(machine.cycles);
    expect(asleep).toBeLessThanOrEqual(machine.cycles);
    const plain = new Machine(findBoard(board));
    plain.load(machine.image!);
    plain.run({ cycles: 50e6 });
    expect([plain.cycles, plain.instructions]).toEqual([machine.cycles, machine.instructions]);
  });
});

describe("a profile", () => {
  it("knows callers, callees and counts of calls", () => {
    const { report } = run("integer", "microbit");
    const of = (name: string) => report.functions.find((row) => row.name === name)!;
    expect(of("main")).toMatchObject({ calls: 1 });
    expect(of("choose")).toMatchObject({ calls: 64000 });
    expect(of("main").totalCycles).toBeLessThan(report.totals.cycles);
    expect(of("main").totalCycles).toBeGreaterThan(0.99 * report.totals.cycles);
    const main = report.paths.callees.find(({ name }) => name === "reset_handler")!.callees[0]!;
    expect(main.name).toBe("main");
    expect(main.callees.map(({ name }) => name)).toContain("choose");
    // 2.4 % of all cycles are the recursion's; counted once, not once a level.
    expect(of("fibonacci").totalCycles).toBeLessThan(0.03 * report.totals.cycles);
    expect(of("fibonacci").calls).toBe(4181);
  });

  it("charges exceptions to their own roots, and sleep to nobody's stalls", () => {
    const { report } = run("interrupts", "mps2-an386");
    const roots = report.paths.callees.map(({ name }) => name);
    expect(roots).toContain("reset_handler");
    expect(roots).toContain("exception 15");
    const sysTick = report.paths.callees.find(({ name }) => name === "exception 15")!;
    expect(sysTick.callees.map(({ name }) => name)).toEqual(["systick_handler"]);
    expect(report.totals.asleep).toBeGreaterThan(5000);
    expect(report.totals.stalls).toBeLessThan(2000);
  });

  it("counts wait states as stalls", () => {
    const { report } = run("hello", "nucleo-f446re");
    expect(report.totals.stalls).toBeGreaterThan(0);
    const { report: ideal } = run("hello", "mps2-an386");
    expect(ideal.totals.stalls).toBeLessThan(report.totals.stalls);
  });

  it("names the functions of an image without symbols by their addresses", () => {
    const { machine, report } = run("integer", "microbit", (image) => ({ ...image, symbols: [] }));
    expect(report.functions.length).toBeGreaterThan(5);
    expect(report.functions.every(({ name }) => /^sub_[0-9a-f]{8}$|^\(no symbol\)$/.test(name))).toBe(true);
    expect(sum(report.functions.map(({ self }) => self)).cycles).toBe(machine.cycles);
  });

  it("prints tables and a speedscope file of the same total", () => {
    const { machine, report } = run("printf", "mps2-an386");
    const text = reportText(report, { top: 5, textAt: () => "nop" });
    expect(text).toContain("_vfprintf_r");
    expect(text).toMatch(/… and \d+ more functions/);
    expect(text).toContain(String(machine.cycles));
    const file = JSON.parse(speedscopeFile(report));
    const [only] = file.profiles;
    expect(only.endValue).toBe(machine.cycles);
    expect(only.weights.reduce((a: number, b: number) => a + b, 0)).toBe(machine.cycles);
    expect(only.samples.length).toBe(only.weights.length);
    const depth = Math.max(...only.samples.map((sample: number[]) => sample.length));
    expect(depth).toBeGreaterThan(4);
    for (const sample of only.samples) for (const frame of sample) expect(file.shared.frames[frame]).toBeDefined();
  });

  it("writes trace events that nest and whose own cycles sum up", () => {
    const { machine, report } = run("printf", "mps2-an386");
    const { traceEvents } = JSON.parse(chromeTrace(report)) as { traceEvents: readonly TraceEvent[] };
    const [names, spans] = [traceEvents.slice(0, 2), traceEvents.slice(2)];
    expect(names.map(({ ph, args }) => [ph, args["name"]])).toEqual([
      ["M", "mps2-an386"],
      ["M", "25 MHz"],
    ]);
    expect(spans.every(({ ph }) => ph === "X")).toBe(true);
    expect(spans.reduce((total, { args }) => total + Number(args["selfCycles"]), 0)).toBe(machine.cycles);
    expect(Math.max(...spans.map(({ ts, dur }) => ts + dur))).toBeCloseTo((machine.cycles * 1e6) / 25e6, 3);
    // Viewers nest by time: a frame ends no later than the one it began in.
    const open: number[] = [];
    let deepest = 0;
    for (const { ts, dur } of spans) {
      while (open.length && open.at(-1)! <= ts + 1e-6) open.pop();
      expect(ts + dur).toBeLessThanOrEqual((open.at(-1) ?? Number.POSITIVE_INFINITY) + 1e-6);
      open.push(ts + dur);
      deepest = Math.max(deepest, open.length);
    }
    expect(deepest).toBeGreaterThan(4);
  });
});
