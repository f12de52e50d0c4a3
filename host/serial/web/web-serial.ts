// The same Port over Web Serial (https://wicg.github.io/serial/): a page asks the user for a device with `requestPort`, and hands it
// here. Only what this file uses of the API is typed, so that no browser types are needed to compile it.

import { error } from "../errors.ts";
import type { LineSettings, Port, PortInfo, PortOpener, Signals } from "../port.ts";
import { PortEnd } from "../port-end.ts";

export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
  open(options: {
    readonly baudRate: number;
    readonly dataBits?: number;
    readonly stopBits?: number;
    readonly parity?: "none" | "even" | "odd";
    readonly bufferSize?: number;
  }): Promise<void>;
  close(): Promise<void>;
  setSignals(signals: {
    readonly dataTerminalReady?: boolean;
    readonly requestToSend?: boolean;
    readonly break?: boolean;
  }): Promise<void>;
}

/** `navigator.serial`. */
export interface WebSerial {
  getPorts(): Promise<readonly WebSerialPort[]>;
}

/** Errors of the line, one behind the other, with no byte between: nothing will come of it. */
const mostFailures = 100;

const addressOf = (index: number) => `web:${index}`;

/** Ports that the user has granted before: `web:0`, `web:1` … in the browser's order. */
export function webSerialOpener(serial: WebSerial): PortOpener {
  return {
    scheme: "web",
    async open(address, settings) {
      const granted = await serial.getPorts();
      const port = granted[Number(address.slice("web:".length))];
      if (!port) throw error("no-port", { wanted: address, seen: granted.map((_, index) => addressOf(index)) });
      return openWebSerial(port, settings, address);
    },
    list: async () => (await serial.getPorts()).map((port, index) => infoOf(port, addressOf(index))),
  };
}

function infoOf(port: WebSerialPort, path: string): PortInfo {
  const { usbVendorId, usbProductId } = port.getInfo();
  return {
    path,
    ...(usbVendorId === undefined ? {} : { vendorId: usbVendorId }),
    ...(usbProductId === undefined ? {} : { productId: usbProductId }),
  };
}

export async function openWebSerial(port: WebSerialPort, settings: LineSettings, path = "web:0"): Promise<Port> {
  try {
    await port.open(optionsOf(settings));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const name = cause instanceof Error ? cause.name : "";
    throw name === "InvalidStateError" ? error("port-busy", { path }) : error("port-failed", { path, reason });
  }
  return new WebSerialLine(infoOf(port, path), port);
}

const optionsOf = ({ baud, parity = "none", dataBits = 8, stopBits = 1 }: LineSettings) => ({
  ...{ baudRate: baud, parity, dataBits, stopBits },
  bufferSize: 1 << 16,
});

class WebSerialLine implements Port {
  readonly #end: PortEnd;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #pumping: Promise<void>;
  #wanted: (() => void) | undefined;
  #paused = false;
  #reopening = false;
  /** One writer at a time may hold the stream. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly info: PortInfo,
    private readonly port: WebSerialPort,
  ) {
    this.#end = new PortEnd({
      pause: () => void (this.#paused = true),
      resume: () => {
        this.#paused = false;
        this.#wanted?.();
      },
    });
    this.#pumping = this.#pump();
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  /** A stream of the port ends at every framing error or break and is replaced by a new one, until the device is gone. */
  async #pump(): Promise<void> {
    let reason: string | undefined;
    let failures = 0;
    while (this.port.readable && this.#end.state === "open" && !this.#reopening && failures < mostFailures) {
      const reader = this.port.readable.getReader();
      this.#reader = reader;
      try {
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          failures = 0;
          this.#end.push(value);
          if (this.#paused) await new Promise<void>((resolve) => void (this.#wanted = resolve));
        }
        if (this.#end.state === "open" && !this.#reopening) break;
      } catch (cause) {
        reason = cause instanceof Error ? cause.message : String(cause);
        failures++;
      } finally {
        reader.releaseLock();
      }
    }
    if (!this.#reopening) this.#end.end("lost", reason);
  }

  write(bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    const written = this.#writing.then(() => this.#write(copy));
    this.#writing = written.catch(() => {});
    return written;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const { path } = this.info;
    const { writable } = this.port;
    if (this.#end.state !== "open" || !writable) throw error("lost", { path, reason: this.#end.reason });
    const writer = writable.getWriter();
    try {
      await writer.write(bytes);
    } catch (cause) {
      throw error("lost", { path, reason: cause instanceof Error ? cause.message : String(cause) });
    } finally {
      writer.releaseLock();
    }
  }

  /** Web Serial sets a line when it is opened, only then. */
  async configure(settings: LineSettings): Promise<void> {
    if (this.#end.state !== "open") return;
    this.#reopening = true;
    try {
      await this.#writing;
      await this.#stopReading();
      await this.port.close();
      await this.port.open(optionsOf(settings));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#end.end("lost", reason);
      throw error("lost", { path: this.info.path, reason });
    } finally {
      this.#reopening = false;
    }
    this.#pumping = this.#pump();
  }

  async #stopReading(): Promise<void> {
    this.#paused = false;
    this.#wanted?.();
    await this.#reader?.cancel().catch(() => {});
    await this.#pumping;
  }

  async setSignals({ dtr, rts, brk }: Signals): Promise<boolean> {
    if (this.#end.state !== "open") return false;
    try {
      await this.port.setSignals({
        ...(dtr === undefined ? {} : { dataTerminalReady: dtr }),
        ...(rts === undefined ? {} : { requestToSend: rts }),
        ...(brk === undefined ? {} : { break: brk }),
      });
      return true;
    } catch {
      return false;
    }
  }

  onState(listener: Parameters<Port["onState"]>[0]): () => void {
    return this.#end.onState(listener);
  }

  async close(): Promise<void> {
    if (!this.#end.end("closed")) return;
    await this.#stopReading();
    await this.port.close().catch(() => {});
  }
}
