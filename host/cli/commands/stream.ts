// Attaches to a device and shows what it says, until Ctrl+] or Ctrl+C: in a format that other programs read, to a file, a hook, a broker, a
// scraper. The device may be unplugged and come back. With the app at hand, a recording can be fed to it in the sensor's place.

import { streamFormats } from "../../serial/serial.ts";
import type { Command } from "../command.ts";
import { portOptions, resetOptions } from "../port-options.ts";
import { sinkOptions } from "../stream/open-sinks.ts";
import { StreamRun } from "../stream/stream-run.ts";

export const command: Command = {
  usage: "stream [app]",
  positionals: {
    app: {
      type: "string",
      describe: "what is on the device: app.json or its image; names crashes and units, and --replay needs it",
    },
  },
  options: {
    ...portOptions,
    board: { alias: "b", type: "string", requiresArg: true, describe: "prefer ports of this board, and its baud" },
    reset: {
      type: "boolean",
      describe: "start the device anew first, by modem lines where they reach its reset, else by SMP",
    },
    before: { ...resetOptions.before, describe: "as --reset, in esptool's words; default: no-reset" },
    "reset-sequence": resetOptions["reset-sequence"],
    format: {
      alias: "f",
      type: "string",
      choices: streamFormats,
      requiresArg: true,
      describe: "default: text at a terminal, else jsonl",
    },
    timestamps: { type: "boolean", describe: "the time at which each line was received; text, jsonl and csv" },
    raw: { type: "boolean", describe: "the bytes as they come" },
    ...sinkOptions,
    replay: {
      type: "string",
      requiresArg: true,
      describe: "feed this recording (CSV, JSONL, WAV) in the sensor's place, then end",
    },
    count: { type: "number", requiresArg: true, describe: "end after so many results" },
    for: { type: "string", requiresArg: true, describe: "end after this time: 10s, 500ms" },
    reconnect: {
      type: "boolean",
      default: true,
      describe: "wait for a device that went away; --no-reconnect: end, exit 6",
    },
  },
  examples: [
    ["thumbelina stream", "the one board that is plugged in; Ctrl+] ends"],
    ["thumbelina stream app.json -p /dev/ttyACM0 --record talk.wav", "raw samples, where the app permits them"],
    ["thumbelina stream app.json -p tcp://127.0.0.1:4444 --replay walk.csv", "hardware in the loop, or QEMU"],
    ["thumbelina stream --format csv --count 100 > results.csv", "a table"],
    ["thumbelina stream --exec 'notify-send {label}' --openmetrics 9464", "a program at every detection; a scraper"],
    [
      "exit codes",
      "0 Ctrl+], --count, --for, replay done; 4 no port; 6 lost; 7 replay differs; 10 not permitted; 130 Ctrl+C",
    ],
  ],
  run: (args, terminal) => new StreamRun(args, terminal).run(),
};
