// PDM (nRF52840 PS 6.15): a digital microphone, decimated to 16-bit samples at PDMCLK / 64 or / 80.
//
//   START 0, STOP 4; STARTED 0x100, STOPPED 0x104, END 0x108; ENABLE 0x500, PDMCLKCTRL 0x504 (32 MHz / ⌊2^32 / value⌋), MODE 0x508
//   (0 mono), GAINL 0x518 (0x28: 0 dB, half decibels), RATIO 0x520, PSEL.CLK 0x540, DIN 0x544, SAMPLE.PTR 0x560, MAXCNT 0x564
//
// Full scale is ±1 of the feed `input` (default mic); without one the line is low and samples are at the negative end. Fault:
// fault.<name>, the microphone's clock stands still: no block ever ends. Stereo is not modelled: both channels are alike.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { NrfBlock, routeSelected } from "./block.ts";
import { BlockSampler } from "./sampler.ts";

const event = { started: 0x100, stopped: 0x104, end: 0x108 } as const;

export class NrfPdm implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  readonly #sampler: BlockSampler;
  #running = false;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#sampler = new BlockSampler(ports);
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    this.#block.task(0, () => this.#start());
    this.#block.task(4, () => this.#stop());
    const { bank } = this.#block;
    bank.add(0x504, { reset: 0x08400000 });
    bank.add(0x518, { reset: 0x28 });
    bank.add(0x51c, { reset: 0x28 });
    for (const [offset, signal] of [
      [0x540, "clk"],
      [0x544, "din"],
    ] as const)
      bank.add(offset, {
        reset: 0xffffffff,
        write: (value, old) => routeSelected(ports.world, `${ports.name}.${signal}`, value, old),
      });
  }

  reset(): void {
    this.#sampler.stop();
    this.#running = false;
    this.#block.reset();
  }

  #start(): void {
    if (!(this.#block.bank.get(0x500) & 1) || this.#running) return;
    this.#running = true;
    this.#sampler.start();
    this.#next();
  }

  #stop(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#sampler.stop();
    this.#block.raise(event.stopped);
  }

  get #rate(): number {
    const { bank } = this.#block;
    const source = 2 * (this.#p.world.clock("pclk16m") || 16e6);
    const divider = Math.max(1, Math.floor(2 ** 32 / Math.max(1, bank.get(0x504))));
    return source / divider / (bank.get(0x520) & 1 ? 80 : 64);
  }

  #next(): void {
    const { bank } = this.#block;
    const { world, name } = this.#p;
    if (world.signal(`fault.${name}`)) return;
    const block = { address: bank.get(0x560), count: bank.get(0x564) & 0x7fff, rate: this.#rate };
    if (block.count === 0) return;
    const stereo = (bank.get(0x508) & 1) === 0 ? 2 : 1;
    const gain = 10 ** (((bank.get(0x518) & 0x7f) - 0x28) / 40);
    this.#block.raise(event.started);
    this.#sampler.block(
      { ...block, rate: block.rate * stereo },
      (seconds) => this.#sample(seconds, gain),
      () => {
        this.#block.raise(event.end);
        if (this.#running) this.#next();
      },
    );
  }

  #sample(seconds: number, gain: number): number {
    const input = String(this.#p.options["input"] ?? "mic");
    const value = this.#p.world.feed(input)?.at(seconds)?.[0] ?? Number.NEGATIVE_INFINITY;
    return Math.max(-32768, Math.min(32767, Math.round(value * gain * 32768)));
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
