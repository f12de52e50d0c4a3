// I2C of the first generation as a controller (F4; RM0390 24.6): CR1 0 (0 PE, 8 START, 9 STOP, 10 ACK, 11 POS, 15 SWRST), CR2 4 (5:0 FREQ, 8
// ITERREN, 9 ITEVTEN, 10 ITBUFEN), DR 0x10, SR1 0x14 (0 SB, 1 ADDR, 2 BTF, 6 RXNE, 7 TXE, 8 BERR, 9 ARLO, 10 AF), SR2 0x18 (0 MSL, 1 BUSY, 2
// TRA), CCR 0x1C, TRISE 0x20. Between its events the controller stretches SCL; who clears them drives it on (24.3.3):
//
//   START ─► SB ─ SR1, DR = address ─► ADDR ─ SR1, SR2 ─┬─► TXE ─ DR ─► shift ─► BTF (nothing in DR) ─ DR, STOP, START
//                                       └ no answer: AF  └─► shift ─► RXNE ─► shift ─► BTF (DR full) ─ read DR …
//
// A byte is acknowledged as ACK says when its ninth clock comes (POS: as ACK said one byte before). After a byte that was not, or STOP, none follows.
// Slave mode, SMBus and PEC are not modelled. inject(name): the controller hangs; inject(name, 2): a misplaced start or stop (BERR)
// ends the transfer. Checked: FREQ is APB1's MHz, SCL at most 400 kHz, TRISE, and both lines have a pin.

import type { I2cBus } from "../../world.ts";
import type { PeripheralPorts } from "../peripheral.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const at = { cr1: 0, cr2: 4, dr: 0x10, sr1: 0x14, sr2: 0x18, ccr: 0x1c, trise: 0x20 } as const;
const cr1 = { enable: 1, start: 1 << 8, stop: 1 << 9, ack: 1 << 10, pos: 1 << 11, reset: 1 << 15 } as const;
const sr1 = {
  ...{ sb: 1, addr: 2, btf: 4, rxne: 1 << 6, txe: 1 << 7 },
  ...{ berr: 1 << 8, arlo: 1 << 9, af: 1 << 10 },
} as const;
const errors = 0xdf00;

type State = "idle" | "started" | "addressed" | "writing" | "reading" | "refused";

export class I2cV1 extends Stm32Peripheral {
  #state: State = "idle";
  #flags = 0;
  #reading = false;
  /** SR1 was read while SB or ADDR stood there. */
  #seen = 0;
  #data = 0;
  #shift = 0;
  /** Something is on the wire. */
  #working = false;
  /** ACK as it was when the byte on the wire began (POS). */
  #ackBefore = false;
  /** After the byte received last none follows. */
  #last = false;
  #cancel = () => {};

  constructor(ports: PeripheralPorts) {
    super(ports);
    const { bank } = this;
    bank.add(at.cr1, { write: (value) => this.#control(value) });
    bank.add(at.cr2, { write: () => this.#update() });
    bank.add(at.dr, { read: () => this.#take(), write: (value) => this.#put(value & 0xff) });
    // a look only decides what a later read of SR2 or write of DR means
    bank.add(at.sr1, { read: () => this.#look(), write: (value) => this.#clearErrors(value), quiet: true });
    bank.add(at.sr2, { read: () => this.#second() });
    bank.add(at.trise, { reset: 2 });
    ports.world.onSignal(`fault.${ports.name}`, (level) => (level === 2 ? this.#busError() : this.#go()));
  }

  protected override clear(): void {
    super.clear();
    this.#stopWork();
    this.#update();
  }

  #stopWork(): void {
    this.#cancel();
    if (this.#state !== "idle") this.#bus.stop();
    this.#state = "idle";
    this.#flags = this.#seen = 0;
    this.#working = false;
  }

  get #bus(): I2cBus {
    return this.ports.world.i2c(this.ports.name);
  }

  #bit(bit: number): boolean {
    return (this.bank.get(at.cr1) & bit) !== 0;
  }

  #drop(bit: number): void {
    this.bank.set(at.cr1, this.bank.get(at.cr1) & ~bit);
  }

  #update(): void {
    const enabled = this.bank.get(at.cr2);
    const events = this.#flags & (sr1.sb | sr1.addr | sr1.btf);
    const buffers = enabled & (1 << 10) ? this.#flags & (sr1.rxne | sr1.txe) : 0;
    this.ports.irq(0, (enabled & (1 << 9)) !== 0 && (events | buffers) !== 0);
    this.ports.irq(1, (enabled & (1 << 8)) !== 0 && (this.#flags & errors) !== 0);
  }

  // ---- registers

  #control(value: number): void {
    if (value & cr1.reset || (value & cr1.enable) === 0) {
      this.#stopWork();
      if (value & cr1.reset) this.bank.reset();
      this.bank.set(at.cr1, value & cr1.reset ? cr1.reset : value & ~(cr1.start | cr1.stop));
    }
    this.#go();
    this.#update();
  }

  #look(): number {
    this.#seen = this.#flags & (sr1.sb | sr1.addr);
    return this.#flags;
  }

  /** Reading SR2 after SR1 clears ADDR and drives the transfer on. */
  #second(): number {
    const busy = this.#state !== "idle" || this.#bus.held;
    const value = (this.#state === "idle" ? 0 : 1) | (busy ? 2 : 0) | (this.#reading ? 0 : 4);
    if (this.#state === "addressed" && this.#seen & sr1.addr) {
      this.#flags &= ~sr1.addr;
      this.#state = this.#reading ? "reading" : "writing";
      if (!this.#reading) this.#flags |= sr1.txe;
      else this.#receive();
      this.#go();
      this.#update();
    }
    return this.#state === "idle" ? value & ~4 : value;
  }

  #clearErrors(value: number): void {
    this.#flags &= ~errors | value;
    this.#update();
  }

  #put(byte: number): void {
    if (this.#state === "started" && this.#seen & sr1.sb) {
      this.#flags &= ~sr1.sb;
      this.#address(byte);
    } else if (this.#state === "writing") {
      this.#data = byte;
      this.#flags &= ~(sr1.txe | sr1.btf);
      this.#go();
    }
    this.#update();
  }

  #take(): number {
    const byte = this.#data;
    if (this.#flags & sr1.rxne) {
      this.#flags &= ~sr1.rxne;
      if (this.#flags & sr1.btf) {
        this.#flags = (this.#flags & ~sr1.btf) | sr1.rxne;
        this.#data = this.#shift;
        if (this.#state === "reading" && !this.#last) this.#receive();
      }
      this.#go();
      this.#update();
    }
    return byte;
  }

  // ---- the bus

  /** Of SCL (24.6.8): standard mode 2 · CCR, fast mode 3 or 25 · CCR cycles of APB1. */
  get #period(): number {
    const value = this.bank.get(at.ccr);
    const cycles = (value & 0xfff) * (value & (1 << 15) ? (value & (1 << 14) ? 25 : 3) : 2);
    return Math.max(1, cycles) / this.ports.world.clock(this.ports.name);
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

  /** Start, stop and the next byte, when the wire is free for them. */
  #go(): void {
    if (this.#working || !this.#bit(cr1.enable) || this.ports.world.signal(`fault.${this.ports.name}`) === 1) return;
    const between = this.#state === "idle" || this.#state === "refused" || this.#resting;
    if (this.#bit(cr1.stop) && this.#state !== "idle" && between) return this.#bits(1, () => this.#stop());
    if (this.#bit(cr1.start) && between && !this.#bus.held) return this.#bits(1, () => this.#start());
    if (this.#state === "writing" && (this.#flags & (sr1.txe | sr1.btf)) === 0) this.#send();
  }

  /** A byte is over and the next has not begun. */
  get #resting(): boolean {
    if (this.#state === "reading") return true;
    return this.#state === "writing" && (this.#flags & sr1.txe) !== 0;
  }

  #start(): void {
    this.#check();
    this.#drop(cr1.start);
    this.#flags = (this.#flags & (errors | sr1.rxne)) | sr1.sb;
    this.#state = "started";
  }

  #stop(): void {
    this.#drop(cr1.stop);
    if (this.#state !== "idle") this.#bus.stop();
    this.#state = "idle";
    this.#flags &= errors | sr1.rxne | (this.#reading ? sr1.btf : 0);
  }

  #address(byte: number): void {
    this.#reading = (byte & 1) !== 0;
    this.#bits(9, () => {
      const { world, name } = this.ports;
      const wired = world.pinOf(`${name}.sda`) !== undefined && world.pinOf(`${name}.scl`) !== undefined;
      const answer = wired ? this.#bus.start(byte >> 1, this.#reading) : 0;
      if (answer < 0) return this.#lost();
      this.#state = answer ? "addressed" : "refused";
      this.#flags |= answer ? sr1.addr : sr1.af;
    });
  }

  #send(): void {
    const byte = this.#data;
    this.#flags |= sr1.txe;
    this.#bits(9, () => {
      if (this.#bus.held) return this.#lost();
      if (!this.#bus.write(byte)) {
        this.#state = "refused";
        this.#flags |= sr1.af;
      } else if (this.#flags & sr1.txe) this.#flags |= sr1.btf;
    });
  }

  #receive(): void {
    this.#ackBefore = this.#bit(cr1.ack);
    this.#bits(9, () => {
      if (this.#bus.held) return this.#lost();
      const byte = this.#bus.read();
      const acknowledged = this.#bit(cr1.pos) ? this.#ackBefore : this.#bit(cr1.ack);
      this.#last = !acknowledged || this.#bit(cr1.stop) || this.#bit(cr1.start);
      if (this.#flags & sr1.rxne) {
        this.#shift = byte;
        this.#flags |= sr1.btf;
      } else {
        this.#data = byte;
        this.#flags |= sr1.rxne;
        if (!this.#last) this.#receive();
      }
    });
  }

  #lost(): void {
    this.#state = "idle";
    this.#flags = (this.#flags & errors) | sr1.arlo;
  }

  #busError(): void {
    if (this.#state === "idle") return;
    this.#stopWork();
    this.#flags = sr1.berr;
    this.#update();
  }

  #check(): void {
    const { world, name, note } = this.ports;
    const hz = world.clock(name);
    const frequency = this.bank.get(at.cr2) & 63;
    if (Math.abs(frequency - hz / 1e6) >= 1) note(`${name}: FREQ is ${frequency}, its bus has ${hz / 1e6} MHz`);
    const scl = 1 / this.#period;
    if (scl > 400e3 * 1.01) note(`${name}: SCL of ${Math.round(scl / 1e3)} kHz`);
    const rise = scl > 100e3 * 1.01 ? 300e-9 : 1000e-9;
    const wanted = Math.floor(rise * hz) + 1;
    if (Math.abs((this.bank.get(at.trise) & 63) - wanted) > 1) note(`${name}: TRISE is not ${wanted}`);
  }
}
