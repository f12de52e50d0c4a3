// TWIM (nRF52840 PS 6.31): I2C by EasyDMA, one byte in 9 bit times of FREQUENCY · 16 MHz / 2^32.
//
//   STARTRX 0, STARTTX 8, STOP 0x14, SUSPEND 0x1C, RESUME 0x20; STOPPED 0x104, ERROR 0x124, SUSPENDED 0x148, RX/TXSTARTED 0x14C/0x150,
//   LASTRX 0x15C, LASTTX 0x160; SHORTS; ERRORSRC 0x4C4 (1 address, 2 data not acknowledged; ones clear); ENABLE 0x500 = 6; PSEL SCL
//   0x508, SDA 0x50C; FREQUENCY 0x524; RXD.PTR 0x534 MAXCNT AMOUNT, TXD.PTR 0x544 MAXCNT AMOUNT; ADDRESS 0x588
//
// After an error nothing goes on until STOP. While SDA is held nothing happens at all. Fault: fault.<name>, the controller hangs.

import type { Width } from "../../bus.ts";
import type { I2cBus } from "../../world.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { NrfBlock, routeSelected } from "./block.ts";

const event = {
  stopped: 0x104,
  error: 0x124,
  suspended: 0x148,
  rxStarted: 0x14c,
  txStarted: 0x150,
  lastRx: 0x15c,
  lastTx: 0x160,
} as const;
const task = { startRx: 0x000, startTx: 0x008, stop: 0x014, suspend: 0x01c, resume: 0x020 } as const;
const shorts = [
  { bit: 7, event: event.lastTx, task: task.startRx },
  { bit: 8, event: event.lastTx, task: task.suspend },
  { bit: 9, event: event.lastTx, task: task.stop },
  { bit: 10, event: event.lastRx, task: task.startTx },
  { bit: 11, event: event.lastRx, task: task.suspend },
  { bit: 12, event: event.lastRx, task: task.stop },
];
const addressNack = 2;
const dataNack = 4;
const isRam = (address: number) => address >>> 29 === 1;

export class NrfTwim implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #block: NrfBlock;
  #errors = 0;
  #cancel = () => {};
  /** Between start and stop. */
  #open = false;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    this.#block = new NrfBlock((high) => ports.irq(0, high), shorts);
    const { bank } = this.#block;
    this.#block.task(task.startRx, () => this.#begin(true));
    this.#block.task(task.startTx, () => this.#begin(false));
    this.#block.task(task.stop, () => this.#stop());
    this.#block.task(task.suspend, () => this.#block.raise(event.suspended));
    bank.add(0x4c4, { read: () => this.#errors, write: (value) => void (this.#errors &= ~value) });
    bank.add(0x500, { write: (value) => value === 6 || this.#close() });
    for (const [offset, signal] of [
      [0x508, "scl"],
      [0x50c, "sda"],
    ] as const)
      bank.add(offset, {
        reset: 0xffffffff,
        write: (value, old) => routeSelected(ports.world, `${ports.name}.${signal}`, value, old),
      });
    bank.add(0x524, { reset: 0x04000000 });
    bank.add(0x53c, { read: () => bank.get(0x53c) });
    bank.add(0x54c, { read: () => bank.get(0x54c) });
  }

  reset(): void {
    this.#close();
    this.#block.reset();
    this.#errors = 0;
  }

  get #bus(): I2cBus {
    return this.#p.world.i2c(this.#p.name);
  }

  #close(): void {
    this.#cancel();
    if (this.#open) this.#bus.stop();
    this.#open = false;
  }

  /** Calls back after so many bit times. */
  #bits(count: number, run: () => void): void {
    const { world } = this.#p;
    const clock = world.clock("pclk16m") || 16e6;
    const hertz = (clock * this.#block.bank.get(0x524)) / 2 ** 32;
    this.#cancel();
    this.#cancel = world.after(count / Math.max(1, hertz), run);
  }

  #begin(reading: boolean): void {
    const { bank } = this.#block;
    if (bank.get(0x500) !== 6 || this.#p.world.signal(`fault.${this.#p.name}`)) return;
    if (bank.get(0x508) >>> 31 || bank.get(0x50c) >>> 31) return this.#p.note(`${this.#p.name}: SCL or SDA has no pin`);
    this.#block.raise(reading ? event.rxStarted : event.txStarted);
    bank.set(reading ? 0x53c : 0x54c, 0);
    this.#bits(10, () => {
      const answer = this.#bus.start(bank.get(0x588) & 0x7f, reading);
      if (answer < 0) return;
      this.#open = true;
      if (answer === 0) this.#fail(addressNack);
      else if (reading) this.#read(0);
      else this.#write(0);
    });
  }

  #fail(source: number): void {
    this.#errors |= source;
    this.#block.raise(event.error);
  }

  #write(done: number): void {
    const { bank } = this.#block;
    const [from, count] = [bank.get(0x544) + done, bank.get(0x548) & 0xffff];
    if (done >= count) return this.#block.raise(event.lastTx);
    this.#bits(9, () => {
      if (this.#bus.held) return;
      if (!isRam(from)) this.#p.note(`${this.#p.name}: EasyDMA cannot read 0x${from.toString(16)}`);
      const byte = isRam(from) ? this.#p.readMemory(from, 1)[0]! : 0;
      bank.set(0x54c, done + 1);
      if (this.#bus.write(byte)) this.#write(done + 1);
      else this.#fail(dataNack);
    });
  }

  #read(done: number): void {
    const { bank } = this.#block;
    const [into, count] = [bank.get(0x534) + done, bank.get(0x538) & 0xffff];
    if (done >= count) return this.#block.raise(event.lastRx);
    this.#bits(9, () => {
      if (this.#bus.held) return;
      const byte = this.#bus.read();
      if (isRam(into)) this.#p.writeMemory(into, Uint8Array.of(byte));
      else this.#p.note(`${this.#p.name}: EasyDMA cannot write 0x${into.toString(16)}`);
      bank.set(0x53c, done + 1);
      this.#read(done + 1);
    });
  }

  #stop(): void {
    if (this.#block.bank.get(0x500) !== 6 || this.#p.world.signal(`fault.${this.#p.name}`) || this.#bus.held) return;
    this.#bits(1, () => {
      this.#close();
      this.#block.raise(event.stopped);
    });
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
