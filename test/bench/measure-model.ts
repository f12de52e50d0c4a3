// One model, in a process of its own: prints a Measurement as JSON. Inputs are the same pseudo-random bytes in every run.

import { readFileSync } from "node:fs";
import { byteLength, type Graph } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { engineFor, planModel } from "../../host/pipeline.ts";

export interface Measurement {
  readonly minUs: number;
  readonly medianUs: number;
  /** (90th − 10th percentile) / median. */
  readonly noisePercent: number;
  /** Device form for a Cortex-M4. */
  readonly arenaBytes: number;
  readonly stateBytes: number;
  readonly constBytes: number;
  readonly inputBytes: readonly number[];
}

/** Enough that V8 has compiled every layer with its optimising compiler. */
const warmUpMs = 1500;
const measureMs = 2000;

function inputsOf(graph: Graph): Uint8Array[] {
  let x = 0x9e3779b9;
  return graph.inputs.map((index) => {
    const tensor = graph.tensors[index]!;
    // floats: small whole numbers, so that no bit pattern is NaN
    if (tensor.dtype === "float32")
      return new Uint8Array(Float32Array.from({ length: byteLength(tensor) / 4 }, (_, i) => (i % 17) - 8).buffer);
    return Uint8Array.from({ length: byteLength(tensor) }, () => {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      return tensor.dtype === "bool" ? x & 1 : x & 0xff;
    });
  });
}

/** Three digits or so: small models take a microsecond. */
const rounded = (us: number) => (us < 100 ? Math.round(us * 10) / 10 : Math.round(us));

async function measure(file: string): Promise<Measurement> {
  const graph = importModel(readFileSync(file), { name: file });
  const plan = planModel(graph);
  const engine = await engineFor("host", graph);
  const inputs = inputsOf(graph);
  const times: number[] = [];
  const run = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end; ) {
      const started = performance.now();
      engine.invoke(inputs);
      times.push((performance.now() - started) * 1000);
    }
  };
  run(warmUpMs);
  // V8 compiles in the background: let it finish
  await new Promise((resolve) => setTimeout(resolve, 200));
  times.length = 0;
  run(measureMs);
  times.sort((a, b) => a - b);
  const at = (fraction: number) => times[Math.floor(fraction * (times.length - 1))]!;
  return {
    minUs: rounded(at(0)),
    medianUs: rounded(at(0.5)),
    noisePercent: Math.round(((at(0.9) - at(0.1)) / at(0.5)) * 100),
    arenaBytes: plan.arenaBytes,
    stateBytes: plan.stateBytes,
    constBytes: plan.constBytes,
    inputBytes: inputs.map(({ length }) => length),
  };
}

const [file] = process.argv.slice(2);
if (!file) throw new Error("usage: measure-model.ts MODEL");
process.stdout.write(JSON.stringify(await measure(file)));
