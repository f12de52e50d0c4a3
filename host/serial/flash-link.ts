// The host's end of a line while it flashes: bytes out, bytes in with time-outs, a trace, an abort signal. Protocols ask for what they
// expect and get it or `undefined`; only what ends everything is thrown: `serial/lost`, `serial/stopped`.
//
// Invariants: nothing waits longer than its time-out, whatever the device sends or does not send; at most `mostBuffered` bytes are kept.
// Time-outs begin when the bytes sent before have left the line: a write resolves earlier.

import { UserError } from "../base/errors.ts";
import { error } from "./errors.ts";
import type { FlashOptions } from "./flash-types.ts";
import type { LineSettings, Port } from "./port.ts";
import { SlipDecoder } from "./slip.ts";

const mostBuffered = 1 << 16;
const mostHeard = 160;

export class FlashLink {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #chunks: Uint8Array[] = [];
  #buffered = 0;
  #heard: number[] = [];
  #reading = false;
  #lost = false;
  #lostReason: string | undefined;
  #wake: (() => void) | undefined;
  #alarmAt = Number.POSITIVE_INFINITY;
  #sentUntil = 0;
  #millisecondsPerByte = 0;
  #stage = "connecting";
  readonly #endings: (() => void)[] = [];

  constructor(
    readonly port: Port,
    readonly options: FlashOptions,
  ) {
    this.#reader = port.readable.getReader();
    this.#endings.push(
      port.onState((state, reason) => {
        if (state === "open") return;
        this.#lostReason = reason;
        this.#loseIt();
      }),
    );
    const { abort } = options;
    const onAbort = () => this.#wake?.();
    abort?.addEventListener("abort", onAbort);
    this.#endings.push(() => abort?.removeEventListener("abort", onAbort));
  }

  /** The port stays open, and may be read by others again. */
  release(): void {
    for (const end of this.#endings) end();
    this.#reader.releaseLock();
  }

  now(): number {
    return this.options.clock.now();
  }

  stage(name: string, totalBytes?: number): void {
    this.#stage = name;
    this.options.listener.stage(name, totalBytes);
  }

  async configure(settings: LineSettings): Promise<void> {
    this.#millisecondsPerByte = 11_000 / settings.baud;
    await this.port.configure(settings);
  }

  async sleep(milliseconds: number): Promise<void> {
    const until = this.now() + milliseconds;
    while (this.now() < until) {
      this.#check();
      await this.#pause(until);
    }
    this.#check();
  }

  async send(bytes: Uint8Array | readonly number[]): Promise<void> {
    this.#check();
    const copy = Uint8Array.from(bytes);
    this.options.listener.trace?.(">", copy);
    this.#sentUntil = Math.max(this.#sentUntil, this.now()) + copy.length * this.#millisecondsPerByte;
    await this.port.write(copy);
  }

  /** All of them or, after the time, undefined; what has come until then is dropped. */
  async read(count: number, milliseconds: number): Promise<Uint8Array | undefined> {
    const deadline = this.#deadline(milliseconds);
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const chunk = await this.#take(count - filled, deadline);
      if (!chunk) return undefined;
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
    return bytes;
  }

  async readByte(milliseconds: number): Promise<number | undefined> {
    return (await this.read(1, milliseconds))?.[0];
  }

  /** Reads and forgets until the line is quiet that long; false: it never was within `longest`. */
  async drain(quiet: number, longest = 10 * quiet + 500): Promise<boolean> {
    const end = this.now() + longest;
    while (this.now() < end) {
      const chunk = await this.#take(mostBuffered, this.now() + quiet);
      if (!chunk) return true;
    }
    return false;
  }

  /** The next SLIP frame that `wanted` makes something of; other frames and noise between are passed over. */
  async frame<T>(
    wanted: (frame: Uint8Array) => T | undefined,
    milliseconds: number,
    longest: number,
  ): Promise<T | undefined> {
    const decoder = new SlipDecoder(longest);
    const deadline = this.#deadline(milliseconds);
    for (;;) {
      const chunk = await this.#take(mostBuffered, deadline);
      if (!chunk) return undefined;
      for (const [i, byte] of chunk.entries()) {
        const frame = decoder.push(byte);
        const found = frame && wanted(frame);
        if (found === undefined) continue;
        this.#putBack(chunk.subarray(i + 1));
        return found;
      }
    }
  }

  /** For an error's notes: the end of what the device said, where that is text (a boot banner, an application's log). */
  heard(): string[] {
    const text = new TextDecoder("latin1").decode(Uint8Array.from(this.#heard.slice(-mostHeard)));
    const words = text.replace(/[^\x20-\x7e]+/g, " ").trim();
    return words.length >= 12 ? [`the device says: ${words}`] : [];
  }

  #lostError(): UserError {
    return error("lost", { path: this.port.info.path, reason: this.#lostReason });
  }

  #deadline(milliseconds: number): number {
    return Math.max(this.now(), this.#sentUntil) + milliseconds;
  }

  #check(): void {
    if (this.options.abort?.aborted) throw error("stopped", { stage: this.#stage });
    if (this.#lost) throw this.#lostError();
  }

  /** Some bytes, at most `count`; undefined: none came until the deadline. Endless data ends there too. */
  async #take(count: number, deadline: number): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.options.abort?.aborted) throw error("stopped", { stage: this.#stage });
      if (this.now() > deadline) return undefined;
      const first = this.#chunks[0];
      if (first) {
        const part = first.subarray(0, count);
        if (part.length === first.length) this.#chunks.shift();
        else this.#chunks[0] = first.subarray(count);
        this.#buffered -= part.length;
        this.#heard.push(...part.subarray(-mostHeard));
        if (this.#heard.length > 16 * mostHeard) this.#heard = this.#heard.slice(-mostHeard);
        this.options.listener.trace?.("<", part);
        return part;
      }
      this.#check();
      if (this.now() >= deadline) return undefined;
      this.#readMore();
      await this.#pause(deadline);
    }
  }

  #putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#buffered += bytes.length;
  }

  #readMore(): void {
    if (this.#reading || this.#buffered >= mostBuffered) return;
    this.#reading = true;
    this.#reader.read().then(
      ({ done, value }) => {
        this.#reading = false;
        if (done) return this.#loseIt();
        if (value.length > 0) this.#chunks.push(value);
        this.#buffered += value.length;
        this.#wake?.();
      },
      () => {}, // released
    );
  }

  #loseIt(): void {
    this.#lost = true;
    this.#wake?.();
  }

  /** Until something happens, or the time has come. One timer serves many short waits. */
  async #pause(until: number): Promise<void> {
    const { clock } = this.options;
    const woken = new Promise<void>((resolve) => void (this.#wake = resolve));
    if (this.#alarmAt > until || this.#alarmAt <= clock.now()) {
      this.#alarmAt = until;
      void clock.sleep(until - clock.now()).then(() => {
        if (this.#alarmAt === until) this.#alarmAt = Number.POSITIVE_INFINITY;
        this.#wake?.();
      });
    }
    await woken;
    this.#wake = undefined;
  }
}

/** The device went away: after a restart over native USB that is success. */
export const isLost = (cause: unknown): boolean => cause instanceof UserError && cause.code === "serial/lost";

/** A protocol's whole run: the line is given back however it ends. */
export async function withLink<T>(port: Port, options: FlashOptions, use: (link: FlashLink) => Promise<T>): Promise<T> {
  const link = new FlashLink(port, options);
  try {
    return await use(link);
  } finally {
    link.release();
  }
}
