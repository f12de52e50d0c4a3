// A peripheral's registers as a table: offset → what reads and writes do. Words that are not in the table are stored and read back (reset
// value 0), so that a model names only what has behaviour. Narrow accesses see their part of the word.
//
//   bank.add(0x2c, { read: () => this.#status() });                     read-only
//   bank.add(0x30, { reset: 0x300, write: (value, old) => … });         stored, then told

import type { Device, Width } from "../bus.ts";

export interface Register {
  readonly reset?: number;
  /** Absent: the stored value. Side effects of reading happen here. */
  read?(): number;
  /** `read` only looks: translated code may poll it. */
  readonly quiet?: true;
  /** After the value was stored; absent together with a `read`: read-only. */
  write?(value: number, old: number): void;
}

export class RegisterBank implements Device {
  readonly #registers = new Map<number, Register>();
  readonly #stored = new Map<number, number>();

  add(offset: number, register: Register): void {
    this.#registers.set(offset, register);
  }

  reset(): void {
    this.#stored.clear();
  }

  /** Stored value. */
  get(offset: number): number {
    return this.#stored.get(offset) ?? this.#registers.get(offset)?.reset ?? 0;
  }

  /** Stores without telling the register. */
  set(offset: number, value: number): void {
    this.#stored.set(offset, value >>> 0);
  }

  quiet(offset: number): boolean {
    const register = this.#registers.get(offset & ~3);
    return !register?.read || register.quiet === true;
  }

  read(offset: number, width: Width): number {
    const at = offset & ~3;
    const word = (this.#registers.get(at)?.read?.() ?? this.get(at)) >>> 0;
    const shifted = word >>> (8 * (offset & 3));
    return width === 4 ? word : shifted & (width === 2 ? 0xffff : 0xff);
  }

  write(offset: number, value: number, width: Width): void {
    const at = offset & ~3;
    const shift = 8 * (offset & 3);
    const mask = width === 4 ? -1 : (width === 2 ? 0xffff : 0xff) << shift;
    this.writeMasked(at, (value << shift) & mask, mask);
  }

  writeMasked(at: number, value: number, mask: number): void {
    const register = this.#registers.get(at);
    if (register?.read && !register.write) return;
    const old = this.get(at);
    const next = ((old & ~mask) | (value & mask)) >>> 0;
    this.#stored.set(at, next);
    register?.write?.(next, old);
  }
}
