// Console items as the lines that other programs read. In: items, in order; out: whole lines, without LF. Everything in an item came from
// outside: text is made printable, numbers that are none are left out.
//
//   jsonl       the device's own JSON lines                       plotter    score:0.95 mean:0.90 …    Arduino's serial plotter
//   csv         a header, then a row a result (RFC 4180)          teleplot   >score:12800:0.95         teleplot.fr: name, milliseconds, value
//   ei          numbers, comma between: score, mean; or, where raw samples come, one sample a line       Edge Impulse's data forwarder
//   openmetrics an exposition a second of the device's time, and one at the end (metrics.ts)
//   text        for people

import type { ConsoleItem, Result } from "./console-items.ts";
import { StreamMetrics } from "./metrics.ts";
import { printable, printableJson } from "./printable.ts";
import { noticeText, resultText } from "./stream-text.ts";

export const streamFormats = ["text", "jsonl", "csv", "plotter", "teleplot", "ei", "openmetrics"] as const;
export type StreamFormat = (typeof streamFormats)[number];

export interface StreamFormatter {
  /** Before the first item. */
  readonly head: readonly string[];
  lines(item: ConsoleItem): readonly string[];
  /** One raw sample, a value a channel. */
  sample(values: readonly number[]): readonly string[];
  end(): readonly string[];
}

const none: readonly string[] = [];
const silent = { head: none, lines: () => none, sample: () => none, end: () => none };
const ofResults = (line: (result: Result) => readonly string[]): StreamFormatter => ({
  ...silent,
  lines: (item) => (item.kind === "result" ? line(item.result) : none),
});

export function formatter(format: StreamFormat): StreamFormatter {
  switch (format) {
    case "text":
      return { ...silent, lines: (item) => [textLine(item)].filter((line) => line !== undefined) };
    case "jsonl":
      return { ...silent, lines: (item) => ("line" in item ? [printableJson(item.line)] : none) };
    case "csv":
      return { ...ofResults(csvRow), head: [csvColumns.join(",")] };
    case "plotter":
      return ofResults((result) => [
        numbersOf(result)
          .map(([name, value]) => `${name}:${value}`)
          .join(" "),
      ]);
    case "teleplot":
      return ofResults(teleplotLines);
    case "ei":
      return {
        ...ofResults(({ score, mean }) => [
          [score, mean]
            .map(finite)
            .filter((value) => value !== undefined)
            .join(","),
        ]),
        sample: (values) => [values.map((value) => Number(value.toPrecision(7))).join(",")],
      };
    case "openmetrics":
      return openMetrics();
  }
}

const finite = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** What can be drawn of a result, each time in the same order. */
function numbersOf(result: Result): (readonly [string, number])[] {
  const lag = finite(result.lag_us);
  const rows: (readonly [string, number | undefined])[] = [
    ["score", finite(result.score)],
    ["mean", finite(result.mean)],
    ["detected", typeof result.detected === "string" ? 1 : 0],
    ["lag_ms", lag === undefined ? undefined : lag / 1000],
    ["cycles", finite(result.cycles)],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
}

/** Values are separated by colons, options by bars, telegrams by semicolons. */
const teleplotWord = (text: string): string => printable(text).replace(/[:|;,§\s]/g, "_");

function teleplotLines(result: Result): readonly string[] {
  const time = Number((result.t_us / 1000).toFixed(3));
  const numbers = numbersOf(result).map(([name, value]) => `>${name}:${time}:${value}`);
  return [...numbers, `>label:${time}:${teleplotWord(result.label)}|t`];
}

const csvColumns = [
  ...["seq", "t_us", "label", "score", "mean", "detected", "window", "lag_us", "cycles", "model", "app"],
  ...["late", "dropped"],
];

function csvRow(result: Result): readonly string[] {
  return [csvColumns.map((column) => csvCell(result[column])).join(",")];
}

export function csvCell(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (typeof value !== "string") return "";
  const text = printable(value);
  // a spreadsheet takes a cell that begins so for a formula
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function openMetrics(): StreamFormatter {
  const metrics = new StreamMetrics();
  metrics.connected = true;
  let said: number | undefined;
  const exposition = () => metrics.text().trimEnd().split("\n");
  return {
    ...silent,
    lines(item) {
      metrics.take([item]);
      if (item.kind !== "result") return none;
      const time = item.result.t_us;
      if (said !== undefined && time >= said && time - said < 1e6) return none;
      said = time;
      return exposition();
    },
    end: exposition,
  };
}

function textLine(item: ConsoleItem): string | undefined {
  switch (item.kind) {
    case "result":
      return resultText(item.result);
    case "notice":
      return noticeText(item);
    case "log":
      return printable(item.text);
    case "damaged":
      return `damaged: ${item.bytes} bytes of ${item.what === "line" ? "a line" : `an ${item.what.toUpperCase()} frame`}`;
    case "smp":
    case "raw":
      return undefined;
  }
}
