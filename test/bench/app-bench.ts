// npx tsx test/bench/app-bench.ts [board…]
// How fast an app runs on a simulated board: simulated seconds a second of this process's CPU time, live sampling over I2C, sleep
// between samples. Goal of motion on `pico`: 10 times real time under load, 60 with sleep skipped.

import { readFileSync } from "node:fs";
import { buildApp } from "../../host/build-app.ts";
import { loadApp } from "../../host/cli/app-file.ts";
import { findBoard, readFeed, simulateApp } from "../../host/index.ts";

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const recording = readFeed(new Uint8Array(readFileSync(new URL("../../models/motion/recording.csv", import.meta.url))));
const names = process.argv.slice(2);
for (const name of names.length ? names : ["pico", "nano33ble"]) {
  const built = await buildApp(
    loadApp(new URL("../../models/motion/app.json", import.meta.url).pathname),
    findBoard(name),
  );
  const { machine } = simulateApp(built, { accelerometer: recording });
  const seconds = 60;
  machine.run({ cycles: 10 * built.board.clockHz });
  const before = cpuSeconds();
  machine.run({ cycles: seconds * built.board.clockHz });
  const took = cpuSeconds() - before;
  process.stdout.write(
    `${name}: ${seconds} s in ${took.toFixed(2)} s, ${(seconds / took).toFixed(0)} times real time\n`,
  );
}
