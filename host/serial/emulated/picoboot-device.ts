// The USB side of the RP2040's boot ROM: PICOBOOT as a UsbDevice on a ChipFlash (RP2040 Datasheet 2.8.5.2; the status codes are those of
// pico-sdk boot/picoboot.h). Strict: magic, argument sizes, alignment, exclusive access, XIP left before erasing; what is refused
// stalls both endpoints until the interface is reset. A transfer that nothing answers stays open, as on a bus.

import { commandId, picobootMagic, raspberryPiVendor } from "../protocols/picoboot.ts";
import type { UsbDevice, UsbInResult, UsbOutResult, UsbSetup } from "../usb-device.ts";
import type { ChipFlash } from "./chip-flash.ts";
import { gone } from "./usb-faults.ts";

const outEndpoint = 3;
const inEndpoint = 4;
const sectorBytes = 4096;
const pageBytes = 256;
const status = {
  ...{ ok: 0, unknownCommand: 1, commandLength: 2, transferLength: 3, address: 4, alignment: 5, unknown: 8 },
  notPermitted: 10,
} as const;

interface Command {
  readonly token: number;
  readonly id: number;
  readonly view: DataView;
  readonly transferBytes: number;
}

export interface PicobootOptions {
  readonly productId?: number;
  readonly serialNumber?: string;
  /** The ROM has restarted into the application. */
  readonly onReboot?: () => void;
}

export class PicobootDevice implements UsbDevice {
  readonly vendorId = raspberryPiVendor;
  readonly productId: number;
  readonly productName = "RP2 Boot";
  readonly manufacturerName = "Raspberry Pi";
  readonly serialNumber: string;
  readonly configuration = { configurationValue: 1, interfaces: [storage(0), vendor(1)] };
  readonly #flash: ChipFlash;
  readonly #options: PicobootOptions;
  #present = true;
  #claimed = false;
  #halted = false;
  #exclusive = false;
  #xip = true;
  #last = { token: 0, code: 0 as number, id: 0 };
  /** What the host must do next: give data, take data, take or give the empty packet that ends a command. */
  #next: "command" | "data-out" | "data-in" | "ack-in" | "ack-out" = "command";
  #command: Command | undefined;
  #leaving = false;

  constructor(flash: ChipFlash, options: PicobootOptions = {}) {
    this.#flash = flash;
    this.#options = options;
    this.productId = options.productId ?? 3;
    this.serialNumber = options.serialNumber ?? "E0C912952D54";
  }

  async open(): Promise<void> {
    if (!this.#present) throw gone();
  }
  async close(): Promise<void> {
    this.#claimed = false;
  }
  async selectConfiguration(): Promise<void> {}
  async claimInterface(number: number): Promise<void> {
    if (!this.#present) throw gone();
    if (number !== 1) throw new Error("Unable to claim interface.");
    this.#claimed = true;
  }
  async releaseInterface(): Promise<void> {
    this.#claimed = false;
  }
  async selectAlternateInterface(): Promise<void> {}
  async clearHalt(): Promise<void> {}
  async reset(): Promise<void> {
    this.#resetInterface();
  }

  async controlTransferOut(setup: UsbSetup): Promise<UsbOutResult> {
    this.#mustBeClaimed();
    if (
      setup.requestType !== "vendor" ||
      setup.recipient !== "interface" ||
      setup.request !== 0x41 ||
      setup.index !== 1
    )
      return { status: "stall" };
    this.#resetInterface();
    return { status: "ok", bytesWritten: 0 };
  }

  async controlTransferIn(setup: UsbSetup): Promise<UsbInResult> {
    this.#mustBeClaimed();
    if (setup.requestType !== "vendor" || setup.request !== 0x42 || setup.index !== 1) return { status: "stall" };
    const data = new DataView(new ArrayBuffer(16));
    data.setUint32(0, this.#last.token, true);
    data.setUint32(4, this.#last.code, true);
    data.setUint8(8, this.#last.id);
    return { status: "ok", data };
  }

  async transferOut(endpoint: number, data: Uint8Array<ArrayBuffer>): Promise<UsbOutResult> {
    this.#mustBeClaimed();
    if (endpoint !== outEndpoint || this.#halted) return { status: "stall" };
    const sent: UsbOutResult = { status: "ok", bytesWritten: data.length };
    switch (this.#next) {
      case "command":
        return this.#begin(data) ? sent : { status: "stall" };
      case "data-out":
        return this.#finish(data) ? sent : { status: "stall" };
      case "ack-out":
        this.#next = "command";
        return sent;
      default:
        return new Promise(() => {}); // the host must read first: NAK, without end
    }
  }

  async transferIn(endpoint: number, length: number): Promise<UsbInResult> {
    this.#mustBeClaimed();
    if (endpoint !== inEndpoint || this.#halted) return { status: "stall" };
    if (this.#next === "ack-in") {
      this.#next = "command";
      if (this.#leaving) this.#leave();
      return { status: "ok", data: new DataView(new ArrayBuffer(0)) };
    }
    if (this.#next !== "data-in") return new Promise(() => {});
    const { view, transferBytes } = this.#command!;
    const found = this.#flash.read(view.getUint32(16, true), Math.min(length, transferBytes))!;
    this.#next = "ack-out";
    return { status: "ok", data: new DataView(found.buffer) };
  }

  #mustBeClaimed(): void {
    if (!this.#present) throw gone();
    if (!this.#claimed) throw new Error("The interface has not been claimed.");
  }

  #resetInterface(): void {
    this.#halted = false;
    this.#next = "command";
    this.#exclusive = false;
    this.#last = { token: 0, code: status.ok, id: 0 };
  }

  #refuse(code: number): false {
    this.#last = { ...this.#last, code };
    this.#halted = true;
    return false;
  }

  #begin(packet: Uint8Array): boolean {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    if (packet.length !== 32 || view.getUint32(0, true) !== picobootMagic) return this.#refuse(status.unknownCommand);
    const command = {
      token: view.getUint32(4, true),
      id: view.getUint8(8),
      view,
      transferBytes: view.getUint32(12, true),
    };
    this.#command = command;
    this.#last = { token: command.token, code: status.ok, id: command.id };
    const code = this.#check(command);
    if (code !== status.ok) return this.#refuse(code);
    if (command.id === commandId.read) this.#next = "data-in";
    else if (command.id === commandId.write) this.#next = "data-out";
    else this.#perform(command);
    return true;
  }

  #check({ id, view, transferBytes }: Command): number {
    const sizes: Readonly<Record<number, number>> = {
      ...{ [commandId.exclusive]: 1, [commandId.reboot]: 12, [commandId.erase]: 8, [commandId.write]: 8 },
      ...{ [commandId.exitXip]: 0, [commandId.read]: 8 },
    };
    if (!(id in sizes)) return status.unknownCommand;
    if (view.getUint8(9) !== sizes[id]) return status.commandLength;
    const ranged = id === commandId.read || id === commandId.write || id === commandId.erase;
    if (!ranged) return transferBytes === 0 ? status.ok : status.transferLength;
    const [address, bytes] = [view.getUint32(16, true), view.getUint32(20, true)];
    if (id === commandId.erase ? transferBytes !== 0 : transferBytes !== bytes) return status.transferLength;
    if (!this.#flash.holds(address, bytes)) return status.address;
    const unit = id === commandId.erase ? sectorBytes : id === commandId.write ? pageBytes : 1;
    if (address % unit !== 0 || (id === commandId.erase && bytes % unit !== 0)) return status.alignment;
    if (id !== commandId.read && !this.#exclusive) return status.notPermitted;
    return this.#xip ? status.unknown : status.ok;
  }

  #perform({ id, view }: Command): void {
    if (id === commandId.exclusive) this.#exclusive = view.getUint8(16) !== 0;
    if (id === commandId.exitXip) this.#xip = false;
    if (id === commandId.reboot) this.#leaving = true;
    if (id === commandId.erase) {
      const [address, bytes] = [view.getUint32(16, true), view.getUint32(20, true)];
      for (let at = 0; at < bytes; at += sectorBytes) this.#flash.erase(address + at);
    }
    this.#next = "ack-in";
  }

  /** Programming NOR flash that is not erased clears further bits and says nothing. */
  #finish(data: Uint8Array): boolean {
    const { view, transferBytes } = this.#command!;
    if (data.length !== transferBytes) return this.#refuse(status.transferLength);
    const address = view.getUint32(16, true);
    const pages = new Uint8Array(Math.ceil(data.length / pageBytes) * pageBytes).fill(0xff);
    pages.set(data);
    const before = this.#flash.read(address, pages.length);
    if (!before) return this.#refuse(status.address);
    this.#flash.program(
      address,
      pages.map((byte, i) => byte & before[i]!),
    );
    this.#next = "ack-in";
    return true;
  }

  #leave(): void {
    this.#present = false;
    this.#options.onReboot?.();
  }
}

function storage(interfaceNumber: number) {
  const endpoints = [bulk(1, "in"), bulk(2, "out")];
  const alternate = { alternateSetting: 0, interfaceClass: 8, interfaceSubclass: 6, interfaceProtocol: 80, endpoints };
  return { interfaceNumber, alternates: [alternate] };
}

function vendor(interfaceNumber: number) {
  const endpoints = [bulk(outEndpoint, "out"), bulk(inEndpoint, "in")];
  const alternate = {
    alternateSetting: 0,
    interfaceClass: 0xff,
    interfaceSubclass: 0,
    interfaceProtocol: 0,
    endpoints,
  };
  return { interfaceNumber, alternates: [alternate] };
}

function bulk(endpointNumber: number, direction: "in" | "out") {
  return { endpointNumber, direction, type: "bulk", packetSize: 64 } as const;
}
