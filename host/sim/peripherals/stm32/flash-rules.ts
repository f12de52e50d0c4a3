// What the flash interfaces of STM32F4 and L4 share: wait states that the clock demands, and keys that unlock a control register. Option
// `ceilings`: MHz up to which 0, 1, 2 … wait states do (RM0390 3.4.1, RM0383 3.4.1, RM0432 3.3.3; at 2.7 to 3.6 V, or range 1).

import type { PeripheralPorts } from "../peripheral.ts";

/** Notes a clock for which the wait states set are too few: silicon then reads wrong words. */
export function watchWaitStates({ world, options, note, name }: PeripheralPorts, latency: () => number): () => void {
  const ceilings = String(options["ceilings"] ?? "")
    .split(" ")
    .map((megahertz) => Number(megahertz) * 1e6);
  const check = () => {
    const hz = world.clock("core");
    const needed = ceilings.findIndex((most) => hz <= most * 1.0001);
    if (needed > latency() || needed < 0)
      note(
        `${name}: ${latency()} wait states at ${hz / 1e6} MHz, ${needed < 0 ? "no number of them" : needed} will do`,
      );
  };
  world.onClock("core", check);
  return check;
}

/** Two words in order; anything else locks until the next reset. */
export class KeyLock {
  #step = 0;
  #spoilt = false;
  #locked = true;

  constructor(
    readonly keys: readonly [number, number],
    readonly onSpoilt: () => void,
  ) {}

  get locked(): boolean {
    return this.#locked;
  }

  reset(): void {
    this.#step = 0;
    this.#spoilt = false;
    this.#locked = true;
  }

  lock(): void {
    this.#locked = true;
    this.#step = 0;
  }

  key(word: number): void {
    if (this.#spoilt) return;
    if (!this.#locked || word >>> 0 !== this.keys[this.#step]) {
      this.#spoilt = this.#locked = true;
      return this.onSpoilt();
    }
    this.#step = (this.#step + 1) % 2;
    if (this.#step === 0) this.#locked = false;
  }
}
