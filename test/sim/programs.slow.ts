// Judges of the simulator: every program, freshly built for every machine of QEMU, prints the same there and here, and takes the same
// instructions as QEMU counts. Cycles: cycles.slow.ts.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBoard, knownBoards } from "../../host/board/board.ts";
import { readImage } from "../../host/image/image.ts";
import { Machine } from "../../host/sim/sim.ts";
import {
  build,
  builtFolder,
  hasCompiler,
  hasQemu,
  inSram,
  machines,
  type ProgramName,
  programNames,
  runQemu,
  sramBuilt,
  sramPrograms,
} from "./build-programs.ts";
import { testCommitted } from "./committed-programs.ts";
import { runProgram } from "./run-program.ts";

if (process.env.CI_JUDGES === "1" && !(hasCompiler && hasQemu)) throw new Error("arm-none-eabi-gcc or qemu is missing");
const bless = process.env.BLESS === "1";

/** What committed-programs.ts runs: everything on the M4, and on the other cores what differs there. */
const committed: readonly (readonly [ProgramName, string])[] = [
  ...programNames.map((name) => [name, "mps2-an386"] as const),
  ...(["integer", "interrupts", "faults", "mpu", "mixed"] as const).map((name) => [name, "mps2-an385"] as const),
  ...(["integer", "dsp", "float", "interrupts", "mixed"] as const).map((name) => [name, "mps2-an500"] as const),
  ...(["integer", "dsp", "interrupts", "faults", "mpu", "mixed"] as const).map((name) => [name, "mps2-an505"] as const),
  ...(["integer", "float", "interrupts", "faults", "mixed"] as const).map((name) => [name, "microbit"] as const),
  // Memory timing: wait states with ART, XIP cache; and the core that QEMU lacks.
  ["convolution", "nucleo-l4r5zi"],
  ["convolution", "pico"],
  ["integer", "cortex-m0plus"],
  ["mixed", "cortex-m0plus"],
];

const read = (path: string) => new Uint8Array(readFileSync(path));

testCommitted("slow");

describe.skipIf(!hasCompiler || !hasQemu)("QEMU's machines", () => {
  describe.each(machines)("%s", (machine) => {
    test.each(programNames)("%s prints the same", (program) => {
      const elf = build(program, machine);
      const wanted = runQemu(elf, machine);
      expect(wanted).toMatch(/end\n$/);
      expect(runProgram(read(elf), machine).output).toBe(wanted);
      expect(runProgram(read(elf), machine, { translate: false }).output).toBe(wanted);
    });
  });

  test.each(["mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505"])(
    "%s: as many instructions as -icount counts",
    (name) => {
      const elf = build("counted", name);
      const printedTicks = /ticks ([0-9a-f]{8})/.exec(runQemu(elf, name, ["-icount", "shift=6"]))?.[1];
      const board = findBoard(name);
      // One instruction is 2^6 ns; SysTick runs at the board's clock.
      const counted = (Number.parseInt(printedTicks!, 16) * 1e9) / (64 * board.clockHz);
      const machine = new Machine(board);
      machine.load(readImage(read(elf)));
      const reads: number[] = [];
      machine.addWatchpoint({ address: 0xe000e018, bytes: 4, access: "read" });
      while (machine.run({ cycles: 100e6 }).kind === "watchpoint") reads.push(machine.instructions);
      expect(Math.abs(reads[1]! - reads[0]! - counted)).toBeLessThanOrEqual(1);
    },
  );

  test("the committed builds and their output are up to date", () => {
    if (!bless) return;
    mkdirSync(builtFolder, { recursive: true });
    const expected: Record<string, unknown> = {};
    for (const [program, machine] of committed) {
      const elf = build(program, machine);
      copyFileSync(elf, join(builtFolder, `${program}-${machine}.elf`));
      const { instructions, cycles } = runProgram(read(elf), machine);
      const known = (machines as readonly string[]).includes(machine);
      // The programs print the same on every core: a board that QEMU lacks is held to its relative.
      const output = known ? runQemu(elf, machine) : runQemu(build(program, "mps2-an385"), "mps2-an385");
      expected[`${program} ${machine}`] = { output, instructions, cycles };
    }
    for (const program of sramPrograms) copyFileSync(build(program, "pico", [], inSram), sramBuilt(program));
    for (const { name } of knownBoards) copyFileSync(build("hello", name), join(builtFolder, `hello-${name}.elf`));
    writeFileSync(join(builtFolder, "expected.json"), `${JSON.stringify(expected, undefined, 2)}\n`);
  });
});
