// Which exception runs next: enabled, pending, active and priority of every exception, and the execution priority that follows
// from them (DDI 0403E B1.5.4). Smaller number = more urgent; 256 = nothing runs. Reset −3, NMI −2, HardFault −1.
//
//   group priority = priority with the sub-priority bits (PRIGROUP) cleared: it alone preempts; equal ones: lower number first

import type { Cpu } from "./cpu.ts";

export const exception = {
  nmi: 2,
  hardFault: 3,
  memManage: 4,
  busFault: 5,
  usageFault: 6,
  svCall: 11,
  debugMonitor: 12,
  pendSv: 14,
  sysTick: 15,
  irq0: 16,
} as const;

const idle = 256;

export class Exceptions {
  readonly count: number;
  readonly #enabled: Uint8Array;
  readonly #pending: Uint8Array;
  readonly #active: Uint8Array;
  readonly #priority: Uint8Array;
  /** Level-sensitive input of each interrupt: as long as it is high, the interrupt pends again. */
  readonly #line: Uint8Array;
  readonly #priorityMask: number;
  /** AIRCR.PRIGROUP. */
  priorityGroup = 0;
  #activeCount = 0;

  constructor(
    readonly cpu: Cpu,
    interrupts: number,
    priorityBits: number,
    /** v7-M: MemManage, BusFault, UsageFault exist. */
    readonly configurableFaults: boolean,
    /** Something may preempt now: look before the next instruction. */
    readonly onChange: () => void,
  ) {
    this.count = 16 + interrupts;
    this.#enabled = new Uint8Array(this.count);
    this.#pending = new Uint8Array(this.count);
    this.#active = new Uint8Array(this.count);
    this.#priority = new Uint8Array(this.count);
    this.#line = new Uint8Array(this.count);
    this.#priorityMask = (0xff << (8 - priorityBits)) & 0xff;
    this.reset();
  }

  reset(): void {
    for (const array of [this.#enabled, this.#pending, this.#active, this.#priority, this.#line]) array.fill(0);
    for (const number of [2, 3, 11, 12, 14, 15]) this.#enabled[number] = 1;
    this.priorityGroup = 0;
    this.#activeCount = 0;
  }

  isEnabled = (number: number) => this.#enabled[number] === 1;
  isPending = (number: number) => this.#pending[number] === 1;
  isActive = (number: number) => this.#active[number] === 1;
  priority = (number: number) => this.#priority[number] ?? 0;

  get activeCount(): number {
    return this.#activeCount;
  }

  setEnabled(number: number, on: boolean): void {
    if (number >= this.count) return;
    this.#enabled[number] = on ? 1 : 0;
    this.onChange();
  }

  setPending(number: number, on: boolean): void {
    if (number >= this.count) return;
    this.#pending[number] = on ? 1 : this.#line[number]!;
    this.onChange();
  }

  setPriority(number: number, value: number): void {
    if (number >= this.count) return;
    this.#priority[number] = value & this.#priorityMask;
    this.onChange();
  }

  /** The level of a peripheral's interrupt output. */
  setLine(irq: number, high: boolean): void {
    const number = 16 + irq;
    if (number >= this.count || this.#line[number] === (high ? 1 : 0)) return;
    this.#line[number] = high ? 1 : 0;
    if (high && !this.#active[number]) this.#pending[number] = 1;
    this.onChange();
  }

  activate(number: number): void {
    this.#pending[number] = 0;
    if (!this.#active[number]) this.#activeCount++;
    this.#active[number] = 1;
  }

  deactivate(number: number): void {
    if (this.#active[number]) this.#activeCount--;
    this.#active[number] = 0;
    if (this.#line[number]) this.#pending[number] = 1;
    this.onChange();
  }

  groupPriority(number: number): number {
    if (number === exception.nmi) return -2;
    if (number === exception.hardFault) return -1;
    return this.#priority[number]! & this.#groupMask;
  }

  get #groupMask(): number {
    return (0xff << (this.priorityGroup + 1)) & 0xff;
  }

  executionPriority(): number {
    let highest = idle;
    if (this.#activeCount > 0)
      for (let number = 2; number < this.count; number++)
        if (this.#active[number]) highest = Math.min(highest, this.groupPriority(number));
    const { primask, faultmask, basepri } = this.cpu;
    if (basepri !== 0) highest = Math.min(highest, basepri & this.#groupMask);
    if (primask) highest = Math.min(highest, 0);
    if (faultmask) highest = Math.min(highest, -1);
    return highest;
  }

  /** The pending exception that preempts what runs now; 0: none. */
  next(): number {
    const best = this.mostUrgent();
    return best !== 0 && this.groupPriority(best) < this.executionPriority() ? best : 0;
  }

  /** Enabled and pending, most urgent; 0: none. Sub-priority decides only among pending ones. */
  mostUrgent(): number {
    let best = 0;
    let bestPriority = idle;
    for (let number = 2; number < this.count; number++) {
      if (!this.#pending[number] || !this.#enabled[number]) continue;
      const priority = number === 2 ? -2 : number === 3 ? -1 : this.#priority[number]!;
      if (priority < bestPriority) {
        best = number;
        bestPriority = priority;
      }
    }
    return best;
  }

  /** WFI wakes for anything that would preempt if PRIMASK were clear (B1.5.19). */
  wakes(): boolean {
    const { cpu } = this;
    const primask = cpu.primask;
    cpu.primask = 0;
    const wakes = this.next() !== 0;
    cpu.primask = primask;
    return wakes;
  }

  /** Whether a synchronous fault or SVC can be taken as itself, or must escalate to HardFault. */
  canPreempt(number: number): boolean {
    if (!this.#enabled[number]) return false;
    return this.groupPriority(number) < this.executionPriority();
  }

  /** The smallest number that is pending, for ICSR.VECTPENDING; and whether an interrupt is. */
  get anyInterruptPending(): boolean {
    return this.#pending.indexOf(1, 16) >= 0;
  }

  word(which: "enabled" | "pending" | "active", index: number): number {
    const bits = { enabled: this.#enabled, pending: this.#pending, active: this.#active }[which];
    let word = 0;
    for (let i = 0; i < 32; i++) if (bits[16 + 32 * index + i]) word |= 1 << i;
    return word;
  }
}
