// Where a device crashed: its crash line put together with the image that ran, which is the file that the user named, or the app built for the
// board that the device says it is. Building takes a second or two; the stream goes on meanwhile.
//
//   {"crash":{…}} ─ kept ─► {"boot":{board, app_hash …}} ─► image ─ describeCrash ─► layer, function, source line

import type { App } from "../../app/app.ts";
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
  /** As the boot line says. */
  #board: string | undefined;
  #hash: string | undefined;
  #image: Promise<Image> | undefined;
  #work: Promise<void> = Promise.resolve();
  #hinted = false;

  constructor(private readonly wish: CrashWish) {}

  take(items: readonly ConsoleItem[]): void {
    for (const item of items) {
      if (item.kind !== "notice") continue;
      if (item.name === "crash") this.#crash = item.value;
      if (item.name === "boot") this.#booted(item.value);
      if (this.#crash !== undefined) this.#tell();
    }
  }

  #booted(value: unknown): void {
    const { board, app_hash } = (value ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof board === "string") this.#board = board;
    if (typeof app_hash === "string") this.#hash = app_hash;
  }

  #tell(): void {
    const { known, note } = this.wish;
    const crash = this.#crash;
    if (!known) {
      if (!this.#hinted)
        note(
          "hint: name what is on the device (`stream app.json` or its ELF file) to see where in the source that was",
        );
      this.#hinted = true;
      return;
    }
    const board = this.wish.board ?? this.#board;
    if (known.kind === "app" && (board === undefined || this.#hash === undefined)) return;
    this.#crash = undefined;
    const version = known.versions?.find(({ hash }) => hash === this.#hash);
    if (known.kind === "app" && !version)
      return note(
        `what crashed is another version of the app (${this.#hash}, here ${known.versions?.[0]?.hash}): where it was cannot be told`,
      );
    const image = (this.#image ??= version
      ? builtImage(known.file, board!, version.console)
      : readImageFile(known.file));
    this.#work = this.#work.then(async () => {
      try {
        const place = describeCrash(crash, await image);
        if (place) this.wish.onPlace(place);
      } catch (cause) {
        note(`where it crashed cannot be told: ${(cause as Error).message}`);
      }
    });
  }

  async close(): Promise<undefined> {
    await this.#work;
  }
}

async function builtImage(file: string, board: string, console: App["console"]): Promise<Image> {
  return (await buildAppFile(file, boardFor(board), () => console)).linked.image;
}

async function readImageFile(file: string): Promise<Image> {
  return within(file, () => readImage(readBytes(file)));
}
