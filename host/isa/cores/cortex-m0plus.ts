// Cortex-M0+ (ARMv6-M), as DDI 0484C table 3-1 counts it; the 1-cycle multiplier is assumed (the other takes 32), and no
// access goes to the single-cycle I/O port.

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "DDI 0484C",
  1,
  `
  alu               1      table 3-1
  alu-pc            1+P    table 3-1: ADD, MOV to PC 2
  mul               1      table 3-1: 1 or 32
  load              2      table 3-1: 2, or 1 from the I/O port
  load-multiple     1+N    table 3-1
  load-multiple-pc  2+N+P  table 3-1: POP with PC 3+N
  store             2      table 3-1
  store-register    2      table 3-1
  store-multiple    1+N    table 3-1
  branch            1+P    table 3-1: 2
  branch-if         1/1+P  table 3-1: 1 or 2
  branch-register   1+P    table 3-1: BX 2
  call              2+P    table 3-1: BL 3
  call-register     1+P    table 3-1: BLX 2
  special           3      table 3-1: MRS, MSR
  cps               1      table 3-1
  barrier           3      table 3-1
  hint              1      table 3-1
  wait              2      table 3-1: WFE, WFI
  exception         1      not in table 3-1; the entry is counted by the exception
`,
);

export const cortexM0plus: Core = {
  name: "cortex-m0plus",
  architecture: "v6m",
  features: new Set<Feature>(["v6m"]),
  cycles,
  pipeline: {
    loadPairing: 0,
    addressStall: 0,
    loadUseStall: 0,
    unaligned: 0,
    foldIT: false,
    issue: 1,
    source: "DDI 0484C 3.3: no overlap",
  },
  unalignedFaults: true,
};
