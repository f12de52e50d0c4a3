// Time that passes only when everyone waits: the sleeper who wakes first is woken, and it is then. A run of minutes takes milliseconds,
// and is the same each time. In: sleeps; out: they resolve in the order of their times.

import type { Clock } from "../port.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** After all promises that can settle now have settled. */
const whenIdle: (action: () => void) => void =
  typeof setImmediate === "function" ? (action) => setImmediate(action) : (action) => setTimeout(action, 0);

export class VirtualClock implements Clock {
  #now = 0;
  /** Sorted; the first wakes first, equal times in the order of their calls. */
  readonly #sleepers: (Sleeper | undefined)[] = [];
  /** Those before it are awake: taking the first of many out of an array moves all others. */
  #awake = 0;
  #ticking = false;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.#now + Math.max(0, milliseconds);
      let [low, high] = [this.#awake, this.#sleepers.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.#sleepers[middle]!.at <= at) low = middle + 1;
        else high = middle;
      }
      this.#sleepers.splice(low, 0, { at, wake });
      this.#tickLater();
    });
  }

  #tickLater(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    whenIdle(() => {
      this.#ticking = false;
      const first = this.#takeFirst();
      if (!first) return;
      this.#now = Math.max(this.#now, first.at);
      first.wake();
      if (this.#awake < this.#sleepers.length) this.#tickLater();
    });
  }

  #takeFirst(): Sleeper | undefined {
    const first = this.#sleepers[this.#awake];
    if (!first) return undefined;
    this.#sleepers[this.#awake++] = undefined;
    if (this.#awake > 1000 && this.#awake > this.#sleepers.length / 2) {
      this.#sleepers.splice(0, this.#awake);
      this.#awake = 0;
    }
    return first;
  }
}
