// A counter that runs at a clock of the World, divided: its count is computed when asked for, and a count to come is an event. It
// keeps counting through changes of that clock and of the divider; width and wrapping are its owner's business.
//
//   count = count₀ + (seconds − seconds₀) · clock / divider        while it runs

import type { World } from "../world.ts";

/** Thousandths of a tick hide the rounding of seconds over hours. */
const slack = 1e-3;

interface Alarm {
  readonly count: number;
  readonly run: () => void;
  cancel: () => void;
}

export class Ticker {
  readonly #world: World;
  readonly #clock: string;
  readonly #alarms = new Set<Alarm>();
  #base = 0;
  #since = 0;
  #rate = 0;
  #divider = 1;
  #running = false;

  constructor(world: World, clock: string) {
    this.#world = world;
    this.#clock = clock;
    world.onClock(clock, () => this.#retime());
  }

  reset(): void {
    for (const alarm of this.#alarms) alarm.cancel();
    this.#alarms.clear();
    this.#running = false;
    this.#divider = 1;
    this.#base = this.#rate = 0;
    this.#since = this.#world.seconds();
  }

  get running(): boolean {
    return this.#running;
  }

  set running(on: boolean) {
    this.#running = on;
    this.#retime();
  }

  get divider(): number {
    return this.#divider;
  }

  set divider(value: number) {
    this.#divider = value;
    this.#retime();
  }

  /** Ticks a second, now. */
  get rate(): number {
    return this.#rate;
  }

  get #value(): number {
    return this.#base + (this.#world.seconds() - this.#since) * this.#rate;
  }

  /** Whole ticks. */
  get count(): number {
    return Math.floor(this.#value + slack);
  }

  set count(value: number) {
    this.#base = value;
    this.#since = this.#world.seconds();
    this.#rearm();
  }

  /** Calls back once when the count is reached (at once if it has passed). Returns the function that cancels. */
  at(count: number, run: () => void): () => void {
    const alarm: Alarm = { count, run, cancel: () => {} };
    this.#alarms.add(alarm);
    this.#arm(alarm);
    return () => {
      alarm.cancel();
      this.#alarms.delete(alarm);
    };
  }

  #retime(): void {
    this.#base = this.#value;
    this.#since = this.#world.seconds();
    this.#rate = this.#running ? this.#world.clock(this.#clock) / this.#divider : 0;
    this.#rearm();
  }

  #rearm(): void {
    for (const alarm of this.#alarms) this.#arm(alarm);
  }

  #arm(alarm: Alarm): void {
    alarm.cancel();
    alarm.cancel = () => {};
    if (this.#rate <= 0) return;
    alarm.cancel = this.#world.after((alarm.count - this.#value) / this.#rate, () => {
      this.#alarms.delete(alarm);
      alarm.run();
    });
  }
}
