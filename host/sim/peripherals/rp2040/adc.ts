// ADC (RP2040 Datasheet 4.9.6): CS 0 (EN, TS_EN, START_ONCE, START_MANY, READY 8, AINSEL 14:12, RROBIN 20:16), RESULT 4, FCS 8 (EN, SHIFT,
// ERR, DREQ_EN, EMPTY 8, FULL 9, UNDER 10, OVER 11, LEVEL 19:16, THRESH 27:24), FIFO 0xC, DIV 0x10, INTR 0x14, INTE, INTF, INTS. A conversion
// takes 96 cycles of clk_adc, 12 bits of 0…3.3 V; free-running, one starts every 1 + INT + FRAC/256 cycles (4.9.2.2).
// Inputs: feed `analog0` … `analog3` in volts, else `mic` (−1…1) as an analog microphone puts it out, around half the supply; channel
// 4: temperature (feed `temperature`, °C). Signal `dreq.adc`: transfers that the FIFO asks for. Fault: fault.adc, no conversion ends.

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const conversionCycles = 96;
const supply = 3.3;

export class Adc extends Rp2040Peripheral {
  readonly #fifo: number[] = [];
  #result = 0;
  #under = false;
  #over = false;
  #busy = false;
  #nextStart = 0;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    bank.add(0, { read: () => this.#control(), write: () => this.#go(), quiet: true });
    bank.add(4, { read: () => this.#result, quiet: true });
    bank.add(8, { read: () => this.#fifoControl(), write: (value) => this.#setFifo(value) });
    bank.add(0xc, { read: () => this.#take() });
    bank.add(0x10, { write: () => {} });
    bank.add(0x14, { read: () => (this.#reached ? 1 : 0) });
    for (const offset of [0x18, 0x1c]) bank.add(offset, { write: () => this.#update() });
    bank.add(0x20, { read: () => this.#status, quiet: true });
    ports.world.onClock("adc", () => this.#go());
    ports.world.onSignal("fault.adc", () => this.#go());
  }

  protected override clear(): void {
    super.clear();
    this.#cancel();
    this.#fifo.length = this.#result = this.#nextStart = 0;
    this.#under = this.#over = this.#busy = false;
    this.#update();
  }

  // ---- conversions

  get #enabled(): boolean {
    return (this.bank.get(0) & 1) !== 0 && this.ports.world.clock("adc") > 0 && !this.ports.world.signal("fault.adc");
  }

  #control(): number {
    return (this.bank.get(0) & 0x1f700b) | (this.#enabled && !this.#busy ? 1 << 8 : 0);
  }

  #go(): void {
    const control = this.bank.get(0);
    if (!this.#enabled) {
      this.#cancel();
      this.#busy = false;
      this.#nextStart = 0;
      return;
    }
    if (this.#busy || (control & 12) === 0) return;
    this.bank.set(0, control & ~4);
    this.#start();
  }

  #start(): void {
    const { world } = this.ports;
    const hz = world.clock("adc");
    this.#busy = true;
    this.#nextStart = Math.max(this.#nextStart, world.seconds());
    const begin = this.#nextStart;
    const divider = this.bank.get(0x10);
    const cycles = Math.max(conversionCycles, 1 + (divider >>> 8) + (divider & 0xff) / 256);
    this.#nextStart = begin + cycles / hz;
    this.#cancel = world.after(begin + conversionCycles / hz - world.seconds(), () => this.#finish(begin));
  }

  #finish(begin: number): void {
    this.#busy = false;
    const channel = (this.bank.get(0) >> 12) & 7;
    this.#result = this.#convert(channel, begin);
    this.#advanceRoundRobin(channel);
    const control = this.bank.get(8);
    if (control & 1) {
      if (this.#fifo.length === 4) this.#over = true;
      else this.#fifo.push(control & 2 ? this.#result >> 4 : this.#result);
    }
    if (this.bank.get(0) & 8) this.#start();
    else this.#nextStart = 0;
    this.#update();
  }

  #advanceRoundRobin(channel: number): void {
    const mask = (this.bank.get(0) >> 16) & 31;
    if (mask === 0) return;
    let next = channel;
    do next = (next + 1) % 5;
    while (((mask >> next) & 1) === 0);
    this.bank.set(0, (this.bank.get(0) & ~0x7000) | (next << 12));
  }

  #convert(channel: number, seconds: number): number {
    const volts = channel === 4 ? this.#temperature(seconds) : this.#volts(channel, seconds);
    return Math.max(0, Math.min(4095, Math.floor((volts / supply) * 4096)));
  }

  #volts(channel: number, seconds: number): number {
    const { world } = this.ports;
    const feed = world.feed(`analog${channel}`);
    if (feed) return feed.at(seconds)?.[0] ?? 0;
    const sound = world.feed("mic")?.at(seconds)?.[0];
    return sound === undefined ? 0 : (supply / 2) * (1 + sound);
  }

  /** 0.706 V at 27 °C, −1.721 mV per degree (4.9.5). */
  #temperature(seconds: number): number {
    if ((this.bank.get(0) & 2) === 0) return 0;
    const degrees = this.ports.world.feed("temperature")?.at(seconds)?.[0] ?? 27;
    return 0.706 - (degrees - 27) * 0.001721;
  }

  // ---- FIFO

  get #reached(): boolean {
    return this.#fifo.length >= ((this.bank.get(8) >> 24) & 15) && this.#fifo.length > 0;
  }

  get #status(): number {
    return ((this.#reached ? 1 : 0) & this.bank.get(0x18)) | (this.bank.get(0x1c) & 1);
  }

  #fifoControl(): number {
    const level = this.#fifo.length;
    const flags = (level === 0 ? 1 << 8 : 0) | (level === 4 ? 1 << 9 : 0);
    const errors = (this.#under ? 1 << 10 : 0) | (this.#over ? 1 << 11 : 0);
    return (this.bank.get(8) & 0x0f00000f) | flags | errors | (level << 16);
  }

  #setFifo(value: number): void {
    if (value & (1 << 10)) this.#under = false;
    if (value & (1 << 11)) this.#over = false;
    this.bank.set(8, value & 0x0f00000f);
    this.#update();
  }

  #take(): number {
    const value = this.#fifo.shift();
    if (value === undefined) this.#under = true;
    this.#update();
    return value ?? 0;
  }

  #update(): void {
    this.ports.irq(0, this.#status !== 0);
    const asks = (this.bank.get(8) & 8) !== 0 && this.#reached;
    this.ports.world.setSignal("dreq.adc", asks ? this.#fifo.length : 0);
  }
}
