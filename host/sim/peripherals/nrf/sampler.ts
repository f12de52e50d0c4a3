// What PDM and SAADC share: samples of a feed at a rate, in blocks that EasyDMA writes to RAM. START takes PTR and MAXCNT over, which the
// program then points at the next block. Samples keep to one grid; those that come while there is no block are lost.
//
//   start ─ block of `count` samples, one event at its end ─► done ─ block …

import type { World } from "../../world.ts";

export interface SamplerPorts {
  readonly world: World;
  readonly writeMemory: (address: number, bytes: Uint8Array) => void;
  readonly note: (text: string) => void;
  readonly name: string;
}

export class BlockSampler {
  readonly #p: SamplerPorts;
  #cancel = () => {};
  /** Time of the next sample: blocks follow each other without a gap. */
  #next = 0;

  constructor(ports: SamplerPorts) {
    this.#p = ports;
  }

  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  start(): void {
    this.#next = this.#p.world.seconds();
  }

  /** Fills a block; `value` gives a sample at a time as int16. */
  block(
    { address, count, rate }: { readonly address: number; readonly count: number; readonly rate: number },
    value: (seconds: number) => number,
    done: () => void,
  ): void {
    const late = this.#p.world.seconds() - this.#next;
    const first = this.#next + Math.max(0, Math.floor(late * rate + 1e-6)) / rate;
    this.#next = first + count / rate;
    this.#cancel();
    this.#cancel = this.#p.world.after(this.#next - this.#p.world.seconds(), () => {
      const samples = new Int16Array(count);
      for (let i = 0; i < count; i++) samples[i] = value(first + (i + 1) / rate);
      if (address >>> 29 === 1) this.#p.writeMemory(address, new Uint8Array(samples.buffer));
      else this.#p.note(`${this.#p.name}: EasyDMA cannot write 0x${address.toString(16)}`);
      done();
    });
  }
}
