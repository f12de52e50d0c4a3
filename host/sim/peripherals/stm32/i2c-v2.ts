// I2C of the second generation as a controller (L4; RM0432 49.9): CR1 0 (0 PE, 1 TXIE, 2 RXIE, 4 NACKIE, 5 STOPIE, 6 TCIE, 7 ERRIE), CR2 4
// (9:0 SADD, 10 RD_WRN, 13 START, 14 STOP, 23:16 NBYTES, 24 RELOAD, 25 AUTOEND), TIMINGR 0x10 (7:0 SCLL, 15:8 SCLH, 31:28 PRESC), ISR 0x18 (0
// TXE, 1 TXIS, 2 RXNE, 4 NACKF, 5 STOPF, 6 TC, 7 TCR, 8 BERR, 9 ARLO, 15 BUSY), ICR 0x1C, RXDR 0x24, TXDR 0x28.
//
//   START ─► address ─┬─► TXIS ─ TXDR ─► wire ─► … NBYTES ─┬─ AUTOEND ─► stop ─► STOPF        no answer: NACKF, stop, STOPF
//                      └─► wire ─► RXNE ─ RXDR ─► … NBYTES ─┼─ RELOAD ──► TCR, until NBYTES is written
//                                                           └─► TC, until START or STOP
//
// SCL is stretched wherever the program is awaited. Target mode, 10-bit addresses, SMBus and PEC are not modelled. inject(name): the
// controller hangs; inject(name, 2): a misplaced start or stop (BERR). Checked: SCL at most 400 kHz, and both lines have a pin.

import type { I2cBus } from "../../world.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const at = { cr1: 0, cr2: 4, timing: 0x10, isr: 0x18, icr: 0x1c, rxdr: 0x24, txdr: 0x28 } as const;
const cr2 = { reading: 1 << 10, start: 1 << 13, stop: 1 << 14, reload: 1 << 24, autoEnd: 1 << 25 } as const;
const isr = {
  ...{ txe: 1, txis: 2, rxne: 4, nack: 16, stop: 32, tc: 64, tcr: 128 },
  ...{ berr: 1 << 8, arlo: 1 << 9, busy: 1 << 15 },
} as const;
const filterSeconds = 110e-9;
/** CR1's enable bit of a flag. */
const interrupts: readonly (readonly [flag: number, enable: number])[] = [
  [isr.txis, 2],
  [isr.rxne, 4],
  [isr.nack, 16],
  [isr.stop, 32],
  [isr.tc | isr.tcr, 64],
];

export class I2cV2 extends Stm32Peripheral {
  #state: "idle" | "writing" | "reading" = "idle";
  /** NACKF, STOPF, TC, TCR, BERR, ARLO. */
  #flags = 0;
  #transmit: number | undefined;
  #receive: number | undefined;
  /** Received while RXDR was still full. */
  #held: number | undefined;
  /** Bytes of NBYTES that have been over the wire, and that TXDR has been given. */
  #done = 0;
  #given = 0;
  #working = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    bank.add(at.cr1, { write: (value) => (value & 1 ? this.#update() : this.#stopWork()) });
    bank.add(at.cr2, { write: (value) => this.#command(value) });
    bank.add(at.isr, { reset: 1, read: () => this.#status, quiet: true });
    bank.add(at.icr, { read: () => 0, write: (value) => this.#clearFlags(value) });
    bank.add(at.rxdr, { read: () => this.#take() });
    bank.add(at.txdr, { write: (value) => this.#put(value & 0xff) });
    ports.world.onSignal(`fault.${ports.name}`, (level) => (level === 2 ? this.#busError() : this.#go()));
  }

  protected override clear(): void {
    super.clear();
    this.#stopWork();
  }

  /** PE = 0 (49.4.5). */
  #stopWork(): void {
    this.#cancel();
    if (this.#state !== "idle") this.#bus.stop();
    this.#state = "idle";
    this.#flags = this.#done = this.#given = 0;
    this.#transmit = this.#receive = this.#held = undefined;
    this.#working = false;
    this.bank.set(at.cr2, this.bank.get(at.cr2) & ~(cr2.start | cr2.stop));
    this.#update();
  }

  get #bus(): I2cBus {
    return this.ports.world.i2c(this.ports.name);
  }

  get #count(): number {
    return (this.bank.get(at.cr2) >> 16) & 255;
  }

  #bit(bit: number): boolean {
    return (this.bank.get(at.cr2) & bit) !== 0;
  }

  #drop(bit: number): void {
    this.bank.set(at.cr2, this.bank.get(at.cr2) & ~bit);
  }

  // ---- registers

  get #status(): number {
    const asks = this.#state === "writing" && this.#transmit === undefined && this.#given < this.#count;
    return (
      this.#flags |
      (this.#transmit === undefined ? isr.txe : 0) |
      (asks ? isr.txis : 0) |
      (this.#receive === undefined ? 0 : isr.rxne) |
      (this.#state !== "idle" || this.#bus.held ? isr.busy : 0)
    );
  }

  #update(): void {
    const enabled = this.bank.get(at.cr1);
    const status = this.#status;
    this.ports.irq(
      0,
      interrupts.some(([flag, enable]) => status & flag && enabled & enable),
    );
    this.ports.irq(1, (enabled & 128) !== 0 && (status & (isr.berr | isr.arlo)) !== 0);
  }

  #clearFlags(value: number): void {
    this.#flags &= ~(value & (isr.nack | isr.stop | isr.berr | isr.arlo));
    this.#update();
  }

  #command(value: number): void {
    if (value & (cr2.start | cr2.stop)) this.#flags &= ~isr.tc;
    else if (this.#flags & isr.tcr && this.#count > 0) {
      this.#flags &= ~isr.tcr;
      this.#done = this.#given = 0;
      if (this.#state === "reading") this.#read();
    }
    this.#go();
    this.#update();
  }

  #put(byte: number): void {
    this.#transmit = byte;
    this.#given++;
    this.#go();
    this.#update();
  }

  #take(): number {
    const byte = this.#receive ?? 0;
    this.#receive = this.#held;
    if (this.#held !== undefined) {
      this.#held = undefined;
      this.#next();
    }
    this.#update();
    return byte;
  }

  // ---- the bus

  /** Of SCL: the counts, and on either edge two cycles of synchronisation and the analog filter, typically 110 ns (49.4.9). */
  get #period(): number {
    const value = this.bank.get(at.timing);
    const hz = this.ports.world.clock(this.ports.name);
    const counts = (value & 255) + 1 + ((value >> 8) & 255) + 1;
    return (((value >>> 28) + 1) * counts + 4) / hz + 2 * filterSeconds;
  }

  #bits(count: number, run: () => void): void {
    this.#working = true;
    this.#cancel();
    this.#cancel = this.ports.world.after(count * this.#period, () => {
      this.#working = false;
      run();
      this.#go();
      this.#update();
    });
  }

  get #dead(): boolean {
    return (this.bank.get(at.cr1) & 1) === 0 || this.ports.world.signal(`fault.${this.ports.name}`) === 1;
  }

  #go(): void {
    if (this.#working || this.#dead) return;
    if (this.#bit(cr2.stop)) {
      this.#drop(cr2.stop);
      if (this.#state !== "idle") return this.#bits(1, () => this.#stop());
    }
    if (this.#bit(cr2.start) && !this.#bus.held) return this.#bits(10, () => this.#address());
    if (this.#state === "writing" && this.#transmit !== undefined && this.#done < this.#count) this.#write();
  }

  #stop(): void {
    this.#bus.stop();
    this.#state = "idle";
    this.#flags = (this.#flags & ~(isr.tc | isr.tcr)) | isr.stop;
    this.#transmit = undefined;
  }

  #address(): void {
    const { world, name, note } = this.ports;
    if (1 / this.#period > 400e3 * 1.01) note(`${name}: SCL of ${Math.round(1 / this.#period / 1e3)} kHz`);
    this.#drop(cr2.start);
    this.#done = this.#given = 0;
    const reading = this.#bit(cr2.reading);
    const wired = world.pinOf(`${name}.sda`) !== undefined && world.pinOf(`${name}.scl`) !== undefined;
    const answer = wired ? this.#bus.start((this.bank.get(at.cr2) >> 1) & 0x7f, reading) : 0;
    if (answer < 0) return this.#lost();
    this.#state = reading ? "reading" : "writing";
    if (answer === 0) return this.#refused();
    if (this.#count === 0) this.#finish();
    else if (reading) this.#read();
  }

  #refused(): void {
    this.#flags |= isr.nack;
    this.#bits(1, () => this.#stop());
  }

  #write(): void {
    const byte = this.#transmit!;
    this.#transmit = undefined;
    this.#bits(9, () => {
      if (this.#bus.held) return this.#lost();
      this.#done++;
      if (!this.#bus.write(byte)) this.#refused();
      else if (this.#done === this.#count) this.#finish();
    });
  }

  #read(): void {
    this.#bits(9, () => {
      if (this.#bus.held) return this.#lost();
      const byte = this.#bus.read();
      this.#done++;
      if (this.#receive === undefined) {
        this.#receive = byte;
        this.#next();
      } else this.#held = byte;
    });
  }

  #next(): void {
    if (this.#done < this.#count) this.#read();
    else this.#finish();
  }

  /** NBYTES are over. */
  #finish(): void {
    if (this.#bit(cr2.reload)) this.#flags |= isr.tcr;
    else if (this.#bit(cr2.autoEnd)) this.#bits(1, () => this.#stop());
    else this.#flags |= isr.tc;
  }

  #lost(): void {
    this.#state = "idle";
    this.#flags |= isr.arlo;
    this.#drop(cr2.start | cr2.stop);
  }

  #busError(): void {
    if (this.#state === "idle") return;
    this.#cancel();
    this.#working = false;
    this.#bus.stop();
    this.#state = "idle";
    this.#flags |= isr.berr;
    this.#update();
  }
}
