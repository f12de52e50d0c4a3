// The verb stream: a device's items for as long as somebody wants them, over unplugging and plugging in again. In: how to open the port,
// and how to find it again; out: events. Every way out closes the port: the last event, an abort, an error thrown by whoever reads.
//
//   attached ── items … items ── lost ── (looking for it) ── attached ── items … ── end of the abort signal

import { UserError } from "../base/errors.ts";
import { type Attached, attach } from "./attached.ts";
import type { ConsoleItem } from "./console-items.ts";
import { error } from "./errors.ts";
import { listPorts, openPort } from "./open.ts";
import type { Clock, LineSettings, Port, PortInfo, PortOpener } from "./port.ts";

export type StreamEvent =
  | { readonly kind: "attached"; readonly device: Attached /** Not for the first time. */; readonly again: boolean }
  | { readonly kind: "items"; readonly items: readonly ConsoleItem[] }
  | { readonly kind: "lost"; readonly reason: string | undefined };

export interface StreamOptions {
  readonly open: () => Promise<Port>;
  /** Undefined while it is not there. Without it, losing the device is `serial/lost`. */
  readonly reopen?: (info: PortInfo) => Promise<Port | undefined>;
  readonly abort: AbortSignal;
  readonly clock: Clock;
  /** The line's bytes as they come. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

const lookMilliseconds = 250;

export async function* stream(options: StreamOptions): AsyncGenerator<StreamEvent> {
  const { abort, reopen, onBytes } = options;
  let port = await options.open();
  for (let again = false; ; again = true) {
    let reason: string | undefined;
    const forget = port.onState((_, why) => void (reason = why));
    const close = () => void port.close();
    abort.addEventListener("abort", close);
    const device = attach(port, onBytes);
    try {
      if (abort.aborted) return;
      yield { kind: "attached", device, again };
      for await (const items of device.batches) yield { kind: "items", items };
    } finally {
      abort.removeEventListener("abort", close);
      forget();
      await port.close();
    }
    if (abort.aborted) return;
    const { path } = port.info;
    if (!reopen) throw error("lost", { path, ...(reason === undefined ? {} : { reason }) });
    yield { kind: "lost", reason };
    const found = await lookFor(port.info, reopen, options);
    if (!found) return;
    port = found;
  }
}

/** Undefined: nobody wants it any more. */
async function lookFor(
  info: PortInfo,
  reopen: (info: PortInfo) => Promise<Port | undefined>,
  { abort, clock }: StreamOptions,
): Promise<Port | undefined> {
  while (!abort.aborted) {
    await clock.sleep(lookMilliseconds);
    const port = abort.aborted ? undefined : await reopen(info);
    if (port) return port;
  }
  return undefined;
}

/** The same device, wherever it shows up: by its serial number, else at its old address. */
export async function openAgain(
  info: PortInfo,
  settings: LineSettings,
  openers: readonly PortOpener[],
): Promise<Port | undefined> {
  try {
    const { serialNumber, vendorId } = info;
    if (serialNumber === undefined) return await openPort(info.path, settings, openers);
    const found = (await listPorts(openers)).find(
      (port) => port.serialNumber === serialNumber && port.vendorId === vendorId,
    );
    return found && (await openPort(found.path, settings, openers));
  } catch (cause) {
    // Not there yet, there but not yet ready (udev has not set its rights), or still held.
    if (cause instanceof UserError) return undefined;
    throw cause;
  }
}
