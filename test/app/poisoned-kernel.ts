// One line of one kernel is another one here, compiled in: a wild store, an endless loop. What the device then keeps over its reset must
// name that line, which is looked up in the kernel's source text.

import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { type CrashPlace, describeCrash } from "../../host/profile/profile.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { device } from "../../host/wasm/built/device.ts";
import { AppRun } from "./fault-bench.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
export const declared = motionApp();
export const file = "assembly/kernels/dense.ts";
const source = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").split("\n");
/** Counted from 1. */
const lineOf = (words: string): number => source.findIndex((text) => text.includes(words)) + 1;
const sound = new Map(Object.entries(device.functions).map(([name, { text }]) => [name, text]));

/** Another store in the place of a line's: `store` is its text up to the address, `place` its position. */
type Change = (place: string, store: string, address: string) => string;

/** In all kernels that have the line. */
function poison(line: number, change: Change): void {
  const index = device.files.indexOf(file);
  const store = new RegExp(
    `(;;@ ${index}:${line}:\\d+\n)(\\(i32\\.store8\n);;@ [^\n]*\n(\\(local\\.get \\$\\d+\\)\n)`,
    "g",
  );
  let changed = 0;
  for (const [name, text] of sound) {
    const poisoned = text.replace(store, (_, place: string, opening: string, address: string) =>
      change(place, place + opening + place, address),
    );
    if (poisoned !== text) changed++;
    (device.functions[name] as { text: string }).text = poisoned;
  }
  expect(changed).toBeGreaterThan(0);
}

function heal(): void {
  for (const [name, text] of sound) (device.functions[name] as { text: string }).text = text;
}

/** The kernels are everybody's: they are healed as soon as the image is built. */
export async function runPoisoned(board: string, line: number, change: Change, seconds: number): Promise<AppRun> {
  poison(line, change);
  const built = await buildApp(declared, findBoard(board)).finally(heal);
  const run = new AppRun(built, simulateApp(built, { accelerometer: fromFirstUse(recording) }));
  run.until(seconds);
  return run;
}

/** Through the file that a host would have. */
export const elfOf = (run: AppRun) => readImage(writeImage(run.built.linked.image, "elf"));

/** Where the first output is stored; v6-M has a kernel of its own. */
export const storeLine = {
  pico: lineOf("store<i8>(out, finishPlain(a0,"),
  nano33ble: lineOf("store<i8>(out, finish(wide ? a0 : a0 >> 8,"),
};

export const denseLayer = ({ built }: AppRun): string =>
  built.linked.image.layers.find(({ name }) => name.includes("fully_connected"))!.name;

/** Why the chip started, each time (assembly/wire.ts). */
export const resets = (run: AppRun): number[] =>
  run.with("boot").map(({ line }) => (line["boot"] as { reset: number }).reset);

/** Where no chip has anything. */
export const wild = 0xc0000000;

/** One reset later the line of the store is known, through the file that a host would have. */
export async function wildStore(board: keyof typeof storeLine): Promise<{ run: AppRun; place: CrashPlace }> {
  const line = storeLine[board];
  const run = await runPoisoned(board, line, (_, store) => `${store}(i32.const ${wild | 0})\n`, 3.5);
  expect(run.results()).toEqual([]);
  expect(resets(run)).toEqual([1, 3]);
  const crashes = run.with("crash");
  expect(crashes.length).toBe(1);
  // before the boot line of the same start
  expect(run.said.indexOf(crashes[0]!)).toBe(run.said.indexOf(run.with("boot")[1]!) - 1);
  const place = describeCrash(crashes[0]!.line["crash"], elfOf(run))!;
  const layer = denseLayer(run);
  expect(place).toMatchObject({ exception: "HardFault", layer, function: layer, file, line, imprecise: false });
  expect(place.text).toContain(`in ${layer}, ${file}:${line}, pc 0x`);
  return { run, place };
}
