// A device on a TCP port whose every byte the test decides: lines as they are told, and management answered as the firmware does. A new
// connection sees what is said from then on; `hangUp` is the cable pulled.

import { createServer, type Server, type Socket } from "node:net";
import { decode, encode } from "cborg";
import { crc32 } from "../../host/base/crc.ts";
import { rawFrame } from "../../host/serial/cobs.ts";
import { frameLines, SmpLines } from "../../host/serial/smp/framing.ts";

export interface ScriptedOptions {
  /** Undefined: raw samples are not permitted. */
  readonly capture?: { readonly channels: number; readonly rateHz: number };
  /** Told to each new connection. */
  readonly greeting?: (device: ScriptedDevice) => void;
  /** Instead of the CRC of what was replayed. */
  readonly crc?: string;
}

type Body = Readonly<Record<string, unknown>>;

export const bootLine =
  '{"boot":{"board":"pico","app":"motion","model":"00112233","app_hash":"aabbccdd","clock_hz":125000000,"reset":1,"permits":[]}}';

export function resultLine(seq: number, more: Body = {}): string {
  const line = { seq, t_us: 640_000 * (seq + 1), label: "walk", score: 0.9531, mean: 0.9, detected: null };
  return JSON.stringify({
    ...line,
    window: 128 + 32 * seq,
    lag_us: 1234,
    cycles: 5678,
    model: "00112233",
    app: "aabbccdd",
    ...more,
  });
}

export class ScriptedDevice {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #smp = new SmpLines();
  #text = "";
  #wanted = 0;
  readonly replayed: number[] = [];
  resets = 0;
  captures = 0;
  port = 0;

  constructor(private readonly options: ScriptedOptions = {}) {
    this.#server = createServer((socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on("data", (bytes) => this.#receive(bytes));
      socket.on("error", () => {});
      socket.on("close", () => void this.#sockets.delete(socket));
      options.greeting?.(this);
    });
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    const address = this.#server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    return this;
  }

  get address(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  send(bytes: Uint8Array): void {
    for (const socket of this.#sockets) socket.write(bytes);
  }

  say(...lines: readonly string[]): void {
    this.send(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  }

  /** One frame of raw samples. */
  sample(first: number, values: readonly number[]): void {
    const payload = new Uint8Array(5 + 2 * values.length);
    const view = new DataView(payload.buffer);
    payload[0] = 0x72;
    view.setUint32(1, first, true);
    values.forEach((value, i) => void view.setInt16(5 + 2 * i, value, true));
    this.send(rawFrame(payload));
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.hangUp();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(bytes: Uint8Array): void {
    this.#text += Buffer.from(bytes).toString("latin1");
    const lines = this.#text.split("\n");
    this.#text = lines.pop()!;
    for (const line of lines) {
      const frame = this.#smp.take(Uint8Array.from(Buffer.from(line, "latin1")));
      if (frame) this.#answer(frame.slice());
    }
  }

  #answer(request: Uint8Array): void {
    const group = (request[4]! << 8) | request[5]!;
    const body = decode(request.subarray(8)) as Body;
    const answer = this.#body(`${group}/${request[7]}`, body);
    const payload = encode(answer);
    const frame = Uint8Array.of(...request.subarray(0, 8), ...payload);
    frame[0] = request[0]! | 1;
    new DataView(frame.buffer).setUint16(2, payload.length);
    this.send(frameLines(frame));
    if (`${group}/${request[7]}` === "0/5") this.say(bootLine);
    if (group === 64 && this.#wanted > 0 && this.replayed.length >= this.#wanted) this.#summary();
  }

  #body(command: string, body: Body): Body {
    const { capture } = this.options;
    switch (command) {
      case "0/5":
        this.resets++;
        return { rc: 0 };
      case "0/6":
        return { buf_size: 316, buf_count: 1 };
      case "64/0":
        this.replayed.length = 0;
        this.#wanted = 2 * 3 * (body["n"] as number);
        return { rc: 0 };
      case "64/1":
        this.replayed.push(...(body["bytes"] as Uint8Array));
        return { seq: (body["seq"] as number) + 1 };
      case "64/2":
        if (!capture) return { rc: 11 };
        if (body["n"] !== 0) this.captures++;
        return { channels: capture.channels, rate_mhz: 1000 * capture.rateHz };
      default:
        return { rc: 8 };
    }
  }

  #summary(): void {
    const crc = this.options.crc ?? crc32(Uint8Array.from(this.replayed)).toString(16).padStart(8, "0");
    this.say(JSON.stringify({ summary: { t_us: 1, samples: this.#wanted / 6, crc, windows: 1 } }));
    this.#wanted = 0;
  }
}
