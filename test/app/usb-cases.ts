// The motion app on USB of a board: the same results as on the UART; a host that stops reading, and a cable pulled in the middle of a packet, cost lines,
// which are counted or named, and nothing else.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { toRaw } from "../../host/app/app.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { asResult, builtApp, type Line, motionApp, sessionResults } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const motion = motionApp();
const declared = { ...motion, app: { ...motion.app, console: "usb" } } as const;

/** `during`: once a second. */
async function linesOnUsb(
  boardName: string,
  seconds: number,
  during: (second: number, board: ReturnType<typeof simulateApp>) => void = () => {},
): Promise<{ lines: Line[]; notes: readonly unknown[] }> {
  const app = await builtApp(boardName, declared);
  const simulated = simulateApp(app, { accelerometer: fromFirstUse(recording) });
  const { machine } = simulated;
  let text = "";
  machine.onUart = (_, byte) => {
    text += String.fromCharCode(byte);
  };
  for (let second = 0; second < seconds; second++) {
    during(second, simulated);
    machine.run({ cycles: app.board.clockHz });
  }
  const lines = text.split("\n").slice(0, -1);
  return { lines: lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)), notes: machine.notes };
}

async function wantedOf(seconds: number) {
  const samples = Array.from({ length: 50 * seconds }, (_, i) => toRaw(declared.app.sensor, recording.at(i / 50)!));
  return sessionResults(declared, samples);
}

const seconds = 30;
let expected: ReturnType<typeof wantedOf> | undefined;
const wantedNow = () => (expected ??= wantedOf(seconds));
const resultsOf = (lines: readonly Line[]) => lines.filter((line) => "seq" in line).map(asResult);

export const describeStream = (board: string) =>
  describe(`motion over USB on ${board}`, () => {
    test("says what this computer says", async () => {
      const wanted = await wantedNow();
      const { lines, notes } = await linesOnUsb(board, seconds);
      expect(lines[0]).toMatchObject({ boot: { board, app: "motion" } });
      const results = resultsOf(lines);
      expect(results.length).toBeGreaterThanOrEqual(wanted.length - 1);
      expect(results).toEqual(wanted.slice(0, results.length));
      expect(results.filter(({ detected }) => detected !== undefined).length).toBeGreaterThan(1);
      expect(lines.some((line) => "warn" in line || "dropped" in line)).toBe(false);
      expect(notes).toEqual([]);
    });

    test("the host stops reading for ten seconds: lines are dropped and counted, then all is as before", async () => {
      const wanted = await wantedNow();
      const { lines } = await linesOnUsb(board, seconds, (second, { machine }) => {
        if (second === 10) machine.usbConsole!.paused = true;
        if (second === 20) machine.usbConsole!.paused = false;
      });
      const results = resultsOf(lines);
      const seqs = results.map(({ seq }) => seq);
      const missing = wanted.filter(({ seq }) => seq < seqs.at(-1)! && !seqs.includes(seq)).length;
      expect(missing).toBeGreaterThan(0);
      const dropped = lines.reduce((sum, line) => sum + ((line["dropped"] as number | undefined) ?? 0), 0);
      expect(dropped).toBeGreaterThanOrEqual(missing);
      for (const result of results) expect(result).toEqual(wanted[result.seq]);
    });
  });

export const testUnplugging = (board: string) =>
  test(`motion over USB on ${board}, pulled out in the middle of a packet: named after the return, detections equal again`, async () => {
    const wanted = await wantedNow();
    const { lines, notes } = await linesOnUsb(board, 20, (second, { machine }) => {
      const { host } = machine.usbConsole!;
      if (second === 6) host.pipes.cut = "in";
      if (second === 9) host.plug();
    });
    const boots = lines.flatMap((line, i) => ("boot" in line ? [i] : []));
    expect(boots.length).toBe(2);
    expect(lines[boots[1]! + 1]).toMatchObject({ warn: "console cut", code: 1 });
    expect(lines[boots[1]! + 2]).toMatchObject({ ok: "console cut" });
    // within two seconds of the return
    expect((lines[boots[1]! + 1]!["t_us"] as number) / 1e6).toBeLessThan(11);
    const results = resultsOf(lines);
    for (const result of results) expect(result).toEqual(wanted[result.seq]);
    const after = resultsOf(lines.slice(boots[1]));
    const from = after[0]!.seq;
    expect(from).toBeLessThan(15);
    expect(after).toEqual(wanted.slice(from, from + after.length));
    expect(after.some(({ detected }) => detected !== undefined)).toBe(true);
    expect(notes).toEqual([]);
  });
