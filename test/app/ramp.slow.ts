// A counter that a sensor shows, sample after sample for a simulated hour: whatever is lost, repeated, torn or swapped on the way through
// chip, bus, handler and ring changes the CRC that the device makes of all samples it consumed. This computer makes the same one.
//
//   sample n, channel c   (3n + c) mod 60000 − 30000        every channel changes with every sample, short of the rails
//
// `pico` always; every other board, and QEMU's machines by replay, when THUMBELINA_SUITE=full.

import { expect, test } from "vitest";
import { sensorChannels, sensorOn } from "../../host/app/app.ts";
import { crc32 } from "../../host/base/crc.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { fromFirstUse } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { hasQemu } from "../hal/qemu-console.ts";
import { type Line, motionApp } from "./on-board.ts";
import { replayInQemu } from "./replay-in-qemu.ts";

const full = process.env.THUMBELINA_SUITE === "full";
const boards = ["pico", ...(full ? ["nano33ble", "nucleo-f446re", "nucleo-l4r5zi", "blackpill-f411"] : [])];
const machines = full && hasQemu ? ["mps2-an386", "netduinoplus2", "microbit"] : [];

const hour = 3600;
const motion = motionApp();
/** A window every 2.56 s: the hour is the samples'. */
const declared = { ...motion, app: { ...motion.app, frontEnd: { ...motion.app.frontEnd, hop: 128 } } };
const { rateHz } = declared.app.sensor;
const channels = 3;
const ramp = (i: number) => (i % 60_000) - 30_000;
const samples = Int16Array.from({ length: channels * rateHz * (hour + 1) }, (_, i) => ramp(i));
const crcOf = (count: number) =>
  crc32(new Uint8Array(samples.buffer, 0, 2 * channels * count))
    .toString(16)
    .padStart(8, "0");

function lossless(lines: readonly Line[]): readonly Line[] {
  expect(lines.filter((line) => "warn" in line || "crash" in line)).toEqual([]);
  const summaries = lines.flatMap((line): Line[] => ("summary" in line ? [line["summary"] as Line] : []));
  for (const summary of summaries) expect(summary).toMatchObject({ late: 0, missed: 0, sensor_errors: 0, dropped: 0 });
  return summaries;
}

test.each(boards)("%s: an hour of a ramp, and no sample is lost", async (name) => {
  const board = findBoard(name);
  const steps = sensorChannels(sensorOn(declared.app.sensor, name))!.map(({ step }) => step);
  const at = (seconds: number) => {
    const n = Math.floor(seconds * rateHz + 1e-6);
    return steps.map((step, c) => ramp(channels * n + c) * step);
  };
  const feeds = { accelerometer: fromFirstUse({ at }, 0.5 / rateHz) };
  const { machine } = simulateApp(await buildApp(declared, board), feeds);
  const text: string[] = [];
  machine.onUart = (_, byte) => void text.push(String.fromCharCode(byte));
  while (machine.world.seconds() < hour)
    machine.run({ cycles: Math.ceil((hour - machine.world.seconds()) * machine.world.clock("core")) });
  const lines: Line[] = text
    .join("")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  const summaries = lossless(lines);
  expect(summaries.length).toBeGreaterThanOrEqual(hour / 10 - 1);
  const last = summaries.at(-1)!;
  expect(last["samples"]).toBeGreaterThan(rateHz * (hour - 11));
  for (const { samples: count, crc } of [...summaries.filter((_, i) => i % 40 === 0), last])
    expect([count, crc]).toEqual([count, crcOf(Number(count))]);
  expect(machine.notes).toEqual([]);
});

test.each(machines)("%s in QEMU: an hour's ramp by replay", async (name) => {
  const { linked } = await buildApp(declared, findBoard(name));
  const count = rateHz * hour;
  const sent = samples.subarray(0, channels * count);
  const { lines, crc, damaged } = await replayInQemu(name, linked.image, { samples: sent, channels, rateHz });
  expect(damaged).toBe(0);
  expect(lossless(lines)).toMatchObject([{ samples: count, crc: crcOf(count) }]);
  expect(crc.toString(16).padStart(8, "0")).toBe(crcOf(count));
});
