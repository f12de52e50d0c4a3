// app.json (untrusted) → App. The schema first, then the rules between fields; every problem is reported, not only the first.

import { Problems } from "../base/errors.ts";
import { appSchema } from "./app-schema.ts";
import type { App } from "./app-types.ts";
import { appRules } from "./check-app.ts";
import { appError } from "./errors.ts";
import { applySchema } from "./shape.ts";

/** Nobody writes a larger one. */
const most = 1 << 16;

export function parseApp(json: string): App {
  if (json.length > most) throw appError("too-large", { bytes: json.length, most });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw appError("json", { problem: (cause as Error).message }, { line: lineOf(json, (cause as Error).message) });
  }
  const problems = new Problems();
  const filled = applySchema(value, appSchema, "", (path, problem) => {
    problems.add(appError("shape", { path: path || "the app", problem }));
  });
  problems.done();
  const app = withNumbers(filled as Declared);
  for (const { path, problem } of appRules(app)) problems.add(appError("rule", { path, problem }));
  problems.done();
  return app;
}

/** As the file has it: addresses may be texts. */
type Declared = App & { readonly $schema?: string };

function withNumbers({ $schema: _, ...app }: Declared): App {
  const { boards } = app.sensor;
  const differing = Object.entries(boards ?? {}).map(([name, part]) => [name, withAddress(part)]);
  const sensor = withAddress(app.sensor);
  return { ...app, sensor: boards ? { ...sensor, boards: Object.fromEntries(differing) } : sensor };
}

function withAddress<T extends { readonly address?: number | string }>(part: T): T {
  return part.address === undefined ? part : { ...part, address: Number(part.address) };
}

/** V8 names a position in the text, of late also a line. */
function lineOf(json: string, message: string): number | undefined {
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? undefined : json.slice(0, Number(position)).split("\n").length;
}
