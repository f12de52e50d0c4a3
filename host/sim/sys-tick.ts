// SysTick (DDI 0403E B3.3): a 24-bit down-counter that pends exception 15 when it passes from 1 to 0. Nothing happens per cycle:
// the value is computed from the cycle at which it was last reloaded, and the next wrap is announced as an event.

import type { Cpu } from "./cpu.ts";

export class SysTick {
  #control = 0;
  #reload = 0;
  #countFlag = false;
  /** Cycle at which the counter was `#startValue`. */
  #startCycle = 0;
  #startValue = 0;

  constructor(
    readonly cpu: Cpu,
    /** CALIB: reload for 10 ms, or 0; bit 30 SKEW. */
    readonly calibration: number,
    readonly onWrap: () => void,
    /** The time of the next wrap changed. */
    readonly onSchedule: () => void,
  ) {}

  reset(): void {
    this.#control = this.#reload = this.#startValue = 0;
    this.#countFlag = false;
  }

  /** Cycle of the next wrap that must be served; Infinity: none. */
  get nextEvent(): number {
    if ((this.#control & 1) === 0) return Number.POSITIVE_INFINITY;
    if (this.#startValue === 0 && this.#reload === 0) return Number.POSITIVE_INFINITY;
    // From 0 the counter reloads in one cycle, then counts down.
    return this.#startCycle + (this.#startValue === 0 ? this.#reload + 1 : this.#startValue);
  }

  /** Serves every wrap up to now. */
  advance(now: number): void {
    while (this.nextEvent <= now) {
      const wrap = this.nextEvent;
      this.#startCycle = wrap;
      this.#startValue = 0;
      this.#countFlag = true;
      if (this.#control & 2) this.onWrap();
    }
  }

  #value(now: number): number {
    if ((this.#control & 1) === 0) return this.#startValue;
    const passed = now - this.#startCycle;
    if (this.#startValue >= passed) return this.#startValue - passed;
    if (this.#startValue === 0 && this.#reload > 0) return passed === 0 ? 0 : this.#reload - (passed - 1);
    return 0;
  }

  /** Offsets from 0xE000E010. */
  read(offset: number): number {
    const now = this.cpu.clock[0]!;
    this.advance(now);
    switch (offset) {
      case 0: {
        const value = this.#control | (this.#countFlag ? 1 << 16 : 0);
        this.#countFlag = false;
        return value;
      }
      case 4:
        return this.#reload;
      case 8:
        return this.#value(now);
      default:
        return this.calibration;
    }
  }

  write(offset: number, value: number): void {
    const now = this.cpu.clock[0]!;
    this.advance(now);
    if (offset === 0) {
      this.#startValue = this.#value(now);
      this.#startCycle = now;
      this.#control = (value & 7) | 4; // CLKSOURCE: only the processor clock is modelled
    } else if (offset === 4) {
      this.#startValue = this.#value(now);
      this.#startCycle = now;
      this.#reload = value & 0xffffff;
    } else if (offset === 8) {
      this.#startValue = 0;
      this.#startCycle = now;
      this.#countFlag = false;
    }
    this.onSchedule();
  }
}
