// USBD (nRF52840 PS 6.35), packet by packet. Each endpoint has a buffer of 64 bytes that EasyDMA fills or empties; SET_ADDRESS and data
// toggles are the hardware's.
//
//   RAM ─ STARTEPIN, ENDEPIN ─► in[n].buffer ─► host        host ─► out[n].buffer ─ STARTEPOUT, ENDEPOUT ─► RAM
//
// Notes: a second EasyDMA transfer while one runs (it is lost), EasyDMA outside RAM, a pull-up without power or crystal, registers used
// before READY.

import type { Width } from "../../bus.ts";
import type { UsbAnswer, UsbBus, UsbFunction, UsbHandshake, UsbToggle } from "../../usb/usb-bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { NrfBlock } from "./block.ts";
import { at, cause, event, more } from "./usbd-registers.ts";

const endpoints = 8;
const step = 0x14;
/** ENABLE to READY: of the order of start-up code's waits; the PS gives no figure. */
const readySeconds = 0.2e-3;
/** EasyDMA: a word in a few cycles of 16 MHz. */
const secondsPerByte = 0.1e-6;
const setAddress = 5;

interface Endpoint {
  /** in: what the host will get; out: what it sent and the program has not fetched. */
  buffer: Uint8Array | undefined;
  toggle: UsbToggle;
  /** out: the program has said once that packets may come (SIZE.EPOUT). */
  open: boolean;
}

export class NrfUsbd implements Peripheral, UsbFunction {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  readonly #bus: UsbBus;
  readonly #in: Endpoint[] = [];
  readonly #out: Endpoint[] = [];
  #cause = 0;
  #done = 0;
  #stalled = 0;
  #address = 0;
  #ready = false;
  #busy = false;
  /** Of endpoint 0: what the program has allowed. */
  #control: "nothing" | "data-out" | "status" | "stall" = "nothing";
  /** SETUP said data to the host. */
  #incoming = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#bus = ports.world.usb(ports.name);
    this.#bus.device = this;
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    const { bank } = this.#block;
    for (let n = 0; n < endpoints; n++) {
      this.#in.push({ buffer: undefined, toggle: 0, open: false });
      this.#out.push({ buffer: undefined, toggle: 0, open: false });
      this.#block.task(0x004 + 4 * n, () => this.#startIn(n));
      this.#block.task(0x028 + 4 * n, () => this.#startOut(n));
      bank.add(at.size + 4 * n, {
        read: () => this.#out[n]!.buffer?.length ?? bank.get(at.size + 4 * n),
        write: () => this.#openOut(n),
      });
    }
    this.#block.task(0x04c, () => this.#allow("data-out"));
    this.#block.task(0x050, () => this.#allow("status"));
    this.#block.task(0x054, () => this.#allow("stall"));
    bank.add(at.cause, { read: () => this.#cause, write: (value) => void (this.#cause &= ~value) });
    bank.add(at.done, { read: () => this.#done, write: (value) => void (this.#done = (this.#done & ~value) >>> 0) });
    bank.add(at.address, { read: () => this.#address });
    bank.add(at.enable, { write: (value, old) => this.#enable((value & 1) !== 0, (old & 1) !== 0) });
    bank.add(at.pullUp, { write: (value) => this.#pullUp((value & 1) !== 0) });
    bank.add(more.toggle, { write: (value) => this.#setToggle(value) });
    bank.add(more.stall, { write: (value) => this.#stall(value) });
    bank.add(more.inEnable, { reset: 1, write: () => this.#bus.changed() });
    bank.add(more.outEnable, { reset: 1, write: () => this.#bus.changed() });
  }

  reset(): void {
    this.#block.reset();
    this.#off();
    this.#bus.changed();
  }

  #off(): void {
    this.#cancel();
    this.#ready = this.#busy = false;
    this.#cause = 0;
    this.#clear();
  }

  #clear(): void {
    for (const endpoint of [...this.#in, ...this.#out]) {
      endpoint.buffer = undefined;
      endpoint.toggle = 0;
      endpoint.open = false;
    }
    this.#done = this.#stalled = this.#address = 0;
    this.#control = "nothing";
  }

  #note(text: string): void {
    this.#p.note(`${this.#p.name}: ${text}`);
  }

  // ---- registers

  #enable(on: boolean, was: boolean): void {
    if (on === was) return;
    this.#off();
    if (!on) return this.#bus.changed();
    if (!this.#bus.powered) this.#note("ENABLE without VBUS");
    this.#cancel = this.#p.world.after(readySeconds, () => {
      this.#ready = true;
      this.#cause |= cause.ready;
      this.#block.raise(event.usb);
    });
  }

  #pullUp(on: boolean): void {
    const { world } = this.#p;
    if (on && !this.#ready) this.#note("USBPULLUP before READY");
    if (on && !world.signal("power.usbReady")) this.#note("USBPULLUP before USBPWRRDY");
    if (on && !world.signal("clock.crystal")) this.#note("USBPULLUP without the crystal (6.35.4)");
    this.#bus.changed();
  }

  /** 9:8 value (1 DATA0, 2 DATA1), 7 in, 2:0 endpoint. */
  #setToggle(value: number): void {
    const endpoint = (value & 0x80 ? this.#in : this.#out)[value & 7]!;
    const to = (value >> 8) & 3;
    if (to) endpoint.toggle = to === 2 ? 1 : 0;
  }

  /** 8 stall, 7 in, 2:0 endpoint. */
  #stall(value: number): void {
    const bit = 1 << ((value & 7) + (value & 0x80 ? 0 : 16));
    this.#stalled = value & 0x100 ? this.#stalled | bit : this.#stalled & ~bit;
    this.#bus.changed();
  }

  #openOut(n: number): void {
    this.#out[n]!.open = true;
    this.#bus.changed();
  }

  #allow(what: "data-out" | "status" | "stall"): void {
    this.#control = what;
    this.#bus.changed();
  }

  // ---- EasyDMA

  #dma(n: number, base: number, bytes: number, end: number, move: (address: number) => void): void {
    const { bank } = this.#block;
    const address = bank.get(base + step * n);
    if (!this.#ready) return this.#note("EasyDMA before READY");
    if (this.#busy) return this.#note("EasyDMA is started while it works (6.35.9)");
    if (address >>> 29 !== 1) return this.#note(`EasyDMA at 0x${address.toString(16)}, which is not RAM`);
    this.#busy = true;
    this.#block.raise(event.started);
    this.#p.world.after(Math.max(1, bytes) * secondsPerByte, () => {
      this.#busy = false;
      if (!this.#ready) return;
      move(address);
      bank.set(base + step * n + 8, bytes);
      this.#block.raise(end + 4 * n);
      this.#bus.changed();
    });
  }

  #startIn(n: number): void {
    const bytes = this.#block.bank.get(more.in + step * n + 4) & 0x7f;
    this.#dma(n, more.in, bytes, event.endIn, (address) => {
      this.#in[n]!.buffer = bytes > 0 ? this.#p.readMemory(address, bytes) : new Uint8Array(0);
    });
  }

  #startOut(n: number): void {
    const endpoint = this.#out[n]!;
    const bytes = Math.min(this.#block.bank.get(more.out + step * n + 4) & 0x7f, endpoint.buffer?.length ?? 0);
    if (!endpoint.buffer && !this.#block.happened(event.reset)) this.#note(`STARTEPOUT[${n}], but nothing has come`);
    this.#dma(n, more.out, bytes, event.endOut, (address) => {
      if (endpoint.buffer && bytes > 0) this.#p.writeMemory(address, endpoint.buffer.subarray(0, bytes));
      this.#block.bank.set(at.size + 4 * n, endpoint.buffer?.length ?? 0);
      endpoint.buffer = undefined;
    });
  }

  // ---- the bus

  get shown(): boolean {
    return this.#ready && this.#bus.powered && (this.#block.bank.get(at.pullUp) & 1) !== 0;
  }

  busReset(): void {
    if (!this.shown) return;
    this.#clear();
    for (const offset of [more.inEnable, more.outEnable]) this.#block.bank.set(offset, 1);
    this.#block.raise(event.reset);
  }

  suspend(on: boolean): void {
    if (!this.shown) return;
    this.#cause |= on ? cause.suspend : cause.resume;
    this.#block.raise(event.usb);
  }

  setup(address: number, endpoint: number, bytes: Uint8Array): UsbHandshake {
    if (!this.shown || address !== this.#address || endpoint !== 0) return "none";
    this.#control = "nothing";
    this.#in[0]!.buffer = this.#out[0]!.buffer = undefined;
    this.#in[0]!.toggle = this.#out[0]!.toggle = 1;
    this.#incoming = (bytes[0]! & 0x80) !== 0 && (bytes[6]! | bytes[7]!) !== 0;
    for (const [i, byte] of bytes.entries()) this.#block.bank.set(at.setup + 4 * i, byte);
    if (bytes[0] === 0 && bytes[1] === setAddress) this.#control = "status";
    this.#block.raise(event.setup);
    return "ack";
  }

  out(address: number, n: number, toggle: UsbToggle, bytes: Uint8Array): UsbHandshake {
    const endpoint = this.#out[n];
    if (!this.shown || address !== this.#address || !endpoint) return "none";
    if (n === 0) return this.#controlOut(endpoint, bytes);
    if (!((this.#block.bank.get(more.outEnable) >> n) & 1)) return "none";
    if ((this.#stalled >> (16 + n)) & 1) return "stall";
    if (!endpoint.open || endpoint.buffer) return "nak";
    if (toggle !== endpoint.toggle) return "ack"; // the host missed our ACK: it sends again what came
    endpoint.toggle = toggle === 0 ? 1 : 0;
    endpoint.buffer = bytes.slice();
    this.#finished(1 << (16 + n));
    return "ack";
  }

  #controlOut(endpoint: Endpoint, bytes: Uint8Array): UsbHandshake {
    if (this.#control === "stall") return "stall";
    if (this.#incoming) return this.#control === "status" && bytes.length === 0 ? "ack" : "nak";
    if (this.#control !== "data-out" || endpoint.buffer) return "nak";
    endpoint.buffer = bytes.slice();
    this.#control = "nothing";
    this.#block.raise(event.controlDone);
    return "ack";
  }

  in(address: number, n: number): UsbAnswer {
    const endpoint = this.#in[n];
    if (!this.shown || address !== this.#address || !endpoint) return { kind: "none" };
    if (n === 0) return this.#controlIn(endpoint);
    if (!((this.#block.bank.get(more.inEnable) >> n) & 1)) return { kind: "none" };
    if ((this.#stalled >> n) & 1) return { kind: "stall" };
    return endpoint.buffer ? { kind: "data", toggle: endpoint.toggle, bytes: endpoint.buffer } : { kind: "nak" };
  }

  #controlIn({ buffer, toggle }: Endpoint): UsbAnswer {
    if (this.#control === "stall") return { kind: "stall" };
    if (this.#incoming) return buffer ? { kind: "data", toggle, bytes: buffer } : { kind: "nak" };
    return this.#control === "status" ? { kind: "data", toggle: 1, bytes: new Uint8Array(0) } : { kind: "nak" };
  }

  acknowledge(n: number): void {
    const endpoint = this.#in[n]!;
    endpoint.buffer = undefined;
    endpoint.toggle = endpoint.toggle === 0 ? 1 : 0;
    if (n > 0) return this.#finished(1 << n);
    if (this.#incoming) return this.#block.raise(event.controlDone);
    const { bank } = this.#block;
    if (bank.get(at.setup) === 0 && bank.get(at.setup + 4) === setAddress)
      this.#address = bank.get(at.setup + 8) & 0x7f;
  }

  #finished(bit: number): void {
    this.#done |= bit;
    this.#block.raise(event.data);
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
