// One I2C bus: its targets, and whether somebody holds SDA low (UM10204 3.1.16: a target that was cut off in the middle of a byte
// lets go after at most nine clocks). Bit timing is the controller's model's business; here a byte is one call.

import type { I2cBus, I2cTarget } from "./world.ts";

export class SimulatedI2cBus implements I2cBus {
  readonly #targets = new Set<I2cTarget>();
  #addressed: I2cTarget | undefined;
  #holdClocks = 0;

  attach(target: I2cTarget): () => void {
    this.#targets.add(target);
    return () => {
      this.#targets.delete(target);
      if (this.#addressed === target) this.#addressed = undefined;
    };
  }

  holdData(clocks: number): void {
    this.#holdClocks = clocks;
  }

  get held(): boolean {
    return this.#holdClocks > 0;
  }

  clock(times: number): void {
    this.#holdClocks = Math.max(0, this.#holdClocks - times);
  }

  start(address: number, reading: boolean): -1 | 0 | 1 {
    if (this.held) return -1;
    const target = [...this.#targets].find((candidate) => candidate.address === address);
    // A repeated start to another target ends the first one's transaction.
    if (this.#addressed !== target) this.#addressed?.stop();
    this.#addressed = target;
    if (!target) return 0;
    return target.start(reading) ? 1 : 0;
  }

  write(byte: number): boolean {
    return !this.held && (this.#addressed?.write(byte & 0xff) ?? false);
  }

  read(): number {
    if (this.held) return 0;
    return (this.#addressed?.read() ?? 0xff) & 0xff;
  }

  stop(): void {
    this.#addressed?.stop();
    this.#addressed = undefined;
  }
}
