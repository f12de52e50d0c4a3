// The wire at a UART: 10 bits a byte (8N1), at the speed that the sender's divisor makes. The other end of the console's wire stands at
// the board's baud and pins: a program that is more than 2 % off sends and gets garbage, one that uses other pins sends nothing.
// Unchecked ("ignored"): bytes pass at once, whatever the program has set up; for images that are about something else.
//
//   program → Transmitter (FIFO, shift register) → line.send ─ 10 bit times ─► host
//   host → line.arrive ─ a byte every 10 bit times of the host's baud ─► device.receive
//
// Fault: fault.<name>, the other end takes nothing (as CTS would say it): bytes wait in the sender.

import type { World } from "../world.ts";

export interface UartLinePorts {
  readonly name: string;
  readonly world: World;
  readonly checked: boolean;
  /** Of the board's console; undefined for UARTs with nobody's expectation at the other end. */
  readonly hostBaud: number | undefined;
  readonly pins: { readonly transmit: number; readonly receive: number } | undefined;
  readonly reaches: (signal: string, pin: number) => boolean;
  readonly onByte: (byte: number) => void;
  readonly note: (text: string) => void;
  /** The device at this end. */
  readonly device: () => { baud(): number; receive(byte: number): void };
}

const tolerance = 0.02;

export class UartLine {
  readonly #p: UartLinePorts;
  readonly #arriving: number[] = [];
  #noted = "";

  constructor(ports: UartLinePorts) {
    this.#p = ports;
  }

  get checked(): boolean {
    return this.#p.checked;
  }

  /** The other end takes bytes. */
  get open(): boolean {
    return this.#p.world.signal(this.#fault) === 0;
  }

  onOpen(kick: () => void): void {
    this.#p.world.onSignal(this.#fault, kick);
  }

  get #fault(): string {
    return `fault.${this.#p.name}`;
  }

  get baud(): number {
    return this.#p.device().baud();
  }

  /** Calls back when the stop bit is over. */
  send(byte: number, done: () => void): void {
    const { world, onByte, checked, pins, name, reaches } = this.#p;
    if (!checked) {
      onByte(byte & 0xff);
      done();
      return;
    }
    const { baud } = this;
    world.after(10 / baud, () => {
      if (pins && !reaches(`${name}.tx`, pins.transmit)) this.#note(`${name}: sends, but not on pin ${pins.transmit}`);
      else onByte(this.#sampled(byte & 0xff, baud, this.#p.hostBaud ?? baud));
      done();
    });
  }

  /** Bytes of the host, one after the other. */
  arrive(bytes: Uint8Array): void {
    if (!this.checked) {
      for (const byte of bytes) this.#p.device().receive(byte);
      return;
    }
    const idle = this.#arriving.length === 0;
    for (const byte of bytes) this.#arriving.push(byte);
    if (idle && bytes.length > 0) this.#next();
  }

  #next(): void {
    const { world, hostBaud, pins, reaches, name, device } = this.#p;
    const from = hostBaud ?? (this.baud || 115200);
    world.after(10 / from, () => {
      const byte = this.#arriving.shift()!;
      const { baud } = this;
      if (pins && !reaches(`${name}.rx`, pins.receive)) this.#note(`${name}: does not listen on pin ${pins.receive}`);
      else if (baud > 0) device().receive(this.#sampled(byte, from, baud));
      if (this.#arriving.length > 0) this.#next();
    });
  }

  /** What a receiver at `to` bits a second makes of a byte sent at `from`: it looks at the middle of its own bits. */
  #sampled(byte: number, from: number, to: number): number {
    const error = from / to - 1;
    if (Math.abs(error) <= tolerance) return byte;
    this.#note(
      `${this.#p.name}: ${Math.round(this.baud)} baud, the other end has ${Math.round(this.#p.hostBaud ?? to)}`,
    );
    const frame = (byte << 1) | (1 << 9);
    let seen = 0;
    for (let bit = 0; bit < 8; bit++) {
      const at = Math.floor(((bit + 1.5) * from) / to);
      seen |= (at > 9 ? 1 : (frame >> at) & 1) << bit;
    }
    // Beyond the tolerance nothing is promised: a byte that would have survived by luck loses its last bit.
    return seen === byte ? byte ^ 0x80 : seen;
  }

  #note(text: string): void {
    if (this.#noted === text) return;
    this.#noted = text;
    this.#p.note(text);
  }

  /** The chip was reset: what its program waited for is gone; the host goes on. */
  reset(): void {
    this.#noted = "";
  }

  /** Bytes of the host that have not arrived yet. */
  get waiting(): number {
    return this.#arriving.length;
  }
}

/** FIFO and shift register of a sender. */
export class Transmitter {
  readonly #fifo: number[] = [];
  #shifting = false;
  #turn = 0;

  constructor(
    readonly line: UartLine,
    /** Bytes that wait beside the one that is being sent. */
    readonly depth: number,
    /** A byte left the FIFO ("taken"), or its stop bit is over ("sent"). */
    readonly onChange: (what: "taken" | "sent") => void,
  ) {
    line.onOpen(() => this.kick());
  }

  get full(): boolean {
    return this.#fifo.length >= this.depth;
  }

  get level(): number {
    return this.#fifo.length;
  }

  get empty(): boolean {
    return this.#fifo.length === 0;
  }

  get busy(): boolean {
    return this.#shifting || this.#fifo.length > 0;
  }

  /** A byte into a full FIFO is lost. */
  push(byte: number): void {
    if (!this.full) this.#fifo.push(byte);
    this.kick();
  }

  /** Call when the speed may have become other than 0. */
  kick(): void {
    if (this.#shifting || this.#fifo.length === 0 || !this.line.open) return;
    if (this.line.checked && this.line.baud <= 0) return;
    const byte = this.#fifo.shift()!;
    const turn = this.#turn;
    this.#shifting = true;
    this.line.send(byte, () => {
      if (turn !== this.#turn) return;
      this.#shifting = false;
      this.kick();
      this.onChange("sent");
    });
    this.onChange("taken");
  }

  clear(): void {
    this.#fifo.length = 0;
    this.#shifting = false;
    this.#turn++;
  }
}
