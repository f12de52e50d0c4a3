// The options that send a stream elsewhere, and the sinks that they open. All of them can be given together.

import type { Options } from "yargs";
import type { Arguments } from "../command.ts";
import { listOf } from "../model.ts";
import type { Terminal } from "../terminal.ts";
import { ExecHook } from "./exec-hook.ts";
import { openMetricsServer } from "./metrics-server.ts";
import { openMqtt } from "./mqtt.ts";
import { Recorder } from "./recorder.ts";
import type { StreamSink } from "./sink.ts";

export const sinkOptions = {
  record: {
    type: "string",
    requiresArg: true,
    describe:
      "also to a file: F.jsonl results; F.wav raw samples, which the app must permit; F.csv samples, else results; repeat",
  },
  exec: {
    type: "string",
    requiresArg: true,
    describe: "run a program at each detection, without a shell; {label} {score} {mean} {t_us} {seq}; line on stdin",
  },
  mqtt: { type: "string", requiresArg: true, describe: "results to a broker: mqtt://host:1883/topic" },
  openmetrics: { type: "number", requiresArg: true, describe: "counts at http://127.0.0.1:PORT/metrics (0: any port)" },
} as const satisfies Readonly<Record<string, Options>>;

export interface OpenSinks {
  readonly sinks: StreamSink[];
  readonly samples: "no" | "wanted" | "required";
}

/** Those that were opened are closed when one cannot be. */
export async function openSinks(
  args: Arguments,
  terminal: Terminal,
  onError: (cause: unknown) => void,
): Promise<OpenSinks> {
  const sinks: StreamSink[] = [];
  try {
    const recorders = listOf(args["record"]).map((file) => {
      const recorder = new Recorder(file);
      sinks.push(recorder);
      return recorder;
    });
    for (const words of listOf(args["exec"])) sinks.push(new ExecHook(words, onError));
    for (const url of listOf(args["mqtt"])) sinks.push(await openMqtt(url));
    if (args["openmetrics"] !== undefined) {
      const server = await openMetricsServer(Number(args["openmetrics"]));
      sinks.push(server);
      terminal.note(`metrics at ${server.url}`);
    }
    const wishes = recorders.map(({ samplesWish }) => samplesWish);
    const samples = (["required", "wanted"] as const).find((wish) => wishes.includes(wish)) ?? "no";
    return { sinks, samples };
  } catch (cause) {
    for (const sink of sinks) await sink.close();
    throw cause;
  }
}
