// What firmware drivers of nRF52840 and nRF51 must do on a simulated board whose console has a speed and pins: what a terminal would show,
// clocks that fail, watchdog and reset causes, flash; and I2C where the board has it.

import { describe, expect, test } from "vitest";
import { RegisterTarget } from "./register-target.ts";
import { FirmwareRun } from "./run-firmware.ts";

export const describeCore = (board: string, hz: number) =>
  describe(board, () => {
    test("hello: the text is whole at 115200 baud, and a second is a second", async () => {
      const run = await FirmwareRun.of("hello_main", board);
      run.until(20.5);
      expect(run.lines[0]).toBe(`hello from ${board}, clock ${hz}, fallback 0`);
      const times = run.lines.slice(1).map((line) => Number(line.replace("time ", "")));
      expect(times.length).toBe(20);
      for (const [i, time] of times.entries()) expect(Math.abs(time - 1e6 * (i + 1))).toBeLessThan(1500);
      expect(Math.abs(times[19]! - times[1]! - 18e6)).toBeLessThan(20);
      expect(run.machine.notes).toEqual([]);
    });

    test("the crystal never starts: named, and everything goes on from the internal oscillator", async () => {
      const run = await FirmwareRun.of("hello_main", board);
      run.machine.inject("hfxo");
      run.until(1.5);
      expect(run.lines[0]).toBe(`hello from ${board}, clock ${hz}, fallback 1`);
      expect(run.lines.length).toBe(2);
      expect(run.machine.notes).toEqual([]);
    });

    test("echo: a burst longer than the FIFO comes back whole", async () => {
      const run = await FirmwareRun.of("echo_main", board);
      run.until(0.05);
      const sent = Array.from({ length: 400 }, (_, i) => String.fromCharCode(32 + (i % 90))).join("");
      run.machine.send(new TextEncoder().encode(sent));
      run.pass(0.12);
      expect(run.text).toBe(sent);
    });

    test("a watchdog that is not fed bites, and the next start knows why", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      const resets: [string, number][] = [];
      run.machine.onReset = (cause) => resets.push([cause, run.seconds]);
      run.until(1.5);
      expect(run.lines).toEqual(["cause 1", "fed 20", "cause 4"]);
      // the fault handler resets first, then the watchdog, which does not stop for that
      expect(resets.map(([cause]) => cause)).toEqual(["software", "watchdog"]);
      expect(resets[0]![1]).toBeGreaterThan(1.09);
      expect(resets[0]![1]).toBeLessThan(1.12);
    });

    test("reset by software, by pin, by power", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      run.until(0.2);
      run.machine.send(Uint8Array.of(114));
      run.pass(0.08); // the watchdog ran on through the reset, and is fed again
      run.machine.reset("pin");
      run.pass(0.2);
      run.machine.powerCycle();
      run.pass(0.2);
      expect(run.lines).toEqual(["cause 1", "cause 3", "cause 2", "cause 1"]);
    });

    test("a page is erased and words programmed; what is wrong is refused", async () => {
      const at = board === "microbit" ? 0x3c000 : 0xe0000;
      const run = await FirmwareRun.of("store_main", board, { config: { "store.at": at, "store.unit": 256 } });
      run.machine.poke(at, new Uint8Array(8192));
      run.until(0.3);
      const [line = ""] = run.lines;
      expect(line).toMatch(/^store 0 0 12345600 2 2 us \d+$/);
      // erase of a page, 64 words; the timer runs while the core stands still
      const wanted = board === "microbit" ? 21_000 + 64 * 46 : 85_000 + 64 * 41;
      const microseconds = Number(line.split(" ").at(-1));
      expect(microseconds).toBeGreaterThan(wanted);
      expect(microseconds).toBeLessThan(wanted * 1.05);
      const words = new DataView(run.machine.peek(at, 8192).buffer);
      const page = board === "microbit" ? 1024 : 4096;
      expect([words.getUint32(252, true), words.getUint32(256, true)]).toEqual([0x123456fc, 0xffffffff]);
      expect([words.getUint32(page - 4, true), words.getUint32(page, true)]).toEqual([0xffffffff, 0]);
      expect(run.machine.notes).toEqual([]);
    });
  });

export const describeBus = (board: string) =>
  describe(`I2C of ${board}`, () => {
    const options = { config: { "bus.address": 0x68 } };

    test("writes, then reads by a repeated start", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      const target = new RegisterTarget(0x68);
      run.machine.plug("twim0", target);
      run.until(0.25);
      expect(run.lines.slice(0, 2)).toEqual(["bus 0 0 0 1 254", "bus 0 0 0 2 253"]);
      expect(target.dialogue.startsWith("S1001feP S10R....P S1002fdP ")).toBe(true);
      expect(run.machine.notes).toEqual([]);
    });

    test("nobody there, then somebody", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      run.until(0.06);
      run.machine.plug("twim0", new RegisterTarget(0x68));
      run.until(0.18);
      expect(run.lines.map((line) => line.slice(0, 9))).toEqual(["bus 0 1 1", "bus 0 0 0"]);
    });

    test("SDA held: stuck, freed by nine clocks, works again; held for good: every transfer ends", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      run.machine.plug("twim0", new RegisterTarget(0x68));
      run.until(0.15);
      run.machine.world.i2c("twim0").holdData(9);
      run.until(0.36);
      expect(run.lines.slice(1, 4)).toEqual([
        "bus 0 0 0 2 253",
        expect.stringMatching(/^bus 0 3 3 \d+ \d+ recovered 0$/),
        "bus 0 0 0 4 251",
      ]);
      run.machine.world.i2c("twim0").holdData(Number.POSITIVE_INFINITY);
      run.until(0.46);
      expect(run.lines[4]).toMatch(/^bus 0 3 3 \d+ \d+ recovered 3$/);
      run.machine.world.i2c("twim0").holdData(0);
      run.machine.inject("twim0");
      run.until(0.56);
      expect(run.lines[5]).toMatch(/^bus 0 2 2 /);
      run.machine.inject("twim0", 0);
      run.until(0.66);
      expect(run.lines[6]).toMatch(/^bus 0 0 0 /);
    });
  });

export const testLoader = (board: string, magic: number) =>
  test(`${board}: the boot loader finds its byte after a software reset`, async () => {
    const run = await FirmwareRun.of("guarded_main", board);
    run.until(0.2);
    run.machine.send(Uint8Array.of(98));
    expect(() => run.pass(0.05)).toThrow(/^boot-loader at /);
    expect(run.lines).toEqual(["cause 1"]);
    expect(run.machine.busRead(0x4000051c, 4)).toBe(magic);
    run.machine.reset("pin");
    expect(run.machine.busRead(0x4000051c, 4)).toBe(0);
  });

export const testFlashStuck = (board: string, at: number) =>
  test(`${board}: a flash controller that never gets ready: a code, not a hang`, async () => {
    const run = await FirmwareRun.of("store_main", board, { config: { "store.at": at, "store.unit": 256 } });
    run.machine.inject("nvmc");
    run.until(2);
    expect(run.lines[0]).toMatch(/^store 1 1 [0-9a-f]+ 2 2 us \d+$/);
  });

const options = { drivers: { sound: "sound" }, config: { "sound.rate": 16000, "sound.step": 16 } };

/** `value` gives the feed at the n-th sample; it starts again after `period` samples. */
export const testMicrophone = (board: string, input: string, value: (n: number) => number, period = Infinity) =>
  test(`${board}: every sample comes exactly once`, async () => {
    const run = await FirmwareRun.of("sound_main", board, options);
    run.machine.feed(input, { at: (seconds) => [value(Math.floor(seconds * 16000 + 0.5))] });
    run.until(3.2);
    expect(run.lines[0]).toBe("start 0");
    const seen = run.lines.slice(1).map((line) => line.split(" ").map(Number));
    expect(seen.length).toBe(3);
    for (const [i, [, count]] of seen.entries()) expect(Math.abs(count! - 16000 * (i + 1))).toBeLessThanOrEqual(256);
    // the first of all has none before it
    const wraps = Math.floor(seen[2]![1]! / period);
    expect(Math.abs(seen[2]![3]! - 1 - wraps)).toBeLessThanOrEqual(wraps ? 1 : 0);
    expect(run.machine.notes).toEqual([]);
  });
