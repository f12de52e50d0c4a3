// `npm start`: the motion app, built for a Raspberry Pi Pico, boots on a simulated one whose accelerometer moves through the sample
// recording. What it prints on its console is shown as it comes; then what it cost, layer by layer, in the board's own cycles.
// Runs as compiled JavaScript from the package's root; nothing is downloaded, no device is needed.

import { readFileSync } from "node:fs";
import {
  type BuiltApp,
  buildApp,
  findBoard,
  fromFirstUse,
  hashOf,
  importModel,
  parseApp,
  profile,
  readFeed,
  type SimulatedApp,
  simulateApp,
} from "../../host/index.ts";
import type { Samples } from "./samples.ts";

const folder = "models/motion";
const board = findBoard("pico");
/** Simulated at a time, so that the picture moves. */
const sliceSeconds = 0.5;

const { stdout, env } = process;
const colored = stdout.isTTY && !env["NO_COLOR"];
const paint = (code: number, text: string): string => (colored ? `\x1b[${code}m${text}\x1b[0m` : text);
const print = (text = ""): void => void stdout.write(`${text}\n`);
const grouped = (value: number): string => Math.round(value).toLocaleString("en-US");
const bar = (share: number, width: number): string => "█".repeat(Math.round(share * width)).padEnd(width, "·");

interface Line {
  readonly t_us: number;
  readonly label: string;
  readonly mean: number;
  readonly detected: string | null;
  readonly lag_us: number;
  readonly cycles: number;
  readonly seq?: number;
}

const samples = JSON.parse(readFileSync(`${folder}/samples.json`, "utf8")) as Samples;
const recording = readFeed(readFileSync(`${folder}/${samples.recording.file}`));
const app = parseApp(readFileSync(`${folder}/app.json`, "utf8"));
const model = readFileSync(`${folder}/${app.model}`);
const started = performance.now();
const built = await buildApp({ app, graph: importModel(model), modelHash: hashOf(model) }, board);
showApp(built, (performance.now() - started) / 1000);
const simulated = simulateApp(built, { [app.sensor.input]: fromFirstUse(recording) });
showRun(simulated);
print();
showLayers(simulated);
print();
print(`Next: npx thumbelina sim ${folder}/app.json --board pico --feed accelerometer=${folder}/recording.csv`);
print(`      npx thumbelina flash ${folder}/app.json --board pico -p sim:pico`);

function showApp({ linked }: BuiltApp, seconds: number): void {
  const { flashBytes, ramBytes, stackBytes } = linked;
  const { sensor, frontEnd, decision } = app;
  const labels = decision.kind === "classes" ? decision.labels.join(", ") : decision.label;
  print(paint(1, "thumbelina: which motion is it? An app on a simulated board, sample by sample"));
  print();
  print(
    `app        ${folder}/app.json: ${sensor.driver} at ${sensor.rateHz} Hz → ${frontEnd.length} samples → ${labels}`,
  );
  print(`board      ${board.title}: ${board.chip.core} at ${board.clockHz / 1e6} MHz, simulated from its registers up`);
  print(
    `image      built in ${seconds.toFixed(1)} s: flash ${grouped(flashBytes)} B, RAM ${grouped(ramBytes)} B, stack ${stackBytes} B`,
  );
  print(`recording  ${folder}/${samples.recording.file}: ${recording.seconds.toFixed(0)} s of three axes`);
  print();
}

function showRun({ machine, stackUsed }: SimulatedApp): void {
  const wall = performance.now();
  const end = recording.seconds;
  let text = "";
  let [right, windows, detections] = [0, 0, 0];
  machine.onUart = (_, byte) => {
    text += String.fromCharCode(byte);
  };
  print(paint(1, `${"   time".padEnd(11)}${"motion".padEnd(9)}${"mean of 3 windows".padEnd(30)}recorded`));
  while (machine.cycles < end * board.clockHz) {
    machine.run({ cycles: sliceSeconds * board.clockHz });
    const lines = text.split("\n");
    text = lines.pop()!;
    for (const line of lines.map((one) => JSON.parse(one) as Line)) {
      if (line.seq === undefined) continue;
      const toS = line.t_us / 1e6;
      const recorded = recordedBetween(toS - app.frontEnd.length / app.sensor.rateHz, toS);
      windows++;
      if (recorded.includes(line.label)) right++;
      if (line.detected !== null) {
        detections++;
        print(`${row(line)}${recorded.join(" → ")}`);
      } else if (stdout.isTTY) stdout.write(`${paint(2, row(line))}\x1b[K\r`);
    }
  }
  const load = 100 * (1 - machine.sleptCycles / machine.cycles);
  const faster = end / ((performance.now() - wall) / 1000);
  print(stdout.isTTY ? "\x1b[K" : "");
  print(
    `${detections} detections; ${right} of ${windows} windows say what was recorded (where the motion changes, either)`,
  );
  print(
    `CPU load ${load.toFixed(2)} %, asleep otherwise; stack ${stackUsed()} of ${built.linked.stackBytes} B used; ` +
      `simulated ${faster.toFixed(0)} times faster than the clock on the wall`,
  );
}

/** What the recording holds between two times: one motion, or two where it changes. */
function recordedBetween(fromS: number, toS: number): readonly string[] {
  const { segments } = samples.recording;
  const during = segments.filter((one, i) => one.fromS < toS && (segments[i + 1]?.fromS ?? recording.seconds) > fromS);
  return during.map(({ motion }) => motion);
}

function row({ t_us, label, detected, mean }: Line): string {
  const score = `${(100 * mean).toFixed(0).padStart(3)} %  ${bar(mean, 20)}`;
  const name = detected === null ? label.padEnd(9) : paint(32, detected.padEnd(9));
  return `${(t_us / 1e6).toFixed(2).padStart(7)} s  ${name}${score.padEnd(30)}`;
}

/** Another second, counted instruction by instruction: a window is in it. */
function showLayers({ machine }: SimulatedApp): void {
  const recorder = profile(machine);
  machine.run({ cycles: board.clockHz });
  recorder.stop();
  const { functions } = recorder.report();
  const inferences = Math.max(...functions.filter(({ name }) => name.startsWith("layer_")).map(({ calls }) => calls));
  const layers = built.linked.image.layers.map(({ name }) => ({
    name,
    cycles: (functions.find((one) => one.name === name)?.totalCycles ?? 0) / inferences,
  }));
  const total = layers.reduce((sum, { cycles }) => sum + cycles, 0);
  print(paint(1, "layer                            cycles  share"));
  for (const { name, cycles } of layers) {
    const share = cycles / total;
    print(
      `${name.padEnd(28)}${grouped(cycles).padStart(11)}  ${(100 * share).toFixed(0).padStart(3)} %  ${bar(share, 20)}`,
    );
  }
  const ms = (1000 * total) / board.clockHz;
  print(
    `${"an inference".padEnd(28)}${grouped(total).padStart(11)}  ${ms.toFixed(2)} ms at ${board.clockHz / 1e6} MHz`,
  );
}
