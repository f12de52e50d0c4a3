// FLASH of the STM32F4 (RM0390 3.8): ACR 0, KEYR 4, OPTKEYR 8, SR 0xC (0 EOP, 4 WRPERR, 6 PGPERR, 7 PGSERR, 16 BSY; ones clear), CR 0x10
// (0 PG, 1 SER, 2 MER, 6:3 SNB, 9:8 PSIZE, 16 STRT, 31 LOCK), OPTCR 0x14 (0 OPTLOCK, 27:16 nWRP: sectors that may be written).
//
//   erase     LOCK off, SER and SNB, STRT            program   LOCK off, PG and PSIZE, then stores of that width
//
// The core fetches from this flash: it stands still until the operation is over (3.5.1). A store without PG is PGSERR, one of another width
// PGPERR, and nothing is written. Fault: inject("flash"), BSY never falls and nothing is done.

import type { Width } from "../../bus.ts";
import type { FlashArray } from "../../flash-array.ts";
import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { KeyLock, watchWaitStates } from "./flash-rules.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const status = { done: 1, protected: 1 << 4, parallelism: 1 << 6, sequence: 1 << 7, busy: 1 << 16 } as const;
const control = { program: 1, sector: 2, mass: 4, start: 1 << 16, lock: 0x80000000 } as const;
const flashBase = 0x08000000;
/** STM32F446xC/E datasheet 6.3.12, x32, typical: a sector of 16, 64, 128 KB; a word. */
const eraseSeconds = new Map([
  [16384, 0.25],
  [65536, 0.55],
  [131072, 1],
]);
const wordSeconds = 16e-6;

export class FlashF4 extends Stm32Peripheral {
  readonly #lock: KeyLock;
  readonly #optionLock: KeyLock;
  #status = 0;
  #flash: FlashArray | undefined;

  constructor(ports: PeripheralPorts) {
    super(ports);
    const spoilt = () => ports.note(`${ports.name}: a wrong key; locked until the next reset`);
    this.#lock = new KeyLock([0x45670123, 0xcdef89ab], spoilt);
    this.#optionLock = new KeyLock([0x08192a3b, 0x4c5d6e7f], spoilt);
    const { bank } = this;
    const check = watchWaitStates(ports, () => bank.get(0) & 15);
    bank.add(0, { write: check });
    bank.add(4, { read: () => 0, write: (word) => this.#lock.key(word) });
    bank.add(8, { read: () => 0, write: (word) => this.#optionLock.key(word) });
    bank.add(0xc, { read: () => this.#flags, write: (value) => void (this.#status &= ~value), quiet: true });
    bank.add(0x10, { reset: 0x80000000, read: () => this.#control, write: (value, old) => this.#command(value, old) });
    bank.add(0x14, {
      reset: 0x0fffaaed,
      read: () => this.#options,
      write: (value, old) => this.#setOptions(value, old),
    });
  }

  override reset(cause: ResetCause): void {
    const options = this.bank.get(0x14);
    super.reset(cause);
    this.bank.set(0x14, options);
    this.#lock.reset();
    this.#optionLock.reset();
    this.#status = 0;
    this.#flash = this.ports.flashAt(flashBase);
    if (this.#flash) this.#flash.onStore = (address, value, width) => this.#program(address, value, width);
  }

  get #flags(): number {
    return this.#status | (this.ports.world.signal("fault.flash") ? status.busy : 0);
  }

  get #control(): number {
    return ((this.bank.get(0x10) & 0x03000ffff) | (this.#lock.locked ? control.lock : 0)) >>> 0;
  }

  get #options(): number {
    return (this.bank.get(0x14) & ~3) | (this.#optionLock.locked ? 1 : 0);
  }

  #setOptions(value: number, old: number): void {
    if (this.#optionLock.locked) this.bank.set(0x14, old);
    else if (value & 1) this.#optionLock.lock();
  }

  #command(value: number, old: number): void {
    if (this.#lock.locked) return this.bank.set(0x10, old);
    if (value & control.lock) this.#lock.lock();
    else if (value & control.start && !this.ports.world.signal("fault.flash")) {
      if (value & control.sector) this.#erase((value >> 3) & 15);
      else if (value & control.mass) for (let sector = 0; this.#flash?.sector(sector); sector++) this.#erase(sector);
    }
    this.bank.set(0x10, value & ~control.start);
  }

  #mayWrite(sector: number): boolean {
    if ((this.bank.get(0x14) >>> (16 + sector)) & 1) return true;
    this.#status |= status.protected;
    return false;
  }

  #erase(index: number): void {
    const sector = this.#flash?.sector(index);
    if (!sector) {
      this.#status |= status.sequence;
      return this.ports.note(`${this.ports.name}: there is no sector ${index}`);
    }
    if (!this.#mayWrite(index)) return;
    this.#flash!.erase(sector.base);
    this.ports.stall(eraseSeconds.get(sector.bytes)!);
    this.#status |= status.done;
  }

  #program(address: number, value: number, width: Width): void {
    const { note, name, world, stall } = this.ports;
    const flash = this.#flash!;
    if (this.#lock.locked || (this.bank.get(0x10) & control.program) === 0) {
      this.#status |= status.sequence;
      return note(`${name}: a store to 0x${address.toString(16)} without PG`);
    }
    if (width !== [1, 2, 4, 8][(this.bank.get(0x10) >> 8) & 3]) {
      this.#status |= status.parallelism;
      return note(`${name}: a store of ${width} bytes with another PSIZE`);
    }
    if (world.signal("fault.flash") || !this.#mayWrite(flash.sectorAt(address)?.index ?? 0)) return;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    flash.program(address, bytes.subarray(0, width));
    stall(wordSeconds);
    this.#status |= status.done;
  }
}
