// A recording in the sensor's place, sent over USB: SMP frames one way, results and replies the other, on both controllers. Every sample
// arrives (CRC), every result is this computer's.

import { expect, test } from "vitest";
import { openAppSession } from "../../host/app-session.ts";
import { replay } from "../../host/serial/smp/replay.ts";
import { smpCommands } from "../../host/serial/smp/smp-client.ts";
import { attached, declared, motion, noticesOf, samples, until } from "./board-scene.ts";

test.each(["pico", "nano33ble"])("replay over USB of %s", async (board) => {
  const app = motion([]);
  const scene = await attached({ ...app, app: { ...app.app, console: "usb" } }, board);
  await until(() => noticesOf(scene.items, "boot").length > 0);
  const words = "a text that takes more than one packet of 64 bytes on its way there and back again";
  expect((await scene.smp.request(smpCommands.echo, { d: words })).get("r")).toBe(words);
  const replayed = await replay(scene.smp, { samples, channels: 3, rateHz: 50 });
  await until(() => noticesOf(scene.items, "summary").length > 0);
  const [summary] = noticesOf(scene.items, "summary");
  expect(summary).toMatchObject({ samples: replayed.samples, crc: replayed.crc.toString(16).padStart(8, "0") });

  const session = await openAppSession({ ...app, app: declared });
  const wanted = Array.from({ length: samples.length / 3 }, (_, i) =>
    session.push(samples.subarray(3 * i, 3 * i + 3)),
  ).flatMap((result) => result ?? []);
  const got = scene.items.flatMap((item) => (item.kind === "result" ? [item.result] : []));
  const last = got.findLastIndex(({ seq }) => seq === wanted.length - 1);
  const said = got.slice(last - wanted.length + 1, last + 1);
  expect(said.map(({ seq, label, window, detected }) => [seq, label, window, detected ?? undefined])).toEqual(
    wanted.map(({ seq, label, window, detected }) => [seq, label, window, detected]),
  );
  expect(scene.items.some(({ kind }) => kind === "damaged")).toBe(false);
  await scene.close();
});
