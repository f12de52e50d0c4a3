// One run of the verb stream: port, device session and sinks put together, from the first byte to the last word. Whatever ends it (a key, a
// limit, an error of a sink) aborts; then everything is closed, in order, and the exit code or the error is given back.

import { UserError } from "../../base/errors.ts";
import type { CrashPlace } from "../../profile/profile.ts";
import {
  type Attached,
  type ConsoleItem,
  openAgain,
  type Port,
  printable,
  type StreamFormat,
  StreamMetrics,
  stream,
  wallClock,
} from "../../serial/serial.ts";
import type { Arguments, Exit } from "../command.ts";
import { secondsOf } from "../duration.ts";
import { error } from "../errors.ts";
import { catchInterrupt } from "../interrupt.ts";
import { checkPortWords, chosenPort, customReset, lineSettings, openChosen } from "../port-options.ts";
import { boardFor } from "../program.ts";
import type { Terminal } from "../terminal.ts";
import { CrashPlaces } from "./crash-places.ts";
import { DeviceSession, type SessionWish } from "./device-session.ts";
import { columnsFor, differenceFrom, type KnownApp, openKnownApp, recordingFor } from "./known-app.ts";
import { openSinks } from "./open-sinks.ts";
import { PrintSink, stdoutDrained, timedFormats } from "./print.ts";
import { quitKeys } from "./quit-keys.ts";
import type { StreamSink } from "./sink.ts";

export class StreamRun {
  readonly #abort = new AbortController();
  readonly #known: KnownApp | undefined;
  readonly #counts = new StreamMetrics();
  #exit: Exit = 0;
  #failure: unknown;
  #sinks: StreamSink[] = [];
  #toldDifference = false;
  #wasAttached = false;

  constructor(
    private readonly args: Arguments,
    private readonly terminal: Terminal,
  ) {
    const file = args["app"];
    this.#known = file === undefined ? undefined : openKnownApp(String(file));
  }

  async run(): Promise<Exit> {
    const { args, terminal } = this;
    const format = formatOf(args, terminal);
    checkPortWords(args);
    const boardName = args["board"] === undefined ? undefined : boardFor(String(args["board"])).name;
    const recording =
      args["replay"] === undefined
        ? undefined
        : recordingFor(this.#known, String(args["replay"]), boardName, (words) => terminal.note(words));
    const limits = limitsOf(args);
    const chosen = await chosenPort(args, terminal);
    const settings = lineSettings(args);
    const interrupt = catchInterrupt(() => this.#quit(130));
    const giveBack = quitKeys(process.stdin, (key) => this.#quit(key === "ctrl-c" ? 130 : 0));
    const timer = limits.milliseconds === undefined ? undefined : setTimeout(() => this.#quit(0), limits.milliseconds);
    const progress = new ReplayProgress(terminal);
    try {
      const print = new PrintSink(terminal, {
        format,
        timestamps: args["timestamps"] === true,
        raw: args["raw"] === true,
      });
      const places = new CrashPlaces({
        ...{ known: this.#known, board: boardName, note: (words) => terminal.note(words) },
        onPlace: (place) => this.#crashed(place),
      });
      this.#sinks = [print, places];
      const { sinks, samples } = await openSinks(args, terminal, (cause) => this.#fail(cause));
      this.#sinks.push(...sinks);
      const session: DeviceSession = new DeviceSession({
        reset: resetOf(args),
        samples: samples === "no" && format === "ei" && !terminal.json ? "wanted" : samples,
        columns: (channels) => columnsFor(this.#known, channels, boardName ?? session.board),
        recording,
        onSamples: (samples) => this.#each((sink) => sink.samples?.(samples)),
        onRefused: () => this.#each((sink) => sink.refused?.()),
        onFacts: (facts) => this.#each((sink) => sink.begin?.(facts)),
        onProgress: (count, all) => progress.show(count, all),
        note: (words) => terminal.note(words),
        abort: this.#abort.signal,
      });
      const reopen =
        args["reconnect"] === false
          ? {}
          : { reopen: (info: Port["info"]) => openAgain(info, settings, chosen.openers) };
      const open = () => openChosen(chosen, settings);
      const events = stream({
        open,
        ...reopen,
        abort: this.#abort.signal,
        clock: wallClock,
        onBytes: (bytes) => print.bytes(bytes),
      });
      await this.#follow(events, session, limits.count);
    } finally {
      clearTimeout(timer);
      progress.clear();
      giveBack();
      interrupt.release();
      await this.#close();
    }
    if (this.#failure !== undefined) throw this.#failure;
    return this.#exit;
  }

  async #follow(events: ReturnType<typeof stream>, session: DeviceSession, most: number): Promise<void> {
    const { terminal } = this;
    let device: Attached | undefined;
    for await (const event of events) {
      if (event.kind === "items" && device) {
        session.take(event.items, device, (cause) => this.#deviceFailed(cause));
        this.#take(event.items, most);
        await stdoutDrained();
      } else if (event.kind === "attached") {
        device = event.device;
        this.#wasAttached = true;
        this.#state(true, `attached to ${device.port.info.path}${event.again ? " again" : ""}`);
        session.start(device, event.again).then(
          () => this.args["replay"] !== undefined && this.#quit(0),
          (cause) => this.#deviceFailed(cause),
        );
      } else if (event.kind === "lost") {
        const why = event.reason === undefined ? "" : ` (${event.reason})`;
        this.#state(false, `${device?.port.info.path ?? "the device"} went away${why}; waiting for it`);
      }
    }
    if (session.missing > 0)
      terminal.note(`${session.missing} samples never came; the one before was kept in their place`);
  }

  /** A device that went away before it did what was wished is waited for, but not in the middle of a recording. */
  #deviceFailed(cause: unknown): void {
    const { reconnect, replay } = this.args;
    const isLost = cause instanceof UserError && cause.code === "serial/lost";
    if (!isLost || reconnect === false || replay !== undefined) this.#fail(cause);
  }

  #take(items: readonly ConsoleItem[], most: number): void {
    const { results } = this.#counts;
    const shown = results + items.length > most ? upTo(items, most - results) : items;
    this.#counts.take(shown);
    if (this.#known && !this.#toldDifference) {
      const words = shown.map((item) => differenceFrom(this.#known!, item)).find((found) => found !== undefined);
      if (words !== undefined) this.terminal.note(words);
      this.#toldDifference = words !== undefined;
    }
    this.#each((sink) => sink.take(shown));
    if (this.#counts.results >= most) this.#quit(0);
  }

  #each(action: (sink: StreamSink) => void): void {
    try {
      for (const sink of this.#sinks) action(sink);
    } catch (cause) {
      this.#fail(cause);
    }
  }

  #crashed(place: CrashPlace): void {
    if (this.terminal.json) this.terminal.out(JSON.stringify({ kind: "crash-place", ...place }));
    else this.terminal.note(printable(`crash: ${place.text}`));
  }

  #state(isConnected: boolean, words: string): void {
    this.#each((sink) => sink.connected?.(isConnected));
    if (this.terminal.json) this.terminal.out(JSON.stringify({ kind: isConnected ? "attached" : "lost", words }));
    else this.terminal.note(words);
  }

  #quit(exit: Exit): void {
    if (this.#abort.signal.aborted) return;
    this.#exit = exit;
    this.#abort.abort();
  }

  #fail(cause: unknown): void {
    // what goes wrong because we are leaving is no news
    if (this.#abort.signal.aborted) return;
    this.#failure = cause;
    this.#abort.abort();
  }

  async #close(): Promise<void> {
    for (const sink of this.#sinks) {
      const words = await sink.close();
      if (words !== undefined) this.terminal.note(words);
    }
    if (!this.#wasAttached) return;
    const { facts } = this.#counts;
    if (this.terminal.json) this.terminal.out(JSON.stringify({ kind: "end", ...facts }));
    const found = Object.entries(facts.detections).map(([label, count]) => `${label} ${count}`);
    const rest = (["late", "dropped", "damaged"] as const).map((what) => `${facts[what]} ${what}`);
    if (!this.terminal.json)
      this.terminal.note(
        `${facts.results} result${facts.results === 1 ? "" : "s"}; detections: ${found.join(", ") || "none"}; ${rest.join(", ")}`,
      );
  }
}

/** Items up to and with the n-th result. */
function upTo(items: readonly ConsoleItem[], count: number): readonly ConsoleItem[] {
  let left = count;
  const end = items.findIndex((item) => item.kind === "result" && --left === 0);
  return end < 0 ? items : items.slice(0, end + 1);
}

function formatOf(args: Arguments, terminal: Terminal): StreamFormat {
  const format = (args["format"] as StreamFormat | undefined) ?? (terminal.isTty ? "text" : "jsonl");
  if (args["timestamps"] && !timedFormats.includes(format) && !terminal.json)
    throw error("usage", { problem: `--timestamps goes with ${timedFormats.join(", ")}, not with --format ${format}` });
  return format;
}

function limitsOf(args: Arguments): { readonly count: number; readonly milliseconds: number | undefined } {
  const count = args["count"] === undefined ? Number.POSITIVE_INFINITY : Number(args["count"]);
  if (!(count >= 1)) throw error("usage", { problem: `--count ${args["count"]}: at least 1 is expected` });
  const milliseconds = args["for"] === undefined ? undefined : 1000 * secondsOf(String(args["for"]));
  return { count, milliseconds };
}

function resetOf(args: Arguments): SessionWish["reset"] {
  const custom = customReset(args);
  const before = args["before"];
  if (!custom && args["reset"] !== true && (before === undefined || before === "no-reset")) return undefined;
  return { how: before === "usb-reset" ? before : "default-reset", custom };
}

/** How far a recording is, on one line of a terminal. */
class ReplayProgress {
  #shown = false;
  constructor(private readonly terminal: Terminal) {}

  show(count: number, all: number): void {
    if (process.stderr.isTTY !== true || this.terminal.json || this.terminal.isTty) return;
    this.#shown = true;
    process.stderr.write(`\rreplay ${Math.round((100 * count) / all)} % (${count} of ${all} samples)`);
  }

  clear(): void {
    if (this.#shown) process.stderr.write("\n");
  }
}
