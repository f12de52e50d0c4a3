// Committed builds of the test programs: the interpreter and the translator agree in output, instructions, cycles, registers and
// memory, with and without the chip's memory timing; the output is what QEMU's machine of the same core printed
// (built/expected.json, made by the slow suite).

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findBoard, knownBoards } from "../../host/board/board.ts";
import { readBuilt } from "./build-programs.ts";
import { runProgram } from "./run-program.ts";

const expected: Record<string, { output: string; instructions: number; cycles: number }> = JSON.parse(
  readFileSync(new URL("built/expected.json", import.meta.url), "utf8"),
);

describe.each(Object.keys(expected))("%s", (key) => {
  const [program, ...rest] = key.split(" ") as ["integer", string];
  const board = rest.join(" ");
  const elf = readBuilt(program, board);

  test("both engines do the same, and print what QEMU prints", () => {
    const translated = runProgram(elf, board);
    const interpreted = runProgram(elf, board, { translate: false });
    expect(translated).toEqual(interpreted);
    const { output, instructions, cycles } = translated;
    expect({ output, instructions, cycles }).toEqual(expected[key]);
  });
});

describe("hello on every board", () => {
  test.each(knownBoards.filter(({ flashOnly }) => !flashOnly).map(({ name }) => name))("%s", (name) => {
    const elf = readBuilt("hello", name);
    const outcome = runProgram(elf, name);
    expect(outcome.output).toBe("hello\nend\n");
    expect(outcome.stop).toEqual({ kind: "exit", status: 0 });
    const ideal = runProgram(elf, name, { memoryTiming: false });
    expect(ideal.instructions).toBe(outcome.instructions);
    const timed = findBoard(name).chip.memories.some(({ timing }) => timing);
    if (timed) expect(outcome.cycles).toBeGreaterThan(ideal.cycles);
    else expect(outcome.cycles).toBe(ideal.cycles);
  });
});
