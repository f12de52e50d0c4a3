// STM32 USART, both generations. v1 (F4; RM0090 30.6): SR 0, DR 4, BRR 8, CR1 0xC. v2 (L4; RM0432 50.8; LPUART the same): CR1 0,
// BRR 0xC, ISR 0x1C, ICR 0x20, RDR 0x24, TDR 0x28. Flags in common: 3 ORE, 5 RXNE, 6 TC, 7 TXE; CR1: RXNEIE 5, TCIE 6, TXEIE 7. One byte
// waits beside the one that is sent or received. Baud: clock / BRR with 16 samples a bit, 2 · clock / BRR with 8 (CR1.OVER8, where
// BRR[2:0] is then BRR[3:1]); LPUART 256 · clock / BRR (RM0432 51.4.7).

import { ReceiveQueue, type UartDevice, type UartPorts } from "./uart.ts";
import { Transmitter } from "./uart-line.ts";

const overrun = 1 << 3;
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

type Version = 1 | 2 | "low-power";
const second = {
  control: 0x00,
  status: 0x1c,
  receive: 0x24,
  transmit: 0x28,
  enabled: 1 | (1 << 3),
  acknowledges: true,
};
const layouts: Readonly<Record<Version, Layout>> = {
  1: { control: 0x0c, status: 0x00, receive: 0x04, transmit: 0x04, enabled: (1 << 13) | (1 << 3), acknowledges: false },
  2: second,
  "low-power": second,
};

export class Stm32Usart implements UartDevice {
  readonly bytes = 0x400;
  readonly #layout: Layout;
  readonly #queue: ReceiveQueue;
  readonly #transmitter: Transmitter;
  readonly #stored = new Map<number, number>();
  #overrun = false;

  constructor(
    readonly ports: UartPorts,
    readonly version: Version,
  ) {
    this.#layout = layouts[version];
    this.#queue = new ReceiveQueue(ports.line, 1);
    this.#transmitter = new Transmitter(ports.line, 1, () => this.#update());
    ports.world.onClock(ports.name, () => this.#transmitter.kick());
  }

  reset(): void {
    this.#queue.clear();
    this.#transmitter.clear();
    this.#stored.clear();
    this.#overrun = false;
    this.#update();
  }

  baud(): number {
    const { name, world } = this.ports;
    const clock = world.clock(name);
    const divider = this.#stored.get(this.version === 1 ? 0x08 : 0x0c) ?? 0;
    const on = (this.#control & (this.version === 1 ? 1 << 13 : 1)) !== 0;
    if (!on || divider === 0) return 0;
    if (this.version === "low-power") return divider < 0x300 ? 0 : (256 * clock) / divider;
    if ((this.#control & (1 << 15)) === 0) return divider < 16 ? 0 : clock / divider;
    // v1 counts BRR[15:4] in bits and the fraction in eighths; v2 takes BRR[2:0] << 1 for the same.
    const eighths = (divider & ~15) | ((divider & 7) << 1);
    return eighths < 16 ? 0 : (2 * clock) / eighths;
  }

  receive(byte: number): void {
    const { checked } = this.ports.line;
    if (checked && (this.#control & 4) === 0) return;
    if (!this.#queue.push(byte)) this.#overrun = true;
    this.#update();
  }

  get #control(): number {
    return this.#stored.get(this.#layout.control) ?? 0;
  }

  #status(): number {
    const acknowledged = this.#layout.acknowledges ? ((this.#control & 12) >> 2) << 21 : 0;
    // TEACK is bit 21 and REACK bit 22; TE is bit 3 and RE bit 2 of CR1: swap them.
    const swapped = ((acknowledged & (1 << 21)) << 1) | ((acknowledged & (1 << 22)) >> 1);
    const sender = (this.#transmitter.busy ? 0 : complete) | (this.#transmitter.full ? 0 : empty);
    return sender | (this.#queue.empty ? 0 : received) | (this.#overrun ? overrun : 0) | swapped;
  }

  #update(): void {
    const status = this.#status();
    // ORE interrupts with RXNEIE (RM0090 30.4).
    const raised = status | (status & overrun ? received : 0);
    this.ports.irq((raised & this.#control & (received | complete | empty)) !== 0);
  }

  /** Without its clock it reads 0 and ignores writes. */
  get #off(): boolean {
    return this.ports.line.checked && this.ports.world.clock(this.ports.name) === 0;
  }

  read(offset: number): number {
    if (this.#off) return 0;
    if (offset === this.#layout.status) return this.#status();
    if (offset === this.#layout.receive) {
      const byte = this.#queue.take();
      // v1: reading SR, then DR clears ORE (RM0090 30.6.1).
      if (this.version === 1) this.#overrun = false;
      this.#update();
      return byte;
    }
    return this.#stored.get(offset) ?? 0;
  }

  write(offset: number, value: number): void {
    if (this.#off) return;
    const { transmit, enabled } = this.#layout;
    if (this.version !== 1 && offset === 0x20) this.#overrun &&= (value & overrun) === 0;
    else if (offset !== transmit) this.#stored.set(offset, value);
    else if ((this.#control & enabled) === enabled) this.#transmitter.push(value & 0xff);
    this.#transmitter.kick();
    this.#update();
  }
}
