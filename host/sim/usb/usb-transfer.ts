// One transfer of a host, transaction by transaction (USB 2.0 5.5 to 5.8, 8.5). In: what is wanted; out: `ok` with data, or how it ended.
// The host is strict: what a device may not do is a violation, told in words, and ends the transfer.
//
//   control   SETUP ─► data, DATA1 first, packets up to the maximum, a shorter one ends it ─► status the other way: empty, DATA1
//   bulk      packets up to 64; in: a shorter one, or as many bytes as asked for, ends it; out: an empty one ends a full last packet

import type { UsbFunction, UsbHandshake, UsbToggle } from "./usb-bus.ts";

export interface ControlTransfer {
  readonly kind: "control";
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  /** To the host: bytes wanted. */
  readonly length?: number;
  /** From the host. */
  readonly data?: Uint8Array;
}

export interface BulkTransfer {
  readonly kind: "in" | "out";
  readonly endpoint: number;
  /** in: at most so many bytes. */
  readonly length?: number;
  readonly data?: Uint8Array;
}

export interface UsbPause {
  readonly kind: "reset" | "wait";
  readonly seconds: number;
}

export type UsbTransfer = ControlTransfer | BulkTransfer | UsbPause;

export interface UsbResult {
  /** gone: unplugged, or another bus reset; timeout: NAK for too long (9.2.6); silent: no answer three times. */
  readonly status: "ok" | "stall" | "timeout" | "silent" | "gone" | "violation";
  readonly data: Uint8Array;
}

/** What all transfers to a device share. */
export interface UsbPipes {
  address: number;
  maximum0: number;
  /** By endpoint address. */
  readonly toggles: Map<number, UsbToggle>;
  /** The host pulls the cable in the middle of the next data packet of that direction. */
  cut: "in" | "out" | undefined;
  readonly onCut: () => void;
  readonly violation: (text: string) => void;
}

const maximumBulk = 64;
export const setupBytes = ({ requestType, request, value, index, length, data }: ControlTransfer): Uint8Array => {
  const bytes = data?.length ?? length ?? 0;
  return Uint8Array.of(
    ...[requestType, request, value & 0xff, value >> 8, index & 0xff, index >> 8, bytes & 0xff, bytes >> 8],
  );
};

export class Transaction {
  readonly #received: number[] = [];
  #sent = 0;
  #stage: "setup" | "data" | "status" = "setup";
  #toggle: UsbToggle = 0;
  #silences = 0;
  result: UsbResult | undefined;

  constructor(
    readonly transfer: ControlTransfer | BulkTransfer,
    private readonly pipes: UsbPipes,
  ) {
    if (transfer.kind !== "control") this.#stage = "data";
  }

  /** One transaction. Returns its data bytes (bus time), or undefined: NAK, try again when the device has changed. */
  step(device: UsbFunction): number | undefined {
    if (this.#stage === "setup") {
      const handshake = device.setup(this.pipes.address, 0, setupBytes(this.transfer as ControlTransfer));
      if (handshake === "none") return this.#silent();
      if (handshake !== "ack") return this.#wrong(`a SETUP was answered by ${handshake} (8.4.6.4)`);
      this.#toggle = 1;
      this.#stage = this.#wanted > 0 ? "data" : "status";
      return 8;
    }
    if (this.#stage === "status") {
      this.#toggle = 1;
      return this.#incoming && this.#wanted > 0 ? this.#out(device, new Uint8Array(0)) : this.#in(device);
    }
    if (this.#incoming) return this.#in(device);
    const data = this.transfer.data ?? new Uint8Array(0);
    return this.#out(device, data.subarray(this.#sent, this.#sent + this.#maximum));
  }

  end(status: UsbResult["status"]): void {
    this.result ??= { status, data: Uint8Array.from(this.#received) };
  }

  get #incoming(): boolean {
    const { transfer } = this;
    return transfer.kind === "control" ? (transfer.requestType & 0x80) !== 0 : transfer.kind === "in";
  }

  get #wanted(): number {
    return this.transfer.data?.length ?? this.transfer.length ?? 0;
  }

  get #maximum(): number {
    return this.transfer.kind === "control" ? this.pipes.maximum0 : maximumBulk;
  }

  get #endpoint(): number {
    return this.transfer.kind === "control" ? 0 : this.transfer.endpoint;
  }

  #in(device: UsbFunction): number | undefined {
    const { pipes } = this;
    const answer = device.in(pipes.address, this.#endpoint);
    if (answer.kind === "nak") return undefined;
    if (answer.kind === "none") return this.#silent();
    if (answer.kind !== "data") return this.#end("stall");
    const { bytes, toggle } = answer;
    if (pipes.cut === "in" && this.transfer.kind !== "control") return this.#cut();
    if (bytes.length > this.#maximum) return this.#wrong(`${bytes.length} bytes in a packet of ${this.#maximum}`);
    device.acknowledge(this.#endpoint);
    if (toggle !== this.#expected(0x80)) return this.#wrong(`DATA${toggle} instead of DATA${1 - toggle} (8.6)`);
    this.#flip(0x80);
    this.#silences = 0;
    if (this.#stage === "status") {
      if (bytes.length > 0) return this.#wrong(`${bytes.length} bytes in a status stage (8.5.3)`);
      return this.#end("ok");
    }
    this.#received.push(...bytes);
    const have = this.#received.length;
    if (have > this.#wanted) return this.#wrong(`${have} bytes, ${this.#wanted} were asked for (8.5.3)`);
    if (bytes.length < this.#maximum || have === this.#wanted) this.#dataOver();
    return bytes.length;
  }

  #out(device: UsbFunction, bytes: Uint8Array): number | undefined {
    const { pipes } = this;
    if (pipes.cut === "out" && this.transfer.kind !== "control" && bytes.length > 0) return this.#cut();
    const handshake = device.out(pipes.address, this.#endpoint, this.#expected(0), bytes);
    if (handshake === "nak") return undefined;
    if (handshake === "none") return this.#silent();
    if (handshake === "stall") return this.#end("stall");
    this.#flip(0);
    this.#silences = 0;
    if (this.#stage === "status") return this.#end("ok");
    this.#sent += bytes.length;
    const left = this.#wanted - this.#sent;
    // a control transfer says its length beforehand; bulk data ends with a short packet
    const ends = this.transfer.kind === "control" ? left === 0 : bytes.length < this.#maximum;
    if (ends) this.#dataOver();
    return bytes.length;
  }

  #expected(direction: number): UsbToggle {
    return this.transfer.kind === "control" ? this.#toggle : (this.pipes.toggles.get(direction | this.#endpoint) ?? 0);
  }

  #flip(direction: number): void {
    const next: UsbToggle = this.#expected(direction) === 0 ? 1 : 0;
    if (this.transfer.kind === "control") this.#toggle = next;
    else this.pipes.toggles.set(direction | this.#endpoint, next);
  }

  #dataOver(): void {
    if (this.transfer.kind === "control") this.#stage = "status";
    else this.end("ok");
  }

  #silent(): number {
    if (++this.#silences >= 3) this.end("silent");
    return 0;
  }

  #cut(): number {
    this.pipes.cut = undefined;
    this.pipes.onCut();
    return 0;
  }

  #end(status: UsbHandshake | UsbResult["status"]): number {
    this.end(status as UsbResult["status"]);
    return 0;
  }

  #wrong(what: string): number {
    const { transfer } = this;
    const name =
      transfer.kind === "control"
        ? `request ${transfer.requestType.toString(16)} ${transfer.request.toString(16)}`
        : `endpoint ${transfer.endpoint} ${transfer.kind}`;
    this.pipes.violation(`${name}, ${this.#stage} stage: ${what}`);
    return this.#end("violation");
  }
}
