// ADC of the STM32F4 (RM0390 13.13): SR 0 (1 EOC, 4 STRT, 5 OVR; zeros clear), CR1 4 (5 EOCIE, 8 SCAN, 25:24 RES, 26 OVRIE), CR2 8 (0 ADON, 1 CONT,
// 8 DMA, 9 DDS, 10 EOCS, 27:24 EXTSEL, 29:28 EXTEN, 30 SWSTART), SMPR1 0xC, SMPR2 0x10, SQR1–3 0x2C–0x34, DR 0x4C, CCR 0x304 (17:16 ADCPRE).
// A conversion takes the channel's sampling time and 12 cycles of APB2 / 2, 4, 6, 8, which may be at most 36 MHz.
//
//   trigger (SWSTART, timer's TRGO) ─► SQ1 … SQ(L+1) ─► DR ─► EOC, DMA request      DR not read by then: OVR, and no further requests
//
// Inputs: feed `analog0` … in volts, else `mic` (−1…1) around half of the 3.3 V supply, as an analog microphone puts it out. Signal
// `dreq.<name>`: the DMA may take a value. Injected channels and the watchdog are not modelled. Fault: inject("adc1"), no conversion ends.

import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const flag = { end: 2, started: 16, overrun: 32 } as const;
const cr2 = { on: 1, continuous: 2, dma: 1 << 8, afterLast: 1 << 9, each: 1 << 10, start: 1 << 30 } as const;
const samplingCycles = [3, 15, 28, 56, 84, 112, 144, 480];
/** EXTSEL (13.13.3), as far as timers are modelled. */
const triggers: Readonly<Record<number, string>> = { 6: "tim2.trgo", 8: "tim3.trgo" };
const supply = 3.3;
const mostHz = 36e6;

export class AdcF4 extends Stm32Peripheral {
  #flags = 0;
  #data = 0;
  /** Rank of the conversion under way. */
  #rank = -1;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    bank.add(0, {
      read: () => this.#flags,
      quiet: true,
      write: (value) => {
        this.#flags &= value;
        this.#update();
      },
    });
    bank.add(4, { write: () => this.#update() });
    bank.add(8, { write: (value) => this.#control(value) });
    bank.add(0x24, { reset: 0xfff });
    bank.add(0x4c, { read: () => this.#take() });
    for (const [which, signal] of Object.entries(triggers))
      ports.world.onSignal(signal, () => this.#triggered(Number(which)));
    ports.world.onSignal(`fault.${ports.name}`, (broken) => !broken && this.#rank >= 0 && this.#convert());
  }

  protected override clear(): void {
    super.clear();
    this.#cancel();
    this.#flags = this.#data = 0;
    this.#rank = -1;
    this.#update();
  }

  #control(value: number): void {
    this.bank.set(8, value & ~cr2.start);
    if ((value & cr2.on) === 0) {
      this.#cancel();
      this.#rank = -1;
    } else if (value & cr2.start) this.#begin();
    // a new set of DMA requests begins with DMA off and on
    if ((value & cr2.dma) === 0) this.#request(0);
  }

  #triggered(which: number): void {
    const control = this.bank.get(8);
    if (((control >> 28) & 3) !== 0 && ((control >> 24) & 15) === which && control & cr2.on) this.#begin();
  }

  #begin(): void {
    if (this.#rank >= 0) return;
    this.#flags |= flag.started;
    this.#rank = 0;
    this.#convert();
  }

  get #hz(): number {
    const { world, name, note } = this.ports;
    const hz = world.clock(name) / (2 * (((this.bank.get(0x304) >> 16) & 3) + 1));
    if (hz > mostHz) note(`${name}: its clock of ${hz / 1e6} MHz is above ${mostHz / 1e6} MHz`);
    return hz;
  }

  get #channel(): number {
    const at = this.#rank < 6 ? 0x34 : this.#rank < 12 ? 0x30 : 0x2c;
    return (this.bank.get(at) >>> (5 * (this.#rank % 6))) & 31;
  }

  #convert(): void {
    const channel = this.#channel;
    const { world, name } = this.ports;
    const sampling = channel < 10 ? this.bank.get(0x10) >>> (3 * channel) : this.bank.get(0xc) >>> (3 * (channel - 10));
    const bits = 12 - 2 * ((this.bank.get(4) >> 24) & 3);
    const at = world.seconds();
    const hz = this.#hz;
    if (hz <= 0) return;
    this.#cancel = world.after((samplingCycles[sampling & 7]! + bits) / hz, () => {
      if (!world.signal(`fault.${name}`)) this.#finish(Math.floor(this.#value(channel, at) / 2 ** (12 - bits)));
    });
  }

  #value(channel: number, seconds: number): number {
    const { world } = this.ports;
    const feed = world.feed(`analog${channel}`);
    const sound = feed ? undefined : world.feed("mic")?.at(seconds)?.[0];
    const volts = feed ? (feed.at(seconds)?.[0] ?? 0) : sound === undefined ? 0 : (supply / 2) * (1 + sound);
    return Math.max(0, Math.min(4095, Math.floor((volts / supply) * 4096)));
  }

  #finish(value: number): void {
    const control = this.bank.get(8);
    const last = this.#rank === ((this.bank.get(0x2c) >> 20) & 15) || (this.bank.get(4) & (1 << 8)) === 0;
    const watched = control & (cr2.dma | cr2.each);
    if (watched && this.#flags & flag.end) this.#flags |= flag.overrun;
    else this.#data = value;
    if (last || control & cr2.each || control & cr2.dma) this.#flags |= flag.end;
    this.#rank = last ? (control & cr2.continuous ? 0 : -1) : this.#rank + 1;
    if (this.#rank >= 0) this.#convert();
    this.#update();
    if (control & cr2.dma && (this.#flags & flag.overrun) === 0) this.#request(1);
  }

  #request(level: number): void {
    this.ports.world.setSignal(`dreq.${this.ports.name}`, level);
  }

  #take(): number {
    this.#flags &= ~flag.end;
    this.#request(0);
    this.#update();
    return this.#data;
  }

  #update(): void {
    const enabled = this.bank.get(4);
    const raised = (enabled & 32 ? this.#flags & flag.end : 0) | (enabled & (1 << 26) ? this.#flags & flag.overrun : 0);
    this.ports.irq(0, raised !== 0);
  }
}
