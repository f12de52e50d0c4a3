// nRF UART (nRF51 Reference Manual 29) and UARTE (nRF52840 PS 6.34). Tasks are written 1, events read 1 until cleared.
//
//   UART    STARTRX 0, STOPRX 4, STARTTX 8, STOPTX 0xC; RXDRDY 0x108, TXDRDY 0x11C; INTENSET 0x304; ENABLE 0x500 = 4; RXD 0x518, TXD 0x51C
//   UARTE   the same block with ENABLE = 8; ENDRX 0x110, ENDTX 0x120; RXD.PTR 0x534 MAXCNT 0x538 AMOUNT 0x53C; TXD.PTR 0x544 …
//
// Baud = 16 MHz · BAUDRATE / 2^32 (PS 6.34.9.28). A FIFO of 6 bytes receives (RM 29.6).

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";
import { Transmitter } from "./uart-line.ts";

const task = { startRx: 0x000, stopRx: 0x004, startTx: 0x008, stopTx: 0x00c } as const;
const event = {
  rxReady: 0x108,
  endRx: 0x110,
  txReady: 0x11c,
  endTx: 0x120,
  rxStarted: 0x14c,
  txStarted: 0x150,
  txStopped: 0x158,
} as const;

export class NrfUart implements UartDevice {
  readonly bytes = 0x1000;
  readonly #queue: ReceiveQueue;
  readonly #transmitter: Transmitter;
  #dmaBytes = 0;
  readonly #registers = new Map<number, number>();
  #receiving = false;
  #transmitting = false;

  constructor(
    readonly ports: UartPorts,
    /** UARTE exists and is used when ENABLE is 8. */
    readonly hasDma: boolean,
  ) {
    this.#queue = new ReceiveQueue(ports.line, 6);
    this.#transmitter = new Transmitter(ports.line, 0xffff, (what) => this.#shifted(what));
  }

  baud(): number {
    const enabled = this.#get(0x500) === 4 || this.#dma;
    return enabled ? (16e6 * this.#get(0x524)) / 2 ** 32 : 0;
  }

  reset(): void {
    this.#queue.clear();
    this.#transmitter.clear();
    this.#dmaBytes = 0;
    this.#registers.clear();
    this.#registers.set(0x524, 0x04000000);
    this.#receiving = this.#transmitting = false;
    this.#update();
  }

  receive(byte: number): void {
    // ERRORSRC.OVERRUN and EVENTS_ERROR.
    if (!this.#queue.push(byte)) {
      this.#registers.set(0x480, this.#get(0x480) | 1);
      this.#raise(0x124);
    }
    this.#deliver();
  }

  #get(offset: number): number {
    return this.#registers.get(offset) ?? 0;
  }

  #raise(offset: number): void {
    this.#registers.set(offset, 1);
  }

  get #dma(): boolean {
    return this.hasDma && this.#get(0x500) === 8;
  }

  /** Bit n of INTEN is the event at 0x100 + 4n. */
  #update(): void {
    const enabled = this.#get(0x300);
    let high = false;
    for (let bit = 0; bit < 32; bit++) if ((enabled >>> bit) & 1 && this.#get(0x100 + 4 * bit)) high = true;
    this.ports.irq(high);
  }

  #deliver(): void {
    if (this.#receiving && !this.#queue.empty) {
      if (this.#dma) this.#receiveDma();
      else this.#raise(event.rxReady);
    }
    this.#update();
  }

  #receiveDma(): void {
    while (!this.#queue.empty && this.#receiving) {
      const amount = this.#get(0x53c);
      if (amount >= this.#get(0x538)) break;
      this.ports.writeMemory(this.#get(0x534) + amount, Uint8Array.of(this.#queue.take()));
      this.#registers.set(0x53c, amount + 1);
      this.#raise(event.rxReady);
      if (amount + 1 === this.#get(0x538)) {
        this.#raise(event.endRx);
        this.#receiving = false;
      }
    }
  }

  read(offset: number): number {
    if (offset === 0x518) {
      const byte = this.#queue.take();
      if (!this.#queue.empty && this.#receiving) this.#raise(event.rxReady);
      this.#update();
      return byte;
    }
    if (offset === 0x304 || offset === 0x308) return this.#get(0x300);
    return this.#get(offset);
  }

  write(offset: number, value: number): void {
    if (offset < 0x100) this.#task(offset, value);
    else if (offset === 0x304) this.#registers.set(0x300, this.#get(0x300) | value);
    else if (offset === 0x308) this.#registers.set(0x300, this.#get(0x300) & ~value);
    else if (offset === 0x51c) {
      if (this.#get(0x500) === 4 && this.#transmitting) {
        this.#transmitter.push(value & 0xff);
      }
    } else this.#registers.set(offset, value);
    this.#update();
  }

  #task(offset: number, value: number): void {
    if ((value & 1) === 0) return;
    if (offset === task.startRx) {
      this.#receiving = true;
      this.#registers.set(0x53c, 0);
      this.#raise(event.rxStarted);
      this.#deliver();
    } else if (offset === task.stopRx) this.#receiving = false;
    else if (offset === task.startTx) {
      this.#transmitting = true;
      if (this.#dma) this.#transmitDma();
    } else if (offset === task.stopTx) {
      this.#transmitting = false;
      this.#raise(event.txStopped);
    }
  }

  #transmitDma(): void {
    const count = this.#get(0x548) & 0xffff;
    this.#raise(event.txStarted);
    this.#dmaBytes = count;
    this.#registers.set(0x54c, count);
    if (count === 0) this.#raise(event.endTx);
    for (const byte of this.ports.readMemory(this.#get(0x544), count)) this.#transmitter.push(byte);
  }

  #shifted(what: "taken" | "sent"): void {
    if (what === "taken") return;
    this.#raise(event.txReady);
    if (this.#dmaBytes > 0 && --this.#dmaBytes === 0) this.#raise(event.endTx);
    this.#update();
  }
}
