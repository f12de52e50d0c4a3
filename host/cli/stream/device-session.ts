// What is done with a device beside reading it, at the start and whenever it starts anew: reset it if asked, ask for its raw samples, feed it
// a recording. Runs while the stream is read (answers come through it); items are shown to it first.
//
//   attached ─► reset? ─► boot line ─► capture? ─► replay? ─► summary line: the device's CRC is ours, or `cli/replay-differs`

import { UserError } from "../../base/errors.ts";
import {
  type Attached,
  CaptureReader,
  type ConsoleItem,
  describeCapture,
  extendCapture,
  leaseOf,
  type ResetStep,
  replay,
  resetSteps,
  runSteps,
  smpCommands,
  wallClock,
} from "../../serial/serial.ts";
import { error } from "../errors.ts";
import type { SampleFacts } from "./sink.ts";

export interface SessionWish {
  readonly reset:
    | { readonly how: "default-reset" | "usb-reset"; readonly custom: readonly ResetStep[] | undefined }
    | undefined;
  /** required: without the permit the stream ends; wanted: it goes on without. */
  readonly samples: "no" | "wanted" | "required";
  /** Columns of an app that is known. */
  readonly columns: (channels: number) => SampleFacts["columns"];
  readonly recording: { readonly samples: Int16Array; readonly channels: number; readonly rateHz: number } | undefined;
  readonly onSamples: (samples: Int16Array) => void;
  readonly onFacts: (facts: SampleFacts) => void;
  readonly onRefused: () => void;
  readonly onProgress: (samples: number, all: number) => void;
  readonly note: (words: string) => void;
  readonly abort: AbortSignal;
}

const bootMilliseconds = 5000;

interface Summary {
  readonly samples: number;
  readonly crc: string;
}

export class DeviceSession {
  #reader: CaptureReader | undefined;
  /** Values asked for at a time, and how many of them have come. */
  #lease = 0;
  #used = 0;
  #missing = 0;
  #onBoot: (() => void) | undefined;
  #onSummary: ((summary: Summary) => void) | undefined;
  #summaries: Summary[] = [];
  #board: string | undefined;
  #busy = false;

  constructor(private readonly wish: SessionWish) {}

  /** Samples that never came. */
  get missing(): number {
    return this.#missing;
  }

  /** As its boot line says. */
  get board(): string | undefined {
    return this.#board;
  }

  /** Resolves when the recording has been played, if there is one, else as soon as the device does what is wished. */
  async start(device: Attached, again: boolean): Promise<void> {
    this.#busy = true;
    try {
      // CDC devices speak when DTR is set; a line without modem signals says so, and that is all
      await device.port.setSignals({ dtr: true });
      if (this.wish.reset && !again) await this.#reset(device);
      if (this.wish.samples !== "no") await this.#capture(device);
      if (this.wish.recording && !again) await this.#replay(device, this.wish.recording);
    } finally {
      this.#busy = false;
    }
  }

  async #reset(device: Attached): Promise<void> {
    const { how, custom } = this.wish.reset!;
    const booted = this.#soon((done) => (this.#onBoot = () => done(true)), false);
    const steps = resetSteps(device.port.info, { purpose: "run", how, ...(custom ? { custom } : {}) });
    const done = steps.length > 0 && (await runSteps(device.port, steps, wallClock));
    if (!done) await device.smp.request(smpCommands.reset);
    if (!(await booted)) this.wish.note("the device was reset; it has not said that it started");
  }

  async #capture(device: Attached): Promise<void> {
    try {
      const capture = await describeCapture(device.smp);
      this.#reader = new CaptureReader(capture);
      this.#lease = leaseOf(capture) * capture.channels;
      this.#used = 0;
      this.wish.onFacts({ ...capture, columns: this.wish.columns(capture.channels) });
      await extendCapture(device.smp, leaseOf(capture));
    } catch (cause) {
      const isLost = cause instanceof UserError && cause.code === "serial/lost";
      if (this.wish.samples === "required" || isLost) throw cause;
      this.wish.onRefused();
    }
  }

  async #replay(device: Attached, recording: NonNullable<SessionWish["recording"]>): Promise<void> {
    const { abort, onProgress } = this.wish;
    const all = recording.samples.length / recording.channels;
    this.#summaries = [];
    const replayed = await replay(device.smp, { ...recording, abort, onProgress: (count) => onProgress(count, all) });
    if (abort.aborted) return;
    const ofReplay = ({ samples }: Summary) => samples === replayed.samples;
    const known = this.#summaries.find(ofReplay);
    const summary =
      known ??
      (await this.#soon<Summary | undefined>((done) => {
        this.#onSummary = (found) => void (ofReplay(found) && done(found));
      }, undefined));
    const ours = replayed.crc.toString(16).padStart(8, "0");
    if (!summary) throw error("replay-differs", { samples: replayed.samples, ours, theirs: undefined });
    if (summary.crc !== ours) throw error("replay-differs", { samples: replayed.samples, ours, theirs: summary.crc });
    this.wish.note(`${replayed.samples} samples replayed; the device's CRC over them is ours: ${ours}`);
  }

  /** What `arm` is told, or `otherwise` when it has not been told in time. */
  #soon<T>(arm: (done: (value: T) => void) => void, otherwise: T): Promise<T> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(otherwise), bootMilliseconds);
      const done = (value: T): void => {
        clearTimeout(timer);
        resolve(value);
      };
      this.wish.abort.addEventListener("abort", () => done(otherwise), { once: true });
      arm(done);
    });
  }

  /** Before anybody else sees them. A device that has started anew has forgotten that samples are wanted. */
  take(items: readonly ConsoleItem[], device: Attached, onError: (cause: unknown) => void): void {
    for (const item of items) {
      if (item.kind === "raw") this.#samples(item.payload, device, onError);
      if (item.kind !== "notice") continue;
      const fields = item.value as Readonly<Record<string, unknown>>;
      if (item.name === "summary") this.#summary(fields);
      if (item.name !== "boot") continue;
      if (typeof fields?.["board"] === "string") this.#board = fields["board"];
      if (this.#onBoot) this.#onBoot();
      else if (this.#reader && !this.#busy) this.#capture(device).catch(onError);
      this.#onBoot = undefined;
    }
  }

  /** Asks for more before what was asked for has come. */
  #samples(payload: Uint8Array, device: Attached, onError: (cause: unknown) => void): void {
    const captured = this.#reader?.take(payload);
    if (!captured) return;
    this.#missing += captured.missing;
    this.#used += captured.samples.length;
    if (this.#used > this.#lease / 2) {
      const { channels } = this.#reader!.capture;
      this.#used = 0;
      extendCapture(device.smp, this.#lease / channels).catch(onError);
    }
    this.wish.onSamples(captured.samples);
  }

  #summary(fields: Readonly<Record<string, unknown>> | null): void {
    const { samples, crc } = fields ?? {};
    if (typeof samples !== "number" || typeof crc !== "string") return;
    this.#summaries = [...this.#summaries.slice(-3), { samples, crc }];
    this.#onSummary?.({ samples, crc });
  }
}
