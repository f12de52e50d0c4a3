// `run --batch`: one JSON request a line, one JSON answer a line, in order. A bad line is answered and stops nothing. The
// engines of one process are kept by model, engine and board; `continue` keeps the state of the line before.

import { readFileSync } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { UserError } from "../base/errors.ts";
import type { Engine } from "../engine/engine.ts";
import type { Arguments } from "./command.ts";
import { type EngineChoice, isEngineChoice, openEngine } from "./engines.ts";
import { error, runError } from "./errors.ts";
import { readBytes, readText, writeWhole } from "./files.ts";
import { loadModel, within } from "./model.ts";
import { printable } from "./report.ts";
import type { Terminal } from "./terminal.ts";

interface Request {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly engine: EngineChoice;
  readonly board: string | undefined;
  readonly continues: boolean;
}

interface Answer {
  readonly ok: boolean;
  readonly cycles?: number;
  readonly code?: string;
  readonly message?: string;
}

/** Compiled engines kept at once: a batch over hundreds of models must not keep them all. */
const keptEngines = 8;

export async function runBatch(file: string, args: Arguments, terminal: Terminal): Promise<0> {
  const text = file === "-" ? readFileSync(0, "utf8") : readText(file);
  const folder = file === "-" ? terminal.cwd : dirname(resolve(file));
  const batch = new Batch(folder, args);
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    terminal.out(JSON.stringify(await batch.answer(line, i + 1)));
  }
  return 0;
}

class Batch {
  readonly #engines = new Map<string, Engine>();
  /** Key of the engine whose state the line before left, if it succeeded. */
  #last: string | undefined;

  constructor(
    readonly folder: string,
    readonly defaults: Arguments,
  ) {}

  async answer(line: string, number: number): Promise<Answer> {
    const before = this.#last;
    this.#last = undefined;
    try {
      const request = this.#parse(line, number);
      const key = JSON.stringify([request.model, request.engine, request.board]);
      if (request.continues && before !== key)
        throw runError("no-state", {
          why: before === undefined ? "the line before did not succeed" : "the line before ran something else",
        });
      const engine = await this.#engine(key, request);
      if (!request.continues) engine.reset();
      const result = within(request.model, () => engine.invoke(request.inputs.map((input) => readBytes(input))));
      if (request.outputs.length && request.outputs.length !== result.outputs.length)
        throw error(
          "batch-line",
          { problem: `${request.outputs.length} outputs named, the model has ${result.outputs.length}` },
          { line: number },
        );
      for (const [i, output] of request.outputs.entries()) writeWhole(output, result.outputs[i]!);
      this.#last = key;
      return { ok: true, ...(result.cycles === undefined ? {} : { cycles: result.cycles }) };
    } catch (cause) {
      if (cause instanceof UserError) return { ok: false, code: cause.code, message: printable(cause.message) };
      throw cause;
    }
  }

  async #engine(key: string, request: Request): Promise<Engine> {
    const known = this.#engines.get(key);
    if (known) {
      this.#engines.delete(key); // most recently used last
      this.#engines.set(key, known);
      return known;
    }
    const engine = await openEngine(request.engine, loadModel(request.model), request.model, request.board);
    this.#engines.set(key, engine);
    if (this.#engines.size > keptEngines) this.#engines.delete(this.#engines.keys().next().value!);
    return engine;
  }

  #parse(line: string, number: number): Request {
    const bad = (problem: string) => error("batch-line", { problem }, { line: number });
    let fields: Readonly<Record<string, unknown>>;
    try {
      fields = JSON.parse(line);
    } catch (cause) {
      throw bad((cause as Error).message);
    }
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) throw bad("it is not an object");
    const { model, inputs, outputs = [], engine = this.defaults["engine"], board = this.defaults["board"] } = fields;
    if (typeof model !== "string") throw bad('"model" must be a file name');
    if (!isFileList(inputs)) throw bad('"inputs" must be a list of file names');
    if (!isFileList(outputs)) throw bad('"outputs" must be a list of file names');
    if (!isEngineChoice(engine)) throw bad(`there is no engine ${JSON.stringify(engine)}`);
    if (board !== undefined && typeof board !== "string") throw bad('"board" must be a name');
    const continues = fields["continue"] ?? false;
    if (typeof continues !== "boolean") throw bad('"continue" must be true or false');
    const place = (name: string) => (isAbsolute(name) ? name : resolve(this.folder, name));
    return { model: place(model), inputs: inputs.map(place), outputs: outputs.map(place), engine, board, continues };
  }
}

function isFileList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
