// Replay and capture over a line that hurts bytes, and over one that is too slow for what is asked of it.

import { afterEach, describe, expect, test, vi } from "vitest";
import { CaptureReader, startCapture } from "../../host/serial/smp/capture.ts";
import { replay } from "../../host/serial/smp/replay.ts";
import { levelApp } from "../app/level-app.ts";
import { attached, motion, noticesOf, samples, until } from "./board-scene.ts";

describe("a line that is not good", () => {
  afterEach(() => void vi.useRealTimers());

  test("frames hurt both ways: the recording arrives all the same, each sample once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let [out, back] = [0, 0];
    const hurt = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte));
    const scene = await attached(motion([]), "microbit", {
      // each fifth request has a flipped bit, each seventh answer misses a byte
      toBoard: (bytes) => (++out % 5 === 0 ? hurt(bytes, bytes.length >> 1) : bytes),
      fromBoard: (bytes) => (bytes.includes(0x06) && ++back % 7 === 0 ? bytes.filter((_, i) => i !== 9) : bytes),
      // a request is sent again after a time that is the board's
      afterSlice: (milliseconds) => void vi.advanceTimersByTime(milliseconds),
    });
    try {
      const replayed = await replay(scene.smp, { samples, channels: 3, rateHz: 50 });
      const ofIt = () => noticesOf(scene.items, "summary").find((summary) => summary["samples"] === replayed.samples);
      await until(() => ofIt() !== undefined);
      expect(ofIt()!["crc"]).toBe(replayed.crc.toString(16).padStart(8, "0"));
      expect(out).toBeGreaterThan(18);
      expect(back).toBeGreaterThan(14);
    } finally {
      await scene.close();
    }
  });

  test.each(["pico", "nano33ble"])("%s: sound at 16 kHz over USB, not a sample is missing", async (board) => {
    const { app, ...rest } = levelApp(16_000);
    const sound = { ...rest, app: { ...app, permits: ["raw"] as const, console: "usb" as const } };
    const tone = (t: number) => [0.8 * Math.sin(2 * Math.PI * 440 * t)];
    const scene = await attached(sound, board, { feeds: { mic: { at: tone } } });
    try {
      await until(() => noticesOf(scene.items, "boot").length > 0);
      const capture = await startCapture(scene.smp);
      expect(capture).toEqual({ channels: 1, rateHz: 16_000 });
      const raw = () => scene.items.flatMap((item) => (item.kind === "raw" ? [item.payload] : []));
      await until(() => raw().length > 300);
      const reader = new CaptureReader(capture);
      const parts = raw().map((payload) => reader.take(payload)!);
      expect(parts.filter(({ missing }) => missing > 0)).toEqual([]);
      // 440 Hz are 36.36 samples a period: upward crossings of zero are as far apart, all along
      const values = parts.flatMap(({ samples: some }) => [...some]);
      const ups = values.flatMap((value, i) => (i > 0 && values[i - 1]! < 0 && value >= 0 ? [i] : []));
      expect(ups.length).toBeGreaterThan(900);
      expect((ups.at(-1)! - ups[0]!) / (ups.length - 1)).toBeCloseTo(16_000 / 440, 1);
      const results = scene.items.flatMap((item) => (item.kind === "result" ? [item.result] : []));
      expect(results.some(({ late, dropped }) => late !== undefined || dropped !== undefined)).toBe(false);
      expect(scene.items.some(({ kind }) => kind === "damaged")).toBe(false);
    } finally {
      await scene.close();
    }
  });

  test("more samples than the line carries: results are whole, what is missing is known", async () => {
    // 8,000 samples a second are 16 KB; 115,200 baud are 11.5
    const { app, ...rest } = levelApp(8000);
    const level = (t: number) => [t % 1 < 0.5 ? 0.5 : -0.5];
    const declaredLevel = { ...rest, app: { ...app, permits: ["raw"] as const } };
    const scene = await attached(declaredLevel, "pico", { feeds: { mic: { at: level } } });
    try {
      await until(() => noticesOf(scene.items, "boot").length > 0);
      const capture = await startCapture(scene.smp);
      const results = () => scene.items.flatMap((item) => (item.kind === "result" ? [item.result] : []));
      await until(() => results().length > 50);
      const reader = new CaptureReader(capture);
      const parts = scene.items.flatMap((item) => (item.kind === "raw" ? [reader.take(item.payload)!] : []));
      const missing = parts.reduce((sum, part) => sum + part.missing, 0);
      const all = parts.reduce((sum, part) => sum + part.samples.length, 0);
      expect(all).toBeGreaterThan(10_000);
      expect(missing).toBeGreaterThan(0.2 * all);
      expect(missing).toBeLessThan(0.6 * all);
      // results come first: none is late, none is dropped, none is hurt
      expect(results().map(({ seq }) => seq)).toEqual(results().map((_, i) => i));
      expect(results().some(({ late, dropped }) => late !== undefined || dropped !== undefined)).toBe(false);
      expect(scene.items.some(({ kind }) => kind === "damaged")).toBe(false);
      // the level changes each half second, of 4000 samples: so it does in what came, with what is missing held
      const levels = parts.flatMap(({ samples: some }) => [...some]).map((value) => Math.sign(value));
      const changes = levels.flatMap((value, i) => (i > 0 && value !== levels[i - 1] ? [i] : []));
      const lengths = changes.slice(1).map((at, i) => at - changes[i]!);
      expect(lengths.length).toBeGreaterThan(2);
      for (const length of lengths) expect(Math.abs(length - 4000)).toBeLessThan(600);
    } finally {
      await scene.close();
    }
  });
});
