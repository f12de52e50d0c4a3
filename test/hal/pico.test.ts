// Firmware drivers of the RP2040 on the simulated board, whose console has a speed and pins: what a terminal would show, what is on the
// buses, what is in flash, and what happens when parts of the hardware do not do their work.

import { describe, expect, test } from "vitest";
import { RegisterTarget } from "./register-target.ts";
import { FirmwareRun, firmwareOf } from "./run-firmware.ts";

const board = "pico";

describe("clock and console", () => {
  test("hello: the text is whole at 115200 baud, and a second is a second", async () => {
    const run = await FirmwareRun.of("hello_main", board);
    run.until(60.5);
    expect(run.lines[0]).toBe("hello from pico, clock 125000000, fallback 0");
    const times = run.lines.slice(1).map((line) => Number(line.replace("time ", "")));
    expect(times.length).toBe(60);
    for (const [i, time] of times.entries()) expect(Math.abs(time - 1e6 * (i + 1))).toBeLessThan(1000);
    // no drift: latency is the same at the end as at the beginning
    expect(Math.abs(times[59]! - times[1]! - 58e6)).toBeLessThan(20);
    expect(run.machine.notes).toEqual([]);
  });

  test.each([
    ["pll_sys", "clock 12000000, fallback 2", 12e6],
    ["pll_usb", "clock 125000000, fallback 2", 125e6],
    ["xosc", "clock 6500000, fallback 1", 6.5e6],
    ["clocks", "clock 6500000, fallback 3", 6.5e6],
  ])("%s fails: %s, and the baud is still right", async (fault, words, hz) => {
    const run = await FirmwareRun.of("hello_main", board);
    run.machine.inject(fault);
    run.until(1.5);
    expect(run.lines[0]).toBe(`hello from pico, ${words}`);
    expect(run.machine.world.clock("core")).toBe(hz);
    expect(run.machine.notes).toEqual([]);
  });

  test("echo: a burst longer than the FIFOs comes back whole", async () => {
    const run = await FirmwareRun.of("echo_main", board);
    run.until(0.05);
    const sent = Array.from({ length: 400 }, (_, i) => String.fromCharCode(32 + (i % 90))).join("");
    run.machine.send(new TextEncoder().encode(sent));
    run.pass(0.12);
    expect(run.text).toBe(sent);
  });

  test("a sender at the wrong speed is garbage, not silence", async () => {
    const run = await FirmwareRun.of("hello_main", board);
    run.machine.world.after(0.01, () => run.machine.busWrite(0x40034024, 40, 4)); // UART0.IBRD
    run.machine.world.after(0.0101, () => run.machine.busWrite(0x4003402c, 0x70, 4));
    run.until(1.5);
    expect(run.text.length).toBeGreaterThan(40);
    expect(run.text).not.toContain("time");
    expect(run.machine.notes.some(({ text }) => /uart0: \d+ baud, the other end has 115200/.test(text))).toBe(true);
  });
});

describe("watchdog, reset, boot loader", () => {
  test("a watchdog that is not fed bites, and the next start knows why", async () => {
    const run = await FirmwareRun.of("guarded_main", board);
    const resets: [string, number][] = [];
    run.machine.onReset = (cause) => resets.push([cause, run.seconds]);
    run.until(1.5);
    expect(run.lines).toEqual(["cause 1", "fed 20", "cause 4"]);
    expect(resets.length).toBe(1);
    expect(resets[0]![0]).toBe("watchdog");
    // fed last at 1.0 s, 100 ms long
    expect(resets[0]![1]).toBeGreaterThan(1.09);
    expect(resets[0]![1]).toBeLessThan(1.12);
  });

  test("reset by software, by pin, by power; and into the boot ROM", async () => {
    const run = await FirmwareRun.of("guarded_main", board);
    run.until(0.2);
    run.machine.send(Uint8Array.of(114));
    run.pass(0.2);
    run.machine.reset("pin");
    run.pass(0.2);
    run.machine.powerCycle();
    run.pass(0.2);
    expect(run.lines).toEqual(["cause 1", "cause 3", "cause 2", "cause 1"]);
    run.machine.send(Uint8Array.of(98));
    expect(run.machine.run({ cycles: 125e6 })).toEqual({ kind: "boot-loader" });
  });
});

describe("I2C", () => {
  const options = { config: { "bus.address": 0x68 } };

  test("writes, then reads by a repeated start", async () => {
    const run = await FirmwareRun.of("bus_main", board, options);
    const target = new RegisterTarget(0x68);
    run.machine.plug("i2c0", target);
    run.until(0.25);
    expect(run.lines).toEqual(["bus 0 0 0 1 254", "bus 0 0 0 2 253", "bus 0 0 0 3 252"]);
    expect(target.dialogue.startsWith("S1001feP S10R....P S1002fdP ")).toBe(true);
  });

  test("nobody there, a silent one, one that comes back", async () => {
    const run = await FirmwareRun.of("bus_main", board, options);
    run.until(0.05);
    const target = new RegisterTarget(0x68);
    target.silent = true;
    run.machine.plug("i2c0", target);
    run.until(0.15);
    target.silent = false;
    run.until(0.25);
    expect(run.lines.map((line) => line.slice(0, 9))).toEqual(["bus 0 1 1", "bus 0 1 1", "bus 0 0 0"]);
  });

  test("SDA held: stuck, freed by nine clocks, works again", async () => {
    const run = await FirmwareRun.of("bus_main", board, options);
    run.machine.plug("i2c0", new RegisterTarget(0x68));
    run.until(0.15);
    run.machine.world.i2c("i2c0").holdData(9);
    run.until(0.35);
    expect(run.lines.slice(1, 4)).toEqual([
      "bus 0 0 0 2 253",
      expect.stringMatching(/^bus 0 3 3 \d+ \d+ recovered 0$/),
      "bus 0 0 0 4 251",
    ]);
  });

  test("SDA held for good, and SCL held: every transfer ends", async () => {
    const run = await FirmwareRun.of("bus_main", board, options);
    run.machine.plug("i2c0", new RegisterTarget(0x68));
    run.machine.world.i2c("i2c0").holdData(Number.POSITIVE_INFINITY);
    run.until(0.05);
    expect(run.lines[0]).toMatch(/^bus 3 3 3 \d+ \d+ recovered 3$/);
    run.machine.world.i2c("i2c0").holdData(0);
    run.machine.inject("i2c0");
    run.until(0.15);
    expect(run.lines[1]).toMatch(/^bus 3 2 2 /);
    run.machine.inject("i2c0", 0);
    run.until(0.25);
    expect(run.lines[2]).toMatch(/^bus 3 0 0 /);
  });
});

test("both engines run peripherals alike: same lines, cycles and instructions", async () => {
  const built = await firmwareOf("bus_main", board, { config: { "bus.address": 0x68 } });
  const [translated, interpreted] = [true, false].map((translate) => {
    const run = new FirmwareRun(built, { translate });
    run.machine.plug("i2c0", new RegisterTarget(0x68));
    run.until(3);
    return [run.text, run.machine.cycles, run.machine.instructions];
  });
  expect(translated).toEqual(interpreted);
});

describe("flash", () => {
  const at = 0x10100000;
  const options = { config: { "store.at": at, "store.unit": 256 } };

  test("a sector is erased and a page programmed from RAM; what is wrong is refused", async () => {
    const run = await FirmwareRun.of("store_main", board, options);
    run.machine.poke(at, new Uint8Array(8192));
    run.until(0.2);
    const [line = ""] = run.lines;
    expect(line).toMatch(/^store 0 0 12345600 2 2 us \d+$/);
    const microseconds = Number(line.split(" ").at(-1));
    // W25Q16JV: 45 ms a sector, 0.4 ms a page
    expect(microseconds).toBeGreaterThan(45_000);
    expect(microseconds).toBeLessThan(60_000);
    const words = new DataView(run.machine.peek(at, 4100).buffer);
    expect([words.getUint32(4, true), words.getUint32(252, true)]).toEqual([0x12345604, 0x123456fc]);
    expect([words.getUint32(256, true), words.getUint32(4092, true), words.getUint32(4096, true)]).toEqual([
      ...[0xffffffff, 0xffffffff, 0],
    ]);
    expect(run.machine.notes).toEqual([]);
  });

  test("the power may go in the middle of either operation", async () => {
    const run = await FirmwareRun.of("store_main", board, options);
    run.machine.poke(at, new Uint8Array(4096));
    const operations: string[] = [];
    run.machine.flashGuard = ({ kind, bytes }) => {
      operations.push(`${kind} ${bytes}`);
      return kind === "program" ? 100 : undefined;
    };
    expect(run.machine.run({ cycles: 125e6 })).toEqual({ kind: "power-cut" });
    expect(operations).toEqual(["erase 4096", "program 256"]);
    const bytes = run.machine.peek(at, 256);
    expect([bytes[97], bytes[99], bytes[100]]).toEqual([0x56, 0x12, 0xff]);
  });
});

describe("audio", () => {
  test("every sample comes exactly once; a DMA that stalls loses some, and it goes on", async () => {
    const options = { drivers: { sound: "sound" }, config: { "sound.rate": 16000, "sound.step": 16 } };
    const run = await FirmwareRun.of("sound_main", board, options);
    // climbs one step of the converter per sample
    run.machine.feed("analog0", {
      at: (seconds) => [((Math.floor(seconds * 16000 + 0.5) % 4096) + 0.5) * (3.3 / 4096)],
    });
    run.until(2.2);
    expect(run.lines[0]).toBe("start 0");
    const seen = run.lines.slice(1).map((line) => line.split(" "));
    expect(seen.length).toBe(2);
    for (const [i, [, count, , breaks]] of seen.entries()) {
      expect(Math.abs(Number(count) - 16000 * (i + 1))).toBeLessThanOrEqual(256);
      expect(Number(breaks)).toBe(1); // the first of all has none before it
    }
    run.machine.inject("dma");
    run.pass(0.01);
    run.machine.inject("dma", 0);
    run.until(4.2);
    expect(run.lines.at(-1)!.endsWith("breaks 2")).toBe(true);
  });
});
