// NVMC (nRF52840 PS 4.3, nRF51 RM 6): READY 0x400, READYNEXT 0x408, CONFIG 0x504 (0 read, 1 write, 2 erase), ERASEPAGE 0x508, ERASEALL 0x50C.
// With writing enabled a word stored into flash is programmed: bits only go from 1 to 0, each word at most `writes` times between
// erases. The core fetches from flash, so it stands still until the controller is ready. A store without writing enabled, or narrower
// than a word, is a bus fault. Fault: fault.nvmc, never ready.

import type { Width } from "../../bus.ts";
import { Fault } from "../../faults.ts";
import type { FlashArray } from "../../flash-array.ts";
import type { Peripheral, PeripheralPorts } from "../peripheral.ts";
import { RegisterBank } from "../register-bank.ts";

const writing = 1;
const erasing = 2;

export class NrfNvmc implements Peripheral {
  readonly bytes = 0x1000;
  readonly #p: PeripheralPorts;
  readonly #bank = new RegisterBank();
  /** How often a word was written since its page was erased. */
  readonly #writes = new Map<number, number>();
  #flash: FlashArray | undefined;

  constructor(ports: PeripheralPorts) {
    this.#p = ports;
    const ready = { read: () => (ports.world.signal("fault.nvmc") ? 0 : 1) };
    this.#bank.add(0x400, ready);
    this.#bank.add(0x408, ready);
    this.#bank.add(0x508, { write: (address) => this.#erase(address) });
    this.#bank.add(0x50c, { write: (value) => value & 1 && this.#eraseAll() });
  }

  reset(): void {
    this.#bank.reset();
    this.#flash = this.#p.flashAt(0);
    if (this.#flash) this.#flash.onStore = (address, value, width) => this.#program(address, value, width);
  }

  #seconds(option: string, otherwise: number): number {
    return Number(this.#p.options[option] ?? otherwise);
  }

  #erase(address: number): void {
    const { note, name, stall } = this.#p;
    if (this.#bank.get(0x504) !== erasing) return note(`${name}: ERASEPAGE without erasing enabled does nothing`);
    const page = this.#flash?.sectorAt(address);
    if (this.#flash?.erase(address) === undefined && page)
      for (let at = page.base; at < page.base + page.bytes; at += 4) this.#writes.delete(at);
    stall(this.#seconds("eraseSeconds", 0.085));
  }

  #eraseAll(): void {
    if (this.#bank.get(0x504) !== erasing || !this.#flash) return;
    for (let at = this.#flash.base; ; ) {
      const page = this.#flash.sectorAt(at);
      if (!page) break;
      this.#flash.erase(page.base);
      at = page.base + page.bytes;
    }
    this.#writes.clear();
    this.#p.stall(this.#seconds("eraseAllSeconds", 0.169));
  }

  #program(address: number, value: number, width: Width): void {
    if (this.#bank.get(0x504) !== writing || width !== 4) throw new Fault("data-bus", address);
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    this.#flash?.program(address, bytes);
    const times = (this.#writes.get(address) ?? 0) + 1;
    this.#writes.set(address, times);
    const most = Number(this.#p.options["writes"] ?? 2);
    if (times === most + 1)
      this.#p.note(
        `${this.#p.name}: 0x${address.toString(16)} is written ${times} times between erases, ${most} are allowed`,
      );
    this.#p.stall(this.#seconds("writeSeconds", 41e-6));
  }

  read(offset: number, width: Width): number {
    return this.#bank.read(offset, width);
  }

  write(offset: number, value: number, width: Width): void {
    this.#bank.write(offset, value, width);
  }
}
