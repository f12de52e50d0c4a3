// SAADC (nRF52840 PS 6.23): single-ended channel 0, sampled by task or at 16 MHz / CC by its own timer.
//
//   START 0, SAMPLE 4, STOP 8, CALIBRATEOFFSET 0xC; STARTED 0x100, END 0x104, DONE 0x108, RESULTDONE 0x10C, CALIBRATEDONE 0x110, STOPPED 0x114
//   ENABLE 0x500, CH[0].PSELP 0x510 (1–8: AIN0–7), CONFIG 0x518 (10:8 gain, 12 reference VDD/4), RESOLUTION 0x5F0, SAMPLERATE 0x5F8
//   (12 timer, 10:0 CC), RESULT.PTR 0x62C, MAXCNT 0x630, AMOUNT 0x634
//
// END is also the World's signal `saadc.end`, for PPI. The feed `analogN` gives volts at AINN; without one the input floats and reads 0. Fault: fault.<name>, no conversion ever ends.

import type { Width } from "../../bus.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { NrfBlock } from "./block.ts";
import { BlockSampler } from "./sampler.ts";

const event = {
  started: 0x100,
  end: 0x104,
  done: 0x108,
  resultDone: 0x10c,
  calibrated: 0x110,
  stopped: 0x114,
} as const;
const gains = [1 / 6, 1 / 5, 1 / 4, 1 / 3, 1 / 2, 1, 2, 4];
const resolutions = [8, 10, 12, 14];
const supplyVolts = 3.3;
/** TACQ 10 µs and the conversion (PS 6.23.10). */
const conversionSeconds = 12e-6;

export class NrfSaadc implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  readonly #sampler: BlockSampler;
  /** PTR and MAXCNT, as START found them. */
  #buffer: { readonly address: number; readonly count: number; amount: number } | undefined;
  #sampling = false;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#sampler = new BlockSampler(ports);
    this.#block = new NrfBlock((high) => ports.irq(0, high));
    this.#block.task(0x0, () => this.#start());
    this.#block.task(0x4, () => this.#sampleTask());
    this.#block.task(0x8, () => this.#stop());
    this.#block.task(0xc, () => ports.world.after(100e-6, () => this.#block.raise(event.calibrated)));
    const { bank } = this.#block;
    bank.add(0x518, { reset: 0x00020000 });
    bank.add(0x5f0, { reset: 1 });
    bank.add(0x634, { read: () => this.#buffer?.amount ?? bank.get(0x634) });
  }

  reset(): void {
    this.#sampler.stop();
    this.#buffer = undefined;
    this.#sampling = false;
    this.#block.reset();
  }

  #start(): void {
    const { bank } = this.#block;
    if (!(bank.get(0x500) & 1)) return;
    this.#buffer = { address: bank.get(0x62c), count: bank.get(0x630) & 0x7fff, amount: 0 };
    this.#block.raise(event.started);
    if (this.#sampling) this.#fill();
  }

  #stop(): void {
    this.#sampler.stop();
    this.#sampling = false;
    this.#block.raise(event.stopped);
  }

  get #timed(): boolean {
    return (this.#block.bank.get(0x5f8) & 0x1000) !== 0;
  }

  #sampleTask(): void {
    const { world, name } = this.#p;
    if (!this.#buffer || this.#sampling || world.signal(`fault.${name}`)) return;
    this.#sampler.start();
    this.#sampling = this.#timed;
    if (this.#timed) this.#fill();
    else this.#fillBy(1, 1 / conversionSeconds);
  }

  /** The rest of the buffer at the timer's rate; it goes on into the next one without a gap. */
  #fill(): void {
    const cc = Math.max(80, this.#block.bank.get(0x5f8) & 0x7ff);
    if (this.#buffer) this.#fillBy(this.#buffer.count, (this.#p.world.clock("pclk16m") || 16e6) / cc);
  }

  #fillBy(count: number, rate: number): void {
    const buffer = this.#buffer!;
    const address = buffer.address + 2 * buffer.amount;
    this.#sampler.block(
      { address, count, rate },
      (seconds) => this.#convert(seconds),
      () => {
        buffer.amount += count;
        this.#block.raise(event.done);
        this.#block.raise(event.resultDone);
        if (buffer.amount < buffer.count) return;
        this.#block.bank.set(0x634, buffer.amount);
        this.#buffer = undefined;
        this.#block.raise(event.end);
        this.#p.world.setSignal("saadc.end", 1);
        this.#p.world.setSignal("saadc.end", 0);
      },
    );
  }

  #convert(seconds: number): number {
    const { bank } = this.#block;
    const select = bank.get(0x510) & 0xf;
    const configuration = bank.get(0x518);
    const volts = select === 0 ? 0 : (this.#p.world.feed(`analog${select - 1}`)?.at(seconds)?.[0] ?? 0);
    const reference = configuration & 0x1000 ? supplyVolts / 4 : 0.6;
    const top = 2 ** resolutions[bank.get(0x5f0) & 3]!;
    const value = (volts * gains[(configuration >> 8) & 7]! * top) / reference;
    return Math.max(0, Math.min(top - 1, Math.round(value)));
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
