// What the Cortex-M0+ adds to the M0, the MPU and VTOR, against the manuals in our own words, since no machine of QEMU has them:
// DDI 0419E (ARMv6-M) B3.2 and B3.5 (PMSAv6), DDI 0484C 4.3 and 5 for what the M0+ chooses. Each access is an instruction that runs.

import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { Machine } from "../../host/sim/sim.ts";

const code = 0x400;
const svcHandler = 0x440;
const hardFaultHandler = 0x480;
const ram = 0x20000000;
const halves = { load: 0x6808, store: 0x6008, nop: 0xbf00, svc: 0xdf00, loop: 0xe7fe, bx: 0x4708 };
const registers = {
  vtor: 0xe000ed08,
  type: 0xe000ed90,
  ctrl: 0xe000ed94,
  rnr: 0xe000ed98,
  rbar: 0xe000ed9c,
  rasr: 0xe000eda0,
};

class Core {
  readonly machine: Machine;

  constructor(board = "cortex-m0plus") {
    this.machine = new Machine(findBoard(board));
    this.machine.setRegister(13, ram + 0x1000);
    this.word(4 * 3, hardFaultHandler | 1);
    this.word(4 * 11, svcHandler | 1);
    for (const address of [svcHandler, hardFaultHandler]) this.half(address, halves.loop);
  }

  word(address: number, value: number): void {
    this.machine.poke(
      address,
      Uint8Array.from([0, 8, 16, 24], (shift) => (value >>> shift) & 255),
    );
  }

  half(address: number, value: number): void {
    this.machine.poke(address, Uint8Array.of(value & 255, value >>> 8));
  }

  /** One instruction; the exception that it led to, 0: none. */
  run(instruction: number, r0: number, r1: number, at = code): number {
    this.half(at, instruction);
    this.machine.setRegister(0, r0);
    this.machine.setRegister(1, r1);
    this.machine.pc = at;
    const faults = this.machine.faults.length;
    this.machine.step();
    if (instruction === halves.svc && this.machine.cpu.ipsr === 0) this.machine.step();
    return this.machine.faults.length > faults ? 3 : this.machine.cpu.ipsr;
  }

  write(address: number, value: number): number {
    return this.run(halves.store, value, address);
  }

  read(address: number): number {
    expect(this.run(halves.load, 0, address)).toBe(0);
    return this.machine.getRegister(0);
  }

  allows(access: "read" | "write", address: number): boolean {
    const fault = this.run(access === "read" ? halves.load : halves.store, 0, address) === 3;
    if (fault) this.leave();
    return !fault;
  }

  /** Back to privileged Thread mode, as if no exception had come. */
  leave(): void {
    const { cpu, exceptions } = this.machine;
    exceptions.reset();
    cpu.ipsr = 0;
    cpu.selectStack();
    this.machine.setRegister(13, ram + 0x1000);
  }

  get privileged(): boolean {
    return this.machine.cpu.privileged;
  }

  set privileged(value: boolean) {
    this.machine.cpu.control = value ? 0 : 1;
  }

  /** RASR: SIZE gives 2^(size+1) bytes. */
  region(number: number, base: number, size: number, ap: number, more = 0): void {
    this.write(registers.rnr, number);
    this.write(registers.rbar, base);
    this.write(registers.rasr, ((ap << 24) | (size << 1) | 1 | more) >>> 0);
  }
}

const size256 = 7;
const size4k = 11;
const size4G = 31;

describe("VTOR (DDI 0419E B3.2.5, DDI 0484C 4.3)", () => {
  test("TBLOFF is bits 31:8; the others read as zero", () => {
    const core = new Core();
    core.write(registers.vtor, 0xffffffff);
    expect(core.read(registers.vtor)).toBe(0xffffff00);
  });

  test("exceptions take their vector from the table it points at", () => {
    const core = new Core();
    core.word(ram + 0x200 + 4 * 11, ram + 0x301);
    core.half(ram + 0x300, halves.loop);
    expect(core.run(halves.svc, 0, 0)).toBe(11);
    expect(core.machine.pc).toBe(svcHandler);
    core.leave();
    core.write(registers.vtor, ram + 0x200);
    expect(core.run(halves.svc, 0, 0)).toBe(11);
    expect(core.machine.pc).toBe(ram + 0x300);
  });

  test("the M0 has none: writes are ignored", () => {
    const core = new Core("microbit");
    core.write(registers.vtor, 0x20000200);
    expect(core.read(registers.vtor)).toBe(0);
  });

  test("reset sets it back to where the board starts an image", () => {
    const core = new Core("pico");
    const at = ram + 0x400;
    core.half(at, halves.load);
    core.machine.setRegister(1, registers.vtor);
    core.machine.pc = at;
    core.machine.step();
    expect(core.machine.getRegister(0)).toBe(0x10000100);
  });
});

describe("MPU registers (DDI 0419E B3.5, MPU_TYPE to MPU_RASR)", () => {
  test("TYPE: eight regions, unified", () => {
    expect(new Core().read(registers.type)).toBe(0x800);
  });

  test("all are zero after reset: the MPU is off", () => {
    const core = new Core();
    for (const name of ["ctrl", "rnr"] as const) expect(core.read(registers[name])).toBe(0);
  });

  test("RBAR with VALID selects REGION; VALID reads as zero, and addresses are multiples of 256", () => {
    const core = new Core();
    core.write(registers.rbar, 0x200001f0 | 5);
    expect(core.read(registers.rnr)).toBe(5);
    expect(core.read(registers.rbar)).toBe(0x20000100 | 5);
    core.write(registers.rbar, 0x20000302); // VALID 0: REGION is ignored
    expect(core.read(registers.rnr)).toBe(5);
    expect(core.read(registers.rbar)).toBe(0x20000300 | 5);
  });

  test("neither the aliases of PMSAv7 nor STIR exist", () => {
    const core = new Core();
    core.write(0xe000eda4, 0x20000010 | 3);
    core.write(0xe000eda8, 0x0300000f);
    expect([core.read(0xe000eda4), core.read(0xe000eda8), core.read(registers.rnr)]).toEqual([0, 0, 0]);
    core.write(0xe000ef00, 5);
    expect(core.read(0xe000e200)).toBe(0);
  });
});

describe("MPU checks (DDI 0419E B3.5)", () => {
  test("off: the default map, whose devices are execute-never (B3.1)", () => {
    const core = new Core();
    expect(core.allows("write", ram)).toBe(true);
    core.half(code, halves.bx);
    core.machine.setRegister(1, 0x40000001);
    core.machine.pc = code;
    core.machine.step();
    core.machine.step();
    expect(core.machine.cpu.ipsr).toBe(3);
  });

  test("on, no region hit: a fault, but for privileged code with PRIVDEFENA", () => {
    const core = new Core();
    core.region(0, 0, size4k, 3); // code, or nothing could run
    core.region(1, ram, size4k, 3); // stack, for exception entry
    core.write(registers.ctrl, 1);
    expect(core.allows("read", ram + 0x2000)).toBe(false);
    core.write(registers.ctrl, 5);
    expect(core.allows("read", ram + 0x2000)).toBe(true);
    core.privileged = false;
    expect(core.allows("read", ram + 0x2000)).toBe(false);
  });

  // AP: privileged read, write, unprivileged read, write; 4 is UNPREDICTABLE
  const permissions = [
    [0, "----"],
    [1, "rw--"],
    [2, "rwr-"],
    [3, "rwrw"],
    [5, "r---"],
    [6, "r-r-"],
    [7, "r-r-"],
  ] as const;
  test.each(permissions)("AP %i: %s", (ap, wanted) => {
    const core = new Core();
    core.region(0, 0, size4k, 3);
    core.region(1, ram, size4k, 3);
    core.region(2, ram + 0x2000, size4k, ap);
    core.write(registers.ctrl, 5);
    let found = "";
    for (const privileged of [true, false])
      for (const access of ["read", "write"] as const) {
        core.privileged = privileged;
        found += core.allows(access, ram + 0x2000) ? access[0] : "-";
      }
    expect(found).toBe(wanted);
  });

  test("a region ends after its size; 4 GB is the largest", () => {
    const core = new Core();
    core.region(0, 0, size4k, 3);
    core.region(1, ram, size4k, 3);
    core.region(2, ram + 0x2000, size256, 3);
    core.write(registers.ctrl, 1);
    const at = (offset: number) => core.allows("read", ram + 0x2000 + offset);
    expect([at(-4), at(0), at(252), at(256)]).toEqual([false, true, true, false]);
    core.region(3, 0, size4G, 3);
    expect([at(-4), at(256), core.allows("read", 0x1ffffc)]).toEqual([true, true, true]);
  });

  test("the region of the highest number decides", () => {
    const core = new Core();
    core.region(0, 0, size4G, 3);
    core.region(5, ram + 0x2000, size4k, 0);
    core.region(6, ram + 0x2000, size256, 3);
    core.write(registers.ctrl, 1);
    const at = (offset: number) => core.allows("write", ram + 0x2000 + offset);
    expect([at(0), at(252), at(256), at(0x1000)]).toEqual([true, true, false, true]);
  });

  test("a disabled subregion leaves its eighth to what lies below", () => {
    const core = new Core();
    core.region(0, 0, size4G, 3);
    core.region(1, ram + 0x2000, size256, 0, 0b0010_0100 << 8);
    core.write(registers.ctrl, 1);
    const at = Array.from({ length: 8 }, (_, i) => core.allows("read", ram + 0x2000 + 32 * i));
    expect(at).toEqual([false, false, true, false, false, true, false, false]);
  });

  test("XN: loads may read, but nothing runs", () => {
    const core = new Core();
    core.region(0, 0, size4G, 3);
    core.region(1, ram + 0x2000, size256, 3, 1 << 28);
    core.write(registers.ctrl, 1);
    expect(core.allows("read", ram + 0x2000)).toBe(true);
    expect(core.run(halves.nop, 0, 0, ram + 0x2000)).toBe(3);
  });

  test("the private peripheral bus needs no region, but privilege", () => {
    const core = new Core();
    core.region(0, 0, size4k, 3);
    core.region(1, ram, size4k, 3);
    core.write(registers.ctrl, 1);
    expect(core.read(registers.ctrl)).toBe(1);
    core.privileged = false;
    expect(core.allows("read", registers.ctrl)).toBe(false);
  });

  test("vectors are read past the MPU", () => {
    const core = new Core();
    core.region(0, code, size256, 3); // code and handlers, not the table at 0
    core.region(1, ram, size4k, 3);
    core.write(registers.ctrl, 1);
    expect(core.allows("read", 0)).toBe(false);
    expect(core.run(halves.svc, 0, 0)).toBe(11);
    expect([core.machine.pc, core.machine.faults.length]).toEqual([svcHandler, 1]);
  });

  test("HardFault runs without the MPU, unless HFNMIENA", () => {
    for (const hfnmiena of [0, 2]) {
      const core = new Core();
      core.region(0, 0, size4k, 3);
      core.region(1, ram, size4k, 3);
      core.half(hardFaultHandler, halves.load); // ldr r0, [r1], once more
      core.write(registers.ctrl, 1 | hfnmiena);
      expect(core.run(halves.load, 0, ram + 0x2000)).toBe(3);
      core.machine.setRegister(1, ram + 0x2000);
      core.machine.pc = hardFaultHandler;
      expect(core.machine.step().kind).toBe(hfnmiena ? "lockup" : "step");
    }
  });
});
