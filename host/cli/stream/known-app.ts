// What the user says is on the device: an app.json or an image. In: the file; out: what it adds to a stream: columns of raw samples, how a
// recording becomes samples, and whether the device's lines are of this very app.

import { type App, hashOfApp, sensorChannels, sensorOn, toRaw } from "../../app/app.ts";
import { consoleNames } from "../../board/board.ts";
import { type ConsoleItem, columnsOf, type SampleColumn } from "../../serial/serial.ts";
import { readFeed } from "../../sim/sim.ts";
import { loadApp } from "../app-file.ts";
import { error } from "../errors.ts";
import { readBytes } from "../files.ts";
import { within } from "../model.ts";
import { kindOfFile } from "../program.ts";

export interface KnownApp {
  readonly file: string;
  readonly kind: "app" | "image";
  readonly app?: App;
  /** The app on each console that it can be built for; the first as the file says. */
  readonly versions?: readonly { readonly console: App["console"]; readonly hash: string }[];
  readonly modelHash?: string;
}

export function openKnownApp(file: string): KnownApp {
  const kind = kindOfFile(readBytes(file));
  if (kind === "image") return { file, kind };
  if (kind !== "app") throw error("usage", { problem: `${file} is neither an app nor an image` });
  const { app, modelHash } = loadApp(file);
  const consoles = [app.console, ...consoleNames];
  const versions = consoles.map((console) => ({ console, hash: hashOfApp(console ? { ...app, console } : app) }));
  return { file, kind, app, versions, modelHash };
}

export function columnsFor(
  known: KnownApp | undefined,
  channels: number,
  board: string | undefined,
): readonly SampleColumn[] {
  const { app } = known ?? {};
  return columnsOf(channels, app && sensorChannels(sensorOn(app.sensor, board)));
}

/** Words, once, when the device runs something else than was said. */
export function differenceFrom(known: KnownApp, item: ConsoleItem): string | undefined {
  const { versions, modelHash } = known;
  if (item.kind !== "result" || !versions) return undefined;
  const { app, model } = item.result;
  if (typeof app !== "string" || typeof model !== "string" || versions.some(({ hash }) => hash === app))
    return undefined;
  const what = model === modelHash ? `app (${app}, here ${versions[0]?.hash})` : `model (${model}, here ${modelHash})`;
  return `the device runs another version of the ${what}: flash ${known.file} to have this one`;
}

/** A recording as the sensor's driver would deliver it: each value held until the next, at the sensor's rate. */
export function recordingFor(
  known: KnownApp | undefined,
  file: string,
  board: string | undefined,
  note: (words: string) => void,
) {
  const { app } = known ?? {};
  if (!app)
    throw error("usage", { problem: "--replay needs the app (app.json): it says what the sensor's steps are worth" });
  const sensor = sensorOn(app.sensor, board);
  const recording = within(file, () => readFeed(readBytes(file), { soundHz: sensor.rateHz }));
  const { channels, seconds, samples: inFile } = recording;
  if (channels < sensor.channels) throw error("feed-channels", { file, channels, wanted: sensor.channels }, { file });
  for (const words of recording.notes) note(`${file}: ${words}`);
  const { rateHz } = sensor;
  // times are those of the samples' beginnings: the last one lasts as long as the others
  const count = recording.rateHz === rateHz ? inFile : Math.max(1, Math.floor(seconds * rateHz) + 1);
  const samples = new Int16Array(count * sensor.channels);
  for (let i = 0; i < count; i++)
    samples.set(toRaw(sensor, recording.at((i + 0.5) / rateHz) ?? []), i * sensor.channels);
  return { samples, channels: sensor.channels, rateHz };
}
