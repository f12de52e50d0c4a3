// `--exec CMD`: a program that is started at every detection, with the result line on its stdin. CMD is split into words here and never seen
// by a shell; {label}, {score}, {mean}, {t_us} and {seq} in a word are replaced, and what the device says is cleaned before: letters, digits
// and a few marks stay, and nothing begins as an option does. One process at a time: of the detections meanwhile only the last is kept.

import { type ChildProcess, spawn } from "node:child_process";
import type { ConsoleItem, Result } from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { StreamSink } from "./sink.ts";

const fields = ["label", "score", "mean", "t_us", "seq"] as const;
const closeMilliseconds = 2000;

/** Blanks separate; '…' and "…" keep them. There are no escapes: a path of Windows stays what it is. */
export function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single),
  );
  const rest = command.replace(/(?:[^\s"']|"[^"]*"|'[^']*')+/g, "").trim();
  if (rest !== "" || !words[0])
    throw error("usage", { problem: `--exec ${command}: a program and its arguments are expected` });
  return words;
}

const cleaned = (value: unknown): string =>
  String(value ?? "")
    .slice(0, 200)
    .replace(/[^\p{L}\p{N} _.+-]/gu, "_")
    .replace(/^-+(?=\D|$)/, "_");

export function filledIn(words: readonly string[], result: Result): readonly string[] {
  const [program = "", ...rest] = words;
  const known = new RegExp(`\\{(${fields.join("|")})\\}`, "g");
  const label = result.detected ?? result.label;
  const fill = (word: string) =>
    word.replace(known, (_, name: string) => cleaned(name === "label" ? label : result[name]));
  return [program, ...rest.map(fill)];
}

export class ExecHook implements StreamSink {
  readonly #words: readonly string[];
  #running: ChildProcess | undefined;
  #pending: Result | undefined;
  #closing: (() => void) | undefined;
  readonly #counts = { runs: 0, failed: 0, skipped: 0 };

  /** `onError`: the program cannot be started. */
  constructor(
    private readonly command: string,
    private readonly onError: (cause: unknown) => void,
  ) {
    this.#words = wordsOf(command);
  }

  take(items: readonly ConsoleItem[]): void {
    for (const item of items) {
      if (item.kind !== "result" || typeof item.result.detected !== "string") continue;
      if (this.#pending) this.#counts.skipped++;
      this.#pending = item.result;
      this.#next();
    }
  }

  #next(): void {
    const result = this.#pending;
    if (this.#running || !result || this.#closing) return;
    this.#pending = undefined;
    const [program = "", ...args] = filledIn(this.#words, result);
    // stdout belongs to the stream
    const child = spawn(program, args, { stdio: ["pipe", 2, 2], shell: false, windowsHide: true });
    this.#running = child;
    this.#counts.runs++;
    child.on("error", (cause: NodeJS.ErrnoException) => {
      this.#ended();
      const why = cause.code === "ENOENT" ? "there is no such program" : cause.message;
      this.onError(error("cannot-run", { command: this.command, why }));
    });
    child.on("close", (status) => {
      if (status !== 0) this.#counts.failed++;
      this.#ended();
    });
    // a program that does not read its stdin is its own business
    child.stdin?.on("error", () => {});
    child.stdin?.end(`${JSON.stringify(result)}\n`);
  }

  #ended(): void {
    this.#running = undefined;
    this.#closing?.();
    this.#next();
  }

  /** The one that runs may finish. */
  async close(): Promise<string> {
    const child = this.#running;
    if (child) {
      const timer = setTimeout(() => void child.kill(), closeMilliseconds);
      await new Promise<void>((resolve) => (this.#closing = resolve));
      clearTimeout(timer);
    }
    if (this.#pending) this.#counts.skipped++;
    const { runs, failed, skipped } = this.#counts;
    return `--exec: ${runs} runs, ${failed} failed; ${skipped} detections skipped while one ran`;
  }
}
