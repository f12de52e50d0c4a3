// The Machine as its users see it, on small hand-made programs: running, stopping, watching, faults, sleep, devices, errors.

import { describe, expect, test } from "vitest";
import { findBoard, knownBoards } from "../../host/board/board.ts";
import type { Image } from "../../host/image/image.ts";
import { formatFault, Machine, type MachineOptions, recordCoverage } from "../../host/sim/sim.ts";

/** Halfwords at 0x100 behind a vector table whose other entries point at `handler`. */
function program(code: readonly number[], handler = 0): Image {
  const data = new Uint8Array(0x100 + 2 * code.length);
  const view = new DataView(data.buffer);
  for (let i = 0; i < 64; i++) view.setUint32(4 * i, i === 0 ? 0x20001000 : i === 1 ? 0x101 : handler, true);
  for (const [i, half] of code.entries()) view.setUint16(0x100 + 2 * i, half, true);
  const segment = { loadAddress: 0, address: 0, data, bytes: data.length, flags: { write: false, execute: true } };
  const main = { name: "main", address: 0x100, bytes: 2 * code.length, kind: "function", binding: "global" } as const;
  return { target: {}, segments: [segment], sections: [], symbols: [main], layers: [], regions: [] };
}

function machine(code: readonly number[], board = "cortex-m4", handler = 0, options: MachineOptions = {}): Machine {
  const made = new Machine(findBoard(board), options);
  made.load(program(code, handler));
  return made;
}

const nop = 0xbf00;
const bkpt = 0xbe00;
const loop = 0xe7fe; // b .
const wfi = 0xbf30;

describe("running", () => {
  test("a step is one instruction", () => {
    const m = machine([0x2007, 0x3005, bkpt]); // movs r0, #7; adds r0, #5
    expect(m.step()).toEqual({ kind: "step" });
    expect([m.pc, m.getRegister(0), m.instructions]).toEqual([0x102, 7, 1]);
    m.step();
    expect(m.getRegister(0)).toBe(12);
  });

  test("BKPT stops on itself, and running on goes past it", () => {
    const m = machine([bkpt | 5, nop, bkpt]);
    expect(m.run()).toEqual({ kind: "bkpt", address: 0x100, immediate: 5 });
    expect(m.pc).toBe(0x100);
    expect(m.run()).toEqual({ kind: "bkpt", address: 0x104, immediate: 0 });
  });

  test("an endless loop ends at its cycle limit, translated or not", () => {
    for (const translate of [true, false]) {
      const m = machine([loop], "cortex-m4", 0, { translate });
      expect(m.run({ cycles: 100_000 })).toEqual({ kind: "cycles" });
      expect(m.cycles).toBeGreaterThanOrEqual(100_000);
      expect(m.cycles).toBeLessThan(100_010);
    }
  });

  test("breakpoints stop before their instruction, also in hot loops", () => {
    const m = machine([0x2000, 0x3001, 0xe7fd]); // movs r0, #0; 1: adds r0, #1; b 1b
    m.run({ cycles: 50_000 });
    const before = m.getRegister(0);
    expect(m.run({ until: [0x102] })).toEqual({ kind: "breakpoint", address: 0x102 });
    expect(m.run({ until: [0x102] })).toEqual({ kind: "breakpoint", address: 0x102 });
    expect(m.getRegister(0)).toBeLessThanOrEqual(before + 2);
  });

  test("events happen at their cycle", () => {
    const m = machine([loop]);
    let at = 0;
    m.events.at(5000, () => {
      at = m.cycles;
      m.stop();
    });
    expect(m.run()).toEqual({ kind: "stopped" });
    expect(at).toBeGreaterThanOrEqual(5000);
    expect(at).toBeLessThan(5004);
  });

  test("WFI with nothing to come sleeps for ever, and says so", () => {
    expect(machine([wfi, loop]).run()).toEqual({ kind: "asleep" });
  });

  test("a trace sees every instruction with its cycle", () => {
    const m = machine([0x2001, nop, 0x2002, bkpt]);
    const seen: string[] = [];
    m.trace((op, cycles) => seen.push(`${op.address.toString(16)}@${cycles}`));
    m.run();
    expect(seen).toEqual(["100@0", "102@1", "104@2", "106@3"]);
  });
});

test("coverage counts executions, beside a trace", () => {
  const m = machine([0x2003, 0x3801, 0xd1fd, bkpt]); // movs r0, #3; 1: subs r0, #1; bne 1b
  const { counts, end } = recordCoverage(m);
  let steps = 0;
  m.trace(() => steps++);
  m.run();
  expect([...counts]).toEqual([
    [0x100, 1],
    [0x102, 3],
    [0x104, 3],
    [0x106, 1],
  ]);
  expect(steps).toBe(8);
  end();
  m.reset();
  m.run();
  expect([counts.get(0x102), steps]).toEqual([3, 16]);
});

describe("memory", () => {
  // ldr r1, =0x20000000 (movs r1, #0x20; lsls r1, #24); movs r0, #9; str r0, [r1, #8]; ldr r2, [r1, #8]; bkpt
  const store = [0x2120, 0x0609, 0x2009, 0x6088, 0x688a, bkpt];

  test("peek and poke", () => {
    const m = machine(store);
    m.run();
    expect([...m.peek(0x20000008, 4)]).toEqual([9, 0, 0, 0]);
    m.poke(0x104, Uint8Array.of(0x2a, 0x20)); // movs r0, #42
    m.reset();
    m.run();
    expect(m.peek(0x20000008, 1)[0]).toBe(42);
  });

  test("write listeners and watchpoints", () => {
    const m = machine(store);
    const writes: number[][] = [];
    const remove = m.onWrite(0x20000008, 4, (...write) => writes.push(write));
    m.run();
    expect(writes).toEqual([[0x20000008, 4, 9]]);
    remove();
    m.reset();
    const clear = m.addWatchpoint({ address: 0x2000000a, bytes: 1, access: "read" });
    expect(m.run()).toEqual({ kind: "watchpoint", address: 0x20000008, width: 4, access: "read" });
    expect(m.pc).toBe(0x10a);
    clear();
    expect(m.run().kind).toBe("bkpt");
    expect(writes.length).toBe(1);
  });

  test("code that rewrites the next instruction runs the new one, in RAM", () => {
    // at 0x20000100: str r0, [r1]; isb-free; <patched: movs r3, #1 → movs r3, #2>; bx lr — called twice, hot the second time
    const m = machine([bkpt]);
    const code = [0x8008, nop, 0x2301, bkpt]; // strh r0, [r1]; nop; movs r3, #1; bkpt
    m.poke(0x20000100, new Uint8Array(Uint16Array.from(code).buffer));
    for (const value of [0x2302, 0x2307]) {
      m.setRegister(0, value);
      m.setRegister(1, 0x20000104);
      m.pc = 0x20000100;
      expect(m.run().kind).toBe("bkpt");
      expect(m.getRegister(3)).toBe(value & 0xff);
    }
  });
});

describe("hot code that rewrites itself", () => {
  // In RAM: 200 rounds of adds r3, #1; then strh makes it adds r3, #2 for two more times 200 rounds.
  const code = [0x3301, 0x3a01, 0xd1fc, 0x8008, 0x22c8, 0x3c01, 0xd1f8, bkpt];
  const outcome = (translate: boolean) => {
    const m = machine([bkpt], "cortex-m4", 0, { translate });
    m.poke(0x20000100, new Uint8Array(Uint16Array.from(code).buffer));
    for (const [index, value] of [0x3302, 0x20000100, 200, 0, 3].entries()) m.setRegister(index, value);
    m.pc = 0x20000100;
    expect(m.run({ cycles: 1e6 }).kind).toBe("bkpt");
    return { sum: m.getRegister(3), cycles: m.cycles, instructions: m.instructions };
  };

  test("runs the new instructions, in both engines alike", () => {
    expect(outcome(true).sum).toBe(200 + 400 + 400);
    expect(outcome(true)).toEqual(outcome(false));
  });
});

describe("interrupts in hot code", () => {
  // main: 1: adds r0, #1; b 1b. Handler at 0x104: adds r7, #1; bx lr. SysTick is pended at 40 odd moments.
  const outcome = (board: string, translate: boolean) => {
    const m = machine([0x3001, 0xe7fd, 0x3701, 0x4770], board, 0x105, { translate });
    const entries: number[] = [];
    m.onException = (_, entered) => entered && entries.push(m.cycles, m.getRegister(0));
    for (let i = 0; i < 40; i++) m.events.at(3000 + i * 1237, () => m.exceptions.setPending(15, true));
    m.run({ cycles: 60_000 });
    return { entries, cycles: m.cycles, instructions: m.instructions, handled: m.getRegister(7) };
  };

  test.each(["cortex-m4", "cortex-m0plus", "cortex-m7", "cortex-m33"])("%s: taken at the same instruction", (board) => {
    expect(outcome(board, true)).toEqual(outcome(board, false));
    expect(outcome(board, true).handled).toBe(40);
  });
});

describe("faults", () => {
  const wild = [0x2070, 0x0600, 0x6801, bkpt]; // movs r0, #0x70; lsls r0, #24; ldr r1, [r0]

  test("a report has cause, address, place, disassembly and registers", () => {
    const m = machine(wild, "cortex-m4", 0x10d);
    m.load(program([...wild, nop, nop, loop], 0x10d)); // handler: b .
    m.run({ cycles: 1000 });
    const [report] = m.faults;
    expect(report).toMatchObject({
      kind: "data-bus",
      address: 0x70000000,
      pc: 0x104,
      taken: "HardFault",
      cfsr: 0x8200,
    });
    expect(report!.where).toBe("main+0x4 (0x00000104)");
    expect(report!.window.find((line) => line.startsWith(">"))).toBe("> 0x00000104: ldr r1, [r0, #0]");
    expect(formatFault(report!)).toMatch(/data access at an address where nothing answers at 0x70000000, in main\+0x4/);
  });

  test("a fault inside the HardFault handler locks up", () => {
    const m = machine(wild, "cortex-m4", 0x101);
    expect(m.run({ cycles: 10_000 })).toEqual({ kind: "lockup", address: 0x104 });
    expect(m.faults.at(-1)!.taken).toBe("lockup");
  });

  test("unaligned accesses fault where the core says so", () => {
    const code = [0x2020, 0x0600, 0x3001, 0x6801, bkpt]; // ldr r1, [0x20000001]
    expect(machine(code, "cortex-m4").run().kind).toBe("bkpt");
    const m0 = machine(code, "cortex-m0plus", 0x101);
    expect(m0.run({ cycles: 1000 }).kind).toBe("lockup");
    expect(m0.faults[0]!.kind).toBe("unaligned");
    // CCR.UNALIGN_TRP: str r3, [r2] first
    const trapping = machine([0x6013, ...code], "cortex-m4", 0x101);
    trapping.setRegister(2, 0xe000ed14);
    trapping.setRegister(3, 8);
    trapping.run({ cycles: 1000 });
    expect(trapping.faults[0]).toMatchObject({ kind: "unaligned", cfsr: 1 << 24 });
  });

  test("a division by zero gives 0, or a fault with DIV_0_TRP", () => {
    const code = [0x6025, 0x2005, 0x2100, 0xfbb0, 0xf2f1, bkpt]; // str r5, [r4]; udiv r2, r0, r1
    for (const trap of [0, 16]) {
      const m = machine(code, "cortex-m4", 0x101);
      for (const [index, value] of [99, 0xe000ed14, trap].entries()) m.setRegister([2, 4, 5][index]!, value);
      const stop = m.run({ cycles: 1000 });
      if (trap) expect(m.faults[0]!.kind).toBe("divide-by-zero");
      else expect([stop.kind, m.getRegister(2)]).toEqual(["bkpt", 0]);
    }
  });
});

describe("devices", () => {
  test("bytes sent to the console can be read", () => {
    const m = machine([loop]);
    m.send(Uint8Array.of(0x41, 0x42));
    expect([0, 1, 2].map(() => m.busRead(0x40004000, 4))).toEqual([0x41, 0x42, 0]);
  });

  test("the cycle counter counts when DEMCR and DWT_CTRL turn it on", () => {
    // str r1, [r0] (DEMCR.TRCENA); str r3, [r2] (CYCCNTENA); nop; nop; ldr r4, [r2, #4]; bkpt
    const m = machine([0x6001, 0x6013, nop, nop, 0x6854, bkpt]);
    for (const [index, value] of [0xe000edfc, 1 << 24, 0xe0001000, 1].entries()) m.setRegister(index, value);
    m.run();
    // Counting starts with the store (1 cycle), then two NOPs; the load reads as it begins.
    expect(m.getRegister(4)).toBe(3);
    expect(m.busRead(0xe0001000, 4) >>> 28).toBe(4);
  });
});

describe("errors", () => {
  const code = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return "none";
  };

  test.each([
    [
      "sim/outside-memory",
      () =>
        machine([nop]).load({ ...program([]), segments: [{ ...program([]).segments[0]!, loadAddress: 0x60000000 }] }),
    ],
    [
      "sim/no-start",
      () =>
        new Machine(findBoard("pico")).load({
          ...program([nop]),
          segments: [{ ...program([nop]).segments[0]!, loadAddress: 0x20000000 }],
        }),
    ],
    ["sim/no-memory", () => machine([nop]).peek(0x60000000, 4)],
    ["sim/no-uart", () => machine([nop]).send(Uint8Array.of(1), "uart7")],
    ["sim/flash-only", () => new Machine({ ...knownBoards[0]!, flashOnly: true })],
  ])("%s", (name, run) => {
    expect(code(run)).toBe(name);
  });
});
