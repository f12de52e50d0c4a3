// The DWT's cycle counter (DDI 0403E C1.8): CYCCNT counts processor cycles while DEMCR.TRCENA and DWT_CTRL.CYCCNTENA are set. Offsets
// from 0xE0001000. The event counters and comparators are not modelled and read 0.

import type { Device } from "./bus.ts";
import type { Cpu } from "./cpu.ts";

export class Cycles implements Device {
  #control = 0;
  #demcr = 0;
  #value = 0;
  #since = 0;

  constructor(readonly cpu: Cpu) {}

  reset(): void {
    this.#control = this.#demcr = this.#value = 0;
  }

  get #counting(): boolean {
    return (this.#control & 1) !== 0 && (this.#demcr & (1 << 24)) !== 0;
  }

  #settle(): void {
    const now = this.cpu.clock[0]!;
    if (this.#counting) this.#value = (this.#value + (now - this.#since)) % 2 ** 32;
    this.#since = now;
  }

  get demcr(): number {
    return this.#demcr;
  }

  set demcr(value: number) {
    this.#settle();
    this.#demcr = value;
  }

  read(offset: number): number {
    this.#settle();
    if (offset === 0) return (4 << 28) | this.#control;
    return offset === 4 ? this.#value | 0 : 0;
  }

  write(offset: number, value: number): void {
    this.#settle();
    if (offset === 0) this.#control = value & 0x1fffff;
    else if (offset === 4) this.#value = value >>> 0;
  }
}
