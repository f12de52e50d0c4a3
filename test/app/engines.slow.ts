// An app on a simulated board, translated and interpreted: the same bytes and exceptions at the same cycles, the same memory at the end.
// Interrupts, polled devices, sleep and caches are all in it; the translator has nothing else to be right about.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { type BuiltApp, buildApp } from "../../host/build-app.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));

function runOf(built: BuiltApp, translate: boolean, seconds: number) {
  const { board } = built;
  const { machine } = simulateApp(built, { accelerometer: recording }, { translate });
  const digest = createHash("sha256");
  machine.onUart = (_, byte) => void digest.update(`${byte}@${machine.cycles} `);
  machine.onException = (number, entered) => void digest.update(`${number}${entered}${machine.pc}@${machine.cycles} `);
  machine.run({ cycles: seconds * board.clockHz });
  for (const { kind, base, bytes } of board.chip.memories) if (kind === "ram") digest.update(machine.peek(base, bytes));
  const { cycles, instructions, sleptCycles } = machine;
  return { cycles, instructions, sleptCycles, digest: digest.digest("hex") };
}

describe("both engines, cycle by cycle", () => {
  test.each(["pico", "nano33ble", "nucleo-f446re", "nucleo-l4r5zi", "blackpill-f411"])("motion on %s", async (name) => {
    const built = await buildApp(motionApp(), findBoard(name));
    const translated = runOf(built, true, 5);
    expect(translated).toEqual(runOf(built, false, 5));
    expect(translated.instructions).toBeGreaterThan(2_000_000);
  });
});
