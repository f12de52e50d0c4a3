// I2C (Synopsys DesignWare; RP2040 Datasheet 4.3.17), as controller: commands of IC_DATA_CMD 0x10 (8 read, 9 STOP, 10 RESTART) go through a
// FIFO of 16 and are done one byte (9 bits) at a time at the speed of the SCL counts; bytes read go into a FIFO of 16. An address
// or byte that nobody acknowledges aborts: TX_ABRT, reason in IC_TX_ABRT_SOURCE 0x80, FIFO flushed, STOP sent (4.3.10).
// With SDA held low the bus never looks idle, and nothing starts. Fault: fault.<name>, SCL held: nothing goes on.

import type { PeripheralPorts } from "../peripheral.ts";
import { Rp2040Peripheral } from "./rp2040-peripheral.ts";

const depth = 16;
const command = { read: 0x100, stop: 0x200, restart: 0x400 } as const;
const raw = { rxFull: 4, txEmpty: 16, abort: 64, activity: 0x100, stop: 0x200, start: 0x400 } as const;
const abortSource = { addressNack: 1, dataNack: 8, arbitration: 1 << 12 } as const;
/** How often a bus that is not idle is looked at. */
const retrySeconds = 20e-6;
/** Registers that clear a bit of RAW_INTR_STAT when read. */
const clears: Readonly<Record<number, number>> = {
  ...{ 64: 0xfe0, 68: 1, 72: 2, 76: 8, 80: 32, 84: 64 },
  ...{ 88: 128, 92: 256, 96: 512, 100: 1024, 104: 2048 },
};

export class DesignWareI2c extends Rp2040Peripheral {
  readonly #commands: number[] = [];
  readonly #received: number[] = [];
  #latched = 0;
  #abortSource = 0;
  /** On the bus: which way the addressed target goes. */
  #direction: "none" | "read" | "write" = "none";
  #working = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    for (const [offset, reset] of [
      ...([
        [0, 0x65],
        [4, 0x55],
        [8, 0x55],
        [0x14, 0x28],
        [0x18, 0x2f],
        [0x1c, 6],
        [0x20, 13],
      ] as const),
    ])
      bank.add(offset, { reset });
    bank.add(0x10, { read: () => this.#take(), write: (value) => this.#push(value & 0x7ff) });
    bank.add(0x2c, { read: () => this.#raw & bank.get(0x30), quiet: true });
    for (const offset of [0x30, 0x38, 0x3c])
      bank.add(offset, { reset: offset === 0x30 ? 0x8ff : 0, write: () => this.#update() });
    bank.add(0x34, { read: () => this.#raw, quiet: true });
    for (const [offset, bits] of Object.entries(clears))
      bank.add(Number(offset), { read: () => this.#clearBits(bits), write: () => {} });
    bank.add(0x6c, { write: (value) => this.#enable(value) });
    bank.add(0x70, { read: () => this.#status, quiet: true });
    bank.add(0x74, { read: () => this.#commands.length, quiet: true });
    bank.add(0x78, { read: () => this.#received.length, quiet: true });
    bank.add(0x80, { read: () => this.#abortSource, quiet: true });
    bank.add(0x9c, { read: () => bank.get(0x6c) & 1, quiet: true });
    bank.add(0xf4, { read: () => 0 });
    bank.add(0xf8, { read: () => 0x3230312a });
    bank.add(0xfc, { read: () => 0x44570140 });
    ports.world.onSignal(`fault.${ports.name}`, () => this.#go());
  }

  protected override clear(): void {
    super.clear();
    this.#stopWork();
    this.#latched = this.#abortSource = 0;
    this.#update();
  }

  #stopWork(): void {
    this.#cancel();
    this.#cancel = () => {};
    if (this.#direction !== "none") this.#bus.stop();
    this.#direction = "none";
    this.#working = false;
    this.#commands.length = this.#received.length = 0;
  }

  get #bus() {
    return this.ports.world.i2c(this.ports.name);
  }

  #enable(value: number): void {
    if ((value & 1) === 0) this.#stopWork();
    else if (value & 2) {
      this.bank.set(0x6c, value & ~2);
      this.#abort(1 << 16);
    } else this.#go();
    this.#update();
  }

  // ---- FIFOs and interrupts

  get #raw(): number {
    const full = this.#received.length > this.bank.get(0x38) ? raw.rxFull : 0;
    const empty = this.#commands.length <= this.bank.get(0x3c) && this.bank.get(0x6c) & 1 ? raw.txEmpty : 0;
    return this.#latched | full | empty;
  }

  get #status(): number {
    const [waiting, received] = [this.#commands.length, this.#received.length];
    const busy = this.#working || this.#direction !== "none" ? 0x21 : 0;
    return busy | (waiting < depth ? 2 : 0) | (waiting ? 0 : 4) | (received ? 8 : 0) | (received === depth ? 16 : 0);
  }

  #update(): void {
    this.ports.irq(0, (this.#raw & this.bank.get(0x30)) !== 0);
  }

  #clearBits(bits: number): number {
    const was = this.#latched & bits;
    this.#latched &= ~bits;
    if (bits & raw.abort) this.#abortSource = 0;
    this.#update();
    return was ? 1 : 0;
  }

  #take(): number {
    const byte = this.#received.shift();
    if (byte === undefined) this.#latched |= 1;
    this.#update();
    return byte ?? 0;
  }

  #push(word: number): void {
    if ((this.bank.get(0x6c) & 1) === 0) return;
    // While an abort is not acknowledged, the FIFO is held flushed (4.3.11).
    if (this.#latched & raw.abort) return;
    if (this.#commands.length === depth) this.#latched |= 8;
    else this.#commands.push(word);
    this.#go();
    this.#update();
  }

  // ---- the bus

  get #byteSeconds(): number {
    const fast = ((this.bank.get(0) >> 1) & 3) !== 1;
    const counts = fast ? this.bank.get(0x1c) + this.bank.get(0x20) : this.bank.get(0x14) + this.bank.get(0x18);
    return (9 * Math.max(1, counts)) / this.ports.world.clock(this.ports.name);
  }

  #go(): void {
    if (this.#working || this.#commands.length === 0 || this.ports.world.signal(`fault.${this.ports.name}`)) return;
    this.#working = true;
    const next = this.#commands[0]!;
    const wanted = next & command.read ? "read" : "write";
    const address = this.#direction !== wanted || (next & command.restart) !== 0;
    this.#later(address ? () => this.#address(wanted) : () => this.#byte());
  }

  #later(work: () => void, seconds = this.#byteSeconds): void {
    this.#cancel = this.ports.world.after(seconds, () => {
      this.#working = false;
      work();
      this.#update();
    });
  }

  #address(wanted: "read" | "write"): void {
    const { world, name } = this.ports;
    const connected = world.pinOf(`${name}.sda`) !== undefined && world.pinOf(`${name}.scl`) !== undefined;
    if (this.#bus.held) {
      if (this.#direction !== "none") return this.#abort(abortSource.arbitration);
      this.#working = true;
      return this.#later(() => this.#go(), retrySeconds);
    }
    this.#latched |= raw.start | raw.activity;
    const answered = connected ? this.#bus.start(this.bank.get(4) & 0x7f, wanted === "read") : 0;
    if (answered !== 1) return this.#abort(abortSource.addressNack);
    this.#direction = wanted;
    this.#working = true;
    this.#later(() => this.#byte());
  }

  #byte(): void {
    const word = this.#commands.shift();
    if (word === undefined) return;
    if (this.#bus.held) return this.#abort(abortSource.arbitration);
    if (word & command.read) {
      if (this.#received.length < depth) this.#received.push(this.#bus.read());
      else this.#latched |= 2;
    } else if (!this.#bus.write(word & 0xff)) return this.#abort(abortSource.dataNack);
    if (word & command.stop) this.#stop();
    this.#go();
  }

  #stop(): void {
    this.#bus.stop();
    this.#direction = "none";
    this.#latched |= raw.stop;
  }

  #abort(source: number): void {
    this.#commands.length = 0;
    this.#abortSource |= source;
    this.#latched |= raw.abort;
    this.#working = false;
    this.#stop();
  }
}
