// npm run bench:app [-- board…]
// How fast an app runs on a simulated board: simulated seconds a second, by the clock on the wall and by the processor time of all threads
// (V8 compiles in others), over the second and following minutes; the first is printed apart. motion as declared, which sleeps between
// samples and windows, and with a window at every sample, so that the board's core is busy most of the time. Goals on `pico`: 60 and 10.

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { buildApp } from "../../host/build-app.ts";
import { loadApp } from "../../host/cli/app-file.ts";
import { findBoard, readFeed, simulateApp } from "../../host/index.ts";

const folder = new URL("../../models/motion/", import.meta.url);
const feed = readFeed(new Uint8Array(readFileSync(new URL("recording-long.csv", folder))));
const declared = loadApp(fileURLToPath(new URL("app.json", folder)));
const minute = 60;

interface Speed {
  readonly wall: number;
  readonly cpu: number;
}

function simulate(machine: { run(limits: { cycles: number }): unknown }, cycles: number): Speed {
  const [started, before] = [performance.now(), process.cpuUsage()];
  machine.run({ cycles });
  const { user, system } = process.cpuUsage(before);
  return { wall: (minute * 1e3) / (performance.now() - started), cpu: (minute * 1e6) / (user + system) };
}

const print = (line: string) => process.stdout.write(`${line}\n`);
print(
  `load ${loadavg()[0]!.toFixed(1)}; times real time by wall clock (by processor time): first minute, then the best and median of four`,
);
const names = process.argv.slice(2);
for (const name of names.length ? names : ["pico", "nano33ble"])
  for (const hop of [undefined, 1]) {
    const { app } = declared;
    const frontEnd = hop ? { ...app.frontEnd, hop } : app.frontEnd;
    const built = await buildApp({ ...declared, app: { ...app, frontEnd } }, findBoard(name));
    const { machine } = simulateApp(built, { accelerometer: feed });
    const cycles = minute * built.board.clockHz;
    const first = simulate(machine, cycles);
    const later = [0, 1, 2, 3].map(() => simulate(machine, cycles)).sort((a, b) => b.wall - a.wall);
    const show = ({ wall, cpu }: Speed) => `${wall.toFixed(1)} (${cpu.toFixed(1)})`;
    const what = hop ? "a window every sample" : "as declared";
    print(`${name}, ${what}: ${show(first)}; ${show(later[0]!)}, ${show(later[2]!)}`);
  }
