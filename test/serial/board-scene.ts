// A simulated board with an app on it, attached as a host attaches: what it says is kept, and it can be asked.

import { readFileSync } from "node:fs";
import { type App, toRaw } from "../../host/app/app.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { attach } from "../../host/serial/attached.ts";
import type { ConsoleItem } from "../../host/serial/serial.ts";
import { type Feed, readFeed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";
import { type Declared, motionApp } from "../app/on-board.ts";
import { BoardPort, type BoardPortOptions } from "./board-port.ts";

export const { app: declared, graph, modelHash } = motionApp();
const recording = readFeed(readFileSync(new URL("../../models/motion/recording.csv", import.meta.url)));

const seconds = 14;
export const samples = Int16Array.from(
  Array.from({ length: 50 * seconds }, (_, i) => [...toRaw(declared.sensor, recording.at(i / 50)!)]).flat(),
);

export interface Scene {
  readonly port: BoardPort;
  readonly items: ConsoleItem[];
  readonly smp: ReturnType<typeof attach>["smp"];
  /** Functions of the image that could send samples. */
  readonly code: readonly string[];
  close(): Promise<void>;
}

export interface SceneOptions extends BoardPortOptions {
  readonly feeds?: Readonly<Record<string, Feed>>;
}

export const motion = (permits: App["permits"]) => ({ app: { ...declared, permits }, graph, modelHash });

export async function attached(app: Declared, board: string, { feeds, ...options }: SceneOptions = {}): Promise<Scene> {
  const built = await buildApp(app, findBoard(board));
  const { machine } = simulateApp(built, feeds);
  const port = new BoardPort(machine, options);
  const { smp, batches } = attach(port);
  const items: ConsoleItem[] = [];
  const reading = (async () => {
    for await (const batch of batches) items.push(...batch);
  })();
  const close = async () => {
    await port.close();
    await reading;
  };
  const code = built.layout.functions.filter((name) => /(^|\/)capture\//.test(name));
  return { port, items, smp, code, close };
}

export const noticesOf = (items: readonly ConsoleItem[], name: string) =>
  items.flatMap((item) =>
    item.kind === "notice" && item.name === name ? [item.value as Record<string, unknown>] : [],
  );

export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn === 100_000) throw new Error("it never happened");
    await new Promise((resolve) => setImmediate(resolve));
  }
}
