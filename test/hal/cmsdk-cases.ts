// What firmware drivers of the CMSDK peripherals must do on a simulated MPS2 board.

import { describe, expect, test } from "vitest";
import { FirmwareRun } from "./run-firmware.ts";

export const describeMps2 = (board: string, hz: number) =>
  describe(board, () => {
    test("hello: whole text, and no drift over a wrap of the timer", async () => {
      const run = await FirmwareRun.of("hello_main", board);
      run.until(70.5);
      expect(run.lines[0]).toBe(`hello from ${board}, clock ${hz}, fallback 0`);
      const times = run.lines.slice(1).map((line) => Number(line.replace("time ", "")));
      expect(times.length).toBe(70);
      // 2^26 µs are 67.1 s
      for (const [i, time] of times.entries()) expect(Math.abs(time - 1e6 * (i + 1))).toBeLessThan(1000);
      expect(Math.abs(times[69]! - times[1]! - 68e6)).toBeLessThan(20);
      expect(run.machine.notes).toEqual([]);
    });

    test("echo: a burst comes back whole", async () => {
      const run = await FirmwareRun.of("echo_main", board);
      run.until(0.05);
      const sent = Array.from({ length: 400 }, (_, i) => String.fromCharCode(32 + (i % 90))).join("");
      run.machine.send(new TextEncoder().encode(sent));
      run.pass(0.12);
      expect(run.text).toBe(sent);
    });

    test("a watchdog that is not fed raises NMI, whose handler leaves a record and resets", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      const resets: [string, number][] = [];
      run.machine.onReset = (cause) => resets.push([cause, run.seconds]);
      run.until(1.5);
      expect(run.lines).toEqual(["cause 1", "fed 20", "cause 3"]);
      expect(resets.map(([cause]) => cause)).toEqual(["software"]);
      expect(resets[0]![1]).toBeGreaterThan(1.09);
      expect(resets[0]![1]).toBeLessThan(1.12);
    });

    test("where even NMI does not end, the second time resets the chip", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      run.until(0.5);
      // b . at every address of the fault handler's place in the table: NMI stays there
      const table = run.machine.board.image.start;
      const nmi = new DataView(run.machine.peek(table + 8, 4).buffer).getUint32(0, true) & ~1;
      run.machine.poke(nmi, Uint8Array.of(0xfe, 0xe7));
      const resets: [string, number][] = [];
      run.machine.onReset = (cause) => resets.push([cause, run.seconds]);
      run.until(1.4);
      expect(resets[0]![0]).toBe("watchdog");
      expect(resets[0]![1]).toBeGreaterThan(1.19);
      expect(resets[0]![1]).toBeLessThan(1.22);
      expect(run.lines.at(-1)).toBe("cause 4");
    });

    test("reset by software and by power", async () => {
      const run = await FirmwareRun.of("guarded_main", board);
      run.until(0.2);
      run.machine.send(Uint8Array.of(114));
      run.pass(0.2);
      run.machine.powerCycle();
      run.machine.load(run.machine.image!); // code memory is RAM
      run.pass(0.2);
      expect(run.lines).toEqual(["cause 1", "cause 3", "cause 1"]);
    });
  });
