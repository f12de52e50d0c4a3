// An app on a simulated board whose world breaks at one time and is mended at another: what its console said, when, and how that compares
// with the run in which nothing happened. Times are the world's seconds.

import { expect } from "vitest";
import { toRaw } from "../../host/app/app.ts";
import type { BuiltApp } from "../../host/build-app.ts";
import type { Feed, Recording } from "../../host/sim/sim.ts";
import { type SimulatedApp, simulateApp } from "../../host/simulate-app.ts";
import { asResult, builtApp, type Declared, type Line, sessionResults } from "./on-board.ts";

export interface Said {
  readonly at: number;
  readonly line: Line;
}

export class AppRun {
  readonly said: Said[] = [];
  /** Console text that is no JSON line. */
  readonly other: string[] = [];
  #line = "";

  constructor(
    readonly built: BuiltApp,
    readonly simulated: SimulatedApp,
  ) {
    simulated.machine.onUart = (_, byte) => this.#take(String.fromCharCode(byte));
  }

  static async of(board: string, declared: Declared, feeds: Readonly<Record<string, Feed>>): Promise<AppRun> {
    const app = await builtApp(board, declared);
    return new AppRun(app, simulateApp(app, feeds));
  }

  #take(char: string): void {
    if (char !== "\n") this.#line += char;
    else {
      try {
        this.said.push({ at: this.seconds, line: JSON.parse(this.#line) });
      } catch {
        this.other.push(this.#line);
      }
      this.#line = "";
    }
  }

  get machine() {
    return this.simulated.machine;
  }

  get seconds(): number {
    return this.machine.world.seconds();
  }

  until(seconds: number): void {
    const { machine } = this;
    const end = machine.world.after(seconds - this.seconds, () => machine.stop());
    const reason = machine.run();
    end();
    if (reason.kind !== "stopped") throw new Error(`${reason.kind} at ${this.seconds} s`);
  }

  /** Lines that have this key, with this value where one is given. */
  with(key: string, value?: unknown): Said[] {
    return this.said.filter(({ line }) => key in line && (value === undefined || line[key] === value));
  }

  results(): Said[] {
    return this.with("seq");
  }
}

/** The core hears the device's interrupts, or not (NVIC: ISER, ICER). */
export function hear({ machine, built }: AppRun, kind: "timer" | "audio", on: boolean): void {
  const [irq] = Object.values(built.board.hal![kind]!.interrupts!) as [number];
  machine.busWrite((on ? 0xe000e100 : 0xe000e180) + 4 * (irq >> 5), (1 << (irq & 31)) >>> 0, 4);
}

export interface FaultCase {
  readonly name: string;
  readonly onset: number;
  readonly end: number;
  readonly apply: (run: AppRun) => void;
  readonly lift: (run: AppRun) => void;
  /** What the line says. */
  readonly words: string;
  readonly code?: number;
}

/** The onset said within a second, under its name and no other; the end within two. Both times, counted from what they follow. */
export function expectSaid(run: AppRun, { onset, end, words, code }: FaultCase) {
  const warns = run.with("warn");
  expect(warns.map(({ line }) => line["warn"])).toEqual([words]);
  if (code !== undefined) expect(warns[0]!.line["code"]).toBe(code);
  const oks = run.with("ok");
  expect(oks.map(({ line }) => line["ok"])).toEqual([words]);
  const times = { toLine: warns[0]!.at - onset, toOk: oks[0]!.at - end };
  expect(times.toLine).toBeGreaterThan(0);
  expect(times.toLine).toBeLessThan(1);
  expect(times.toOk).toBeGreaterThan(0);
  expect(times.toOk).toBeLessThan(2);
  return times;
}

/** Results by window, as the run in which nothing happens has them. */
export async function undisturbed({ app, ...more }: Declared, feed: Recording, seconds: number) {
  const samples = Array.from({ length: app.sensor.rateHz * seconds }, (_, i) =>
    toRaw(app.sensor, feed.at(i / app.sensor.rateHz)!),
  );
  const results = await sessionResults({ app, ...more }, samples);
  return new Map(results.map((result) => [result.window, result]));
}

type Undisturbed = Awaited<ReturnType<typeof undisturbed>>;

/** A result line without its number, beside the undisturbed one of the same window. */
export function compared({ line }: Said, wanted: Undisturbed) {
  const { seq: _, ...result } = asResult(line);
  const { seq: __, ...other } = wanted.get(result.window) ?? { seq: 0 };
  return { result, wanted: other };
}

/** All results from this time on are the undisturbed ones. */
export function expectEqualAgain(run: AppRun, wanted: Undisturbed, from: number, least: number): void {
  const after = run.results().filter(({ at }) => at >= from);
  expect(after.length).toBeGreaterThanOrEqual(least);
  for (const one of after) {
    const pair = compared(one, wanted);
    expect(pair.result).toEqual(pair.wanted);
  }
}
