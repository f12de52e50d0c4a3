// nRF UART (nRF51 RM 29) and UARTE (nRF52840 PS 6.34), which are one block: ENABLE 4 moves bytes by register, 8 by EasyDMA.
//
//   tasks    STARTRX 0, STOPRX 4, STARTTX 8, STOPTX 0xC, FLUSHRX 0x2C (UARTE)
//   events   RXDRDY 0x108, ENDRX 0x110, TXDRDY 0x11C, ENDTX 0x120, ERROR 0x124, RXTO 0x144, RX/TXSTARTED 0x14C/0x150, TXSTOPPED 0x158
//   others   SHORTS 5 ENDRX→STARTRX, 6 ENDRX→STOPRX; ERRORSRC 0x480 (0 overrun, ones clear); ENABLE 0x500; PSEL RTS 0x508, TXD 0x50C,
//            CTS 0x510, RXD 0x514; RXD 0x518, TXD 0x51C; BAUDRATE 0x524; RXD.PTR 0x534 MAXCNT 0x538 AMOUNT 0x53C; TXD.PTR 0x544 …
//
// Baud = 16 MHz · BAUDRATE / 2^32 (PS 6.34.9.28). A FIFO of 6 bytes receives (RM 29.6). PTR and MAXCNT are taken over by the START
// tasks. EasyDMA reaches RAM only (PS 6.2.1): elsewhere it sends zeros and receives into nothing.

import type { Width } from "../bus.ts";
import { NrfBlock, routeSelected } from "./nrf/block.ts";
import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";
import { Transmitter } from "./uart-line.ts";

const event = {
  rxReady: 0x108,
  endRx: 0x110,
  txReady: 0x11c,
  endTx: 0x120,
  error: 0x124,
  rxTimeOut: 0x144,
  rxStarted: 0x14c,
  txStarted: 0x150,
  txStopped: 0x158,
} as const;
const task = { startRx: 0x000, stopRx: 0x004, startTx: 0x008, stopTx: 0x00c, suspend: 0x01c, flushRx: 0x02c } as const;
const shorts = [
  { bit: 5, event: event.endRx, task: task.startRx },
  { bit: 6, event: event.endRx, task: task.stopRx },
];
const isRam = (address: number) => address >>> 29 === 1;

export class NrfUart implements UartDevice {
  readonly bytes = 0x1000;
  readonly #queue: ReceiveQueue;
  readonly #transmitter: Transmitter;
  readonly #block: NrfBlock;
  #receiving = false;
  #transmitting = false;
  /** The receiver's buffer, as STARTRX found it. */
  #buffer: { readonly address: number; readonly bytes: number; amount: number } | undefined;
  #dmaBytes = 0;
  #errors = 0;

  constructor(
    readonly ports: UartPorts,
    /** UARTE exists and is used when ENABLE is 8. */
    readonly hasDma: boolean,
  ) {
    this.#queue = new ReceiveQueue(ports.line, 6);
    this.#transmitter = new Transmitter(ports.line, 0xffff, (what) => this.#shifted(what));
    this.#block = new NrfBlock((high) => ports.irq(high), hasDma ? shorts : []);
    this.#addTasks();
    const { bank } = this.#block;
    bank.add(0x480, { read: () => this.#errors, write: (value) => void (this.#errors &= ~value) });
    bank.add(0x500, { write: (value) => this.#enable(value) });
    for (const [offset, signal] of [
      [0x508, "rts"],
      [0x50c, "tx"],
      [0x510, "cts"],
      [0x514, "rx"],
    ] as const)
      bank.add(offset, {
        reset: 0xffffffff,
        write: (value, old) => routeSelected(ports.world, `${ports.name}.${signal}`, value, old),
      });
    bank.add(0x518, { read: () => this.#take(), write: () => {} });
    bank.add(0x51c, { read: () => 0, write: (value) => this.#put(value) });
    bank.add(0x524, { reset: 0x04000000, write: () => this.#transmitter.kick() });
    if (hasDma) bank.add(0x53c, { read: () => bank.get(0x53c) });
    if (hasDma) bank.add(0x54c, { read: () => bank.get(0x54c) });
  }

  #addTasks(): void {
    this.#block.task(task.startRx, () => this.#startRx());
    this.#block.task(task.stopRx, () => this.#stopRx());
    this.#block.task(task.startTx, () => this.#startTx());
    this.#block.task(task.stopTx, () => this.#stopTx());
    if (this.hasDma) this.#block.task(task.flushRx, () => this.#flushRx());
    else
      this.#block.task(task.suspend, () => {
        this.#receiving = this.#transmitting = false;
      });
  }

  baud(): number {
    const on = this.#get(0x500) === 4 || this.#dma;
    const clock = this.ports.world.clock("pclk16m") || 16e6;
    return on ? (clock * this.#get(0x524)) / 2 ** 32 : 0;
  }

  reset(): void {
    this.#queue.clear();
    this.#transmitter.clear();
    this.#buffer = undefined;
    this.#dmaBytes = this.#errors = 0;
    this.#receiving = this.#transmitting = false;
    this.#block.reset();
  }

  #get(offset: number): number {
    return this.#block.bank.get(offset);
  }

  get #dma(): boolean {
    return this.hasDma && this.#get(0x500) === 8;
  }

  #enable(value: number): void {
    if (value === 4 || (value === 8 && this.hasDma)) return;
    this.#receiving = this.#transmitting = false;
    this.#buffer = undefined;
  }

  // ---- receiver

  receive(byte: number): void {
    if (!this.#receiving && !this.#dma) return;
    if (!this.#queue.push(byte)) {
      this.#errors |= 1;
      this.#block.raise(event.error);
    }
    this.#deliver();
  }

  #startRx(): void {
    if (this.baud() === 0) return;
    this.#receiving = true;
    if (this.#dma) {
      this.#buffer = { address: this.#get(0x534), bytes: this.#get(0x538) & 0xffff, amount: 0 };
      this.#block.raise(event.rxStarted);
    }
    this.#deliver();
  }

  #stopRx(): void {
    if (!this.#receiving) return;
    this.#receiving = false;
    if (this.#buffer) this.#endBuffer();
    this.#block.raise(event.rxTimeOut);
  }

  /** What came after the buffer was full (PS 6.34.4). */
  #flushRx(): void {
    this.#buffer = { address: this.#get(0x534), bytes: this.#get(0x538) & 0xffff, amount: 0 };
    this.#fillBuffer();
    if (this.#buffer) this.#endBuffer();
  }

  #deliver(): void {
    if (!this.#receiving || this.#queue.empty) return;
    if (this.#dma) this.#fillBuffer();
    else this.#block.raise(event.rxReady);
  }

  #fillBuffer(): void {
    while (!this.#queue.empty && this.#buffer) {
      const buffer = this.#buffer;
      if (buffer.amount >= buffer.bytes) return this.#endBuffer();
      const byte = this.#queue.take();
      const address = buffer.address + buffer.amount++;
      if (isRam(address)) this.ports.writeMemory(address, Uint8Array.of(byte));
      this.#block.raise(event.rxReady);
      if (buffer.amount === buffer.bytes) this.#endBuffer();
    }
  }

  #endBuffer(): void {
    this.#block.bank.set(0x53c, this.#buffer?.amount ?? 0);
    this.#buffer = undefined;
    this.#block.raise(event.endRx);
  }

  #take(): number {
    const byte = this.#queue.take();
    if (!this.#queue.empty && this.#receiving) this.#block.raise(event.rxReady);
    return byte;
  }

  // ---- transmitter

  #startTx(): void {
    if (this.baud() === 0) return;
    this.#transmitting = true;
    if (!this.#dma) return;
    const count = this.#get(0x548) & 0xffff;
    const from = this.#get(0x544);
    this.#dmaBytes = count;
    this.#block.bank.set(0x54c, count);
    this.#block.raise(event.txStarted);
    if (count === 0) this.#block.raise(event.endTx);
    const bytes = isRam(from) ? this.ports.readMemory(from, count) : new Uint8Array(count);
    for (const byte of bytes) this.#transmitter.push(byte);
  }

  #stopTx(): void {
    this.#transmitting = false;
    if (this.#dma) this.#block.raise(event.txStopped);
  }

  /** TXD holds one byte: what is written before TXDRDY is lost (RM 29.5). */
  #put(value: number): void {
    if (this.#get(0x500) !== 4 || !this.#transmitting || this.#transmitter.busy) return;
    this.#transmitter.push(value & 0xff);
  }

  #shifted(what: "taken" | "sent"): void {
    if (what === "taken") return;
    this.#block.raise(event.txReady);
    if (this.#dmaBytes > 0 && --this.#dmaBytes === 0) this.#block.raise(event.endTx);
  }

  read(offset: number, width: Width): number {
    return this.#block.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#block.write(offset, value, width);
  }
}
