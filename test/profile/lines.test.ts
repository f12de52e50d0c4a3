// A line of a kernel that moves, moves in the profile: copy.ts is compiled as it is and with a line put in before one of its own,
// and both are built, run and counted.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
// @ts-expect-error: plain JavaScript, run by node before any TypeScript is compiled
import { compileModule } from "../../assembly/build.mjs";
// @ts-expect-error: as above
import { splitModule } from "../../assembly/check.mjs";
import { coreOf, findBoard } from "../../host/board/board.ts";
import { codegen, startupCode } from "../../host/codegen/codegen.ts";
import { type Image, readImage, writeImage } from "../../host/image/image.ts";
import { cores } from "../../host/isa/isa.ts";
import { link } from "../../host/link/link.ts";
import { costByLine } from "../../host/profile/lines.ts";
import { profile } from "../../host/profile/profile.ts";
import { Machine } from "../../host/sim/sim.ts";
import { wasm } from "../../host/wasm/wasm.ts";
import { samplePlan } from "../wasm/sample-plan.ts";

const board = findBoard("cortex-m4");
const core = cores[coreOf(board.chip)];
const source = readFileSync(new URL("../../assembly/kernels/copy.ts", import.meta.url), "utf8");

async function imageOf(copy: string): Promise<Image> {
  const sources = [
    ["assembly/kernels/device.ts", 'export * from "./copy";\n'],
    ["assembly/kernels/copy.ts", copy],
  ];
  const kernels = splitModule(await compileModule("device", new Map(sources as [string, string][])), {
    positions: true,
  });
  const plan = samplePlan();
  const module = await wasm(plan, kernels, { intrinsics: "imported", positions: true });
  const { functions } = codegen(module.bytes, core, { check: true });
  const linked = link(
    {
      functions: [...functions, ...startupCode(core, false)],
      ...{ objects: plan.objects, labels: [], layers: module.layers },
      ...{ entry: "thumbelina_start", fault: "thumbelina_fault" },
      positions: new Map(functions.map(({ name }) => [name, module.lines])),
    },
    board,
  );
  return linked.image;
}

/** Cycles by line of copy.ts. */
function cyclesOf(image: Image) {
  const machine = new Machine(board);
  machine.load(image);
  const recording = profile(machine);
  expect(machine.run({ cycles: 1e6 }).kind).toBe("bkpt");
  recording.stop();
  const rows = costByLine(recording.report(), image);
  expect(rows.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(machine.cycles);
  const known = rows.filter(({ file }) => file === "assembly/kernels/copy.ts");
  return { total: machine.cycles, lines: new Map(known.map(({ line, cycles }) => [line, cycles])) };
}

describe("cycles by source line", () => {
  it("follow a line that moves, to the cycle, through an ELF file too", async () => {
    const text = source.split("\n");
    const moved = text.findIndex((line) => line.includes("const b = load<u32>(src, 4);"));
    const before = cyclesOf(await imageOf(source));
    const image = await imageOf([...text.slice(0, moved), "      // here", ...text.slice(moved)].join("\n"));
    const after = cyclesOf(image);
    expect(before.lines.get(moved + 1)).toBeGreaterThan(0);
    expect(after.lines.get(moved + 1)).toBeUndefined();
    const shifted = [...before.lines].map(([line, cycles]) => [line > moved ? line + 1 : line, cycles] as const);
    expect(after).toEqual({ total: before.total, lines: new Map(shifted) });
    expect([...before.lines.keys()].some((line) => line < moved)).toBe(true);
    expect(cyclesOf(readImage(writeImage(image, "elf")))).toEqual(after);
  });
});
