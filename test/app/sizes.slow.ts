// Size and first words of the firmware on the boards that run an app.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findBoard, withConsole } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { fromFirstUse, readFeed } from "../../host/sim/sim.ts";
import { AppRun } from "./fault-bench.ts";
import { expectSmall, expectSoon } from "./firmware-size.ts";
import { motionApp } from "./on-board.ts";

const recording = readFeed(readFileSync(new URL("../../models/motion/recording-long.csv", import.meta.url)));
const declared = motionApp();

test.each([
  ["pico", "usb"],
  ["nano33ble", "uart"],
  ["nano33ble", "usb"],
  ["nucleo-f446re", "uart"],
  ["nucleo-l4r5zi", "uart"],
  ["microbit", "uart"],
  ["mps2-an385", "uart"],
  ["mps2-an386", "uart"],
  ["netduinoplus2", "uart"],
] as const)("%s, console %s: small enough", async (board, line) => {
  expectSmall(await buildApp(declared, withConsole(findBoard(board), line)));
});

test("microbit has room for the motion app", async () => {
  const { linked } = await buildApp(declared, findBoard("microbit"));
  expect(linked.ramBytes + linked.stackBytes).toBeLessThanOrEqual(16 * 1024);
});

test.each(["nano33ble", "nucleo-f446re", "nucleo-l4r5zi"])("%s: soon enough", async (board) => {
  expectSoon(await AppRun.of(board, declared, { accelerometer: fromFirstUse(recording) }));
});
