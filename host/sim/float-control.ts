// The floating-point unit's registers in the System Control Space (DDI 0403E B3.2.20–B3.2.24): who may use it (CPACR), and the
// state that an exception owes to the stack (FPCCR, FPCAR: lazy stacking).

import type { CoreTraits } from "./core-traits.ts";
import type { SystemRegister } from "./system-control.ts";

const automatic = 1 << 31;
const lazy = 1 << 30;
const active = 1;

export class FloatControl {
  #cpacr = 0;
  #fpccr = 0;
  #fpcar = 0;
  /** FPDSCR: FPSCR's modes in a new context. */
  defaults = 0;
  #lazyPrivileged = true;

  constructor(
    readonly traits: CoreTraits,
    readonly onChange: () => void,
  ) {}

  reset(): void {
    this.#cpacr = this.#fpcar = this.defaults = 0;
    this.#fpccr = this.traits.float ? automatic | lazy : 0;
  }

  /** FPCCR.LSPEN: exceptions only reserve room for S0–S15. */
  get lazyStacking(): boolean {
    return (this.#fpccr & lazy) !== 0;
  }

  get lazyActive(): boolean {
    return (this.#fpccr & active) !== 0;
  }

  /** FPCCR.ASPEN: the first floating-point instruction sets CONTROL.FPCA. */
  get automaticContext(): boolean {
    return (this.#fpccr & automatic) !== 0;
  }

  startLazy(address: number, privileged: boolean): void {
    this.#fpcar = address & ~7;
    this.#lazyPrivileged = privileged;
    this.#fpccr |= active;
    this.onChange();
  }

  lazyTarget(): { readonly address: number; readonly privileged: boolean } {
    return { address: this.#fpcar, privileged: this.#lazyPrivileged };
  }

  endLazy(): void {
    this.#fpccr &= ~active;
  }

  /** CP10's field of CPACR: 1 privileged only, 3 everybody. */
  allowed(privileged: boolean): boolean {
    const access = (this.#cpacr >>> 20) & 3;
    return this.traits.float && (access === 3 || (access === 1 && privileged));
  }

  *registers(): Generator<[number, SystemRegister]> {
    if (!this.traits.float) return;
    const merged = (get: () => number, set: (value: number) => void, writable: number): SystemRegister => ({
      read: get,
      write: (value, mask) => {
        set((get() & ~(mask & writable)) | (value & writable));
        this.onChange();
      },
    });
    const fields = [
      [0xd88, () => this.#cpacr, (value: number) => (this.#cpacr = value), 0x00f00000],
      [0xf34, () => this.#fpccr, (value: number) => (this.#fpccr = value), automatic | lazy | active],
      [0xf38, () => this.#fpcar, (value: number) => (this.#fpcar = value), ~7],
      [0xf3c, () => this.defaults, (value: number) => (this.defaults = value), 0x07c00000],
    ] as const;
    for (const [offset, get, set, writable] of fields) yield [offset, merged(get, set, writable)];
    for (const [i, value] of this.traits.mvfr.entries()) yield [0xf40 + 4 * i, { read: () => value }];
  }
}
