// A folder with an app in it: a copy of the motion app that runs at once, or a first declaration for a model of the user's.

import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { appModel, checkApp, hashOf, parseApp } from "../../app/app.ts";
import { importModel } from "../../import/import.ts";
import { type AppTemplate, appName, copiedTemplate, guessedTemplate, schemaFile } from "../app-template.ts";
import type { Command } from "../command.ts";
import { error } from "../errors.ts";
import { makeFolder, readBytes, readText, writeWhole } from "../files.ts";
import { within } from "../model.ts";
import { printable } from "../report.ts";

export const command: Command = {
  usage: "init <dir>",
  positionals: { dir: { type: "string", demandOption: true, describe: "a folder that is empty or not yet there" } },
  options: {
    model: { alias: "m", type: "string", requiresArg: true, describe: "a .tflite file; default: the motion app" },
  },
  examples: [
    ["thumbelina init my-app", "the motion app, with its model and a recording: builds and runs as it is"],
    ["thumbelina init my-app --model kws.tflite", "a first app.json for a model, to be corrected"],
  ],
  run(args, terminal) {
    const folder = String(args["dir"]);
    if (existsSync(folder) && isInUse(folder)) throw error("not-empty", { folder });
    const { template, files } =
      args["model"] === undefined ? motionApp(folder) : modelApp(folder, String(args["model"]));
    makeFolder(folder);
    for (const [name, content] of files) writeWhole(join(folder, name), content);
    writeWhole(join(folder, "app.json"), `${JSON.stringify(template.declared, null, 2)}\n`);
    const written = ["app.json", ...files.map(([name]) => name)];
    const next = files.some(([name]) => name === recording)
      ? `thumbelina sim ${join(folder, "app.json")} --board pico --feed accelerometer=${join(folder, recording)}`
      : `thumbelina build ${join(folder, "app.json")} --board pico -o app.uf2`;
    if (terminal.json) {
      terminal.out(JSON.stringify({ ok: true, folder, files: written, guessed: template.guessed, next }));
      return 0;
    }
    terminal.note(`${printable(folder)}: ${written.join(", ")}`);
    for (const line of template.guessed) terminal.note(`guessed  ${line}`);
    terminal.note(`next     ${printable(next)}`);
    return 0;
  },
};

const recording = "recording.csv";

interface Content {
  readonly template: AppTemplate;
  readonly files: readonly (readonly [name: string, content: Uint8Array])[];
}

function motionApp(folder: string): Content {
  const motion = join(models(), "motion");
  const declared = JSON.parse(readText(join(motion, "app.json")));
  const copied = [declared.model, recording].map((name) => [name, readBytes(join(motion, name))] as const);
  return {
    template: copiedTemplate(declared, appName(basename(resolve(folder)))),
    files: [...copied, schema()],
  };
}

/** The declaration is checked with its model before anything is written. */
function modelApp(folder: string, file: string): Content {
  const bytes = readBytes(file);
  const graph = within(file, () => importModel(bytes, { name: file }));
  const model = within(file, () => appModel(graph, hashOf(bytes)));
  const name = basename(file);
  const shape = graph.tensors[graph.inputs[0]!]!.shape;
  const template = guessedTemplate(model, shape, name, appName(basename(resolve(folder))));
  within(file, () => checkApp(parseApp(JSON.stringify(template.declared)), model));
  return { template, files: [[name, bytes], schema()] };
}

const schema = (): readonly [string, Uint8Array] => [schemaFile, readBytes(join(models(), schemaFile))];

/** The package's folder `models`, from wherever in it this program lies. */
function models(): string {
  let at = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(at, "models", schemaFile)) && dirname(at) !== at) at = dirname(at);
  return join(at, "models");
}

function isInUse(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return true;
  }
}
