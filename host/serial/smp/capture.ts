// Permitted raw capture: samples as they left the device (assembly/firmware/capture.ts), put together again.
//
//   payload of a frame   72 │ number of its first sample u32 LE │ samples int16 LE, all channels together
//
// Frames come in order; what is missing between two shows in the numbers. Missing samples are held at the last one, so that time stays
// true, and counted. A number that goes back is a restart of the device's samples (replay, reset).

import { UserError } from "../../base/errors.ts";
import { error } from "../errors.ts";
import { accessDenied, numberIn, type SmpClient, smpCommands } from "./smp-client.ts";

export interface Capture {
  readonly channels: number;
  readonly rateHz: number;
}

/** "r": no frame begins as an SMP line or as JSON does. */
const tag = 0x72;
const headBytes = 5;
const mostChannels = 64;
const mostMilliHz = 1e9;
/** A longer gap is not filled: the device restarted, or lies. */
const longestGapSeconds = 10;

/** Samples to ask for at a time: a device whose host has vanished stops by itself. */
const leaseSeconds = 20;
export const leaseOf = ({ rateHz }: Capture): number => Math.max(1000, Math.ceil(leaseSeconds * rateHz));

/** What a capture will give; ends one that is under way. `serial/raw-not-permitted`: the app on the device gives none. */
export async function describeCapture(client: SmpClient): Promise<Capture> {
  const { capture } = smpCommands;
  try {
    const answer = await client.request(capture, { n: 0 });
    const channels = numberIn(answer, "channels", capture, mostChannels);
    const rateMilliHz = numberIn(answer, "rate_mhz", capture, mostMilliHz);
    if (channels === 0 || rateMilliHz === 0) throw error("smp-nonsense", { command: capture.name, problem: "zero" });
    return { channels, rateHz: rateMilliHz / 1000 };
  } catch (cause) {
    const isRefused = cause instanceof UserError && cause.facts["code"] === accessDenied;
    throw isRefused ? error("raw-not-permitted", undefined) : cause;
  }
}

/** The next `count` samples; one that is under way goes on without a gap. */
export async function extendCapture(client: SmpClient, count: number): Promise<void> {
  await client.request(smpCommands.capture, { n: Math.min(0xffff_ffff, count) });
}

/** Both, by default until told otherwise. Frames may come before this returns: a reader that wants each one asks in two steps. */
export async function startCapture(client: SmpClient, count = 0xffff_ffff): Promise<Capture> {
  const capture = await describeCapture(client);
  await extendCapture(client, count);
  return capture;
}

export interface Captured {
  /** All channels of a sample together. */
  readonly samples: Int16Array;
  /** Samples that never came and were held instead, in front of those that did. */
  readonly missing: number;
}

/** One frame after the other; undefined: it is not of this capture. */
export class CaptureReader {
  #next: number | undefined;
  #last: Int16Array;

  constructor(readonly capture: Capture) {
    this.#last = new Int16Array(capture.channels);
  }

  take(payload: Uint8Array): Captured | undefined {
    const { channels, rateHz } = this.capture;
    const bytes = payload.length - headBytes;
    if (payload[0] !== tag || bytes < 2 * channels || bytes % (2 * channels) !== 0) return undefined;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const first = view.getUint32(1, true);
    const count = bytes / (2 * channels);
    const ahead = this.#next === undefined ? 0 : (first - this.#next) >>> 0;
    const missing = ahead <= longestGapSeconds * rateHz ? ahead : 0;
    const samples = new Int16Array((missing + count) * channels);
    for (let i = 0; i < missing; i++) samples.set(this.#last, i * channels);
    for (let i = 0; i < count * channels; i++) samples[missing * channels + i] = view.getInt16(headBytes + 2 * i, true);
    this.#last = samples.slice(-channels);
    this.#next = (first + count) >>> 0;
    return { samples, missing };
  }
}
