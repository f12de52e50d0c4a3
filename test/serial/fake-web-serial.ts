// `navigator.serial` as the specification describes it (https://wicg.github.io/serial/): streams are made when asked for, an error of the
// line ends one and the next is new, a lost device has none, a locked stream cannot be closed over. The far end is in the test's hands.

import type { WebSerialPort } from "../../host/serial/web/web-serial.ts";

const fault = (name: string, message: string) => new DOMException(message, name);

export class FakeWebPort implements WebSerialPort {
  #open = false;
  #lost = false;
  #readable: ReadableStream<Uint8Array> | undefined;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #writable: WritableStream<Uint8Array> | undefined;
  readonly written: number[] = [];
  readonly opened: Parameters<WebSerialPort["open"]>[0][] = [];
  readonly signals: Parameters<WebSerialPort["setSignals"]>[0][] = [];
  writeDelay: (() => Promise<void>) | undefined;
  /** The device at the other end. */
  onWrite: (bytes: Uint8Array) => void = () => {};

  constructor(readonly ids: { readonly usbVendorId?: number; readonly usbProductId?: number } = {}) {}

  getInfo() {
    return this.ids;
  }

  async open(options: Parameters<WebSerialPort["open"]>[0]): Promise<void> {
    if (this.#open) throw fault("InvalidStateError", "The port is already open.");
    if (this.#lost) throw fault("NetworkError", "Failed to open serial port.");
    if (!(options.baudRate > 0)) throw new TypeError("baudRate must be greater than 0");
    this.#open = true;
    this.opened.push(options);
  }

  get readable(): ReadableStream<Uint8Array> | null {
    if (!this.#open || this.#lost) return null;
    this.#readable ??= new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
    });
    return this.#readable;
  }

  get writable(): WritableStream<Uint8Array> | null {
    if (!this.#open || this.#lost) return null;
    this.#writable ??= new WritableStream<Uint8Array>({
      write: async (chunk) => {
        await this.writeDelay?.();
        this.written.push(...chunk);
        this.onWrite(chunk);
      },
    });
    return this.#writable;
  }

  async setSignals(signals: Parameters<WebSerialPort["setSignals"]>[0]): Promise<void> {
    if (!this.#open) throw fault("InvalidStateError", "The port is closed.");
    if (this.#lost) throw fault("NetworkError", "The device has been lost.");
    this.signals.push(signals);
  }

  async close(): Promise<void> {
    if (!this.#open) throw fault("InvalidStateError", "The port is already closed.");
    await this.#readable?.cancel(); // a TypeError while it is locked
    await this.#writable?.abort();
    this.#open = false;
    this.#readable = this.#writable = this.#controller = undefined;
  }

  /** Chunks that wait because nobody reads. */
  get queued(): number {
    return 1 - (this.#controller?.desiredSize ?? 1);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The device sends. */
  send(bytes: Uint8Array | string): void {
    void this.readable;
    this.#controller!.enqueue(typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  }

  /** A framing, parity or overrun error: this stream ends, the port lives. */
  disturb(name: "FramingError" | "ParityError" | "BufferOverrunError" | "BreakError"): void {
    void this.readable;
    const controller = this.#controller!;
    this.#readable = this.#controller = undefined;
    controller.error(fault(name, `${name} on the line`));
  }

  unplug(): void {
    this.#lost = true;
    this.#controller?.error(fault("NetworkError", "The device has been lost."));
    this.#readable = this.#controller = undefined;
  }
}
