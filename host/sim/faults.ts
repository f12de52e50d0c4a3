// Synchronous faults as values: thrown by accesses and instructions, caught at the instruction's boundary, then turned into
// status bits and an exception (DDI 0403E B1.5.14, tables B1-8 and B3.2.15). `exception` is the vector before escalation.

export type FaultKind = keyof typeof faultKinds;

/** bit: in CFSR. address: the status register that keeps it, and the VALID bit. */
export const faultKinds = {
  "fetch-violation": { exception: 4, bit: 0, words: "instruction fetch not allowed by the MPU or from an XN region" },
  "data-violation": { exception: 4, bit: 1, words: "data access not allowed by the MPU" },
  "unstack-violation": { exception: 4, bit: 3, words: "MPU violation while unstacking for an exception return" },
  "stack-violation": { exception: 4, bit: 4, words: "MPU violation while stacking for an exception" },
  "lazy-violation": { exception: 4, bit: 5, words: "MPU violation during lazy floating-point stacking" },
  "fetch-bus": { exception: 5, bit: 8, words: "instruction fetch from an address where nothing answers" },
  "data-bus": { exception: 5, bit: 9, words: "data access at an address where nothing answers" },
  "unstack-bus": { exception: 5, bit: 11, words: "bus error while unstacking for an exception return" },
  "stack-bus": { exception: 5, bit: 12, words: "bus error while stacking for an exception" },
  "lazy-bus": { exception: 5, bit: 13, words: "bus error during lazy floating-point stacking" },
  undefined: { exception: 6, bit: 16, words: "undefined instruction" },
  "invalid-state": { exception: 6, bit: 17, words: "branch to an address with bit 0 clear (not Thumb)" },
  "invalid-return": { exception: 6, bit: 18, words: "illegal exception return" },
  "no-coprocessor": { exception: 6, bit: 19, words: "coprocessor or floating-point unit disabled or absent (CPACR)" },
  "stack-limit": { exception: 6, bit: 20, words: "stack pointer passed its limit (MSPLIM, PSPLIM)" },
  unaligned: { exception: 6, bit: 24, words: "unaligned access" },
  "divide-by-zero": { exception: 6, bit: 25, words: "division by zero" },
  "vector-fetch": { exception: 3, bit: -1, words: "the vector table could not be read" },
} as const;

export class Fault {
  constructor(
    readonly kind: FaultKind,
    /** Faulting data address, where the core reports one. */
    readonly address?: number,
  ) {}

  get exception(): number {
    return faultKinds[this.kind].exception;
  }

  /** CFSR bits: the cause, and MMARVALID (7) or BFARVALID (15) with an address. */
  get status(): number {
    const { bit, exception } = faultKinds[this.kind];
    const valid = this.address === undefined ? 0 : exception === 4 ? 1 << 7 : exception === 5 ? 1 << 15 : 0;
    return (bit < 0 ? 0 : 1 << bit) | valid;
  }
}

export const exceptionNames: Readonly<Record<number, string>> = {
  1: "Reset",
  2: "NMI",
  3: "HardFault",
  4: "MemManage",
  5: "BusFault",
  6: "UsageFault",
  7: "SecureFault",
  11: "SVCall",
  12: "DebugMonitor",
  14: "PendSV",
  15: "SysTick",
};

export const exceptionName = (number: number): string =>
  number >= 16 ? `IRQ ${number - 16}` : (exceptionNames[number] ?? `exception ${number}`);
