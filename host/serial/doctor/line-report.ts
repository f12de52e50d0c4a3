// What a line gave, counted while it comes. In: pieces of bytes; out: how much of it is text, what of it was sound and what was hurt, which
// beginning repeats, what boot ROMs say. No decisions here, and no clock.
//
// Invariant: what is kept is bounded, whatever comes.
//
// The first line is not counted: whoever begins to listen begins in the middle of one.

import { ConsoleReader } from "../console.ts";
import type { ConsoleItem } from "../console-items.ts";
import { printable } from "../printable.ts";
import type { LineEvidence } from "./evidence.ts";

const mostTexts = 200;
const longestText = 80;
/** Espressif ROM, ROM messages of ESP32 and later: `rst:0xf (RTCWDT_BROWN_OUT_RESET)`, `waiting for download`. */
const romTexts = [
  { says: "download", text: /waiting for download|DOWNLOAD_BOOT|DOWNLOAD\(/i },
  { says: "brownout", text: /brown-?_?out/i },
] as const;
/** A line of JSON that lost its beginning. */
const fragment = /"(seq|t_us|score|label)":/;

type Counted = Pick<
  LineEvidence,
  "bytes" | "readable" | "sound" | "hurt" | "logs" | "banner" | "resetCauses" | "romSays"
>;

export class LineReport {
  readonly #reader = new ConsoleReader((item) => this.#take(item));
  readonly #decoder = new TextDecoder();
  #bytes = 0;
  #characters = 0;
  #readable = 0;
  #sound = 0;
  #hurt = 0;
  #logs = 0;
  #first = true;
  readonly #texts = new Map<string, number>();
  readonly #resetCauses: number[] = [];
  readonly #romSays = new Set<"download" | "brownout">();

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#countText(this.#decoder.decode(bytes, { stream: true }));
    this.#reader.push(bytes);
  }

  get counted(): Counted {
    const banner = this.#banner();
    return {
      bytes: this.#bytes,
      readable: this.#characters === 0 ? 1 : this.#readable / this.#characters,
      sound: this.#sound,
      hurt: this.#hurt,
      logs: this.#logs,
      ...(banner ? { banner } : {}),
      resetCauses: [...this.#resetCauses],
      romSays: [...this.#romSays],
    };
  }

  #countText(text: string): void {
    for (const character of text) {
      const code = character.codePointAt(0)!;
      this.#characters++;
      const control = code < 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09 && code !== 0x1b;
      if (!control && code !== 0xfffd && (code < 0x7f || code > 0x9f)) this.#readable++;
    }
  }

  #take(item: ConsoleItem): void {
    const first = this.#first;
    this.#first = false;
    switch (item.kind) {
      case "result":
      case "smp":
      case "raw":
        this.#sound++;
        return;
      case "notice": {
        this.#sound++;
        if (item.name !== "boot") return;
        const cause = (item.value as { readonly reset?: unknown } | null)?.reset;
        if (typeof cause === "number" && this.#resetCauses.length < mostTexts) this.#resetCauses.push(cause);
        this.#remember("boot");
        return;
      }
      case "damaged":
        if (!first) this.#hurt++;
        return;
      case "log":
        return this.#log(item.text, first);
    }
  }

  #log(text: string, first: boolean): void {
    for (const { says, text: pattern } of romTexts) if (pattern.test(text)) this.#romSays.add(says);
    if (first) return;
    if (fragment.test(text) || text.includes("\ufffd")) this.#hurt++;
    else {
      this.#logs++;
      this.#remember(printable(text).slice(0, longestText));
    }
  }

  #remember(text: string): void {
    const times = this.#texts.get(text);
    if (times !== undefined || this.#texts.size < mostTexts) this.#texts.set(text, (times ?? 0) + 1);
  }

  /** What a start says: our boot line, or the first words of a boot ROM or framework. */
  #banner(): LineEvidence["banner"] {
    const starts = [...this.#texts].filter(([text]) => text === "boot" || bannerText.test(text));
    const [most] = starts.sort(([, a], [, b]) => b - a);
    return most && { text: most[0] === "boot" ? "the app's boot line" : most[0], times: most[1] };
  }
}

/** `ets Jun  8 2016`, `rst:0x1 (POWERON_RESET)`, `*** Booting Zephyr OS`, `Booting…`, `U-Boot`, `MicroPython v1.22` */
const bannerText =
  /^ets [A-Z][a-z]{2} |\brst:0x|\bboot(ing|ed)?\b|^U-Boot|^MicroPython v|^CircuitPython|\bReset (cause|reason)/i;
