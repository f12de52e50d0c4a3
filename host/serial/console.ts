// The console of a device, taken apart: bytes as they come in, items out, in order.
//
//   {…            LF   JSON object: a result or a notice        06 09 … LF  04 14 … LF   an SMP frame
//   00 … 00            COBS and CRC-32: raw samples             anything else LF         log text
//
// Invariants: any bytes are accepted; what is kept is bounded (one line of `longestLine`, one raw frame of `longestRaw`, one SMP
// frame); after damage the next good line is found again. A zero may have been noise, or the end of a frame whose beginning was lost:
// a frame that does not check out is read as text, and its last zero may begin the next.

import { openRawFrame } from "./cobs.ts";
import { type ConsoleItem, readObject } from "./console-items.ts";
import { isSmpLine, SmpLines } from "./smp/framing.ts";

const longestLine = 8192;
const longestRaw = 16384;
const [lineFeed, openBrace, closeBrace] = [0x0a, 0x7b, 0x7d] as const;
const decoder = new TextDecoder();

export class ConsoleReader {
  #kept = new Uint8Array(longestRaw);
  #length = 0;
  #inRaw = false;
  /** The line before had no end within `longestLine`: what follows, up to LF, is of it. */
  #overlong = false;
  readonly #smp = new SmpLines();
  #smpDamaged = 0;

  /** `onItem` is called while the bytes are read. */
  constructor(private readonly onItem: (item: ConsoleItem) => void) {}

  push(bytes: Uint8Array): void {
    let zero = bytes.indexOf(0);
    let feed = bytes.indexOf(lineFeed);
    for (let at = 0; at < bytes.length; ) {
      if (zero !== -1 && zero < at) zero = bytes.indexOf(0, at);
      if (feed !== -1 && feed < at) feed = bytes.indexOf(lineFeed, at);
      const stop = Math.min(zero === -1 ? bytes.length : zero, feed === -1 ? bytes.length : feed);
      this.#keep(bytes, at, stop);
      if (stop < bytes.length) this.#delimiter(bytes[stop]!);
      at = stop + 1;
    }
  }

  /** The stream is over: what was begun is given out as what it is. */
  end(): void {
    if (this.#inRaw) this.#rawAsText();
    if (this.#length > 0) this.#line();
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    while (from < to) {
      const limit = this.#inRaw ? longestRaw : longestLine;
      const part = Math.min(to - from, limit - this.#length);
      this.#kept.set(bytes.subarray(from, from + part), this.#length);
      this.#length += part;
      from += part;
      if (this.#length < limit) continue;
      if (this.#inRaw) this.#rawAsText();
      else this.#cutLine();
    }
  }

  #delimiter(byte: number): void {
    if (byte === lineFeed && !this.#inRaw) return this.#line();
    if (byte === lineFeed) {
      if (this.#lookedLikeText()) return this.#textAfterAll();
      return this.#keep(Uint8Array.of(byte), 0, 1);
    }
    if (!this.#inRaw) {
      // Whole lines only: what stands before the zero was cut.
      if (this.#length > 0) this.#damage("line", this.#length);
      this.#startRaw();
      return;
    }
    if (this.#length === 0) return; // 00 00: the end of one, or nothing, and the beginning of the next
    const payload = openRawFrame(this.#kept.subarray(0, this.#length));
    if (payload) {
      this.onItem({ kind: "raw", payload: payload.slice() });
      this.#inRaw = false;
      this.#length = 0;
      return;
    }
    this.#rawAsText();
    if (this.#length > 0) this.#damage("line", this.#length);
    this.#startRaw();
  }

  #startRaw(): void {
    this.#inRaw = true;
    this.#length = 0;
    this.#overlong = false;
  }

  /** A zero that came from nowhere must not hide the lines behind it: JSON and SMP lines are known at their LF. */
  #lookedLikeText(): boolean {
    const kept = this.#kept.subarray(0, this.#length);
    if (isSmpLine(kept)) return true;
    const last = kept.at(-1) === 0x0d ? kept.at(-2) : kept.at(-1);
    return kept[0] === openBrace && last === closeBrace && readObject(decoder.decode(kept)) !== undefined;
  }

  #textAfterAll(): void {
    this.#inRaw = false;
    this.#line();
  }

  /** What was taken for a raw frame, read again as lines; its last part stays as a line begun. */
  #rawAsText(): void {
    const text = this.#kept.slice(0, this.#length);
    this.#inRaw = false;
    this.#length = 0;
    this.onItem({ kind: "damaged", what: "raw", bytes: text.length });
    let at = 0;
    for (let feed = text.indexOf(lineFeed); feed !== -1; feed = text.indexOf(lineFeed, at)) {
      this.#keep(text, at, feed);
      this.#line();
      at = feed + 1;
    }
    this.#keep(text, at, text.length);
  }

  #line(): void {
    const line = this.#kept.subarray(0, this.#length);
    this.#length = 0;
    if (this.#overlong) {
      this.#overlong = false;
      return this.#log(line);
    }
    if (line.length === 0) return;
    if (isSmpLine(line)) return this.#smpLine(line);
    if (line[0] !== openBrace) return this.#log(line);
    const text = decoder.decode(line).trimEnd();
    const item = readObject(text);
    if (item) this.onItem(item);
    else this.#damage("line", line.length);
  }

  #smpLine(line: Uint8Array): void {
    const frame = this.#smp.take(line);
    if (frame) this.onItem({ kind: "smp", frame: frame.slice() });
    if (this.#smp.damaged !== this.#smpDamaged) this.#damage("smp", line.length);
    this.#smpDamaged = this.#smp.damaged;
  }

  #log(line: Uint8Array): void {
    const text = decoder.decode(line).trimEnd();
    if (text !== "") this.onItem({ kind: "log", text });
  }

  /** Longer than any line of ours: given out in parts, as text. */
  #cutLine(): void {
    const line = this.#kept.subarray(0, this.#length);
    if (line[0] === openBrace && !this.#overlong) this.#damage("line", this.#length);
    else this.#log(line);
    this.#overlong = true;
    this.#length = 0;
  }

  #damage(what: "line" | "smp" | "raw", bytes: number): void {
    this.onItem({ kind: "damaged", what, bytes });
  }
}
