// An app from a file: the declaration, its model beside it, and what is fed to its sensor in simulation.

import { dirname, resolve } from "node:path";
import { type App, hashOf, parseApp } from "../app/app.ts";
import type { Board } from "../board/board.ts";
import { type BuiltApp, buildApp } from "../build-app.ts";
import type { Graph } from "../graph/graph.ts";
import { importModel } from "../import/import.ts";
import { type Feed, fromFirstUse, readFeed } from "../sim/sim.ts";
import type { Arguments } from "./command.ts";
import { error } from "./errors.ts";
import { readBytes, readText } from "./files.ts";
import { listOf, within, withinAsync } from "./model.ts";
import type { Terminal } from "./terminal.ts";

export interface LoadedApp {
  readonly app: App;
  readonly graph: Graph;
  readonly modelHash: string;
}

export function loadApp(file: string): LoadedApp {
  const app = within(file, () => parseApp(readText(file)));
  const path = resolve(dirname(file), app.model);
  const bytes = readBytes(path);
  const graph = within(path, () => importModel(bytes, { name: path }));
  return { app, graph, modelHash: hashOf(bytes) };
}

/** `console`: what it speaks on; default: what it says itself, else the board's own. */
export function buildAppFile(
  file: string,
  board: Board,
  console: (app: App) => App["console"] = (app) => app.console,
): Promise<BuiltApp> {
  const { app, ...model } = loadApp(file);
  const line = console(app);
  return withinAsync(file, () => buildApp({ ...model, app: line ? { ...app, console: line } : app }, board));
}

export const feedOptions = {
  feed: {
    type: "string",
    requiresArg: true,
    describe:
      "what a sensor sees: accelerometer=walk.csv, mic=talk.wav (CSV, JSONL or WAV; from its first sample on); repeat",
  },
} as const;

/** `--feed NAME=FILE`; a name that the app's sensor does not have is refused. Notes say what was done to a file's values. */
export function feedsOf(args: Arguments, app: App, terminal: Terminal): Readonly<Record<string, Feed>> {
  const feeds: Record<string, Feed> = {};
  for (const text of listOf(args["feed"])) {
    const [, name, file] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (name === undefined || file === undefined)
      throw error("usage", {
        problem: `--feed ${text}: NAME=FILE is expected, e.g. ${app.sensor.input}=recording.csv`,
      });
    if (name !== app.sensor.input)
      throw error("usage", { problem: `--feed ${name}: the app's sensor input is called ${app.sensor.input}` });
    const recording = within(file, () => readFeed(readBytes(file), { soundHz: app.sensor.rateHz }));
    if (recording.channels < app.sensor.channels)
      throw error("feed-channels", { file, channels: recording.channels, wanted: app.sensor.channels }, { file });
    for (const note of recording.notes) terminal.note(`${file}: ${note}`);
    feeds[name] = fromFirstUse(recording);
  }
  return feeds;
}
