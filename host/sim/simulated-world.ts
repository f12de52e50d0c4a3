// The World of one simulated board (world.ts says what each part means). Time is a line through the last change of the core clock:
//
//   seconds = seconds₀ + (cycles − cycles₀) / core Hz
//
// What is scheduled in seconds is an event at a cycle; when the core clock changes, those events move. The chip's own peripherals get
// `chip`, a view of the same world that forgets at chip reset what they scheduled, routed and drove; the outside stays.

import { invariant } from "../base/errors.ts";
import type { EventQueue } from "./event-queue.ts";
import { SimulatedI2cBus } from "./i2c-bus.ts";
import { SimulatedUsbBus, type UsbBus } from "./usb/usb-bus.ts";
import type { Feed, I2cBus, World } from "./world.ts";

interface Timed {
  readonly at: number;
  readonly run: () => void;
  readonly ofChip: boolean;
  cancel: () => void;
}

export interface WorldPorts {
  readonly cycles: () => number;
  readonly events: EventQueue;
  readonly coreHz: number;
  /** A model of the chip routes pins; otherwise every signal is on "any". */
  readonly hasPinMux: boolean;
}

export class SimulatedWorld implements World {
  readonly chip: World;
  readonly #p: WorldPorts;
  readonly #timed = new Set<Timed>();
  readonly #clocks = new Map<string, number>();
  readonly #clockListeners = new Map<string, ((hz: number) => void)[]>();
  readonly #routes = new Map<number, string>();
  readonly #signals = new Map<string, number>();
  readonly #signalListeners = new Map<string, ((level: number) => void)[]>();
  readonly #chipSignals = new Set<string>();
  readonly #buses = new Map<string, SimulatedI2cBus>();
  readonly #cables = new Map<string, SimulatedUsbBus>();
  readonly #feeds = new Map<string, Feed>();
  #sinceCycles = 0;
  #sinceSeconds = 0;
  #coreHz: number;

  constructor(ports: WorldPorts) {
    this.#p = ports;
    this.#coreHz = ports.coreHz;
    this.#clocks.set("core", ports.coreHz);
    this.chip = this.#chipView();
  }

  #chipView(): World {
    return {
      seconds: () => this.seconds(),
      after: (seconds, run) => this.#schedule(seconds, run, true),
      clock: (name) => this.clock(name),
      setClock: (name, hz) => this.setClock(name, hz),
      onClock: (name, listener) => this.onClock(name, listener),
      route: (pin, signal) => this.route(pin, signal),
      pinOf: (signal) => this.pinOf(signal),
      signal: (name) => this.signal(name),
      setSignal: (name, level) => {
        this.#chipSignals.add(name);
        this.setSignal(name, level);
      },
      onSignal: (name, listener) => this.onSignal(name, listener),
      i2c: (bus) => this.i2c(bus),
      usb: (bus) => this.usb(bus),
      feed: (input) => this.feed(input),
    };
  }

  /** Before the peripherals are reset. Clocks stay until their controller's model sets them. */
  resetChip(): void {
    for (const timed of [...this.#timed])
      if (timed.ofChip) {
        timed.cancel();
        this.#timed.delete(timed);
      }
    this.#routes.clear();
    for (const name of this.#chipSignals) this.setSignal(name, 0);
    this.#chipSignals.clear();
  }

  // ---- time

  seconds(): number {
    return this.#sinceSeconds + (this.#p.cycles() - this.#sinceCycles) / this.#coreHz;
  }

  /** First cycle at which that time has come. */
  cycleAt(seconds: number): number {
    return Math.ceil(this.#sinceCycles + (seconds - this.#sinceSeconds) * this.#coreHz - 1e-6);
  }

  after(seconds: number, run: () => void): () => void {
    return this.#schedule(seconds, run, false);
  }

  #schedule(seconds: number, run: () => void, ofChip: boolean): () => void {
    const timed: Timed = { at: this.seconds() + Math.max(0, seconds), run, ofChip, cancel: () => {} };
    this.#timed.add(timed);
    this.#queue(timed);
    return () => {
      timed.cancel();
      this.#timed.delete(timed);
    };
  }

  #queue(timed: Timed): void {
    timed.cancel = this.#p.events.at(this.cycleAt(timed.at), () => {
      this.#timed.delete(timed);
      timed.run();
    });
  }

  #setCore(hz: number): void {
    invariant(hz > 0, `a core clock of ${hz} Hz`);
    this.#sinceSeconds = this.seconds();
    this.#sinceCycles = this.#p.cycles();
    this.#coreHz = hz;
    for (const timed of this.#timed) timed.cancel();
    for (const timed of this.#timed) this.#queue(timed);
  }

  // ---- clocks

  clock(name: string): number {
    return this.#clocks.get(name) ?? 0;
  }

  setClock(name: string, hz: number): void {
    if (this.clock(name) === hz) return;
    if (name === "core") this.#setCore(hz);
    this.#clocks.set(name, hz);
    for (const listener of this.#clockListeners.get(name) ?? []) listener(hz);
  }

  onClock(name: string, listener: (hz: number) => void): void {
    this.#clockListeners.set(name, [...(this.#clockListeners.get(name) ?? []), listener]);
  }

  // ---- pins

  route(pin: number, signal: string | undefined): void {
    if (signal === undefined) this.#routes.delete(pin);
    else this.#routes.set(pin, signal);
  }

  pinOf(signal: string): number | "any" | undefined {
    if (!this.#p.hasPinMux) return "any";
    for (const [pin, routed] of this.#routes) if (routed === signal) return pin;
    return undefined;
  }

  /** The signal reaches that pin (it may reach others too). */
  reaches(signal: string, pin: number): boolean {
    return !this.#p.hasPinMux || this.#routes.get(pin) === signal;
  }

  // ---- signals, buses, feeds

  signal(name: string): number {
    return this.#signals.get(name) ?? 0;
  }

  setSignal(name: string, level: number): void {
    if (this.signal(name) === level) return;
    this.#signals.set(name, level);
    for (const listener of this.#signalListeners.get(name) ?? []) listener(level);
  }

  onSignal(name: string, listener: (level: number) => void): void {
    this.#signalListeners.set(name, [...(this.#signalListeners.get(name) ?? []), listener]);
  }

  i2c(bus: string): I2cBus {
    const known = this.#buses.get(bus) ?? new SimulatedI2cBus();
    this.#buses.set(bus, known);
    return known;
  }

  usb(bus: string): UsbBus {
    const known = this.#cables.get(bus) ?? new SimulatedUsbBus();
    this.#cables.set(bus, known);
    return known;
  }

  feed(input: string): Feed | undefined {
    return this.#feeds.get(input);
  }

  setFeed(input: string, feed: Feed | undefined): void {
    if (feed) this.#feeds.set(input, feed);
    else this.#feeds.delete(input);
  }
}
