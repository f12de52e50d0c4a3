// One conversation with a USB device: claimed interface, transfers with a time limit, a trace of the bytes, and errors as `serial/…` rows.
// WebUSB has no time limits: a watch that ticks while the session lasts rejects a transfer that is overdue, so a device that falls
// silent cannot hang the host. Invariant: `run` always releases the interface and closes the device.

import { UserError } from "../../base/errors.ts";
import { error } from "../errors.ts";
import type { FlashOptions } from "../flash-types.ts";
import type { UsbDevice, UsbSetup } from "../usb-device.ts";

/** How often overdue transfers are looked for; also how long a finished session may linger. */
const tickMilliseconds = 200;
const usualSeconds = 5;

/** The device refused a transfer; the message says what it was for. */
export class Stalled extends Error {}

export class UsbSession {
  readonly #device: UsbDevice;
  readonly #options: FlashOptions;
  #overdue:
    | { readonly at: number; readonly reject: (cause: UserError) => void; readonly error: () => UserError }
    | undefined;
  #closed = false;

  private constructor(device: UsbDevice, options: FlashOptions) {
    this.#device = device;
    this.#options = options;
  }

  static async run<T>(
    device: UsbDevice,
    interfaceNumber: number,
    options: FlashOptions,
    work: (session: UsbSession) => Promise<T>,
  ): Promise<T> {
    const session = new UsbSession(device, options);
    void session.#watch();
    try {
      await session.#open(interfaceNumber);
      return await work(session);
    } catch (cause) {
      if (cause instanceof Stalled) throw error("refused", { what: cause.message, status: "it stalled" });
      throw cause;
    } finally {
      session.#closed = true;
      // The device may be gone by now; then there is nothing to release.
      await session.#quietly(() => device.releaseInterface(interfaceNumber));
      await session.#quietly(() => device.close());
    }
  }

  async #open(interfaceNumber: number): Promise<void> {
    const name = nameOf(this.#device);
    try {
      await this.#timed("open the device", usualSeconds, () => this.#device.open());
      if (!this.#device.configuration)
        await this.#timed("select its configuration", usualSeconds, () => this.#device.selectConfiguration(1));
      await this.#timed("claim its interface", usualSeconds, () => this.#device.claimInterface(interfaceNumber));
    } catch (cause) {
      if (cause instanceof UserError && cause.code === "serial/no-answer") throw cause;
      throw error("usb-access", { device: name, reason: reasonOf(cause) });
    }
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    await this.#timed("select an alternate setting", usualSeconds, () =>
      this.#device.selectAlternateInterface(interfaceNumber, alternate),
    );
  }

  async controlIn(what: string, setup: UsbSetup, length: number): Promise<Uint8Array> {
    const { status, data } = await this.#timed(what, usualSeconds, () => this.#device.controlTransferIn(setup, length));
    if (status === "stall") throw new Stalled(what);
    return this.#received(data, length, what);
  }

  async controlOut(what: string, setup: UsbSetup, data = new Uint8Array(0)): Promise<void> {
    this.#options.listener.trace?.(">", data);
    const { status } = await this.#timed(what, usualSeconds, () => this.#device.controlTransferOut(setup, data));
    if (status === "stall") throw new Stalled(what);
  }

  async bulkIn(what: string, endpoint: number, length: number, seconds = usualSeconds): Promise<Uint8Array> {
    const { status, data } = await this.#timed(what, seconds, () => this.#device.transferIn(endpoint, length));
    if (status === "stall") throw new Stalled(what);
    return this.#received(data, length, what);
  }

  async bulkOut(what: string, endpoint: number, data: Uint8Array<ArrayBuffer>, seconds = usualSeconds): Promise<void> {
    this.#options.listener.trace?.(">", data);
    const { status } = await this.#timed(what, seconds, () => this.#device.transferOut(endpoint, data));
    if (status === "stall") throw new Stalled(what);
  }

  async clearHalt(direction: "in" | "out", endpoint: number): Promise<void> {
    await this.#timed("clear a halt", usualSeconds, () => this.#device.clearHalt(direction, endpoint));
  }

  #received(data: DataView | undefined, limit: number, what: string): Uint8Array {
    const bytes = data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(0);
    if (bytes.length > limit) throw error("nonsense", { what: `${bytes.length} bytes for ${limit} (${what})` });
    this.#options.listener.trace?.("<", bytes);
    return bytes;
  }

  async #timed<T>(what: string, seconds: number, transfer: () => Promise<T>): Promise<T> {
    if (this.#options.abort?.aborted) throw error("stopped", { stage: what });
    const late = new Promise<never>((_, reject) => {
      const at = this.#options.clock.now() + 1000 * seconds;
      this.#overdue = { at, reject, error: () => error("no-answer", { what, seconds }) };
    });
    try {
      return await Promise.race([transfer(), late]);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      throw error("lost", { path: nameOf(this.#device), reason: reasonOf(cause) });
    } finally {
      this.#overdue = undefined;
    }
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options;
    while (!this.#closed) {
      await clock.sleep(tickMilliseconds);
      const overdue = this.#overdue;
      if (overdue && clock.now() >= overdue.at) overdue.reject(overdue.error());
    }
  }

  /** Neither an error nor silence of a device that is being left matters. */
  async #quietly(action: () => Promise<void>): Promise<void> {
    const done = action().catch(() => {});
    await Promise.race([done, this.#options.clock.sleep(tickMilliseconds)]);
  }
}

const hex4 = (value: number) => value.toString(16).padStart(4, "0");

export const nameOf = ({ vendorId, productId, productName }: UsbDevice): string =>
  `${hex4(vendorId)}:${hex4(productId)}${productName ? ` ${printable(productName)}` : ""}`;

const reasonOf = (cause: unknown): string => printable(cause instanceof Error ? cause.message : String(cause));

/** Text of a device or a driver, as it may be shown: printable, one line, not endless. */
export function printable(text: string, limit = 200): string {
  let out = "";
  for (const char of text.slice(0, 4 * limit)) out += char < " " || char === "\u007f" || char > "\uffef" ? " " : char;
  return out.replace(/\s+/g, " ").trim().slice(0, limit);
}
