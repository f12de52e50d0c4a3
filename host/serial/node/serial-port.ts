// Serial ports of this machine through npm's `serialport`, which is optional: it is loaded when a port is opened, and missing is an
// error of its own. On Linux ports are listed from /sys, without it.
//
// Soft here: modem lines that the carrier lacks (a PTY answers ENOTTY) make setSignals answer false; PTYs drop parity silently.
// close() always comes back: a driver that hangs is left behind after `closeMilliseconds`.

import type { UserError } from "../../base/errors.ts";
import { error } from "../errors.ts";
import type { LineSettings, Port, PortInfo, PortOpener, Signals } from "../port.ts";
import { PortEnd } from "../port-end.ts";
import { endsWhenHungUp } from "./hang-up.ts";
import { type PortScanOptions, scanPorts } from "./port-scan.ts";

const closeMilliseconds = 1500;

type SerialPortModule = typeof import("serialport");
type Driver = import("serialport").SerialPort;

async function loadDriver(): Promise<SerialPortModule> {
  try {
    return await import("serialport");
  } catch (cause) {
    throw error("no-binding", { reason: firstLine(cause) });
  }
}

const firstLine = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause)).split("\n")[0] ?? "";

export function serialPortOpener(options: PortScanOptions = {}): PortOpener {
  return {
    scheme: "",
    open: (path, settings) => openSerialPort(path, settings, options),
    list: () => listSerialPorts(options),
  };
}

async function listSerialPorts(options: PortScanOptions): Promise<readonly PortInfo[]> {
  if (process.platform === "linux") return scanPorts(options);
  const { SerialPort } = await loadDriver();
  const found = await SerialPort.list();
  return found.map(({ path, vendorId, productId, serialNumber, manufacturer }) => ({
    path,
    ...(vendorId ? { vendorId: Number.parseInt(vendorId, 16) } : {}),
    ...(productId ? { productId: Number.parseInt(productId, 16) } : {}),
    ...(serialNumber ? { serialNumber } : {}),
    ...(manufacturer ? { manufacturer } : {}),
  }));
}

async function openSerialPort(path: string, settings: LineSettings, options: PortScanOptions): Promise<Port> {
  const { SerialPort } = await loadDriver();
  const { baud, parity = "none", dataBits = 8, stopBits = 1 } = settings;
  const driver = new SerialPort({ path, baudRate: baud, parity, dataBits, stopBits, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    driver.open((cause) => (cause ? reject(reasonOf(cause, path)) : resolve()));
  });
  endsWhenHungUp(driver.port);
  const known = await listSerialPorts(options).catch(() => []);
  return new SerialPortLine(known.find((port) => port.path === path) ?? { path }, driver);
}

/** The driver's messages carry the system's words; its errors carry no codes. */
function reasonOf(cause: Error, path: string): UserError {
  const text = firstLine(cause);
  if (/permission|access denied|EACCES|EPERM/i.test(text)) return error("port-permission", { path });
  if (/no such file|file not found|ENOENT|ENODEV|ENXIO/i.test(text))
    return error("no-port", { wanted: path, seen: [] });
  if (/lock|busy|EBUSY|temporarily unavailable/i.test(text)) return error("port-busy", { path });
  return error("port-failed", { path, reason: text });
}

class SerialPortLine implements Port {
  readonly #end: PortEnd;

  constructor(
    readonly info: PortInfo,
    private readonly driver: Driver,
  ) {
    this.#end = new PortEnd({ pause: () => void driver.pause(), resume: () => void driver.resume() });
    driver.on("data", (bytes: Uint8Array) => this.#end.push(new Uint8Array(bytes)));
    driver.on("close", (cause?: Error | null) => this.#end.end("lost", cause ? firstLine(cause) : undefined));
    driver.on("error", (cause) => {
      if (this.#end.end("lost", firstLine(cause))) void this.#release();
    });
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { path } = this.info;
    if (this.#end.state !== "open") throw error("lost", { path, ...this.#why() });
    await new Promise<void>((resolve, reject) => {
      const stop = this.onState((_, reason) => reject(error("lost", { path, ...(reason ? { reason } : {}) })));
      this.driver.write(bytes, (cause) => {
        stop();
        if (cause) reject(error("lost", { path, reason: firstLine(cause) }));
        else resolve();
      });
    });
  }

  #why(): { reason?: string } {
    return this.#end.reason === undefined ? {} : { reason: this.#end.reason };
  }

  /** The driver can change only the baud of an open port; the rest needs it to be opened anew. */
  async configure({ baud, parity, dataBits, stopBits }: LineSettings): Promise<void> {
    const settings = (this.driver as unknown as { settings: Record<string, unknown> }).settings;
    const same =
      settings["parity"] === (parity ?? "none") &&
      settings["dataBits"] === (dataBits ?? 8) &&
      settings["stopBits"] === (stopBits ?? 1);
    if (same) {
      await new Promise<void>((resolve) => this.driver.update({ baudRate: baud }, () => resolve()));
      return;
    }
    await this.#reopen({ baudRate: baud, parity: parity ?? "none", dataBits: dataBits ?? 8, stopBits: stopBits ?? 1 });
  }

  async #reopen(changed: Record<string, unknown>): Promise<void> {
    const { driver } = this;
    const listeners = driver.listeners("close");
    driver.removeAllListeners("close");
    await new Promise<void>((resolve) => driver.close(() => resolve()));
    Object.assign((driver as unknown as { settings: object }).settings, changed);
    await new Promise<void>((resolve, reject) => {
      driver.open((cause) => {
        for (const listener of listeners) driver.on("close", listener as () => void);
        endsWhenHungUp(driver.port);
        if (!cause) return resolve();
        this.#end.end("lost", firstLine(cause));
        reject(reasonOf(cause, this.info.path));
      });
    });
  }

  async setSignals(signals: Signals): Promise<boolean> {
    if (this.#end.state !== "open") return false;
    return new Promise((resolve) => this.driver.set({ ...signals }, (cause) => resolve(!cause)));
  }

  onState(listener: Parameters<Port["onState"]>[0]): () => void {
    return this.#end.onState(listener);
  }

  async close(): Promise<void> {
    this.#end.end("closed");
    await this.#release();
  }

  #release(): Promise<void> {
    if (!this.driver.isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      const watchdog = setTimeout(resolve, closeMilliseconds);
      watchdog.unref();
      this.driver.close(() => {
        clearTimeout(watchdog);
        resolve();
      });
    });
  }
}
