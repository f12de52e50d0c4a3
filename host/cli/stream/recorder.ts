// `--record F`: what a stream leaves in a file, written as it comes. F.jsonl: the device's JSON lines. F.wav, F.csv: raw samples, which the
// app must permit; a WAV file cut off by a crash of this program is still read (its data are all that follows the head).

import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { extname } from "node:path";
import { type ConsoleItem, sampleRows, samplesHead, wavData, wavHead, wavHeadBytes } from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { SampleFacts, StreamSink } from "./sink.ts";

const endings = [".jsonl", ".wav", ".csv"] as const;
type Ending = (typeof endings)[number];
/** RIFF's sizes are 32-bit numbers. */
const mostWavBytes = 2 ** 32 - 4096;

export class Recorder implements StreamSink {
  readonly #handle: number;
  readonly #ending: Ending;
  #facts: SampleFacts | undefined;
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

  get wantsSamples(): boolean {
    return this.#ending !== ".jsonl";
  }

  take(items: readonly ConsoleItem[]): void {
    if (this.wantsSamples) return;
    const lines = items.flatMap((item) => ("line" in item ? [item.line] : []));
    this.#lines += lines.length;
    if (lines.length > 0) this.#write(`${lines.join("\n")}\n`);
  }

  /** A device of another shape has been plugged in: its samples do not go into this file. */
  begin(facts: SampleFacts): void {
    const { channels, rateHz } = this.#facts ?? facts;
    if (channels !== facts.channels || rateHz !== facts.rateHz)
      throw error("cannot-write", {
        file: this.file,
        why: "the device's samples have another rate or number of channels now",
      });
    if (this.#facts || !this.wantsSamples) return;
    this.#facts = facts;
    this.#write(this.#ending === ".wav" ? wavHead(facts, 0) : `${samplesHead(facts.columns)}\n`);
  }

  samples(samples: Int16Array): void {
    if (!this.#facts || !this.wantsSamples) return;
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
    if (facts && this.#ending === ".wav") {
      const head = wavHead(facts, 2 * facts.channels * this.#count);
      writeSync(this.#handle, head, 0, wavHeadBytes, 0);
    }
    closeSync(this.#handle);
    if (this.wantsSamples && !facts) {
      // the device gave none: an empty file would say that there was nothing to hear
      rmSync(this.file, { force: true });
      return undefined;
    }
    if (!this.wantsSamples) return `${this.file}: ${this.#lines} lines`;
    const seconds = facts ? ` (${(this.#count / facts.rateHz).toFixed(2)} s)` : "";
    return `${this.file}: ${this.#count} samples${seconds}`;
  }
}
