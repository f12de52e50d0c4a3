// Cortex-M3 (ARMv7-M), as DDI 0337I table 3-1 counts it. P, the refill of the pipeline, is 1 to 3 there; 2 here, which is what
// an aligned target in zero-wait-state memory takes. Long multiplication ends early for small operands.

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "DDI 0337I",
  2,
  `
  alu               1      table 3-1
  alu-pc            1+P    table 3-1
  mul               1      table 3-1
  mla               2      table 3-1
  mul-long          3..5   table 3-1
  mla-long          4..7   table 3-1
  div               2..12  table 3-1: less when the operands' leading bits are close
  load              2      table 3-1, note b; 1 after a load (3.3.2)
  load-pc           2+P    table 3-1
  load-double       3      table 3-1: 1+N
  load-multiple     1+N    table 3-1
  load-multiple-pc  1+N+P  table 3-1
  load-exclusive    2      table 3-1
  store             1      3.3.2: STR with an immediate offset is always one cycle
  store-register    2      table 3-1
  store-double      3      table 3-1: 1+N
  store-multiple    1+N    table 3-1
  store-exclusive   2      table 3-1
  branch            1+P    table 3-1
  branch-if         1/1+P  table 3-1
  branch-zero       1/1+P  table 3-1
  branch-register   1+P    table 3-1
  call              1+P    table 3-1
  call-register     1+P    table 3-1
  table-branch      2+P    table 3-1
  it                1      table 3-1
  special           2      table 3-1: 1 or 2
  cps               2      table 3-1: 1 or 2
  barrier           1      table 3-1: 1+B, B = 0 with nothing outstanding
  hint              1      table 3-1
  wait              1      table 3-1: 1+W
  exception         1      not in table 3-1; the entry is counted by the exception
`,
);

export const cortexM3: Core = {
  name: "cortex-m3",
  architecture: "v7m",
  features: new Set<Feature>(["v6m", "v7m"]),
  cycles,
  pipeline: {
    loadPairing: 1,
    addressStall: 1,
    loadUseStall: 0,
    unaligned: 1,
    foldIT: false,
    issue: 1,
    source: "DDI 0337I 3.3.2 and 3.3.3",
  },
  unalignedFaults: false,
};
