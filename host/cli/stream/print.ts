// The stream on stdout, in one of the formats of host/serial/formats.ts, or as one JSON object an item (`--json`), or byte by byte (`--raw`).
// What is not data of the format (log text; in formats of numbers also notices) goes to stderr, for people.

import {
  type ConsoleItem,
  formatter,
  noticeText,
  physical,
  printable,
  printableJson,
  type StreamFormat,
  type StreamFormatter,
} from "../../serial/serial.ts";
import type { Terminal } from "../terminal.ts";
import type { SampleFacts, StreamSink } from "./sink.ts";

export interface PrintOptions {
  readonly format: StreamFormat;
  readonly timestamps: boolean;
  readonly raw: boolean;
}

/** Formats that have room for the time at which a line was received. */
export const timedFormats: readonly StreamFormat[] = ["text", "jsonl", "csv"];

export class PrintSink implements StreamSink {
  readonly #format: StreamFormatter;
  #facts: SampleFacts | undefined;
  #lines: string[] = [];

  constructor(
    private readonly terminal: Terminal,
    private readonly options: PrintOptions,
  ) {
    this.#format = formatter(options.format);
    if (!this.#isFormatted) return;
    this.#print(this.#format.head.map((line) => (this.#timed ? `received,${line}` : line)));
  }

  get #isFormatted(): boolean {
    return !this.terminal.json && !this.options.raw;
  }

  get #timed(): boolean {
    return this.options.timestamps;
  }

  bytes(bytes: Uint8Array): void {
    if (this.options.raw && !this.terminal.json) this.terminal.outBytes(bytes);
  }

  take(items: readonly ConsoleItem[]): void {
    if (this.terminal.json) this.#lines.push(...items.flatMap((item) => this.#json(item)));
    else if (!this.options.raw) for (const item of items) this.#item(item);
    this.flush();
  }

  #item(item: ConsoleItem): void {
    const { format } = this.options;
    const words = this.#words(item);
    const lines = format === "text" && words !== undefined ? [words] : this.#format.lines(item);
    this.#lines.push(...(this.#timed ? lines.map((line) => this.#stamped(line)) : lines));
    if (format === "text" || words === undefined) return;
    if (item.kind === "log" || format !== "jsonl") this.terminal.note(words);
  }

  /** What people are told of an item that is no result. */
  #words(item: ConsoleItem): string | undefined {
    if (item.kind === "log") return printable(item.text);
    if (item.kind === "notice") return noticeText(item);
    return undefined;
  }

  #stamped(line: string): string {
    const now = new Date().toISOString();
    if (this.options.format === "csv") return `${now},${line}`;
    if (this.options.format !== "jsonl") return `${now}  ${line}`;
    const rest = line.slice(1).trimStart();
    return `{"received":"${now}"${rest.startsWith("}") ? "" : ","}${rest}`;
  }

  #json(item: ConsoleItem): string[] {
    const received = this.#timed ? { received: new Date().toISOString() } : {};
    const line = (fields: object): string[] => [printableJson(JSON.stringify({ ...received, ...fields }))];
    switch (item.kind) {
      case "result":
        return line({ kind: "result", result: item.result });
      case "notice":
        return line({ kind: item.name, notice: JSON.parse(item.line) });
      case "raw":
      case "smp":
        return [];
      default:
        return line(item);
    }
  }

  begin(facts: SampleFacts): void {
    this.#facts = facts;
  }

  samples(samples: Int16Array): void {
    const facts = this.#facts;
    if (!facts || !this.#isFormatted) return;
    const { channels, columns } = facts;
    for (let at = 0; at + channels <= samples.length; at += channels)
      this.#lines.push(...this.#format.sample(columns.map(({ step }, c) => physical(samples[at + c]!, step))));
    this.flush();
  }

  refused(): void {
    if (this.options.format === "ei" && this.#isFormatted)
      this.terminal.note("the app permits no raw samples: score and mean of each window instead");
  }

  flush(): void {
    this.#print(this.#lines);
    this.#lines = [];
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.terminal.out(lines.join("\n"));
  }

  async close(): Promise<undefined> {
    if (this.#isFormatted) this.#print(this.#format.end());
  }
}

/** A reader of stdout that is slow makes the stream wait. */
export async function stdoutDrained(): Promise<void> {
  if (process.stdout.writableLength > 1 << 20) await new Promise((resolve) => process.stdout.once("drain", resolve));
}
