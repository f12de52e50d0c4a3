// Cortex-M0 (ARMv6-M), as DDI 0432C table 3-1 counts it; the 1-cycle multiplier is assumed (the other takes 32).

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "DDI 0432C",
  2,
  `
  alu               1      table 3-1
  alu-pc            1+P    table 3-1: ADD, MOV to PC 3
  mul               1      table 3-1: 1 or 32
  load              2      table 3-1
  load-multiple     1+N    table 3-1
  load-multiple-pc  2+N+P  table 3-1: POP with PC 4+N
  store             2      table 3-1
  store-register    2      table 3-1
  store-multiple    1+N    table 3-1
  branch            1+P    table 3-1: 3
  branch-if         1/1+P  table 3-1: 1 or 3
  branch-register   1+P    table 3-1: BX 3
  call              2+P    table 3-1: BL 4
  call-register     1+P    table 3-1: BLX 3
  special           4      table 3-1: MRS, MSR
  cps               1      table 3-1
  barrier           4      table 3-1
  hint              1      table 3-1
  wait              2      table 3-1: WFE, WFI
  exception         1      not in table 3-1; the entry is counted by the exception
`,
);

export const cortexM0: Core = {
  name: "cortex-m0",
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
    source: "DDI 0432C 3.3: no overlap",
  },
  unalignedFaults: true,
};
