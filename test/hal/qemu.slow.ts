// The images that simulated boards run, in QEMU: the same bytes, peripherals by other hands.

import { describe, expect, test } from "vitest";
import { hasQemu, QemuConsole } from "./qemu-console.ts";
import { firmwareOf } from "./run-firmware.ts";

async function started(main: string, board: string, options = {}): Promise<QemuConsole> {
  return new QemuConsole(board, (await firmwareOf(main, board, options)).linked.image);
}

const boards = [
  ["microbit", 16e6],
  ["mps2-an385", 25e6],
  ["mps2-an386", 25e6],
  ["mps2-an500", 25e6],
  ["mps2-an505", 20e6],
  ["netduinoplus2", 168e6],
] as const;

describe.skipIf(!hasQemu).each(boards)("%s", (board, hz) => {
  // Again where this process had no core for half a second: QEMU's clock is the host's, and the lines are timed here.
  test("hello: its seconds are seconds of the host", { retry: 2 }, async () => {
    const qemu = await started("hello_main", board);
    try {
      await qemu.waitForLines(2);
      const milliseconds = await qemu.waitForLines(5);
      expect(qemu.lines[0]).toBe(`hello from ${board}, clock ${hz}, fallback 0`);
      const times = qemu.lines.slice(1).map((line) => Number(line.replace("time ", "")));
      for (const [i, time] of times.entries()) expect(Math.abs(time - 1e6 * (i + 1))).toBeLessThan(300_000);
      // three periods; a wrong divisor would be 20 % off or more
      expect(milliseconds).toBeGreaterThan(2600);
      expect(milliseconds).toBeLessThan(3500);
    } finally {
      await qemu.close();
    }
  });

  test("echo: 2,000 bytes come back whole", async () => {
    const qemu = await started("echo_main", board);
    try {
      // the machine must listen: QEMU holds what comes before for a second
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (let line = 0; line < 40; line++) {
        qemu.send(`${String(line).padStart(3, "0")} the quick brown fox jumps over the lazy dog.\n`);
        await qemu.waitForLines(line + 1);
      }
      expect(qemu.lines).toEqual(
        [...Array(40).keys()].map(
          (line) => `${String(line).padStart(3, "0")} the quick brown fox jumps over the lazy dog.`,
        ),
      );
    } finally {
      await qemu.close();
    }
  });
});

describe.skipIf(!hasQemu)("watchdog and flash", () => {
  test.each(["mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505"])(
    "%s: a watchdog that is not fed ends in a reset",
    async (board) => {
      const qemu = await started("guarded_main", board);
      try {
        const milliseconds = await qemu.waitForLines(3);
        // QEMU does not keep the cause
        expect(qemu.lines.slice(0, 3)).toEqual(["cause 1", "fed 20", "cause 1"]);
        expect(milliseconds).toBeGreaterThan(1000);
      } finally {
        await qemu.close();
      }
    },
  );

  test("microbit: the flash controller erases, programs, and refuses", async () => {
    const qemu = await started("store_main", "microbit", { config: { "store.at": 0x3c000, "store.unit": 256 } });
    try {
      await qemu.waitForLines(1);
      expect(qemu.lines[0]).toMatch(/^store 0 0 12345600 2 2 us \d+$/);
    } finally {
      await qemu.close();
    }
  });
});
