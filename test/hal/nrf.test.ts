// Drivers of nRF52840 and nRF51 on nano33ble and microbit: nrf-cases.ts; and what one board proves for all.

import { expect, test } from "vitest";
import { describeBus, describeCore, testLoader, testMicrophone } from "./nrf-cases.ts";
import { FirmwareRun } from "./run-firmware.ts";

describeCore("nano33ble", 64e6);
describeCore("microbit", 16e6);
describeBus("nano33ble");
testLoader("nano33ble", 0xb0);
// climbs 16 of 32768 a sample and wraps
testMicrophone("nano33ble", "mic", (n) => ((n % 4096) * 16 - 32768) / 32768);

test("microbit has no boot loader: asked for it, it goes on", async () => {
  const run = await FirmwareRun.of("guarded_main", "microbit");
  run.until(0.2);
  run.machine.send(Uint8Array.of(98));
  run.until(1.08);
  expect(run.lines).toEqual(["cause 1", "fed 20"]);
});

test("a rate that the microphone's clock cannot make is refused", async () => {
  const options = { drivers: { sound: "sound" }, config: { "sound.rate": 11025, "sound.step": 16 } };
  const run = await FirmwareRun.of("sound_main", "nano33ble", options);
  run.until(0.1);
  expect(run.lines[0]).toBe("start 6");
});
