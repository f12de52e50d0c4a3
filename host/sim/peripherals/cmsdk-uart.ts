// CMSDK APB UART (Arm DDI 0479, 4.3): DATA 0, STATE 4 (0 TX full, 1 RX full, 2 TX overrun, 3 RX overrun), CTRL 8 (0 TX enable, 1 RX
// enable, 2 TX irq, 3 RX irq), INTSTATUS/INTCLEAR 0xC (0 TX, 1 RX), BAUDDIV 0x10 (at least 16, or nothing moves): baud = clock / BAUDDIV.
// One byte waits beside the one on the wire; TX interrupts when that place becomes free.

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";
import { Transmitter } from "./uart-line.ts";

export class CmsdkUart implements UartDevice {
  readonly bytes = 0x1000;
  readonly #queue: ReceiveQueue;
  readonly #transmitter: Transmitter;
  #control = 0;
  #interrupts = 0;
  #divider = 0;
  /** 4 TX, 8 RX overrun. */
  #overruns = 0;

  constructor(readonly ports: UartPorts) {
    this.#queue = new ReceiveQueue(ports.line, 1);
    this.#transmitter = new Transmitter(ports.line, 1, (what) => {
      if (what === "taken" && this.#control & 4) this.#interrupts |= 1;
      this.#update();
    });
  }

  reset(): void {
    this.#queue.clear();
    this.#transmitter.clear();
    this.#overruns = this.#control = this.#interrupts = this.#divider = 0;
    this.#update();
  }

  baud(): number {
    return this.#divider < 16 ? 0 : this.ports.world.clock(this.ports.name) / this.#divider;
  }

  receive(byte: number): void {
    const { checked } = this.ports.line;
    if (checked && (this.#control & 2) === 0) return;
    if (!this.#queue.push(byte)) this.#overruns |= 8;
    this.#update();
  }

  #update(): void {
    if (!this.#queue.empty && this.#control & 2 && this.#control & 8) this.#interrupts |= 2;
    this.ports.irq((this.#interrupts & 2) !== 0);
    this.ports.transmitIrq((this.#interrupts & 1) !== 0);
  }

  read(offset: number): number {
    switch (offset) {
      case 0: {
        const byte = this.#queue.take();
        this.#update();
        return byte;
      }
      case 4:
        return (this.#queue.empty || !(this.#control & 2) ? 0 : 2) | (this.#transmitter.full ? 1 : 0) | this.#overruns;
      case 8:
        return this.#control;
      case 0xc:
        return this.#interrupts;
      case 0x10:
        return this.#divider;
      default:
        // CID and PID (4.3.4)
        return [0x04, 0, 0, 0, 0x21, 0xb8, 0x1b, 0, 0x0d, 0xf0, 0x05, 0xb1][(offset - 0xfd0) / 4] ?? 0;
    }
  }

  write(offset: number, value: number): void {
    switch (offset) {
      case 0:
        if ((this.#control & 1) === 0 || this.#divider < 16) return;
        if (this.#transmitter.full) this.#overruns |= 4;
        this.#transmitter.push(value & 0xff);
        break;
      case 4:
        this.#overruns &= ~value;
        break;
      case 8:
        this.#control = value & 0x7f;
        break;
      case 0xc:
        this.#interrupts &= ~value;
        break;
      case 0x10:
        this.#divider = value & 0xfffff;
        break;
    }
    this.#update();
  }
}
