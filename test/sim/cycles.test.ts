// The cycle model against its stated error: committed images whose cycles the reference model mcycles.py counted (built/cycles.json;
// -O2 here, all of them with THUMBELINA_SUITE=slow), and one micro-test for each reason why the two differ.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { Machine } from "../../host/sim/sim.ts";
import { builtFolder } from "./build-programs.ts";
import { committedImages, statedError } from "./cycle-images.ts";
import { runProgram } from "./run-program.ts";

const reference: Readonly<Record<string, { instructions: number; cycles: number }>> = JSON.parse(
  readFileSync(join(builtFolder, "cycles.json"), "utf8"),
);

describe("committed images, against mcycles.py", () => {
  test("there are at least 20 for M4 and M0+", () => {
    expect(committedImages.length).toBeGreaterThanOrEqual(20);
    expect(Object.keys(reference).sort()).toEqual(committedImages.map(({ key }) => key).sort());
  });

  test.each(committedImages.filter(({ level }) => level === "-O2"))("$key", ({ key, board }) => {
    const ours = runProgram(new Uint8Array(readFileSync(join(builtFolder, "cycles", `${key}.elf`))), board);
    const { instructions, cycles } = reference[key]!;
    expect(ours.instructions).toBe(instructions);
    expect(Math.abs(ours.cycles / cycles - 1) * 100).toBeLessThanOrEqual(statedError[board].percent);
    expect(statedError[board].percent).toBeLessThan(1);
  });
});

/** Cycles of code that ends at BKPT, which costs 1 and is not counted here. */
function cyclesOf(board: string, code: readonly number[], prepare: (machine: Machine) => void = () => {}): number {
  const machine = new Machine(findBoard(board));
  const bytes = new Uint8Array(2 * code.length + 2);
  const view = new DataView(bytes.buffer);
  for (const [i, half] of [...code, 0xbe00].entries()) view.setUint16(2 * i, half, true);
  machine.poke(0x100, bytes);
  machine.pc = 0x100;
  for (const i of [1, 2]) machine.setRegister(i, 0x20000100);
  machine.setRegister(13, 0x20000400);
  prepare(machine);
  expect(machine.run({ cycles: 1000, until: [0x100 + 2 * code.length] }).kind).toBe("breakpoint");
  return machine.cycles;
}

/** STR R0, [R1] after this turns the FPU on: CPACR. */
const toCpacr = (machine: Machine) => {
  machine.setRegister(0, 0xf00000);
  machine.setRegister(1, 0xe000ed88);
};

describe("where the two models differ, and why", () => {
  test("M4: a load that fails its condition takes 1 cycle, not 2", () => {
    // cmp r1, r2 (equal); it ne; ldrne r0, [r1]
    expect(cyclesOf("cortex-m4", [0x4291, 0xbf18, 0x6808])).toBe(3);
    // cmp; it eq; ldreq r0, [r1]
    expect(cyclesOf("cortex-m4", [0x4291, 0xbf08, 0x6808])).toBe(4);
  });

  test("M4: VMOV of two registers 2, VLDR of a double 3, of a single 2 (DDI 0439D table 7-1)", () => {
    const on = [0x6008, 0xbf00]; // str r0, [r1]; nop
    const base = cyclesOf("cortex-m4", on, toCpacr);
    const more = (...halves: number[]) => cyclesOf("cortex-m4", [...on, ...halves], toCpacr) - base;
    expect(more(0xec53, 0x2b10)).toBe(2); // vmov r2, r3, d0
    expect(more(0xed9d, 0x0b00)).toBe(3); // vldr d0, [sp]
    expect(more(0xed9d, 0x0a00)).toBe(2); // vldr s0, [sp]
  });

  test("M0+: PUSH 1+N and POP with PC 3+N count LR and PC (DDI 0484C table 3-1)", () => {
    expect(cyclesOf("cortex-m0plus", [0xb530])).toBe(4); // push {r4, r5, lr}
    const returns = (machine: Machine) => {
      machine.poke(0x20000400, Uint8Array.of(0, 0, 0, 0, 0x03, 0x01, 0, 0));
    };
    expect(cyclesOf("cortex-m0plus", [0xbd10, 0xbf00], returns)).toBe(6); // pop {r4, pc} to the NOP
  });

  test("M33: LDM of N registers takes N; M7: half as many (measured on silicon)", () => {
    const ldm = [0xc978]; // ldm r1!, {r3-r6}
    expect(cyclesOf("cortex-m33", ldm)).toBe(4);
    expect(cyclesOf("cortex-m7", ldm)).toBe(2);
    expect(cyclesOf("cortex-m4", ldm)).toBe(5);
  });
});

describe("STM32 flash behind ART", () => {
  /** LDR R0, [R1] and seven NOPs at a line of 8 bytes: clock when the last has run. */
  function cycles(r1: number): number {
    const machine = new Machine(findBoard("nucleo-l4r5zi"));
    const start = 0x08000100;
    const code = Uint8Array.from([0x6808, ...Array(7).fill(0xbf00), 0xbe00].flatMap((half) => [half & 255, half >> 8]));
    machine.poke(start, code);
    machine.pc = start;
    machine.setRegister(1, r1);
    machine.run({ until: [start + 16] });
    return machine.cycles;
  }

  test("a data read that misses takes its 5 waits, and puts the prefetch under way off (RM0432 3.3.4)", () => {
    // line 1: 5 waits, LDR 2, three NOPs; line 2 was to be there at 11: 1 wait; four NOPs
    expect(cycles(0x20000000)).toBe(5 + 2 + 3 + 1 + 4);
    // the read ends at 12, the prefetch at 17, and line 2 is wanted at 15
    expect(cycles(0x08010000)).toBe(5 + 2 + 5 + 3 + 2 + 4);
  });
});
