// STM32 USART, both generations. v1 (F4; RM0090 30.6): SR 0, DR 4, BRR 8, CR1 0xC. v2 (L4; RM0432 50.8; LPUART the same): CR1 0,
// BRR 0xC, ISR 0x1C, ICR 0x20, RDR 0x24, TDR 0x28. Flags in common: 5 RXNE, 6 TC, 7 TXE; CR1: RXNEIE 5, TCIE 6, TXEIE 7.

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";

const received = 1 << 5;
const complete = 1 << 6;
const empty = 1 << 7;

interface Layout {
  readonly control: number;
  readonly status: number;
  readonly receive: number;
  readonly transmit: number;
  /** Bits of CR1: USART on, transmitter on. */
  readonly enabled: number;
  /** TEACK and REACK follow TE and RE (v2). */
  readonly acknowledges: boolean;
}

const layouts: Readonly<Record<1 | 2, Layout>> = {
  1: { control: 0x0c, status: 0x00, receive: 0x04, transmit: 0x04, enabled: (1 << 13) | (1 << 3), acknowledges: false },
  2: { control: 0x00, status: 0x1c, receive: 0x24, transmit: 0x28, enabled: 1 | (1 << 3), acknowledges: true },
};

export class Stm32Usart implements UartDevice {
  readonly bytes = 0x400;
  readonly #layout: Layout;
  readonly #queue = new ReceiveQueue();
  readonly #stored = new Map<number, number>();

  constructor(
    readonly ports: UartPorts,
    version: 1 | 2,
  ) {
    this.#layout = layouts[version];
  }

  reset(): void {
    this.#queue.clear();
    this.#stored.clear();
    this.#update();
  }

  receive(byte: number): void {
    this.#queue.push(byte);
    this.#update();
  }

  get #control(): number {
    return this.#stored.get(this.#layout.control) ?? 0;
  }

  #status(): number {
    const acknowledged = this.#layout.acknowledges ? ((this.#control & 12) >> 2) << 21 : 0;
    // TEACK is bit 21 and REACK bit 22; TE is bit 3 and RE bit 2 of CR1: swap them.
    const swapped = ((acknowledged & (1 << 21)) << 1) | ((acknowledged & (1 << 22)) >> 1);
    return complete | empty | (this.#queue.empty ? 0 : received) | swapped;
  }

  #update(): void {
    this.ports.irq((this.#status() & this.#control & (received | complete | empty)) !== 0);
  }

  read(offset: number): number {
    if (offset === this.#layout.status) return this.#status();
    if (offset === this.#layout.receive) {
      const byte = this.#queue.take();
      this.#update();
      return byte;
    }
    return this.#stored.get(offset) ?? 0;
  }

  write(offset: number, value: number): void {
    const { transmit, enabled } = this.#layout;
    if (offset !== transmit) this.#stored.set(offset, value);
    else if ((this.#control & enabled) === enabled) this.ports.onByte(value & 0xff);
    this.#update();
  }
}
