// PL011 (Arm DDI 0183; RP2040 Datasheet 4.2.8): DR 0, FR 0x18 (3 busy, 4 RX empty, 5 TX full, 6 RX full, 7 TX empty), IBRD 0x24, FBRD
// 0x28, LCR_H 0x2C (4 FIFOs), CR 0x30 (0 enable, 8 TX, 9 RX), IFLS 0x34, IMSC 0x38, RIS 0x3C, MIS 0x40, ICR 0x44; interrupts: 4 RX,
// 5 TX, 6 receive timeout, 10 overrun. Baud = clock / (16 · (IBRD + FBRD / 64)) (3.2.4). On the RP2040 the registers appear
// again at +0x1000 XOR, +0x2000 set, +0x3000 clear (2.1.2).
//
// TX interrupts when the FIFO falls through the trigger (DDI 0183 3.4.3: a transition, so neither at enabling nor below it); RX while
// its FIFO is at or above its trigger.

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";
import { Transmitter } from "./uart-line.ts";

const receiveInterrupt = 1 << 4;
const transmitInterrupt = 1 << 5;
const timeoutInterrupt = 1 << 6;
const overrunInterrupt = 1 << 10;
/** UARTIFLS: eighths of the FIFO (3.3.10). */
const triggers = [4, 8, 16, 24, 28];
/** The receive timeout: 32 bit periods without a byte (3.4.5). */
const timeoutBits = 32;

export class Pl011 implements UartDevice {
  readonly bytes = 0x4000;
  readonly #queue: ReceiveQueue;
  readonly #transmitter: Transmitter;
  readonly #stored = new Map<number, number>();
  #raw = 0;
  #overrun = false;
  #cancelTimeout = () => {};

  constructor(readonly ports: UartPorts) {
    this.#queue = new ReceiveQueue(ports.line, 32);
    this.#transmitter = new Transmitter(ports.line, 32, (what) => this.#shifted(what));
    ports.world.onClock(ports.name, () => this.#transmitter.kick());
    ports.world.onSignal(this.#resetSignal, (held) => held && this.reset());
  }

  get #resetSignal(): string {
    return `reset.${this.ports.name}`;
  }

  /** The chip's reset controller holds it (RP2040 Datasheet 2.14). */
  get #held(): boolean {
    return this.ports.line.checked && this.ports.world.signal(this.#resetSignal) !== 0;
  }

  reset(): void {
    this.#cancelTimeout();
    this.#queue.clear();
    this.#transmitter.clear();
    this.#stored.clear();
    this.#stored.set(0x30, 0x300);
    this.#stored.set(0x34, 0x12);
    this.#raw = 0;
    this.#overrun = false;
    this.#update();
  }

  baud(): number {
    const divisor = 64 * (this.#get(0x24) & 0xffff) + (this.#get(0x28) & 63);
    const enabled = (this.#get(0x30) & 1) !== 0 && divisor >= 64;
    return enabled ? (4 * this.ports.world.clock(this.ports.name)) / divisor : 0;
  }

  /** Characters that the FIFOs hold: one each while they are off (LCR_H.FEN). */
  get #depth(): number {
    return this.#get(0x2c) & 16 ? 32 : 1;
  }

  receive(byte: number): void {
    const { checked } = this.ports.line;
    if (checked && (this.#get(0x30) & 0x201) !== 0x201) return;
    const room = !checked || this.#queue.length < this.#depth;
    if (!(room && this.#queue.push(byte))) {
      this.#overrun = true;
      this.#raw |= overrunInterrupt;
    }
    if (checked) this.#startTimeout();
    else this.#raw |= timeoutInterrupt;
    this.#update();
  }

  #startTimeout(): void {
    this.#cancelTimeout();
    this.#cancelTimeout = this.ports.world.after(timeoutBits / this.baud(), () => {
      if (this.#queue.empty) return;
      this.#raw |= timeoutInterrupt;
      this.#update();
    });
  }

  #get(offset: number): number {
    return this.#stored.get(offset) ?? 0;
  }

  get #transmitTrigger(): number {
    return this.#depth === 1 ? 0 : triggers[this.#get(0x34) & 7]!;
  }

  #shifted(what: "taken" | "sent"): void {
    if (what === "taken" && this.#transmitter.level === this.#transmitTrigger) this.#raw |= transmitInterrupt;
    this.#update();
  }

  #update(): void {
    const trigger = !this.ports.line.checked || this.#depth === 1 ? 1 : triggers[(this.#get(0x34) >> 3) & 7]!;
    if (this.#queue.length >= trigger) this.#raw |= receiveInterrupt;
    else this.#raw &= ~receiveInterrupt;
    if (this.#queue.empty) this.#raw &= ~timeoutInterrupt;
    this.ports.irq((this.#raw & this.#get(0x38)) !== 0);
  }

  /** All but the FIFO. */
  quiet(offset: number): boolean {
    return (offset & 0xfff) !== 0;
  }

  read(offset: number): number {
    if (this.#held) return 0;
    const at = offset & 0xfff;
    switch (at) {
      case 0: {
        const byte = this.#queue.take() | (this.#overrun ? 1 << 11 : 0);
        this.#overrun = false;
        this.#update();
        return byte;
      }
      case 4:
        return this.#overrun ? 8 : 0;
      case 0x18:
        return this.#flags();
      case 0x3c:
        return this.#raw;
      case 0x40:
        return this.#raw & this.#get(0x38);
      default:
        // UARTPeriphID, UARTPCellID
        return at >= 0xfe0 ? ([0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1][(at - 0xfe0) / 4] ?? 0) : this.#get(at);
    }
  }

  #flags(): number {
    const transmitter = this.#transmitter;
    const [received, full] = [this.#queue.length, transmitter.level >= this.#depth];
    const receive = (received === 0 ? 1 << 4 : 0) | (received >= this.#depth ? 1 << 6 : 0);
    return receive | (transmitter.busy ? 1 << 3 : 0) | (full ? 1 << 5 : 0) | (transmitter.empty ? 1 << 7 : 0);
  }

  write(offset: number, value: number): void {
    if (this.#held) return;
    const at = offset & 0xfff;
    const alias = offset >> 12;
    if (at === 0) this.#send(value & 0xff);
    else if (at === 4) this.#overrun = false;
    else if (at === 0x44) this.#raw &= ~(alias === 0 || alias === 2 ? value : 0);
    else {
      const old = this.#get(at);
      this.#stored.set(at, alias === 1 ? old ^ value : alias === 2 ? old | value : alias === 3 ? old & ~value : value);
      this.#transmitter.kick();
    }
    this.#update();
  }

  #send(byte: number): void {
    if ((this.#get(0x30) & 0x101) !== 0x101) return;
    if (this.#transmitter.level < this.#depth) this.#transmitter.push(byte);
    if (!this.ports.line.checked) this.#raw |= transmitInterrupt;
    else if (this.#transmitter.level > this.#transmitTrigger) this.#raw &= ~transmitInterrupt;
  }
}
