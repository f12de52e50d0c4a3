// The World around a simulated core, and the rules of flash and lines: time through changes of clock, what a chip reset forgets,
// I2C buses, garbled and silent consoles, erase and program rules with power cuts.

import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { Cpu } from "../../host/sim/cpu.ts";
import { EventQueue } from "../../host/sim/event-queue.ts";
import { FlashArray } from "../../host/sim/flash-array.ts";
import { Transmitter, UartLine } from "../../host/sim/peripherals/uart-line.ts";
import { Machine, simError } from "../../host/sim/sim.ts";
import { SimulatedWorld } from "../../host/sim/simulated-world.ts";

class Bench {
  readonly cpu = new Cpu();
  readonly events = new EventQueue(() => {});
  readonly world: SimulatedWorld;

  constructor(coreHz = 1e6, hasPinMux = false) {
    this.world = new SimulatedWorld({ cycles: () => this.cpu.clock[0]!, events: this.events, coreHz, hasPinMux });
  }

  /** Lets cycles pass, event by event. */
  pass(cycles: number): void {
    const end = this.cpu.clock[0]! + cycles;
    while (this.events.next <= end) {
      this.cpu.clock[0] = this.events.next;
      this.events.advance(this.events.next);
    }
    this.cpu.clock[0] = end;
  }
}

describe("time", () => {
  test("seconds follow the core clock, and what is scheduled keeps its moment when the clock changes", () => {
    const bench = new Bench(1e6);
    const seen: number[] = [];
    bench.world.after(0.01, () => seen.push(bench.world.seconds()));
    bench.pass(4000);
    expect(bench.world.seconds()).toBe(0.004);
    bench.world.setClock("core", 10e6);
    bench.pass(59_999);
    expect(seen).toEqual([]);
    bench.pass(1);
    expect(seen).toEqual([0.01]);
    expect(bench.cpu.clock[0]).toBe(64_000);
  });

  test("a chip reset forgets what the chip scheduled, routed and drove; the outside stays", () => {
    const bench = new Bench(1e6, true);
    const seen: string[] = [];
    bench.world.after(1e-3, () => seen.push("outside"));
    bench.world.chip.after(1e-3, () => seen.push("chip"));
    bench.world.chip.route(3, "uart0.tx");
    bench.world.chip.setSignal("dreq", 1);
    bench.world.setSignal("dtr", 1);
    expect(bench.world.pinOf("uart0.tx")).toBe(3);
    bench.world.resetChip();
    bench.pass(2000);
    expect(seen).toEqual(["outside"]);
    expect(bench.world.pinOf("uart0.tx")).toBeUndefined();
    expect([bench.world.signal("dreq"), bench.world.signal("dtr")]).toEqual([0, 1]);
  });

  test("listeners hear clocks and signals once a change; a cancelled event does not happen", () => {
    const { world, ...bench } = new Bench();
    const heard: number[] = [];
    world.onClock("adc", (hz) => heard.push(hz));
    world.onSignal("dreq", (level) => heard.push(level));
    for (const hz of [48e6, 48e6, 0]) world.setClock("adc", hz);
    for (const level of [1, 1, 0]) world.setSignal("dreq", level);
    expect(heard).toEqual([48e6, 0, 1, 0]);
    world.after(1, () => heard.push(-1))();
    expect(bench.events.next).toBe(Number.POSITIVE_INFINITY);
  });
});

test("an I2C bus: acknowledged, nobody there, repeated start, SDA held until enough clocks", () => {
  const { world } = new Bench();
  const log: string[] = [];
  const target = {
    address: 0x68,
    start: (reading: boolean) => log.push(reading ? "read" : "write") > 0,
    write: (byte: number) => log.push(`w${byte}`) > 0,
    read: () => 0x71,
    stop: () => void log.push("stop"),
  };
  const bus = world.i2c("i2c0");
  const unplug = bus.attach(target);
  expect(bus.start(0x10, false)).toBe(0);
  expect(bus.start(0x68, false)).toBe(1);
  expect(bus.write(0x75)).toBe(true);
  expect(bus.start(0x68, true)).toBe(1);
  expect(bus.read()).toBe(0x71);
  bus.stop();
  expect(log).toEqual(["write", "w117", "read", "stop"]);
  bus.holdData(9);
  bus.clock(8);
  expect([bus.held, bus.start(0x68, false)]).toEqual([true, -1]);
  bus.clock(1);
  expect([bus.held, bus.start(0x68, false)]).toEqual([false, 1]);
  unplug();
  expect(bus.start(0x68, false)).toBe(0);
});

describe("a line", () => {
  const wire = (deviceBaud: number, { checked = true, pin = 0 } = {}) => {
    const bench = new Bench(1e6, true);
    const [sent, received, notes]: [number[], number[], string[]] = [[], [], []];
    bench.world.chip.route(pin, "uart0.tx");
    bench.world.chip.route(1, "uart0.rx");
    const line = new UartLine({
      ...{ name: "uart0", world: bench.world, checked, hostBaud: 10_000, pins: { transmit: 0, receive: 1 } },
      reaches: (signal, at) => bench.world.reaches(signal, at),
      onByte: (byte) => sent.push(byte),
      note: (text) => notes.push(text),
      device: () => ({ baud: () => deviceBaud, receive: (byte) => received.push(byte) }),
    });
    return { bench, line, sent, received, notes };
  };

  test("takes ten bit times a byte, through a FIFO of its depth", () => {
    const { bench, line, sent } = wire(10_000);
    const transmitter = new Transmitter(line, 2, () => {});
    for (const byte of [1, 2, 3, 4]) transmitter.push(byte); // 1 is on the wire, 2 and 3 wait, 4 is lost
    expect([transmitter.full, transmitter.level]).toEqual([true, 2]);
    bench.pass(999);
    expect(sent).toEqual([]);
    bench.pass(1);
    expect(sent).toEqual([1]);
    bench.pass(2000);
    expect([sent, transmitter.busy]).toEqual([[1, 2, 3], false]);
  });

  test.each([
    [10_190, true],
    [10_210, false],
    [9_810, true],
    [9_790, false],
    [5_000, false],
  ])("at %d baud against 10000 a byte arrives whole: %s", (baud, whole) => {
    const { bench, line, sent, received, notes } = wire(baud);
    new Transmitter(line, 1, () => {}).push(0x55);
    line.arrive(Uint8Array.of(0xa7));
    bench.pass(3000);
    expect([sent.length, received.length]).toEqual([1, 1]);
    expect([sent[0] === 0x55, received[0] === 0xa7]).toEqual([whole, whole]);
    expect(notes.length).toBe(whole ? 0 : 1);
  });

  test("is silent on other pins, and when switched off", () => {
    const elsewhere = wire(10_000, { pin: 4 });
    new Transmitter(elsewhere.line, 1, () => {}).push(1);
    elsewhere.bench.pass(5000);
    expect([elsewhere.sent, elsewhere.notes]).toEqual([[], ["uart0: sends, but not on pin 0"]]);
    const off = wire(0);
    new Transmitter(off.line, 1, () => {}).push(1);
    off.line.arrive(Uint8Array.of(1));
    off.bench.pass(5000);
    expect([off.sent, off.received]).toEqual([[], []]);
  });

  test("unchecked, everything passes at once", () => {
    const { line, sent, received } = wire(0, { checked: false, pin: 9 });
    new Transmitter(line, 1, () => {}).push(7);
    line.arrive(Uint8Array.of(8, 9));
    expect([sent, received]).toEqual([[7], [8, 9]]);
  });
});

describe("flash", () => {
  const memory = {
    ...({ name: "flash", kind: "flash", base: 0x1000, bytes: 0x300, writeBytes: 4 } as const),
    sectors: [
      { bytes: 0x80, count: 2 },
      { bytes: 0x200, count: 1 },
    ],
  } as const;
  const array = (guard: (operation: { readonly bytes: number }) => number | undefined = () => undefined) => {
    const data = new Uint8Array(memory.bytes).fill(0xff);
    const notes: string[] = [];
    let cuts = 0;
    const ports = { memory, data, guard, onChange: () => {}, note: (text: string) => notes.push(text) };
    return { flash: new FlashArray({ ...ports, onCut: () => cuts++ }), data, notes, cuts: () => cuts };
  };

  test("sectors of different sizes", () => {
    const { flash } = array();
    expect(flash.sectorAt(0x10ff)).toEqual({ index: 1, base: 0x1080, bytes: 0x80 });
    expect(flash.sectorAt(0x1100)).toEqual({ index: 2, base: 0x1100, bytes: 0x200 });
    expect(flash.sector(2)).toEqual(flash.sectorAt(0x12ff));
    expect([flash.sectorAt(0x1300), flash.sectorAt(0xfff), flash.sector(3)]).toEqual([undefined, undefined, undefined]);
  });

  test("programming clears bits only, in whole units; erasing sets a whole sector", () => {
    const { flash, data, notes } = array();
    expect(flash.program(0x1004, Uint8Array.of(0x12, 0x34, 0x56, 0x78))).toBeUndefined();
    expect(flash.program(0x1004, Uint8Array.of(0x10, 0x34, 0x56, 0x78))).toBeUndefined();
    expect(notes).toEqual([]);
    flash.program(0x1004, Uint8Array.of(0xff, 0x34, 0x56, 0x78));
    expect([data[4], notes.length]).toEqual([0x10, 1]);
    expect(flash.program(0x1004, Uint8Array.of(0, 0, 0, 0), "once")).toBe("not-erased");
    expect(flash.program(0x1006, Uint8Array.of(0, 0, 0, 0))).toBe("unaligned");
    expect(flash.program(0x1008, Uint8Array.of(0))).toBe("unaligned");
    expect(flash.program(0x12fc, new Uint8Array(8))).toBe("outside");
    expect([flash.erase(0x1004), flash.erase(0x2000)]).toEqual(["unaligned", "outside"]);
    expect(flash.erase(0x1000)).toBeUndefined();
    expect(data.every((byte) => byte === 0xff)).toBe(true);
  });

  test("a power cut leaves an operation half done", () => {
    const { flash, data, cuts } = array(({ bytes }) => bytes / 2);
    flash.program(0x1000, new Uint8Array(8));
    expect([...data.subarray(0, 9)]).toEqual([0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]);
    data.fill(0);
    flash.erase(0x1080);
    expect([data[0x7f], data[0x80], data[0xbf], data[0xc0], cuts()]).toEqual([0, 0xff, 0xff, 0, 2]);
  });
});

describe("a machine", () => {
  test("keeps RAM over a reset, loses it with the power", () => {
    const machine = new Machine(findBoard("cortex-m4"));
    machine.poke(0x20000000, Uint8Array.of(1, 2, 3, 4));
    const causes: string[] = [];
    machine.onReset = (cause) => causes.push(cause);
    machine.reset();
    expect([...machine.peek(0x20000000, 4)]).toEqual([1, 2, 3, 4]);
    machine.powerCycle();
    expect([...machine.peek(0x20000000, 4)]).not.toEqual([1, 2, 3, 4]);
    expect(causes).toEqual(["pin", "power-on"]);
  });

  test("refuses a chip whose peripheral it has no model of", () => {
    const board = findBoard("cortex-m4");
    const devices = [{ name: "lcd", model: "teletext", base: 0x40000000 }];
    expect(() => new Machine({ ...board, chip: { ...board.chip, devices } })).toThrow(
      simError("no-model", { model: "teletext", known: [] }).message.split(",")[0],
    );
  });
});
