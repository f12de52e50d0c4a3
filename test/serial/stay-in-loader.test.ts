// --after no-reset: what was written is not started, and the boot loader answers the next run; boot loaders that start it by themselves say so.

import { expect, test } from "vitest";
import { parseSimulatedAddress, simulatedReach } from "../../host/serial/emulated/simulated-board.ts";
import { flash } from "../../host/serial/flash.ts";
import { nrfDfu } from "../../host/serial/protocols/nrf-dfu.ts";
import { runFlash } from "./flash-bench.ts";
import { listener, randomImage, sceneOf } from "./flash-scene.ts";
import { holdsImage, image, romBenches, usedFlash } from "./rom-benches.ts";

test.each(romBenches.map((bench) => [bench.name, bench] as const))("%s", async (_, bench) => {
  const data = image(3000, 3);
  const flashBytes = usedFlash(bench, 100);
  const device = bench.device(flashBytes, 0);
  const parts = [{ address: bench.address, data }];
  const { stages, notes } = await runFlash(bench.protocol, device, bench.board, parts, { start: false });
  expect(holdsImage(flashBytes, bench, data)).toBe(true);
  if (bench.protocol === nrfDfu) {
    expect(notes).toEqual([expect.stringContaining("starts the application by itself")]);
    return;
  }
  expect(device.running).toBe(false);
  expect(stages.map(({ name }) => name)).not.toContain("resetting");
  const again = await runFlash(bench.protocol, device, bench.board, parts);
  expect(again.result.writtenBytes).toBe(0);
  expect(device.running).toBe(true);
});

test.each(["sim-usb:pico", "sim-usb:blackpill-f411", "sim:pico", "sim:microbit"])("%s", async (address) => {
  const scene = sceneOf(address.split(":")[1]!);
  const heard = listener();
  await flash(randomImage(scene.board, 3000), simulatedReach(parseSimulatedAddress(address)!, scene), {
    ...{ board: scene.board, listener: heard, start: false },
  });
  if (address.startsWith("sim-usb:")) expect(heard.stages).not.toContain("resetting");
  else expect(heard.notes).toContain("this boot loader starts the application by itself when it has all of it");
});
