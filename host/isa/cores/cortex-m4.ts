// Cortex-M4 with its floating-point unit (M4F), as DDI 0439D tables 3-1 and 7-1 count it. P, the refill of the pipeline, is 1 to 3
// there; 2 here, which is what an aligned target in zero-wait-state memory takes.

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "DDI 0439D",
  2,
  `
  alu                1      table 3-1
  alu-pc             1+P    table 3-1
  mul                1      table 3-1
  mla                1      table 3-1
  mul-long           1      table 3-1
  mla-long           1      table 3-1
  dsp-mul            1      table 3-1
  dsp-alu            1      table 3-1
  div                2..12  table 3-1: less when the operands' leading bits are close
  load               2      table 3-1, note b; 1 after a load (3.3.2)
  load-pc            2+P    table 3-1
  load-double        3      table 3-1: 1+N
  load-multiple      1+N    table 3-1
  load-multiple-pc   1+N+P  table 3-1
  load-exclusive     2      table 3-1
  store              1      3.3.2: STR with an immediate offset is always one cycle
  store-register     2      table 3-1
  store-double       3      table 3-1: 1+N
  store-multiple     1+N    table 3-1
  store-exclusive    2      table 3-1
  branch             1+P    table 3-1
  branch-if          1/1+P  table 3-1
  branch-zero        1/1+P  table 3-1
  branch-register    1+P    table 3-1
  call               1+P    table 3-1
  call-register      1+P    table 3-1
  table-branch       2+P    table 3-1
  it                 1      table 3-1
  special            2      table 3-1: 1 or 2
  cps                2      table 3-1: 1 or 2
  barrier            1      table 3-1: 1+B, B = 0 with nothing outstanding
  hint               1      table 3-1
  wait               1      table 3-1: 1+W
  exception          1      not in table 3-1; the entry is counted by the exception
  fp-alu             1      table 7-1
  fp-mul             1      table 7-1
  fp-mac             3      table 7-1
  fp-div             14     table 7-1
  fp-sqrt            14     table 7-1
  fp-convert         1      table 7-1
  fp-move            1      table 7-1
  fp-move-double     2      table 7-1
  fp-load            2      table 7-1
  fp-load-double     3      table 7-1
  fp-load-multiple   1+N    table 7-1
  fp-store           2      table 7-1
  fp-store-double    3      table 7-1
  fp-store-multiple  1+N    table 7-1
`,
);

export const cortexM4: Core = {
  name: "cortex-m4",
  architecture: "v7m",
  features: new Set<Feature>(["v6m", "v7m", "dsp", "fp"]),
  cycles,
  pipeline: {
    loadPairing: 1,
    addressStall: 1,
    loadUseStall: 0,
    unaligned: 1,
    foldIT: false,
    issue: 1,
    source: "DDI 0439D 3.3.2 and 3.3.3; the address stall is not in the manual",
  },
  unalignedFaults: false,
};
