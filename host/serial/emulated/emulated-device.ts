// A boot ROM (or boot loader) as a device on a line: bytes in, bytes out, with the chip's flash behind it. Who drives it (a Port in
// memory, a TCP socket, a PTY) gives it a DeviceLink and hands it what arrives.
//
//   host ──write──► line ──receive(bytes)──► EmulatedDevice ── flash: Uint8Array, shared with whoever runs the application
//        ◄─readable─      ◄──link.send()───                 ── onRun(address): the boot loader starts the application
//
// Invariant: a device never throws, whatever it is sent, and never sends before `connect`.

import type { LineSettings, Signals } from "../port.ts";

/** What a device has of the world: the time, and a way out for its bytes. */
export interface DeviceLink {
  /** Milliseconds of the line's clock. */
  now(): number;
  /** The bytes start to leave the device `afterMilliseconds` from now, in the order of the calls. */
  send(bytes: Uint8Array, afterMilliseconds?: number): void;
  /** The device leaves the bus (native USB after a reset); the host sees `lost`. */
  leave?(reason: string): void;
}

export interface DeviceEvents {
  /** The chip was reset: by a pin, by the boot loader itself, or at power on. */
  readonly onReset?: () => void;
  /** The boot loader jumps into the application whose vector table (or image) is at this address. */
  readonly onRun?: (address: number) => void;
}

export interface EmulatedDevice {
  /** As the bytes lie in the chip; index 0 is `flashBase`. */
  readonly flash: Uint8Array;
  readonly flashBase: number;
  /** Line settings the device answers at now; what is absent it takes as it comes (native USB, autobaud). */
  readonly line: Partial<LineSettings>;
  /** The application runs: bytes are no longer the boot loader's. */
  readonly running: boolean;
  connect(link: DeviceLink): void;
  receive(bytes: Uint8Array): void;
  /** Modem lines as the host sets them (`dtr: true` is asserted, electrically low). */
  setSignals(signals: Signals): void;
  /** The reset pin, or power: into the boot loader when its strap says so. */
  reset(): void;
}

/** Where a device's link is not yet known. */
const nowhere: DeviceLink = { now: () => 0, send: () => {} };

/** What boot loaders share: they work on one thing at a time, and answer when it is done. */
export abstract class BootLoader implements EmulatedDevice {
  protected link = nowhere;
  #busyUntil = 0;
  #running = false;
  /** How long the chip has worked in all, in milliseconds. */
  worked = 0;

  constructor(
    readonly flash: Uint8Array,
    readonly flashBase: number,
    protected readonly events: DeviceEvents,
    /** 0: erasing and writing take no time (peers on a real clock); 1: as long as the data sheet says. */
    readonly slowness = 1,
  ) {}

  get running(): boolean {
    return this.#running;
  }

  get line(): Partial<LineSettings> {
    return {};
  }

  connect(link: DeviceLink): void {
    this.link = link;
    this.#busyUntil = 0;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#running) return;
      this.take(byte);
    }
  }

  setSignals(_: Signals): void {}

  reset(): void {
    this.#running = false;
    this.#busyUntil = 0;
    this.start();
    this.events.onReset?.();
  }

  /** One byte has arrived. */
  protected abstract take(byte: number): void;

  /** The boot loader begins, knowing nothing of what was. */
  protected abstract start(): void;

  protected run(address: number): void {
    this.#running = true;
    this.events.onRun?.(address);
  }

  /** Something takes the chip that long; answers come after it. */
  protected work(milliseconds: number): void {
    this.worked += milliseconds * this.slowness;
    this.#busyUntil = Math.max(this.#busyUntil, this.link.now()) + milliseconds * this.slowness;
  }

  protected answer(bytes: Uint8Array | readonly number[]): void {
    this.link.send(Uint8Array.from(bytes), Math.max(0, this.#busyUntil - this.link.now()));
  }
}

/** Is all of it in the chip's flash? Lengths come from the line and may be anything. */
export function holds(device: Pick<EmulatedDevice, "flash" | "flashBase">, address: number, bytes: number): boolean {
  return address >= device.flashBase && bytes >= 0 && address + bytes <= device.flashBase + device.flash.length;
}

/** Programming clears bits and never sets them. */
export function program(device: Pick<EmulatedDevice, "flash" | "flashBase">, address: number, data: Uint8Array): void {
  const at = address - device.flashBase;
  for (let i = 0; i < data.length; i++) device.flash[at + i]! &= data[i]!;
}

export function erase(device: Pick<EmulatedDevice, "flash" | "flashBase">, address: number, bytes: number): void {
  const at = Math.max(0, address - device.flashBase);
  device.flash.fill(0xff, at, Math.min(device.flash.length, at + bytes));
}
