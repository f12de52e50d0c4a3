// A port behind a TCP socket. `tcp://host:port` is raw (QEMU, ser2net raw, a simulated board that listens); a peer that opens with
// telnet's negotiation is spoken to in telnet, and where it takes RFC 2217 the line can be set. `rfc2217://host:port` asks first.

import { connect, type Socket } from "node:net";
import { error } from "../errors.ts";
import type { LineSettings, Port, PortInfo, PortOpener, Signals } from "../port.ts";
import { PortEnd } from "../port-end.ts";
import { escapeData, looksLikeTelnet, TelnetLine } from "../rfc2217.ts";

const connectMilliseconds = 5000;
/** How long a peer that was asked for RFC 2217 may take to agree. */
const agreeMilliseconds = 1000;

export const tcpOpener: PortOpener = {
  scheme: "tcp",
  open: (address, settings) => openTcp(address, settings, false),
};

export const rfc2217Opener: PortOpener = {
  scheme: "rfc2217",
  open: (address, settings) => openTcp(address, settings, true),
};

async function openTcp(address: string, settings: LineSettings, ask: boolean): Promise<Port> {
  const { host, port } = endpointOf(address);
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      socket.destroy();
      reject(error("port-failed", { path: address, reason }));
    };
    socket.setTimeout(connectMilliseconds, () => fail(`no answer within ${connectMilliseconds / 1000} s`));
    socket.once("error", (cause: NodeJS.ErrnoException) => fail(wordsOf(cause)));
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.removeAllListeners("error");
      socket.removeAllListeners("timeout");
      resolve();
    });
  });
  const line = new TcpLine({ path: address }, socket, settings);
  if (ask) await line.askForControl();
  return line;
}

/** `[::1]:3333` and names too. */
export function endpointOf(address: string): { readonly host: string; readonly port: number } {
  const match = /^[a-z0-9]+:\/\/(?:\[([0-9a-f:.]+)\]|([^:/?#\s]+)):(\d{1,5})\/?(?:\?.*)?$/i.exec(address);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw error("port-address", { address, problem: "host and port are expected" });
  return { host: (match[1] ?? match[2])!, port };
}

const wordsOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === "ECONNREFUSED" ? "nobody listens there" : code === "ENOTFOUND" ? "no such host" : message;

class TcpLine implements Port {
  readonly #end: PortEnd;
  #telnet: TelnetLine | undefined;
  #first = true;
  #onControl: (() => void) | undefined;

  constructor(
    readonly info: PortInfo,
    private readonly socket: Socket,
    private settings: LineSettings,
  ) {
    this.#end = new PortEnd({ pause: () => void socket.pause(), resume: () => void socket.resume() });
    socket.on("data", (bytes) => this.#receive(new Uint8Array(bytes)));
    socket.on("error", (cause) => this.#end.end("lost", wordsOf(cause)));
    socket.on("close", () => this.#end.end("lost", "the peer closed the connection"));
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  #receive(bytes: Uint8Array): void {
    if (this.#first && !this.#telnet && looksLikeTelnet(bytes)) this.#startTelnet();
    this.#first = false;
    const telnet = this.#telnet;
    if (!telnet) return this.#end.push(bytes);
    const before = telnet.controls;
    this.#end.push(telnet.receive(bytes));
    if (!before && telnet.controls) telnet.configure(this.settings);
    if (telnet.decided) this.#onControl?.();
  }

  #startTelnet(): TelnetLine {
    this.#telnet = new TelnetLine((bytes) => void this.socket.write(bytes));
    return this.#telnet;
  }

  async askForControl(): Promise<void> {
    this.#startTelnet().start();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, agreeMilliseconds);
      this.#onControl = () => {
        clearTimeout(timer);
        resolve();
      };
      this.onState(() => this.#onControl?.());
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { path } = this.info;
    if (this.#end.state !== "open") throw error("lost", { path, reason: this.#end.reason });
    await new Promise<void>((resolve, reject) => {
      this.socket.write(this.#telnet ? escapeData(bytes) : bytes, (cause) =>
        cause ? reject(error("lost", { path, reason: wordsOf(cause) })) : resolve(),
      );
    });
  }

  async configure(settings: LineSettings): Promise<void> {
    this.settings = settings;
    if (this.#telnet?.controls) this.#telnet.configure(settings);
  }

  async setSignals(signals: Signals): Promise<boolean> {
    if (!this.#telnet?.controls || this.#end.state !== "open") return false;
    this.#telnet.setSignals(signals);
    return true;
  }

  onState(listener: Parameters<Port["onState"]>[0]): () => void {
    return this.#end.onState(listener);
  }

  /** What was written still leaves; a peer that does not take it is dropped. */
  async close(): Promise<void> {
    if (!this.#end.end("closed")) return void this.socket.destroy();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.socket.destroy(), 500);
      this.socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      this.socket.resume();
      this.socket.end(() => this.socket.destroy());
    });
  }
}
