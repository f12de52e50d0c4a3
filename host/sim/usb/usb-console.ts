// The other end of a USB console: an operating system that opens the serial port as soon as it is there. In: bytes and modem lines of a
// program that has it open; out: the device's bytes. Plugged in from power-on; enumerates again after every reset of the device.
//
//   device ─ bulk in ─► onBytes             paused: no IN tokens, the device's ring fills
//   send ─► queue ─ bulk out ─► device      what waits is lost with the device
//
// Opened means: line coding set, DTR and RTS on, as Linux's cdc_acm and a terminal do it.

import type { World } from "../world.ts";
import type { UsbBus } from "./usb-bus.ts";
import { serialInterfaces } from "./usb-descriptors.ts";
import { enumerate, type UsbDescription } from "./usb-enumerate.ts";
import { UsbHost, type UsbTask } from "./usb-host.ts";
import type { ControlTransfer } from "./usb-transfer.ts";

export interface UsbLine {
  readonly baud: number;
  readonly dtr: boolean;
  readonly rts: boolean;
}

interface Pipes {
  readonly control: number;
  readonly in: number;
  readonly out: number;
}

const [setLineCoding, setControlLineState] = [0x20, 0x22] as const;
/** Of one IN transfer: what Linux's cdc_acm asks for. */
const askedBytes = 512;

export class UsbConsole {
  readonly host: UsbHost;
  /** What enumeration found; undefined: nothing is there, or not yet. */
  description: UsbDescription | undefined;
  onBytes: (bytes: Uint8Array) => void = () => {};
  /** It has come and is open, or is gone. */
  onOpen: (open: boolean) => void = () => {};
  #pipes: Pipes | undefined;
  #line: UsbLine;
  #queue: Uint8Array[] = [];
  #writing = false;
  #reading = false;
  #setting = false;
  #unset: ControlTransfer[] = [];
  #paused = false;

  constructor(world: World, bus: UsbBus, baud: number, violation: (text: string) => void) {
    this.#line = { baud, dtr: true, rts: true };
    this.host = new UsbHost(world, bus, violation);
    this.host.onDevice = (present) => (present ? this.host.start(this.#open()) : this.#lost());
    this.host.plug();
  }

  get open(): boolean {
    return this.#pipes !== undefined;
  }

  send(bytes: Uint8Array): void {
    this.#queue.push(bytes.slice());
    this.#write();
  }

  /** Nobody reads, for now. */
  set paused(on: boolean) {
    this.#paused = on;
    this.#read();
  }

  /** What has changed is told to the device, in the order in which it was set. */
  setLine(change: Partial<UsbLine>): void {
    const before = this.#line;
    this.#line = { ...before, ...change };
    const pipes = this.#pipes;
    if (!pipes) return;
    if (this.#line.baud !== before.baud) this.#set(this.#coding(pipes));
    if (this.#line.dtr !== before.dtr || this.#line.rts !== before.rts) this.#set(this.#state(pipes));
  }

  #coding({ control }: Pipes): ControlTransfer {
    const data = new Uint8Array(7);
    new DataView(data.buffer).setUint32(0, this.#line.baud, true);
    data[6] = 8;
    return { kind: "control", requestType: 0x21, request: setLineCoding, value: 0, index: control, data };
  }

  #state({ control }: Pipes): ControlTransfer {
    const value = (this.#line.dtr ? 1 : 0) | (this.#line.rts ? 2 : 0);
    return { kind: "control", requestType: 0x21, request: setControlLineState, value, index: control };
  }

  *#open(): UsbTask {
    const { host } = this;
    const description = yield* enumerate(host);
    const pipes = description && serialInterfaces(description.configuration, host.pipes.violation);
    if (!pipes) return;
    this.description = description;
    const coded = yield this.#coding(pipes);
    if (coded.status !== "ok") return;
    this.#pipes = pipes;
    this.#read();
    const opened = yield this.#state(pipes);
    if (opened.status !== "ok") return;
    this.onOpen(true);
    this.#write();
  }

  #lost(): void {
    const was = this.open;
    this.#pipes = undefined;
    this.description = undefined;
    this.#queue = [];
    this.#unset = [];
    if (was) this.onOpen(false);
  }

  #set(transfer: ControlTransfer): void {
    this.#unset.push(transfer);
    if (!this.#setting) this.host.start(this.#settings());
  }

  *#settings(): UsbTask {
    this.#setting = true;
    for (let next = this.#unset.shift(); next; next = this.#unset.shift()) if ((yield next).status === "gone") break;
    this.#setting = false;
  }

  #read(): void {
    if (this.#pipes && !this.#reading && !this.#paused) this.host.start(this.#reader(this.#pipes));
  }

  *#reader(pipes: Pipes): UsbTask {
    this.#reading = true;
    while (!this.#paused && this.#pipes === pipes) {
      const { status, data } = yield { kind: "in", endpoint: pipes.in, length: askedBytes };
      if (data.length > 0) this.onBytes(data);
      if (status === "stall" && !(yield* this.#mend(0x80 | pipes.in))) break;
      if (status !== "ok" && status !== "stall") break;
    }
    this.#reading = false;
  }

  #write(): void {
    if (this.#pipes && !this.#writing && this.#queue.length > 0) this.host.start(this.#writer(this.#pipes));
  }

  *#writer(pipes: Pipes): UsbTask {
    this.#writing = true;
    while (this.#queue.length > 0 && this.#pipes === pipes) {
      const { status } = yield { kind: "out", endpoint: pipes.out, data: this.#queue[0]! };
      if (status === "stall" && (yield* this.#mend(pipes.out))) continue;
      if (status !== "ok") break;
      this.#queue.shift();
    }
    this.#writing = false;
  }

  /** CLEAR_FEATURE(ENDPOINT_HALT). */
  *#mend(address: number) {
    const { status } = yield { kind: "control", requestType: 2, request: 1, value: 0, index: address } as const;
    this.host.pipes.toggles.delete(address);
    return status === "ok";
  }
}
