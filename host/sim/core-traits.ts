// What differs between cores apart from instructions: identification, reset values, exception costs. One row a core; the
// instruction set and its cycle table are room isa's.

import type { CoreName } from "../isa/isa.ts";
import type { EntryCosts } from "./exception-entry.ts";

export interface CoreTraits {
  readonly version: 6 | 7 | 8;
  readonly cpuid: number;
  readonly float: boolean;
  readonly dsp: boolean;
  /** CONTROL.nPRIV exists (the M0 is always privileged). */
  readonly unprivileged: boolean;
  readonly vtorMask: number;
  readonly priorityMask: number;
  /** MVFR0, MVFR1, MVFR2. */
  readonly mvfr: readonly number[];
  readonly costs: EntryCosts & { readonly source: string };
}

type Row = Omit<CoreTraits, "priorityMask">;

const v7mask = 0xffffff80;

/** CPUID as r-numbers of the parts that QEMU 7.2 has; M0+ r0p1 (DDI 0484C 4.3). MVFR: FPU chapters of the TRMs. */
const rows: Record<CoreName, Row> = {
  "cortex-m0": {
    version: 6,
    cpuid: 0x410cc200,
    float: false,
    dsp: false,
    unprivileged: false,
    vtorMask: 0,
    mvfr: [],
    costs: { entry: 16, exit: 16, tailChain: 16, source: "DDI 0432C 3.6.2: interrupt latency 16 cycles" },
  },
  "cortex-m0plus": {
    version: 6,
    cpuid: 0x410cc601,
    float: false,
    dsp: false,
    unprivileged: true,
    vtorMask: 0xffffff00,
    mvfr: [],
    costs: { entry: 15, exit: 15, tailChain: 15, source: "DDI 0484C 3.5.1: interrupt latency 15 cycles" },
  },
  "cortex-m3": {
    version: 7,
    cpuid: 0x410fc231,
    float: false,
    dsp: false,
    unprivileged: true,
    vtorMask: v7mask,
    mvfr: [],
    costs: { entry: 12, exit: 12, tailChain: 6, source: "DDI 0337I 3.9.1: entry 12, tail chaining 6" },
  },
  "cortex-m4": {
    version: 7,
    cpuid: 0x410fc240,
    float: true,
    dsp: true,
    unprivileged: true,
    vtorMask: v7mask,
    mvfr: [0x10110021, 0x11000011, 0],
    costs: { entry: 12, exit: 12, tailChain: 6, source: "DDI 0439D 3.9.1: entry 12, tail chaining 6" },
  },
  "cortex-m7": {
    version: 7,
    cpuid: 0x411fc272,
    float: true,
    dsp: true,
    unprivileged: true,
    vtorMask: v7mask,
    mvfr: [0x10110221, 0x12000011, 0x40],
    costs: { entry: 12, exit: 12, tailChain: 6, source: "approximation: no public figure beyond 'typically 12'" },
  },
  "cortex-m33": {
    version: 8,
    cpuid: 0x410fd213,
    float: true,
    dsp: true,
    unprivileged: true,
    vtorMask: v7mask,
    mvfr: [0x10110021, 0x11000011, 0x40],
    costs: { entry: 12, exit: 12, tailChain: 6, source: "approximation: taken as the M4's" },
  },
};

export function traitsOf(core: CoreName, priorityBits: number): CoreTraits {
  return { ...rows[core], priorityMask: (0xff << (8 - priorityBits)) & 0xff };
}
