// Watches a line for a while, and asks what it is when it does not say so itself. In: how to open the port, a clock; out: LineEvidence.
// Always closes the port.
//
//   listen ─► clear already: done
//          ─► unreadable: listen at other bauds until one gives text
//          ─► silent: SMP echo (an application of ours answers), then the greeting of the board's boot loader
//          ─► it leaves the bus: wait for it, listen on, count
//
// Nothing is asked of a line that speaks. Everything ends by the clock, whatever the device does.

import { UserError } from "../../base/errors.ts";
import type { Board } from "../../board/board.ts";
import { ConsoleReader } from "../console.ts";
import type { Clock, LineSettings, Port, PortInfo } from "../port.ts";
import { SmpClient, smpCommands } from "../smp/smp-client.ts";
import type { LineEvidence } from "./evidence.ts";
import { type Greeting, greetingOf } from "./greetings.ts";
import { LineReport } from "./line-report.ts";

export interface WatchOptions {
  readonly path: string;
  readonly settings: LineSettings;
  readonly open: (settings: LineSettings) => Promise<Port>;
  /** Undefined: it is not there yet. */
  readonly reopen: (info: PortInfo, settings: LineSettings) => Promise<Port | undefined>;
  readonly clock: Clock;
  readonly milliseconds: number;
  readonly board?: Board;
}

/** Where apps and frameworks have their consoles; 74880: the ESP8266's ROM. */
const otherBauds = [115200, 9600, 57600, 230400, 460800, 921600, 1_000_000, 2_000_000, 38400, 19200, 74880];
const baudMilliseconds = 700;
const answerMilliseconds = 500;
const longestAnswer = 1024;
/** Longer than we listen: the client's own time-out, on the wall's clock, never counts. */
const patience = 60_000;
const lookMilliseconds = 100;
/** Bytes that tell whether it is text. */
const enoughBytes = 48;
/** Below this it is not text: two thirds of random bytes are none. */
export const readableShare = 0.75;
export const enoughStarts = 3;
const mostTimesLonger = 3;
const enoughSound = 8;
const soonest = 1200;

export async function watchLine(options: WatchOptions): Promise<LineEvidence> {
  const watch = new Watch(options);
  try {
    return await watch.run();
  } finally {
    await watch.close();
  }
}

class Watch {
  #port: Port | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #reading: Promise<Uint8Array | undefined> | undefined;
  #left = 0;
  readonly #start: number;

  constructor(private readonly options: WatchOptions) {
    this.#start = options.clock.now();
  }

  async close(): Promise<void> {
    await this.#port?.close();
    this.#port = undefined;
  }

  async run(): Promise<LineEvidence> {
    const { path, settings, milliseconds, clock } = this.options;
    const refused = await this.#open(settings);
    const report = new LineReport();
    if (!refused) await this.#listen(report, milliseconds);
    const counted = report.counted;
    const known = { path, baud: settings.baud, ...counted, left: this.#left };
    const asked = refused ? { refused } : await this.#ask(counted);
    return { ...known, ...asked, milliseconds: clock.now() - this.#start };
  }

  async #open(settings: LineSettings): Promise<LineEvidence["refused"]> {
    try {
      this.#use(await this.options.open(settings));
      return undefined;
    } catch (cause) {
      if (!(cause instanceof UserError)) throw cause;
      const { code, exit, message, hint } = cause;
      return { code, exit, message, hint };
    }
  }

  #use(port: Port): void {
    this.#port = port;
    this.#reader = port.readable.getReader();
    this.#reading = undefined;
  }

  async #listen(report: LineReport, milliseconds: number): Promise<void> {
    const { clock } = this.options;
    let end = clock.now() + milliseconds;
    for (let longer = 1; !this.#clear(report); ) {
      if (clock.now() >= end) {
        // It has started twice: is it going to again?
        if (longer >= mostTimesLonger || (report.counted.banner?.times ?? 0) !== enoughStarts - 1) return;
        end += milliseconds;
        longer++;
      }
      const bytes = await this.#read(end);
      if (bytes) report.push(bytes);
      else if (!this.#port && !(await this.#comeBack(end))) return;
    }
  }

  /** More would tell nothing new. What has just started may do so again. */
  #clear(report: LineReport): boolean {
    const { bytes, readable, sound, logs, hurt, banner } = report.counted;
    if (bytes >= 16 * enoughBytes && readable < readableShare && sound === 0) return true;
    if ((banner?.times ?? 0) >= enoughStarts) return true;
    const passed = this.options.clock.now() - this.#start;
    return passed > soonest && hurt === 0 && sound + logs >= enoughSound && !banner && this.#left === 0;
  }

  /** Undefined: nothing came until then, or the port is gone (and `#port` with it). */
  async #read(end: number): Promise<Uint8Array | undefined> {
    const { clock } = this.options;
    this.#reading ??= this.#reader!.read().then(
      ({ done, value }) => (done ? undefined : value),
      () => undefined,
    );
    const timeUp = clock.sleep(Math.max(0, end - clock.now())).then(() => "time up" as const);
    const first = await Promise.race([this.#reading, timeUp]);
    if (first === "time up") return undefined;
    this.#reading = undefined;
    if (first === undefined) await this.close();
    return first;
  }

  async #comeBack(end: number): Promise<boolean> {
    const { clock, reopen, path, settings } = this.options;
    this.#left++;
    while (clock.now() < end) {
      const port = await reopen({ path }, settings);
      if (port) {
        this.#use(port);
        return true;
      }
      await clock.sleep(lookMilliseconds);
    }
    return false;
  }

  async #ask(counted: LineReport["counted"]): Promise<Partial<LineEvidence>> {
    if (!this.#port) return {};
    const { bytes, readable, sound } = counted;
    if (bytes >= enoughBytes && readable < readableShare && sound === 0) return this.#findBaud();
    if (bytes > 0) return {};
    if (await this.#echoes()) return { answers: "app" };
    const greeting = this.options.board && greetingOf(this.options.board);
    if (!greeting || !(await this.#greets(greeting))) return {};
    return { answers: "loader", loader: greeting.name };
  }

  async #findBaud(): Promise<Partial<LineEvidence>> {
    const { settings, clock } = this.options;
    for (const baud of otherBauds) {
      if (baud === settings.baud || !this.#port) continue;
      await this.#port.configure({ ...settings, baud });
      // What was under way at the old baud.
      await this.#hear(clock.now() + 50, () => false);
      const report = new LineReport();
      await this.#hear(clock.now() + baudMilliseconds, (piece) => {
        report.push(piece);
        return report.counted.bytes >= 4 * enoughBytes;
      });
      const { bytes, readable } = report.counted;
      if (bytes >= enoughBytes / 2 && readable > 0.95) return { readableAt: baud };
    }
    return {};
  }

  /** What comes until then goes to `take`, which says when it is enough. */
  async #hear(end: number, take: (piece: Uint8Array) => boolean): Promise<void> {
    while (this.options.clock.now() < end && this.#port) {
      const piece = await this.#read(end);
      if (piece && take(piece)) return;
    }
  }

  /** An application of ours answers SMP's echo. */
  async #echoes(): Promise<boolean> {
    const port = this.#port!;
    const client = new SmpClient((lines) => port.write(lines));
    const lines = new ConsoleReader((item) => {
      if (item.kind === "smp") client.receive(item.frame);
    });
    let answered = false;
    const asked = client.request(smpCommands.echo, { d: "doctor" }, { tries: 1, timeoutMilliseconds: patience }).then(
      () => void (answered = true),
      // A refusal is an answer too.
      (cause) => void (answered = cause instanceof UserError && cause.code === "serial/smp-refused"),
    );
    await this.#hear(this.options.clock.now() + answerMilliseconds, (piece) => {
      lines.push(piece);
      return false;
    });
    client.close(new Error("no longer asked"));
    await asked;
    return answered;
  }

  async #greets({ parity, say, answered }: Greeting): Promise<boolean> {
    const port = this.#port!;
    const { settings, clock } = this.options;
    try {
      if (parity) await port.configure({ ...settings, parity });
      await port.write(say);
    } catch (cause) {
      if (cause instanceof UserError) return false;
      throw cause;
    }
    let heard = new Uint8Array();
    await this.#hear(clock.now() + answerMilliseconds, (piece) => {
      heard = Uint8Array.from([...heard, ...piece.subarray(0, longestAnswer)]);
      return heard.length > longestAnswer || answered(heard);
    });
    return answered(heard);
  }
}
