// Models/motion on simulated boards: sums that are exact, lines nearly everywhere, stack within its bound, budgets, and the page.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { findBoard } from "../../host/board/board.ts";
import { measureModel } from "../../host/cli/measure-model.ts";
import { randomInputs } from "../../host/cli/random-inputs.ts";
import { importModel } from "../../host/import/import.ts";
import { build, simulate } from "../../host/pipeline.ts";
import {
  checkBudgets,
  type ModelReport,
  modelSpeedscope,
  modelText,
  modelTrace,
  reportHtml,
} from "../../host/profile/profile.ts";
import type { TraceEvent } from "./trace-event.ts";

const graph = importModel(readFileSync(new URL("../../models/motion/motion.tflite", import.meta.url)), {
  name: "motion",
});
const inputs = randomInputs(graph, 7);

async function measured(name: string) {
  const built = await build(graph, findBoard(name));
  return { built, report: measureModel(built, inputs) };
}

const m4 = await measured("cortex-m4");
const m0 = await measured("pico");

function errorOf(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const total = (rows: readonly { cycles: number }[]) => rows.reduce((sum, { cycles }) => sum + cycles, 0);

describe.each([
  ["cortex-m4", m4],
  ["pico", m0],
])("motion on %s", (_, { built, report }) => {
  it("charges every cycle, to layers and to lines", () => {
    const { layers, outside, lines, totals, inferenceCycles } = report;
    for (const key of ["cycles", "instructions", "loads", "stores", "stalls"] as const)
      expect(layers.reduce((sum, layer) => sum + layer[key], outside[key])).toBe(totals[key]);
    expect(total(lines)).toBe(totals.cycles);
    expect(layers.map(({ name }) => name)).toEqual(built.plan.layers.map(({ name }) => name));
    expect(inferenceCycles).toBeLessThanOrEqual(totals.cycles);
    expect(total(layers)).toBeGreaterThan(0.98 * inferenceCycles);
    for (const line of lines) expect(total(line.functions)).toBe(line.cycles);
  });

  it("has a line for at least 95 % of every layer's cycles", () => {
    for (const { name, cycles, linedCycles } of report.layers) expect(linedCycles / cycles, name).toBeGreaterThan(0.95);
  });

  it("saw the stack within what was computed", () => {
    const { stackSeen, stackBytes, stackPath } = report.memory;
    expect(stackSeen).toBeGreaterThan(0);
    expect(stackSeen).toBeLessThanOrEqual(stackBytes);
    expect(stackPath[0]).toBe("thumbelina_start");
  });

  it("says the layers' work and sizes", () => {
    const [first] = report.layers;
    expect(first).toMatchObject({ kind: "conv_2d", macs: 12288, codeBytes: built.linked.image.layers[0]!.bytes });
    expect(first!.cyclesPerMac).toBe(first!.cycles / 12288);
    expect(report.layers.at(-1)!.cyclesPerMac).toBeUndefined();
    expect(report.layers.reduce((sum, { weightsBytes }) => sum + weightsBytes, 0)).toBe(built.plan.constBytes);
  });
});

it("counts what the simulated engine counts", () => {
  const invocation = simulate(m4.built).invoke(inputs);
  expect(m4.report.inferenceCycles).toBe(invocation.cycles);
});

describe("the forms of a report", () => {
  const sourceText = (_: string, line: number) => `a<b && "${line}"`;

  it("is text with bars", () => {
    const text = modelText(m4.report, { top: 3, sourceText });
    for (const { name } of m4.report.layers) expect(text).toContain(name);
    expect(text).toMatch(/layer_00_conv_2d +[\d,]+ +[\d.]+ {2}█{16} /);
    expect(text).toMatch(/assembly\/kernels\/\w+\.ts:\d+ +a<b && "\d+"/);
    expect(text).toMatch(/^stack: \d+ bytes seen, \d+ computed/m);
  });

  it("is a page that needs nothing else", () => {
    const hostile: ModelReport = { ...m4.report, model: "dir/<script>alert(1)</script>", board: 'a"b' };
    const page = reportHtml(hostile, { sourceText });
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/https?:|<link|<img|@import|url\(/);
    expect(page).toContain("a&lt;b &amp;&amp; ");
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    for (const { name } of m4.report.memory.tensors) expect(page).toContain(`data-tip="${name}`);
  });

  it("is a speedscope file of the same total, down to lines", () => {
    const { shared, profiles } = JSON.parse(modelSpeedscope(m4.report));
    expect(profiles[0].endValue).toBe(m4.report.totals.cycles);
    const names: string[] = shared.frames.map(({ name }: { name: string }) => name);
    expect(names.some((name) => /^assembly\/kernels\/\w+\.ts:\d+$/.test(name))).toBe(true);
  });

  it("is a trace whose layers lie one behind the other, each as long as it took", () => {
    const { traceEvents } = JSON.parse(modelTrace(m4.report)) as { traceEvents: readonly TraceEvent[] };
    const events = new Map(traceEvents.filter(({ ph }) => ph === "X").map((event) => [event.name, event]));
    const toCycles = (us: number) => Math.round((us * m4.report.clockHz) / 1e6);
    let end = 0;
    for (const { name, cycles } of m4.report.layers) {
      const { ts, dur, args } = events.get(name)!;
      expect([toCycles(dur), args["cycles"]]).toEqual([cycles, cycles]);
      expect(toCycles(ts)).toBeGreaterThanOrEqual(end);
      end = toCycles(ts) + cycles;
    }
    const { ts, dur } = events.get(m4.report.paths.name || m4.report.paths.callees[0]!.name)!;
    expect([ts, end <= toCycles(dur)]).toEqual([0, true]);
  });
});

describe("budgets", () => {
  const { built, report } = m4;
  const check = (budgets: Partial<Parameters<typeof checkBudgets>[0]>) =>
    checkBudgets({ cycles: new Map(), ...budgets }, built.linked.image, report.memory, report);

  it("are kept when every number is just reached", () => {
    const { ramBytes, flashBytes } = report.memory;
    const cycles = new Map([
      ["total", report.inferenceCycles],
      ["layer_01", report.layers[1]!.cycles],
    ]);
    expect(() => check({ ramBytes, flashBytes, cycles })).not.toThrow();
  });

  it("say both numbers and what takes the most, all at once", () => {
    const { ramBytes, flashBytes } = report.memory;
    const layer = report.layers[1]!;
    const cycles = new Map([
      ["total", 1],
      [layer.name, layer.cycles - 1],
    ]);
    const error = errorOf(() => check({ ramBytes: ramBytes - 1, flashBytes: 10, cycles }));
    expect(error).toMatchObject({ code: "profile/over-budget", exit: 8 });
    const messages = [error, ...error.also].map(({ message }) => message);
    expect(messages).toHaveLength(4);
    expect(messages[0]).toContain(`one inference: ${report.inferenceCycles} cycles are used, 1 are allowed`);
    expect(messages[0]).toContain(`largest: layer_00_conv_2d ${report.layers[0]!.cycles}, `);
    expect(messages[1]).toContain(`${layer.cycles} cycles are used, ${layer.cycles - 1} are allowed`);
    expect(messages[1]).toMatch(/largest: assembly\/kernels\/depthwise\.ts:\d+ \d+/);
    expect(messages[2]).toContain(`RAM: ${ramBytes} bytes are used, ${ramBytes - 1} are allowed; largest: tensor `);
    expect(messages[3]).toContain(
      `flash: ${flashBytes} bytes are used, 10 are allowed; largest: layer_04_conv_2d.weights`,
    );
  });

  it("refuse a layer that is not there", () => {
    expect(errorOf(() => check({ cycles: new Map([["layer_0", 1]]) })).code).toBe("profile/no-layer");
  });
});
