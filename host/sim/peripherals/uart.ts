// What every UART model is given and gives: bytes out, bytes in, one interrupt line. Transmission is instant: a program that
// polls never waits; baud rates are stored and read back, not simulated.

import type { Device } from "../bus.ts";

export interface UartPorts {
  readonly onByte: (byte: number) => void;
  /** Level of the (receive) interrupt line; `transmit` where the model has two. */
  readonly irq: (high: boolean) => void;
  readonly transmitIrq: (high: boolean) => void;
  /** DMA of UARTE. */
  readonly readMemory: (address: number, bytes: number) => Uint8Array;
  readonly writeMemory: (address: number, bytes: Uint8Array) => void;
}

export interface UartDevice extends Device {
  /** A byte arrives on the wire. */
  receive(byte: number): void;
  reset(): void;
  readonly bytes: number;
}

/** Received bytes that the program has not read; a host that writes more than this waits for nobody and loses the oldest. */
export class ReceiveQueue {
  readonly #bytes: number[] = [];

  push(byte: number): void {
    this.#bytes.push(byte & 0xff);
    if (this.#bytes.length > 1 << 20) this.#bytes.shift();
  }

  take(): number {
    return this.#bytes.shift() ?? 0;
  }

  get first(): number {
    return this.#bytes[0] ?? 0;
  }

  get empty(): boolean {
    return this.#bytes.length === 0;
  }

  clear(): void {
    this.#bytes.length = 0;
  }
}
