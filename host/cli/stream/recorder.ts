// `--record F`: what a stream leaves in a file, written as it comes. F.jsonl: the device's JSON lines. F.wav: raw samples, which the app must
// permit; cut off by a crash of this program, it is still read (its data are all that follows the head). F.csv: raw samples where the app
// permits them, else the table of results; which of the two is known once the device has answered.

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { extname } from "node:path";
import {
  type ConsoleItem,
  formatter,
  sampleRows,
  samplesHead,
  wavData,
  wavHead,
  wavHeadBytes,
} from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { SampleFacts, StreamSink } from "./sink.ts";

const endings = [".jsonl", ".wav", ".csv"] as const;
type Ending = (typeof endings)[number];
/** RIFF's sizes are 32-bit numbers. */
const mostWavBytes = 2 ** 32 - 4096;
/** Results that come before the device has answered. */
const mostWaiting = 10_000;

export class Recorder implements StreamSink {
  readonly #handle: number;
  readonly #ending: Ending;
  readonly #table = formatter("csv");
  #facts: SampleFacts | undefined;
  #isTable = false;
  #waiting: ConsoleItem[] = [];
  #lines = 0;
  /** Samples, all channels as one. */
  #count = 0;

  constructor(private readonly file: string) {
    const ending = endings.find((known) => known === extname(file).toLowerCase());
    if (!ending) throw error("extension", { file, wanted: endings });
    this.#ending = ending;
    try {
      this.#handle = openSync(file, "w");
    } catch (cause) {
      throw error("cannot-write", { file, why: (cause as Error).message }, { file });
    }
  }

  get samplesWish(): "no" | "wanted" | "required" {
    return ({ ".jsonl": "no", ".csv": "wanted", ".wav": "required" } as const)[this.#ending];
  }

  take(items: readonly ConsoleItem[]): void {
    if (this.#ending === ".jsonl")
      return this.#writeLines(items.flatMap((item) => ("line" in item ? [item.line] : [])));
    if (this.#isTable) return this.#writeLines(items.flatMap((item) => this.#table.lines(item)));
    const room = this.#ending === ".csv" && !this.#facts ? mostWaiting - this.#waiting.length : 0;
    this.#waiting.push(...items.filter(({ kind }) => kind === "result").slice(0, room));
  }

  #writeLines(lines: readonly string[]): void {
    this.#lines += lines.length;
    if (lines.length > 0) this.#write(`${lines.join("\n")}\n`);
  }

  refused(): void {
    if (this.#ending !== ".csv" || this.#facts || this.#isTable) return;
    this.#isTable = true;
    this.#write(`${this.#table.head.join("\n")}\n`);
    this.take(this.#waiting.splice(0));
  }

  /** A device of another shape has been plugged in: its samples do not go into this file. */
  begin(facts: SampleFacts): void {
    const { channels, rateHz } = this.#facts ?? facts;
    if (channels !== facts.channels || rateHz !== facts.rateHz)
      throw error("cannot-write", {
        file: this.file,
        why: "the device's samples have another rate or number of channels now",
      });
    if (this.#facts || this.#isTable || this.samplesWish === "no") return;
    this.#facts = facts;
    this.#waiting = [];
    this.#write(this.#ending === ".wav" ? wavHead(facts, 0) : `${samplesHead(facts.columns)}\n`);
  }

  samples(samples: Int16Array): void {
    if (!this.#facts) return;
    const { channels, columns, rateHz } = this.#facts;
    if (this.#ending === ".csv") this.#write(`${sampleRows(samples, this.#count, columns, rateHz).join("\n")}\n`);
    else if (2 * channels * this.#count < mostWavBytes) this.#write(wavData(samples));
    else return;
    this.#count += samples.length / channels;
  }

  #write(content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#handle, bytes, at);
    } catch (cause) {
      throw error("cannot-write", { file: this.file, why: (cause as Error).message }, { file: this.file });
    }
  }

  async close(): Promise<string | undefined> {
    const facts = this.#facts;
    // a device that has not answered by now gives none
    if (this.#waiting.length > 0) this.refused();
    if (facts && this.#ending === ".wav") {
      const head = wavHead(facts, 2 * facts.channels * this.#count);
      writeSync(this.#handle, head, 0, wavHeadBytes, 0);
    }
    closeSync(this.#handle);
    if (this.#isTable) return `${this.file}: ${this.#lines} results; raw samples are not permitted`;
    if (this.#ending === ".jsonl") return `${this.file}: ${this.#lines} lines`;
    if (facts) return `${this.file}: ${this.#count} samples (${(this.#count / facts.rateHz).toFixed(2)} s)`;
    // the device gave none: an empty file would say that there was nothing to hear
    rmSync(this.file, { force: true });
    return undefined;
  }
}
