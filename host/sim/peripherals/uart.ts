// What every UART model is given and gives. A model keeps registers and FIFOs; the wire, its speed and its pins are uart-line.ts.

import type { Device } from "../bus.ts";
import type { World } from "../world.ts";
import type { UartLine } from "./uart-line.ts";

export interface UartPorts {
  readonly name: string;
  readonly line: UartLine;
  readonly world: World;
  /** Level of the (receive) interrupt line; `transmit` where the model has two. */
  readonly irq: (high: boolean) => void;
  readonly transmitIrq: (high: boolean) => void;
  /** DMA of UARTE. */
  readonly readMemory: (address: number, bytes: number) => Uint8Array;
  readonly writeMemory: (address: number, bytes: Uint8Array) => void;
}

export interface UartDevice extends Device {
  /** Bits a second that the program has set up, from its divisor and world.clock(name); 0: off. */
  baud(): number;
  /** A byte has arrived on the wire. */
  receive(byte: number): void;
  reset(): void;
  readonly bytes: number;
}

/** Received bytes that the program has not read. Real depth where the line is checked; else a host may run ahead. */
export class ReceiveQueue {
  readonly #bytes: number[] = [];
  readonly #depth: number;

  constructor(line: UartLine, depth: number) {
    this.#depth = line.checked ? depth : 1 << 20;
  }

  /** False: there was no room, the byte is lost (overrun). */
  push(byte: number): boolean {
    if (this.#bytes.length >= this.#depth) return false;
    this.#bytes.push(byte & 0xff);
    return true;
  }

  take(): number {
    return this.#bytes.shift() ?? 0;
  }

  get length(): number {
    return this.#bytes.length;
  }

  get empty(): boolean {
    return this.#bytes.length === 0;
  }

  clear(): void {
    this.#bytes.length = 0;
  }
}
