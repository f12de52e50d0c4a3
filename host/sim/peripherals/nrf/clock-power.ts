// CLOCK and POWER, which share one block at 0x4000_0000 (nRF52840 PS 5.3.7, 5.4.3; nRF51 RM 12, 13).
//
//   HFCLKSTART 0, STOP 4   crystal runs after `hfxoSeconds` (PS 5.4.4.1: 0.36 ms), STARTED 0x100; HFCLKRUN 0x408, HFCLKSTAT 0x40C (16 runs,
//                          0 crystal). Until then the core and "pclk16m" run from the internal oscillator, `internalPpm` off
//   LFCLKSTART 8, STOP 0xC LFCLKSRC 0x518: 0 RC (0.6 ms), 1 crystal (`lfxoSeconds`, PS 5.4.4.4: 0.25 s); STARTED 0x104; LFCLKSTAT 0x418
//   RESETREAS 0x400        bits stay until 1 is written: 0 pin, 1 watchdog, 2 software, 3 lockup; none: power-on
//   USBREGSTATUS 0x438     0 VBUS, 1 regulator ready; USBDETECTED 0x11C, USBREMOVED 0x120, USBPWRRDY 0x124 (chips with option `usb`)
//                          a board whose boot loader reads GPREGRET stays in it where it finds its magic
//   GPREGRET 0x51C, 2 0x520  survive software reset and lockup (PS 5.3.7, reset behaviour)
//
// Faults: fault.hfxo and fault.lfxo, that crystal never starts.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts, ResetCause } from "../peripheral.ts";
import { NrfBlock } from "./block.ts";

const event = { hfStarted: 0x100, lfStarted: 0x104, usbDetected: 0x11c, usbRemoved: 0x120, usbReady: 0x124 } as const;
const reasons: Readonly<Partial<Record<ResetCause, number>>> = { pin: 1, watchdog: 2, software: 4, lockup: 8 };
const retained = [0x51c, 0x520];
const rcSeconds = 0.6e-3;
/** VBUS to USBPWRRDY (PS 5.3.8.2: 170 µs typical). */
const regulatorSeconds = 0.17e-3;

export class NrfClockPower implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  #crystal = false;
  #slow: "off" | "rc" | "crystal" = "off";
  #reasons = 0;
  #cancelFast = () => {};
  #cancelSlow = () => {};
  #cancelPower = () => {};
  #power = () => {};

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    const { bank } = this.#block;
    this.#block.task(0x000, () => this.#startFast());
    this.#block.task(0x004, () => this.#stopFast());
    this.#block.task(0x008, () => this.#startSlow());
    this.#block.task(0x00c, () => this.#stopSlow());
    bank.add(0x408, { read: () => (this.#crystal ? 1 : 0) });
    bank.add(0x40c, { read: () => 0x10000 | (this.#crystal ? 1 : 0) });
    bank.add(0x414, { read: () => (this.#slow === "off" ? 0 : 1) });
    bank.add(0x418, { read: () => (this.#slow === "off" ? 0 : 0x10000 | (this.#slow === "crystal" ? 1 : 0)) });
    bank.add(0x400, { read: () => this.#reasons, write: (value) => void (this.#reasons &= ~value) });
    if (ports.options["usb"] !== undefined) this.#addUsb(String(ports.options["usb"]));
    for (const offset of retained) bank.add(offset, { write: (value) => bank.set(offset, value & 0xff) });
  }

  reset(cause: ResetCause): void {
    const { bank } = this.#block;
    const keeps = cause === "software" || cause === "lockup";
    const kept = retained.map((offset) => bank.get(offset));
    this.#block.reset();
    if (keeps) for (const [i, offset] of retained.entries()) bank.set(offset, kept[i]!);
    this.#reasons = cause === "power-on" ? 0 : this.#reasons | (reasons[cause] ?? 0);
    this.#stopFast();
    this.#stopSlow();
    this.#power();
    const { loaderMagic } = this.#p;
    if (cause === "software" && loaderMagic && kept[0] === loaderMagic) this.#p.bootLoader();
  }

  #addUsb(name: string): void {
    const { world } = this.#p;
    const bus = world.usb(name);
    this.#block.bank.add(0x438, {
      read: () => (bus.powered ? 1 : 0) | (world.signal("power.usbReady") ? 2 : 0),
    });
    this.#power = () => {
      world.setSignal("power.usbReady", 0);
      this.#cancelPower();
      this.#cancelPower = () => {};
      if (!bus.powered) return;
      this.#block.raise(event.usbDetected);
      this.#cancelPower = world.after(regulatorSeconds, () => {
        world.setSignal("power.usbReady", 1);
        this.#block.raise(event.usbReady);
      });
    };
    bus.onPower((powered) => {
      this.#power();
      if (!powered) this.#block.raise(event.usbRemoved);
    });
  }

  #option(name: string, otherwise: number): number {
    return Number(this.#p.options[name] ?? otherwise);
  }

  #startFast(): void {
    const { world } = this.#p;
    this.#cancelFast();
    if (this.#crystal) return this.#block.raise(event.hfStarted);
    if (world.signal("fault.hfxo")) return;
    this.#cancelFast = world.after(this.#option("hfxoSeconds", 0.36e-3), () => {
      this.#crystal = true;
      this.#setFast();
      this.#block.raise(event.hfStarted);
    });
  }

  #stopFast(): void {
    this.#cancelFast();
    this.#crystal = false;
    this.#setFast();
  }

  #setFast(): void {
    const { world } = this.#p;
    world.setSignal("clock.crystal", this.#crystal ? 1 : 0);
    const factor = this.#crystal ? 1 : 1 + this.#option("internalPpm", 0) / 1e6;
    world.setClock("core", this.#option("coreHz", 64e6) * factor);
    world.setClock("pclk16m", 16e6 * factor);
  }

  #startSlow(): void {
    const { world } = this.#p;
    const crystal = (this.#block.bank.get(0x518) & 3) === 1;
    this.#cancelSlow();
    if (crystal && world.signal("fault.lfxo")) return;
    this.#cancelSlow = world.after(crystal ? this.#option("lfxoSeconds", 0.25) : rcSeconds, () => {
      this.#slow = crystal ? "crystal" : "rc";
      world.setClock("lfclk", 32768);
      this.#block.raise(event.lfStarted);
    });
  }

  #stopSlow(): void {
    this.#cancelSlow();
    this.#slow = "off";
    this.#p.world.setClock("lfclk", 0);
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
