// What a user types: an app that listens, its recording as a WAV file, on simulated boards with an I2S microphone; and how a board without one says so.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { exportTflite } from "../../host/export/export.ts";
import { wavData, wavHead } from "../../host/serial/serial.ts";
import { levelApp } from "../app/level-app.ts";
import { temporaryFolder, thumbelina } from "./thumbelina.ts";

const folder = temporaryFolder();
const rateHz = 16000;
const { app, graph } = levelApp(rateHz, "i2s-microphone");
writeFileSync(join(folder, app.model), exportTflite(graph));
writeFileSync(join(folder, "app.json"), JSON.stringify(app));

/** Three seconds at another rate: a hum around a level that changes every quarter of a second. */
const wavHz = 22050;
const hum = Int16Array.from({ length: 3 * wavHz }, (_, i) => {
  const level = Math.floor((4 * i) / wavHz) % 2 ? -15000 : 15000;
  return level + 9000 * Math.sin((2 * Math.PI * 200 * i) / wavHz);
});
const head = wavHead({ channels: 1, rateHz: wavHz }, 2 * hum.length);
writeFileSync(join(folder, "hum.wav"), Buffer.concat([head, wavData(hum)]));

const simulate = (board: string, ...more: string[]) =>
  thumbelina(["sim", "app.json", "--board", board, "--for", "2.1s", ...more], { cwd: folder });

test.each(["nucleo-f446re", "nucleo-l4r5zi"])("%s detects what the WAV has", (board) => {
  const { code, stdout, stderr } = simulate(board, "--feed", "mic=hum.wav");
  expect([code, stderr]).toEqual([0, expect.stringContaining("resampled from 22050 to 16000")]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.filter((line) => "warn" in line)).toEqual([]);
  const detected = lines.filter((line) => line.detected).map((line) => line.detected);
  expect(detected).toEqual(
    ["above", "below", "above", "below", "above", "below", "above", "below", "above"].slice(0, detected.length),
  );
  expect(detected.length).toBeGreaterThanOrEqual(8);
});

test("a board without one builds the app, and says that its samples come by replay", () => {
  const { code, stderr } = thumbelina(["build", "app.json", "--board", "pico", "-o", "app.uf2"], { cwd: folder });
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining("pico has no bus for i2s-microphone: samples come by replay only"),
  ]);
});
