// The requests of DFU 1.1 and their state machine as a host sees it: a request, then GETSTATUS until the device is done.
//
//   GETSTATUS   0 bStatus │ 1 bwPollTimeout u24 │ 4 bState │ 5 iString       (USB DFU 1.1a, 6.1.2)
//
// A device decides how long an operation takes, but not without end: each has a limit here. The pointer is set before each piece and the
// piece is block 2: where bytes land must not hang on the transfer size that a descriptor claims, for reading back would not notice.

import { error } from "../errors.ts";
import type { Clock } from "../port.ts";
import { Stalled, type UsbSession } from "./usb-session.ts";

export const dfuRequest = {
  detach: 0,
  download: 1,
  upload: 2,
  getStatus: 3,
  clearStatus: 4,
  getState: 5,
  abort: 6,
} as const;
export const dfuState = {
  idle: 2,
  downloadSync: 3,
  downloadBusy: 4,
  downloadIdle: 5,
  manifestSync: 6,
  manifest: 7,
  manifestWaitReset: 8,
  uploadIdle: 9,
  error: 10,
} as const;

/** bStatus, 6.1.2. */
const statusNames = [
  ...["ok", "not for this device", "file fails a test", "unable to write", "erase failed", "memory is not erased"],
  ...["program failed", "verify failed", "address out of range", "not done", "firmware is corrupt", "vendor error"],
  ...["unexpected reset", "power-on reset", "unknown error", "stalled request"],
];

/** A 128 KB sector of an STM32F4 takes up to 4 s (DS10314 table 43), of an F2 up to 8 s at low voltage. */
const eraseSeconds = 20;
const writeSeconds = 5;
const shortestPoll = 1;

export class DfuRequests {
  /** wTransferSize of the functional descriptor; the ROM's is 2048. */
  #transferBytes = 1024;

  constructor(
    readonly session: UsbSession,
    readonly clock: Clock,
    readonly interfaceNumber: number,
  ) {}

  /** Idle, whatever an interrupted conversation before left; and the transfer size. */
  async prepare(): Promise<void> {
    this.#transferBytes = await this.#transferSize();
    await this.recover();
  }

  /** Idle again, from any state. */
  async recover(): Promise<void> {
    for (let i = 0; i < 8; i++) {
      const { state } = await this.#status("reach the idle state");
      if (state === dfuState.idle) return;
      await this.#out(
        state === dfuState.error ? "clear the status" : "abort",
        state === dfuState.error ? "clearStatus" : "abort",
      );
    }
    throw error("nonsense", { what: "it never becomes idle" });
  }

  async erase(address: number): Promise<void> {
    await this.#command(`erase 0x${address.toString(16)}`, 0x41, address, eraseSeconds);
  }

  /** Backwards, so that what lies first (an image's vectors) comes last. */
  async write(address: number, data: Uint8Array, onBytes: (bytes: number) => void): Promise<void> {
    const last = Math.ceil(data.length / this.#transferBytes) - 1;
    for (let at = last * this.#transferBytes; at >= 0; at -= this.#transferBytes) {
      const what = `write at 0x${(address + at).toString(16)}`;
      const piece = new Uint8Array(data.subarray(at, at + this.#transferBytes));
      await this.#command(what, 0x21, address + at, writeSeconds);
      await this.#download(what, 2, piece, writeSeconds);
      onBytes(piece.length);
    }
  }

  async read(address: number, bytes: number): Promise<Uint8Array> {
    const out = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += this.#transferBytes) {
      const what = `read 0x${(address + at).toString(16)}`;
      await this.#command(what, 0x21, address + at, writeSeconds);
      await this.#out("abort", "abort");
      const length = Math.min(this.#transferBytes, bytes - at);
      const piece = await this.session.controlIn(what, this.#setup("upload", 2), length);
      if (piece.length !== length) throw error("nonsense", { what: `${piece.length} bytes of flash for ${length}` });
      out.set(piece, at);
      await this.#out("abort", "abort");
    }
    return out;
  }

  /** Starts the application; the device goes away and may not answer any more. */
  async leave(address: number): Promise<void> {
    await this.#command("start the application", 0x21, address, writeSeconds);
    await this.#out("start the application", "download", 2);
    try {
      await this.#status("start the application");
    } catch {
      // It has left.
    }
  }

  async #command(what: string, code: number, address: number, seconds: number): Promise<void> {
    const bytes = [code, address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
    await this.#download(what, 0, Uint8Array.from(bytes), seconds);
  }

  async #download(what: string, block: number, data: Uint8Array<ArrayBuffer>, seconds: number): Promise<void> {
    try {
      await this.#out(what, "download", block, data);
    } catch (cause) {
      if (!(cause instanceof Stalled)) throw cause;
      const { status } = await this.#status(what);
      throw error("refused", { what, status: statusNames[status] ?? `status ${status}` });
    }
    const end = this.clock.now() + 1000 * seconds;
    for (;;) {
      const { status, state, pollMilliseconds } = await this.#status(what);
      if (status !== 0 || state === dfuState.error)
        throw error("refused", { what, status: statusNames[status] ?? `status ${status}` });
      if (state === dfuState.downloadIdle) return;
      if (state !== dfuState.downloadBusy && state !== dfuState.downloadSync)
        throw error("nonsense", { what: `state ${state} after a download` });
      const left = end - this.clock.now();
      if (left <= 0) throw error("no-answer", { what, seconds });
      await this.clock.sleep(Math.min(left, Math.max(shortestPoll, pollMilliseconds)));
    }
  }

  async #status(what: string): Promise<{ status: number; state: number; pollMilliseconds: number }> {
    const bytes = await this.session.controlIn(what, this.#setup("getStatus"), 6);
    if (bytes.length !== 6) throw error("nonsense", { what: `a status of ${bytes.length} bytes` });
    const [status = 0, low = 0, middle = 0, high = 0, state = 0] = bytes;
    return { status, state, pollMilliseconds: low + 256 * middle + 65536 * high };
  }

  async #out(what: string, request: keyof typeof dfuRequest, value = 0, data?: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.session.controlOut(what, this.#setup(request, value), data);
  }

  #setup(request: keyof typeof dfuRequest, value = 0) {
    const base = { requestType: "class", recipient: "interface", index: this.interfaceNumber } as const;
    return { ...base, request: dfuRequest[request], value };
  }

  /** From the configuration's descriptor (type 0x21, 4.1.3), which WebUSB does not show. */
  async #transferSize(): Promise<number> {
    const setup = { requestType: "standard", recipient: "device", request: 6, value: 0x0200, index: 0 } as const;
    let bytes: Uint8Array;
    try {
      bytes = await this.session.controlIn("read the descriptor", setup, 1024);
    } catch (cause) {
      if (!(cause instanceof Stalled)) throw cause;
      return this.#transferBytes;
    }
    for (let at = 0; at + 1 < bytes.length; at += Math.max(2, bytes[at]!))
      if (bytes[at + 1] === 0x21 && at + 7 <= bytes.length) {
        const size = bytes[at + 5]! + 256 * bytes[at + 6]!;
        return size >= 64 && size <= 16384 ? size : this.#transferBytes;
      }
    return this.#transferBytes;
  }
}
