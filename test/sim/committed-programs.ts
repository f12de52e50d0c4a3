// Committed builds of the test programs: the interpreter and the translator agree in output, instructions, cycles, registers and
// memory, with the chip's memory timing; the output is what QEMU's machine of the same core printed (built/expected.json, made by the slow suite).

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ProgramName, readBuilt } from "./build-programs.ts";
import { runProgram } from "./run-program.ts";

const expected: Record<string, { output: string; instructions: number; cycles: number }> = JSON.parse(
  readFileSync(new URL("built/expected.json", import.meta.url), "utf8"),
);

/** What the quick suite runs: short programs that go everywhere in a core. The others compute at length. */
const quick: readonly string[] = ["interrupts", "faults", "mpu", "mixed"];

export function testCommitted(which: "quick" | "slow"): void {
  const keys = Object.keys(expected).filter((key) => quick.includes(key.split(" ")[0]!) === (which === "quick"));
  test.each(keys)("%s: both engines do the same, and print what QEMU prints", (key) => {
    const [program, board] = key.split(" ") as [ProgramName, string];
    const elf = readBuilt(program, board);
    const translated = runProgram(elf, board);
    expect(translated).toEqual(runProgram(elf, board, { translate: false }));
    const { output, instructions, cycles } = translated;
    expect({ output, instructions, cycles }).toEqual(expected[key]);
  });
}
