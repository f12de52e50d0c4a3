// A serial port on USB in a few lines, as a device that keeps every rule; and the lies that it can be told to tell, one at a time. It answers at
// once, so that what goes wrong is what a test wanted.

import { findBoard } from "../../../host/board/board.ts";
import type { UsbAnswer, UsbFunction, UsbHandshake, UsbToggle } from "../../../host/sim/usb/usb-bus.ts";
import { usbTable } from "../../../host/wasm/wasm.ts";

export const lies = {
  "DATA0 in a status stage": /status stage: DATA0 instead of DATA1/,
  "data in a status stage": /1 bytes in a status stage/,
  "more than was asked for": /asked for/,
  "a packet of 65 bytes": /65 bytes in a packet of 64/,
  "the same toggle twice": /DATA1 instead of DATA0/,
  "a SETUP refused": /a SETUP was answered by nak/,
  "another device descriptor the second time": /another device descriptor/,
  "no address": /the device descriptor: silent/,
  "a configuration that says it is longer": /a configuration of 75 bytes that says 76/,
  "a descriptor longer than what is left": /a descriptor of \d+ bytes, \d+ are left/,
  "an interface too many": /2 interfaces, bNumInterfaces 3/,
  "two endpoints with one address": /two endpoints have one address/,
  "bulk packets of 100": /bulk packets of 100/,
  "a union of others": /the union descriptor does not name both/,
  "no bulk endpoint in": /lacks a bulk endpoint|two endpoints have one address/,
  "an odd string": /string descriptor/,
  "packets of 7 on endpoint 0": /bMaxPacketSize0 7/,
  "no answer to SET_CONFIGURATION": /SET_CONFIGURATION: timeout/,
} as const;
export type Lie = keyof typeof lies;

const table = usbTable(findBoard("pico"))!;

function descriptorOf(key: number): number[] | undefined {
  for (let at = 0; ; ) {
    const bytes = table[at + 2]! | (table[at + 3]! << 8);
    const found = table[at]! | (table[at + 1]! << 8);
    if (!found) return undefined;
    if (found === key) return [...table.subarray(at + 4, at + 4 + bytes)];
    at += 4 + ((bytes + 1) & ~1);
  }
}

/** Place in the configuration → byte. */
const configurationLies: Partial<Record<Lie, readonly [place: number, byte: number]>> = {
  "a configuration that says it is longer": [2, 76],
  "a descriptor longer than what is left": [68, 20],
  "an interface too many": [4, 3],
  "two endpoints with one address": [70, 0x02],
  "bulk packets of 100": [65, 100],
  "a union of others": [43, 5],
  "no bulk endpoint in": [70, 0x03],
};

export class LyingDevice implements UsbFunction {
  shown = true;
  told: string[] = [];
  #address = 0;
  #newAddress = 0;
  #data: number[] = [];
  #left = 0;
  #toggle: UsbToggle = 0;
  #stage: "in" | "out" | "status" | "stall" = "stall";
  #looks = 0;
  #last = 0;

  constructor(readonly lie: Lie | undefined) {}

  busReset(): void {
    this.#address = 0;
  }

  suspend(): void {}

  setup(address: number, endpoint: number, bytes: Uint8Array): UsbHandshake {
    if (address !== this.#address || endpoint !== 0) return "none";
    const [type = 0, request = 0, low = 0, high = 0, , , length = 0, more = 0] = bytes;
    this.told.push(`${type.toString(16)} ${request.toString(16)} ${(low | (high << 8)).toString(16)}`);
    if (this.lie === "a SETUP refused" && request === 9) return "nak";
    this.#toggle = 1;
    this.#stage = "status";
    if (request === 5) this.#newAddress = this.lie === "no address" ? 99 : low;
    if (request === 9 && this.lie === "no answer to SET_CONFIGURATION") this.#stage = "out";
    if (type & 0x80) this.#answer(low | (high << 8), length | (more << 8));
    else if (length > 0) this.#stage = "out";
    return "ack";
  }

  #answer(key: number, wanted: number): void {
    const found = descriptorOf(key);
    this.#stage = found ? "in" : "stall";
    if (!found) return;
    const place = key === 0x200 ? this.lie && configurationLies[this.lie] : undefined;
    if (place && wanted > 9) found[place[0]] = place[1];
    if (place && place[0] === 2) found[2] = wanted > 9 ? 76 : 75;
    if (key === 0x100 && this.lie === "another device descriptor the second time" && this.#looks++ > 0) found[2] = 0x10;
    if (key === 0x100 && this.lie === "packets of 7 on endpoint 0") found[7] = 7;
    if (key === 0x302 && this.lie === "an odd string") found.push(0);
    const extra = this.lie === "more than was asked for" ? 1 : 0;
    this.#data = found.slice(0, wanted + extra);
    if (this.lie === "a packet of 65 bytes" && wanted > 64) this.#data = found.slice(0, 75);
    this.#left = wanted;
  }

  out(address: number, endpoint: number, _toggle: UsbToggle, bytes: Uint8Array): UsbHandshake {
    if (address !== this.#address || endpoint !== 0) return "none";
    if (this.#stage === "stall") return "stall";
    if (bytes.length > 0) this.#stage = "status";
    return "ack";
  }

  in(address: number, endpoint: number): UsbAnswer {
    if (address !== this.#address || endpoint !== 0) return { kind: "none" };
    if (this.#stage === "stall") return { kind: "stall" };
    if (this.#stage === "out") return { kind: "nak" };
    if (this.#stage === "in") {
      const size = this.lie === "a packet of 65 bytes" && this.#left > 64 ? 65 : 64;
      this.#last = Math.min(size, this.#data.length);
      return { kind: "data", toggle: this.#toggle, bytes: Uint8Array.from(this.#data.slice(0, this.#last)) };
    }
    const toggle = this.lie === "DATA0 in a status stage" ? 0 : 1;
    return { kind: "data", toggle, bytes: new Uint8Array(this.lie === "data in a status stage" ? 1 : 0) };
  }

  acknowledge(): void {
    if (this.#stage === "in") {
      this.#data = this.#data.slice(this.#last);
      if (this.lie !== "the same toggle twice") this.#toggle = this.#toggle === 0 ? 1 : 0;
      return;
    }
    if (this.#newAddress) this.#address = this.#newAddress;
    this.#newAddress = 0;
  }
}
