// A Port whose other end is an emulated device in this process. Bytes take the time that a UART takes for them, and answers wait in
// the USB bridge as they do in real ones: until its packet is full, or its latency timer runs out.
//
//   host write ─► start, 8 data, parity, stop bits at the baud ─► device.receive
//   host read  ◄─ bridge: 62 bytes, or `turnaround` ms after the first ◄─ the same bits ◄─ device's link.send
//
// A device that answers at other line settings than the host's hears and says noise.

import { error } from "../errors.ts";
import type { Clock, LineSettings, Port, PortInfo, PortState, Signals } from "../port.ts";
import type { EmulatedDevice } from "./emulated-device.ts";

export interface MemoryPortOptions {
  readonly clock: Clock;
  readonly settings?: LineSettings;
  /** The bridge's latency timer in milliseconds (FT232: 16; most others about 1). */
  readonly turnaroundMilliseconds?: number;
  /** Bytes take no time: a native USB device, or a test of something else. */
  readonly untimed?: boolean;
  readonly info?: PortInfo;
  /** No DTR and RTS, as PTYs and TCP. */
  readonly noSignals?: boolean;
}

/** Data bytes of one full-speed bulk packet of an FT232 (64 less two of status). */
const bridgeBytes = 62;

export const bitsPerByte = ({ parity = "none", dataBits = 8, stopBits = 1 }: LineSettings): number =>
  1 + dataBits + (parity === "none" ? 0 : 1) + stopBits;

interface Packet {
  readonly bytes: number[];
  /** When the latency timer sends it. */
  readonly deadline: number;
  sent: boolean;
}

export class MemoryPort implements Port {
  readonly info: PortInfo;
  readonly readable: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #settings: LineSettings;
  #state: PortState = "open";
  readonly #listeners = new Set<(state: PortState, reason?: string) => void>();
  /** When the line towards the device, and from it, is free again. */
  #freeOut = 0;
  #freeIn = 0;
  #packet: Packet | undefined;

  constructor(
    private readonly device: EmulatedDevice,
    private readonly options: MemoryPortOptions,
  ) {
    this.info = options.info ?? { path: "memory" };
    this.#settings = options.settings ?? { baud: 115200 };
    this.readable = new ReadableStream<Uint8Array>({ start: (controller) => void (this.#controller = controller) });
    device.connect({
      now: () => options.clock.now(),
      send: (bytes, after = 0) => this.#fromDevice(bytes, after),
      leave: (reason) => this.lose(reason),
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") throw error("lost", { path: this.info.path });
    const { clock, untimed } = this.options;
    const heard = this.#garbled() ? bytes.map(noise) : bytes.slice();
    this.#freeOut = Math.max(this.#freeOut, clock.now()) + (untimed ? 0 : bytes.length * this.#byteTime());
    this.#later(this.#freeOut, () => this.device.receive(heard));
  }

  async configure(settings: LineSettings): Promise<void> {
    this.#settings = settings;
  }

  async setSignals(signals: Signals): Promise<boolean> {
    if (this.options.noSignals) return false;
    this.device.setSignals(signals);
    return true;
  }

  onState(listener: (state: PortState, reason?: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#end("closed");
  }

  /** The cable is pulled. */
  lose(reason: string): void {
    this.#end("lost", reason);
  }

  #end(state: PortState, reason?: string): void {
    if (this.#state !== "open") return;
    this.#state = state;
    this.#controller.close();
    for (const listener of this.#listeners) listener(state, reason);
  }

  #byteTime(): number {
    return (1000 * bitsPerByte(this.#settings)) / this.#settings.baud;
  }

  /** Other baud or other parity than the device's: what arrives is not what was sent. */
  #garbled(): boolean {
    const { baud, parity } = this.device.line;
    const ours = this.#settings;
    // Beyond 3 % the last bit of a byte is sampled as its neighbour.
    if (baud !== undefined && Math.abs(ours.baud / baud - 1) > 0.03) return true;
    return parity !== undefined && (ours.parity ?? "none") !== parity;
  }

  #fromDevice(bytes: Uint8Array, after: number): void {
    const { clock, untimed } = this.options;
    const garbled = this.#garbled();
    let time = Math.max(this.#freeIn, clock.now() + after);
    for (const byte of bytes) {
      time += untimed ? 0 : this.#byteTime();
      this.#intoBridge(garbled ? noise(byte) : byte, time);
    }
    this.#freeIn = time;
  }

  #intoBridge(byte: number, time: number): void {
    let packet = this.#packet;
    if (!packet || packet.sent || time > packet.deadline) {
      const opened: Packet = {
        bytes: [],
        deadline: time + (this.options.turnaroundMilliseconds ?? 0),
        sent: false,
      };
      packet = this.#packet = opened;
      this.#later(opened.deadline, () => this.#deliver(opened));
    }
    packet.bytes.push(byte);
    if (packet.bytes.length < bridgeBytes) return;
    const full = packet;
    this.#packet = undefined;
    this.#later(time, () => this.#deliver(full));
  }

  #deliver(packet: Packet): void {
    if (packet.sent || this.#state !== "open") return;
    packet.sent = true;
    this.#controller.enqueue(Uint8Array.from(packet.bytes));
  }

  #later(time: number, action: () => void): void {
    const { clock } = this.options;
    void clock.sleep(time - clock.now()).then(() => {
      if (this.#state === "open") action();
    });
  }
}

/** What a UART makes of bits at another rate is never the byte that was sent. */
const noise = (byte: number): number => byte ^ 0xa5;
