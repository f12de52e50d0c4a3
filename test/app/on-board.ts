// An app on a simulated board and on this computer: result lines of both, without what only a board has (time, lag, cycles).

import { readFileSync } from "node:fs";
import { type App, hashOf, parseApp, type WindowResult } from "../../host/app/app.ts";
import { openAppSession } from "../../host/app-session.ts";
import { findBoard } from "../../host/board/board.ts";
import { type BuiltApp, buildApp } from "../../host/build-app.ts";
import { type Graph, importModel } from "../../host/index.ts";
import type { Feed } from "../../host/sim/sim.ts";
import { simulateApp } from "../../host/simulate-app.ts";

export interface Declared {
  readonly app: App;
  readonly graph: Graph;
  readonly modelHash: string;
}

const motionFolder = new URL("../../models/motion/", import.meta.url);

export function motionApp(): Declared {
  const model = readFileSync(new URL("motion.tflite", motionFolder));
  const app = parseApp(readFileSync(new URL("app.json", motionFolder), "utf8"));
  return { app, graph: importModel(model), modelHash: hashOf(model) };
}

const built = new Map<string, Promise<BuiltApp>>();

/** Built once for each board and declaration. */
export function builtApp(board: string, declared: Declared): Promise<BuiltApp> {
  const key = `${board} ${declared.modelHash} ${JSON.stringify(declared.app)}`;
  const made = built.get(key) ?? buildApp(declared, findBoard(board));
  built.set(key, made);
  return made;
}

export type Line = Readonly<Record<string, unknown>>;

/** All lines of the console within `seconds`; `during` is called twice a second with the time and what can be done to the sensor. */
export async function linesOn(
  boardName: string,
  declared: Declared,
  feeds: Readonly<Record<string, Feed>>,
  seconds: number,
  during?: (seconds: number, board: ReturnType<typeof simulateApp>) => void,
): Promise<Line[]> {
  const app = await builtApp(boardName, declared);
  const simulated = simulateApp(app, feeds);
  let text = "";
  simulated.machine.onUart = (_, byte) => {
    text += String.fromCharCode(byte);
  };
  for (let half = 0; half < 2 * seconds; half++) {
    during?.(half / 2, simulated);
    simulated.machine.run({ cycles: app.board.clockHz / 2 });
  }
  const lines = text.split("\n");
  return lines.slice(0, -1).map((line) => JSON.parse(line));
}

/** A result line as the session would say it. */
export function asResult({ seq, window, label, score, mean, detected }: Line): WindowResult {
  const whole = (value: unknown) => Math.round(1e4 * (value as number));
  return {
    ...{ seq: seq as number, window: window as number, label: label as string },
    ...{ score: whole(score), mean: whole(mean), detected: (detected as string | null) ?? undefined },
  };
}

export async function sessionResults(
  declared: Declared,
  samples: Iterable<ArrayLike<number>>,
): Promise<WindowResult[]> {
  const session = await openAppSession(declared);
  return [...samples].flatMap((sample) => session.push(sample) ?? []);
}
