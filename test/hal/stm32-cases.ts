// What firmware drivers of an STM32 must do on a simulated board whose console has a speed and pins: what a terminal would show, clocks that
// fail and come back, watchdog and reset causes, flash; and I2C at every length.

import { describe, expect, test } from "vitest";
import { RegisterTarget } from "./register-target.ts";
import { FirmwareRun, firmwareOf } from "./run-firmware.ts";

export interface Expected {
  readonly hz: number;
  /** Injected fault → fallback code that hello says, and the core's clock then. */
  readonly faults: Readonly<Record<string, readonly [code: number, hz: number]>>;
}

export const describeBoard = (board: string, { hz, faults }: Expected) =>
  describe(board, () => {
    test("the core runs at the board's clock within 10 ms", async () => {
      const run = await FirmwareRun.of("hello_main", board);
      run.until(0.01);
      expect(run.text).toContain(`hello from ${board}, clock ${hz}, fallback 0`);
      expect(run.machine.world.clock("core")).toBe(hz);
      expect(run.machine.notes).toEqual([]);
    });

    test.each(Object.entries(faults))(
      "%s fails: named, and baud and time are still right",
      async (fault, [code, core]) => {
        const run = await FirmwareRun.of("hello_main", board);
        run.machine.inject(fault);
        run.until(2.5);
        expect(run.lines[0]).toBe(`hello from ${board}, clock ${core}, fallback ${code}`);
        expect(run.machine.world.clock("core")).toBe(core);
        const times = run.lines.slice(1).map((line) => Number(line.replace("time ", "")));
        expect(Math.abs(times[1]! - times[0]! - 1e6)).toBeLessThan(200);
        expect(run.machine.notes).toEqual([]);
      },
    );

    test("echo: a burst comes back whole", async () => {
      const run = await FirmwareRun.of("echo_main", board);
      run.until(0.02);
      const sent = Array.from({ length: 200 }, (_, i) => String.fromCharCode(32 + ((i * 7) % 90))).join("");
      run.machine.send(new TextEncoder().encode(sent));
      run.pass(0.03);
      expect(run.text).toBe(sent);
    });

    test("a watchdog that is not fed bites, and the next start knows why", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      const resets: [string, number][] = [];
      run.machine.onReset = (cause) => resets.push([cause, run.seconds]);
      run.until(1.5);
      expect(run.lines).toEqual(["cause 1", "fed 20", "cause 4"]);
      expect(resets.map(([cause]) => cause)).toEqual(["watchdog"]);
      expect(resets[0]![1]).toBeGreaterThan(1.09);
      expect(resets[0]![1]).toBeLessThan(1.12);
      expect(run.machine.notes).toEqual([]);
    });

    test("reset by software, by pin, by power; there is no way into the boot loader", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      run.until(0.2);
      run.machine.send(Uint8Array.of(114));
      run.pass(0.08);
      run.machine.reset("pin");
      run.pass(0.2);
      run.machine.powerCycle();
      run.pass(0.2);
      run.machine.send(Uint8Array.of(98));
      run.pass(0.2);
      expect(run.lines).toEqual(["cause 1", "cause 3", "cause 2", "cause 1"]);
    });
  });

export const describeBus = (board: string) =>
  describe(`I2C of ${board}`, () => {
    const options = { config: { "bus.address": 0x68 } };

    test("writes, then reads by a repeated start", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      const target = new RegisterTarget(0x68);
      run.machine.plug("i2c1", target);
      run.until(0.25);
      expect(run.lines).toEqual(["bus 0 0 0 1 254", "bus 0 0 0 2 253", "bus 0 0 0 3 252"]);
      expect(target.dialogue.startsWith("S1001feP S10R....P S1002fdP ")).toBe(true);
      expect(run.machine.notes).toEqual([]);
    });

    test("nobody there, a silent one, one that comes back", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      run.until(0.05);
      const target = new RegisterTarget(0x68);
      target.silent = true;
      run.machine.plug("i2c1", target);
      run.until(0.15);
      target.silent = false;
      run.until(0.25);
      expect(run.lines.map((line) => line.slice(0, 9))).toEqual(["bus 0 1 1", "bus 0 1 1", "bus 0 0 0"]);
    });

    test("SDA held: stuck, freed by nine clocks, works again", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      run.machine.plug("i2c1", new RegisterTarget(0x68));
      run.until(0.15);
      run.machine.world.i2c("i2c1").holdData(9);
      run.until(0.35);
      expect(run.lines.slice(1, 4)).toEqual([
        "bus 0 0 0 2 253",
        expect.stringMatching(/^bus 0 3 3 \d+ \d+ recovered 0$/),
        "bus 0 0 0 4 251",
      ]);
    });

    test("SDA held for good, a controller that hangs, a bus error: every transfer ends", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      run.machine.plug("i2c1", new RegisterTarget(0x68));
      run.machine.world.i2c("i2c1").holdData(Number.POSITIVE_INFINITY);
      run.until(0.05);
      expect(run.lines[0]).toMatch(/^bus 3 3 3 \d+ \d+ recovered 3$/);
      run.machine.world.i2c("i2c1").holdData(0);
      run.machine.inject("i2c1");
      run.until(0.15);
      expect(run.lines[1]).toMatch(/^bus 3 2 2 /);
      run.machine.inject("i2c1", 0);
      run.until(0.25);
      expect(run.lines[2]).toMatch(/^bus 3 0 0 /);
    });

    test("a misplaced start or stop ends a transfer, and the next one works", async () => {
      const run = await FirmwareRun.of("bus_main", board, options);
      const target = new RegisterTarget(0x68);
      run.machine.plug("i2c1", target);
      run.machine.world.after(0.05, () => {
        const { write } = target;
        target.write = (byte) => {
          run.machine.inject("i2c1", 2);
          target.write = write;
          return write.call(target, byte);
        };
      });
      run.until(0.35);
      expect(run.lines.map((line) => line.slice(0, 7))).toEqual(["bus 0 0", "bus 0 4", "bus 0 0", "bus 0 0"]);
      expect(run.machine.notes).toEqual([]);
    });

    test("both engines run peripherals alike: same lines, cycles and instructions", async () => {
      const built = await firmwareOf("bus_main", board, options);
      const [translated, interpreted] = [true, false].map((translate) => {
        const run = new FirmwareRun(built, { translate });
        run.machine.plug("i2c1", new RegisterTarget(0x68));
        run.until(0.5);
        return [run.text, run.machine.cycles, run.machine.instructions];
      });
      expect(translated).toEqual(interpreted);
    });
  });

export const describeSound = (board: string) =>
  describe(`microphone of ${board}`, () => {
    const options = { drivers: { sound: "sound" }, config: { "sound.rate": 16000, "sound.step": 16 } };
    // climbs one step of the converter per sample
    const ramp = { at: (seconds: number) => [((Math.floor(seconds * 16000 + 0.5) % 4096) + 0.5) * (3.3 / 4096)] };

    test("every sample comes exactly once; a DMA or a converter that stalls loses some, and it goes on", async () => {
      const run = await FirmwareRun.of("sound_main", board, options);
      run.machine.feed("analog0", ramp);
      run.until(1.2);
      expect(run.lines[0]).toBe("start 0");
      const seen = run.lines.slice(1).map((line) => line.split(" "));
      expect(seen.length).toBe(1);
      for (const [i, [, count, , breaks]] of seen.entries()) {
        expect(Math.abs(Number(count) - 16000 * (i + 1))).toBeLessThanOrEqual(256);
        expect(Number(breaks)).toBe(1); // the first of all has none before it
      }
      expect(run.machine.notes).toEqual([]);
      for (const [device, breaks] of [
        ["dma2", 2],
        ["adc1", 3],
      ] as const) {
        run.machine.inject(device);
        run.pass(0.01);
        run.machine.inject(device, 0);
        run.pass(1);
        expect([device, run.lines.at(-1)!.split(" ").at(-1)]).toEqual([device, String(breaks)]);
      }
    });

    test("a rate that the timer cannot make is refused", async () => {
      const run = await FirmwareRun.of("sound_main", board, {
        ...options,
        config: { ...options.config, "sound.rate": 11025 },
      });
      run.until(0.1);
      expect(run.lines[0]).toBe("start 6");
    });
  });

const storeAt = (at: number) => ({ config: { "store.at": at, "store.unit": 256 } });

/** `seconds` that a sector takes to be erased, and a unit of 64 words to be programmed. */
export const testStore = (board: string, at: number, sectorBytes: number, seconds: number) =>
  test(`flash of ${board}: a sector is erased and words programmed; what is wrong is refused`, async () => {
    const run = await FirmwareRun.of("store_main", board, storeAt(at));
    run.machine.poke(at - 4, new Uint8Array(sectorBytes + 8));
    run.until(seconds + 0.2);
    const [line = ""] = run.lines;
    expect(line).toMatch(/^store 0 0 12345600 2 2 us \d+$/);
    const microseconds = Number(line.split(" ").at(-1));
    expect(microseconds / 1e6).toBeGreaterThan(seconds);
    expect(microseconds / 1e6).toBeLessThan(seconds * 1.05);
    const end = at + sectorBytes;
    const word = (address: number) => run.machine.busRead(address, 4);
    expect([word(at + 252), word(at + 256)]).toEqual([0x123456fc, 0xffffffff]);
    expect([word(at - 4), word(end - 4), word(end)]).toEqual([0, 0xffffffff, 0]);
    expect(run.machine.notes).toEqual([]);
  });

export const testStoreStuck = (board: string, at: number) =>
  test(`flash of ${board} that never gets ready: a code, not a hang`, async () => {
    const run = await FirmwareRun.of("store_main", board, storeAt(at));
    run.machine.inject("flash");
    run.until(0.2);
    expect(run.lines[0]).toMatch(/^store 1 1 [0-9a-f]+ 2 2 us \d+$/);
  });
