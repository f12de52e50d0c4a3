// FLASH of the STM32L4+ (RM0432 3.7): ACR 0, KEYR 8, SR 0x10 (0 EOP, 3 PROGERR, 5 PGAERR, 6 SIZERR, 7 PGSERR, 16 BSY; ones clear), CR 0x14
// (0 PG, 1 PER, 2 MER1, 10:3 PNB, 11 BKER, 15 MER2, 16 STRT, 31 LOCK). Two banks; with 4 KB pages each has 256.
//
//   erase     LOCK off, PER, BKER and PNB, STRT        program   LOCK off, PG, then both words of an aligned double word
//
// A double word holds its own ECC: it can be written once between erases, else PROGERR. Any error flag that stands stops the next operation
// (PGSERR, 3.3.7). The core stands still meanwhile. Fault: inject("flash"), BSY never falls and nothing is done.

import type { Width } from "../../bus.ts";
import type { FlashArray } from "../../flash-array.ts";
import type { PeripheralPorts, ResetCause } from "../peripheral.ts";
import { KeyLock, watchWaitStates } from "./flash-rules.ts";
import { Stm32Peripheral } from "./stm32-peripheral.ts";

const status = { done: 1, programming: 8, alignment: 32, size: 64, sequence: 128, busy: 1 << 16 } as const;
const errors = 0xfa;
const control = { program: 1, page: 2, mass1: 4, mass2: 1 << 15, start: 1 << 16, lock: 0x80000000 } as const;
const flashBase = 0x08000000;
const pagesPerBank = 256;
/** STM32L4R5xx datasheet 6.3.12, typical. */
const pageSeconds = 22.02e-3;
const doubleWordSeconds = 81.69e-6;

export class FlashL4 extends Stm32Peripheral {
  readonly #lock: KeyLock;
  #status = 0;
  #flash: FlashArray | undefined;
  /** First word of a double word, until the second comes. */
  #first: { readonly address: number; readonly value: number } | undefined;

  constructor(ports: PeripheralPorts) {
    super(ports);
    this.#lock = new KeyLock([0x45670123, 0xcdef89ab], () =>
      ports.note(`${ports.name}: a wrong key; locked until the next reset`),
    );
    const { bank } = this;
    bank.add(0, { reset: 0x600, write: watchWaitStates(ports, () => bank.get(0) & 15) });
    bank.add(8, { read: () => 0, write: (word) => this.#lock.key(word) });
    bank.add(0x10, { read: () => this.#flags, write: (value) => void (this.#status &= ~value), quiet: true });
    bank.add(0x14, { reset: 0xc0000000, read: () => this.#control, write: (value, old) => this.#command(value, old) });
  }

  override reset(cause: ResetCause): void {
    super.reset(cause);
    this.#lock.reset();
    this.#status = 0;
    this.#first = undefined;
    this.#flash = this.ports.flashAt(flashBase);
    if (this.#flash) this.#flash.onStore = (address, value, width) => this.#program(address, value, width);
  }

  get #flags(): number {
    return this.#status | (this.ports.world.signal("fault.flash") ? status.busy : 0);
  }

  get #control(): number {
    return ((this.bank.get(0x14) & 0x4700ffff) | (this.#lock.locked ? control.lock : 0)) >>> 0;
  }

  #command(value: number, old: number): void {
    if (this.#lock.locked) return this.bank.set(0x14, old);
    this.bank.set(0x14, value & ~control.start);
    if (value & control.lock) return this.#lock.lock();
    if ((value & control.start) === 0 || this.ports.world.signal("fault.flash")) return;
    if (this.#status & errors) return void (this.#status |= status.sequence);
    const bank = (value >> 11) & 1;
    if (value & control.page) this.#erase(bank * pagesPerBank + ((value >> 3) & 255));
    for (const [mass, which] of [
      [control.mass1, 0],
      [control.mass2, 1],
    ] as const)
      if (value & mass) for (let page = 0; page < pagesPerBank; page++) this.#erase(which * pagesPerBank + page);
  }

  #erase(page: number): void {
    const sector = this.#flash?.sector(page);
    if (!sector) return;
    this.#flash!.erase(sector.base);
    this.ports.stall(pageSeconds);
    this.#status |= status.done;
  }

  #fail(flag: number, words: string): void {
    this.#status |= flag;
    this.#first = undefined;
    this.ports.note(`${this.ports.name}: ${words}`);
  }

  #program(address: number, value: number, width: Width): void {
    const where = `0x${address.toString(16)}`;
    if (this.#lock.locked || (this.bank.get(0x14) & control.program) === 0 || this.#status & errors)
      return this.#fail(status.sequence, `a store to ${where} without PG, or after an error`);
    if (width !== 4) return this.#fail(status.size, `a store of ${width} bytes to ${where}; double words are written`);
    if (this.ports.world.signal("fault.flash")) return;
    const first = this.#first;
    if (first === undefined) {
      if (address % 8 !== 0) return this.#fail(status.alignment, `a double word begins at ${where}`);
      this.#first = { address, value };
      return;
    }
    if (address !== first.address + 4) return this.#fail(status.alignment, `${where} is not the other half`);
    const bytes = new Uint8Array(8);
    const words = new DataView(bytes.buffer);
    words.setUint32(0, first.value >>> 0, true);
    words.setUint32(4, value >>> 0, true);
    this.#first = undefined;
    if (this.#flash!.program(first.address, bytes, "once") !== undefined) this.#status |= status.programming;
    else this.#status |= status.done;
    this.ports.stall(doubleWordSeconds);
  }
}
