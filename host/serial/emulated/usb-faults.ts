// Faults on a USB cable, one at a chosen transfer: a stall, silence, the device leaving before or after it did the work, an answer that is
// too short or too long, a flipped bit. In: a device; out: the same device behind a bad cable. Which byte, which bit: from the seed.

import type { UsbDevice, UsbInResult, UsbOutResult } from "../usb-device.ts";

export const usbFaultKinds = ["stall", "silent", "leave-before", "leave-after", "short", "long", "flip"] as const;
export type UsbFaultKind = (typeof usbFaultKinds)[number];

export interface UsbFault {
  readonly kind: UsbFaultKind;
  /** Counted over control and bulk transfers, from 0. */
  readonly at: number;
  readonly seed?: number;
}

const never = <T>(): Promise<T> => new Promise<T>(() => {});

export class FaultyUsb implements UsbDevice {
  readonly #device: UsbDevice;
  readonly #fault: UsbFault;
  #left = false;
  /** Transfers so far; a run without fault tells a test how many there are. */
  transfers = 0;

  constructor(device: UsbDevice, fault: UsbFault = { kind: "stall", at: Number.POSITIVE_INFINITY }) {
    this.#device = device;
    this.#fault = fault;
  }

  get vendorId() {
    return this.#device.vendorId;
  }
  get productId() {
    return this.#device.productId;
  }
  get productName() {
    return this.#device.productName;
  }
  get serialNumber() {
    return this.#device.serialNumber;
  }
  get configuration() {
    return this.#device.configuration;
  }

  open = () => this.#here(() => this.#device.open());
  close = () => this.#device.close();
  selectConfiguration = (value: number) => this.#here(() => this.#device.selectConfiguration(value));
  claimInterface = (number: number) => this.#here(() => this.#device.claimInterface(number));
  releaseInterface = (number: number) => this.#here(() => this.#device.releaseInterface(number));
  selectAlternateInterface = (number: number, alternate: number) =>
    this.#here(() => this.#device.selectAlternateInterface(number, alternate));
  clearHalt = (direction: "in" | "out", endpoint: number) =>
    this.#here(() => this.#device.clearHalt(direction, endpoint));
  reset = () => this.#here(() => this.#device.reset());

  controlTransferIn: UsbDevice["controlTransferIn"] = (setup, length) =>
    this.#in(() => this.#device.controlTransferIn(setup, length));
  transferIn: UsbDevice["transferIn"] = (endpoint, length) => this.#in(() => this.#device.transferIn(endpoint, length));
  controlTransferOut: UsbDevice["controlTransferOut"] = (setup, data) =>
    this.#out(data, (sent) => this.#device.controlTransferOut(setup, sent));
  transferOut: UsbDevice["transferOut"] = (endpoint, data) =>
    this.#out(data, (sent) => this.#device.transferOut(endpoint, sent ?? data));

  async #here<T>(action: () => Promise<T>): Promise<T> {
    if (this.#left) throw gone();
    return action();
  }

  /** The fault, when it is this transfer's turn. */
  #turn(): UsbFaultKind | undefined {
    return this.transfers++ === this.#fault.at ? this.#fault.kind : undefined;
  }

  async #in(transfer: () => Promise<UsbInResult>): Promise<UsbInResult> {
    const kind = this.#turn();
    if (this.#left) throw gone();
    if (kind === "stall") return { status: "stall" };
    if (kind === "silent") return never();
    if (kind === "leave-before") return this.#leave();
    const result = await transfer();
    if (kind === "leave-after") return this.#leave();
    if (kind === undefined || !result.data) return result;
    return { status: "ok", data: this.#damaged(result.data, kind) };
  }

  async #out(
    data: Uint8Array<ArrayBuffer> | undefined,
    transfer: (data: Uint8Array<ArrayBuffer> | undefined) => Promise<UsbOutResult>,
  ): Promise<UsbOutResult> {
    const kind = this.#turn();
    if (this.#left) throw gone();
    if (kind === "stall") return { status: "stall" };
    if (kind === "silent") return never();
    if (kind === "leave-before") return this.#leave();
    // Lengths are the device's to get wrong: a host sends what it sends.
    const sent = kind === "flip" && data ? this.#damagedOut(data, kind) : data;
    const result = await transfer(sent);
    return kind === "leave-after" ? this.#leave() : result;
  }

  #leave(): never {
    this.#left = true;
    throw gone();
  }

  #damagedOut(data: Uint8Array<ArrayBuffer>, kind: UsbFaultKind): Uint8Array<ArrayBuffer> {
    const view = this.#damaged(new DataView(data.buffer, data.byteOffset, data.length), kind);
    return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
  }

  #damaged(data: DataView, kind: UsbFaultKind): DataView {
    const seed = this.#fault.seed ?? 1;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (kind === "short") return new DataView(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 2));
    if (kind === "long") {
      const more = new Uint8Array(bytes.length + 64);
      more.set(bytes);
      return new DataView(more.buffer);
    }
    const copy = Uint8Array.from(bytes);
    const at = (Math.imul(seed, 2654435761) >>> 8) % Math.max(1, copy.length);
    if (copy.length > 0) copy[at]! ^= 1 << (seed & 7);
    return new DataView(copy.buffer);
  }
}

/** As WebUSB says it. */
export function gone(): Error {
  return Object.assign(new Error("The device was disconnected."), { name: "NetworkError" });
}
