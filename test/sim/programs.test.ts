// Test programs as they are committed, without a compiler or QEMU: committed-programs.ts; the long ones are in programs.slow.ts. And hello.

import { describe, expect, test } from "vitest";
import { findBoard, knownBoards } from "../../host/board/board.ts";
import { readBuilt } from "./build-programs.ts";
import { testCommitted } from "./committed-programs.ts";
import { runProgram } from "./run-program.ts";

testCommitted("quick");

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
