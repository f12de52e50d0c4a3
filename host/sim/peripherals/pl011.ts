// PL011 (Arm DDI 0183; RP2040 Datasheet 4.2.8): DR 0, FR 0x18 (3 busy, 4 RX empty, 5 TX full, 7 TX empty), IBRD 0x24, FBRD 0x28,
// LCR_H 0x2C, CR 0x30 (0 enable, 8 TX, 9 RX), IFLS 0x34, IMSC 0x38, RIS 0x3C, MIS 0x40, ICR 0x44. On the RP2040 the registers
// appear again at +0x1000 XOR, +0x2000 set, +0x3000 clear (2.1.2).

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";

const receiveInterrupt = 1 << 4;
const transmitInterrupt = 1 << 5;
const timeoutInterrupt = 1 << 6;

export class Pl011 implements UartDevice {
  readonly bytes = 0x4000;
  readonly #queue = new ReceiveQueue();
  readonly #stored = new Map<number, number>();
  #raw = 0;

  constructor(readonly ports: UartPorts) {}

  reset(): void {
    this.#queue.clear();
    this.#stored.clear();
    this.#stored.set(0x30, 0x300);
    this.#raw = 0;
    this.#update();
  }

  receive(byte: number): void {
    this.#queue.push(byte);
    this.#update();
  }

  #get(offset: number): number {
    return this.#stored.get(offset) ?? 0;
  }

  #update(): void {
    const received = this.#queue.empty ? 0 : receiveInterrupt | timeoutInterrupt;
    this.#raw = (this.#raw & ~(receiveInterrupt | timeoutInterrupt)) | received;
    this.ports.irq((this.#raw & this.#get(0x38)) !== 0);
  }

  read(offset: number): number {
    const at = offset & 0xfff;
    switch (at) {
      case 0: {
        const byte = this.#queue.take();
        this.#update();
        return byte;
      }
      case 0x18:
        return (1 << 7) | (this.#queue.empty ? 1 << 4 : 0);
      case 0x3c:
        return this.#raw;
      case 0x40:
        return this.#raw & this.#get(0x38);
      default:
        // UARTPeriphID, UARTPCellID
        return at >= 0xfe0 ? ([0x11, 0x10, 0x34, 0, 0x0d, 0xf0, 0x05, 0xb1][(at - 0xfe0) / 4] ?? 0) : this.#get(at);
    }
  }

  write(offset: number, value: number): void {
    const at = offset & 0xfff;
    const alias = offset >> 12;
    if (at === 0) {
      const control = this.#get(0x30);
      if ((control & 0x101) === 0x101) {
        this.ports.onByte(value & 0xff);
        this.#raw |= transmitInterrupt;
      }
    } else if (at === 0x44) this.#raw &= ~value;
    else {
      const old = this.#get(at);
      this.#stored.set(at, alias === 1 ? old ^ value : alias === 2 ? old | value : alias === 3 ? old & ~value : value);
    }
    this.#update();
  }
}
