// CSV and JSONL files of measurements (untrusted) → Recording. A line that is wrong is named; nothing is guessed.
//
//   t_s,ax_g,ay_g,az_g          JSONL   {"t": 0.00, "v": [-0.649, -0.139, -0.62]}
//   0.00,-0.649,-0.139,-0.620
//
// The header says the unit behind the last underscore. Times are seconds and rise; blank lines and lines that begin with # are skipped.

import { feedError } from "../errors.ts";
import { type Recording, timed } from "./playback.ts";

const mostChannels = 64;

interface Row {
  readonly line: number;
  readonly text: string;
}

function* rowsOf(bytes: Uint8Array): Generator<Row> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw feedError("feed-text", undefined);
  }
  let line = 0;
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const row = text.slice(from, end === -1 ? text.length : end).trim();
    line++;
    if (row !== "" && !row.startsWith("#")) yield { line, text: row };
    from = end === -1 ? text.length : end + 1;
  }
}

export function readCsvFeed(bytes: Uint8Array): Recording {
  const rows = rowsOf(bytes);
  const head = rows.next();
  if (head.done) throw feedError("feed-empty", { format: "CSV" });
  const [time, ...columns] = head.value.text.split(",").map((name) => name.trim());
  const at = { line: head.value.line };
  if (time !== "t_s")
    throw feedError("feed-header", { problem: `the first column is "${printable(time)}", not t_s` }, at);
  if (columns.length === 0 || columns.length > mostChannels)
    throw feedError(
      "feed-header",
      { problem: `${columns.length} columns of values, 1 to ${mostChannels} are possible` },
      at,
    );
  const nameless = columns.find((name) => !/^[A-Za-z]\w{0,30}_[A-Za-z]{1,8}$/.test(name));
  if (nameless !== undefined)
    throw feedError(
      "feed-header",
      { problem: `column "${printable(nameless)}" does not name its unit, as ax_g does` },
      at,
    );
  const samples = new Samples(columns.length);
  for (const { line, text } of rows) {
    const cells = text.split(",");
    if (cells.length !== columns.length + 1)
      throw feedError(
        "feed-line",
        { problem: `${cells.length} cells, the header has ${columns.length + 1}` },
        { line },
      );
    samples.add(
      cells.map((cell) => numberIn(cell, line)),
      line,
    );
  }
  return samples.recording(columns, "CSV");
}

export function readJsonlFeed(bytes: Uint8Array): Recording {
  let samples: Samples | undefined;
  for (const { line, text } of rowsOf(bytes)) {
    const [t, values] = jsonSample(text, line);
    samples ??= new Samples(values.length);
    samples.add([t, ...values], line);
  }
  if (!samples) throw feedError("feed-empty", { format: "JSONL" });
  return samples.recording(
    Array.from({ length: samples.channels }, (_, i) => `v${i}`),
    "JSONL",
  );
}

function jsonSample(text: string, line: number): readonly [time: number, values: readonly number[]] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw feedError("feed-line", { problem: "no JSON" }, { line });
  }
  const { t, v } = (typeof value === "object" && value !== null ? value : {}) as { t?: unknown; v?: unknown };
  const isList = Array.isArray(v) && v.length > 0 && v.length <= mostChannels && v.every(Number.isFinite);
  if (!Number.isFinite(t) || !isList)
    throw feedError("feed-line", { problem: `expected {"t": seconds, "v": [1 to ${mostChannels} numbers]}` }, { line });
  return [t as number, v as number[]];
}

function numberIn(cell: string, line: number): number {
  const text = cell.trim();
  const value = Number(text);
  if (text === "" || !Number.isFinite(value))
    throw feedError("feed-line", { problem: `"${printable(text)}" is no number` }, { line });
  return value;
}

/** Times and values as they come, in arrays that double. */
class Samples {
  #times = new Float64Array(1024);
  #values: Float64Array;
  #count = 0;

  constructor(readonly channels: number) {
    this.#values = new Float64Array(1024 * channels);
  }

  /** The time, then a value a channel. */
  add(cells: readonly number[], line: number): void {
    const [time = 0, ...values] = cells;
    if (values.length !== this.channels)
      throw feedError(
        "feed-line",
        { problem: `${values.length} values, the first line has ${this.channels}` },
        { line },
      );
    const before = this.#count === 0 ? Number.NEGATIVE_INFINITY : this.#times[this.#count - 1]!;
    if (time <= before) throw feedError("feed-line", { problem: `time ${time} s is not after ${before} s` }, { line });
    if (this.#count === this.#times.length) this.#grow();
    this.#times[this.#count] = time;
    this.#values.set(values, this.#count * this.channels);
    this.#count++;
  }

  #grow(): void {
    const [times, values] = [this.#times, this.#values];
    this.#times = new Float64Array(2 * times.length);
    this.#values = new Float64Array(2 * values.length);
    this.#times.set(times);
    this.#values.set(values);
  }

  recording(columns: readonly string[], format: string): Recording {
    if (this.#count === 0) throw feedError("feed-empty", { format });
    return timed(this.#times.slice(0, this.#count), this.#values.slice(0, this.#count * this.channels), columns);
  }
}

const printable = (text: string | undefined): string => (text ?? "").slice(0, 40).replace(/[^\x20-\x7e]/g, "?");
