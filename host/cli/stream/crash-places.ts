// Where a device crashed: its crash line put together with the image that ran, which is the file that the user named, or the app built for the
// board that the device says it is. Building takes a second or two; the stream goes on meanwhile.
//
//   {"crash":{…}} ─ kept ─► {"boot":{board, model …}} ─► image ─ describeCrash ─► layer, function, source line

import { type Image, readImage } from "../../image/image.ts";
import { type CrashPlace, describeCrash } from "../../profile/profile.ts";
import type { ConsoleItem } from "../../serial/serial.ts";
import { buildAppFile } from "../app-file.ts";
import { readBytes } from "../files.ts";
import { within } from "../model.ts";
import { boardFor } from "../program.ts";
import type { KnownApp } from "./known-app.ts";
import type { StreamSink } from "./sink.ts";

export interface CrashWish {
  readonly known: KnownApp | undefined;
  /** The user's word. */
  readonly board: string | undefined;
  readonly onPlace: (place: CrashPlace) => void;
  readonly note: (words: string) => void;
}

/** A device that crashes at every start says so each time; one place a start is enough. */
export class CrashPlaces implements StreamSink {
  #crash: unknown;
  #board: string | undefined;
  #image: Promise<Image> | undefined;
  #work: Promise<void> = Promise.resolve();
  #hinted = false;

  constructor(private readonly wish: CrashWish) {
    this.#board = wish.board;
  }

  take(items: readonly ConsoleItem[]): void {
    for (const item of items) {
      if (item.kind !== "notice") continue;
      if (item.name === "crash") this.#crash = item.value;
      if (item.name === "boot") this.#booted(item.value);
      if (this.#crash !== undefined) this.#tell();
    }
  }

  #booted(value: unknown): void {
    const { board, model } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (this.wish.board === undefined && typeof board === "string") this.#board = board;
    const hash = this.wish.known?.hashes?.model;
    if (this.#crash === undefined || hash === undefined || model === hash) return;
    this.#crash = undefined;
    this.wish.note(
      `the image that crashed has another model (${String(model)}, here ${hash}): where it was cannot be told`,
    );
  }

  #tell(): void {
    const { known } = this.wish;
    const crash = this.#crash;
    if (!known && !this.#hinted) {
      this.#hinted = true;
      this.wish.note(
        "hint: name what is on the device (`stream app.json` or its ELF file) to see where in the source that was",
      );
    }
    if (!known || (known.kind === "app" && this.#board === undefined)) return;
    this.#crash = undefined;
    this.#image ??= imageOf(known, this.#board);
    const image = this.#image;
    this.#work = this.#work.then(async () => {
      try {
        const place = describeCrash(crash, await image);
        if (place) this.wish.onPlace(place);
      } catch (cause) {
        this.wish.note(`where it crashed cannot be told: ${(cause as Error).message}`);
      }
    });
  }

  async close(): Promise<undefined> {
    await this.#work;
  }
}

async function imageOf({ file, kind }: KnownApp, board: string | undefined): Promise<Image> {
  if (kind === "app") return (await buildAppFile(file, boardFor(board!))).linked.image;
  return within(file, () => readImage(readBytes(file)));
}
