// Cortex-M7 (ARMv7E-M with FPv5 double precision). It issues two instructions a cycle and predicts branches; Arm publishes no cycle
// table (DDI 0489 has none): these numbers are an approximation for ranking, each instruction alone, results of loads and
// multiplications a cycle later, predicted branches without a refill.

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "no public table:",
  2,
  `
  alu                1      approximation
  alu-pc             1+P    approximation
  mul                1      approximation
  mla                1      approximation
  mul-long           1      approximation
  mla-long           1      approximation
  dsp-mul            1      approximation
  dsp-alu            1      approximation
  div                2..12  approximation
  load               1      approximation
  load-pc            2+P    approximation
  load-double        1      approximation
  load-multiple      1+N    approximation
  load-multiple-pc   1+N+P  approximation
  load-exclusive     1      approximation
  store              1      approximation
  store-register     1      approximation
  store-double       1      approximation
  store-multiple     1+N    approximation
  store-exclusive    1      approximation
  branch             1      approximation
  branch-if          1      approximation
  branch-zero        1      approximation
  branch-register    1+P    approximation
  call               1      approximation
  call-register      1+P    approximation
  table-branch       2+P    approximation
  it                 1      approximation
  special            2      approximation
  cps                2      approximation
  barrier            1      approximation
  hint               1      approximation
  wait               1      approximation
  exception          1      the entry is counted by the exception
  fp-alu             1      approximation
  fp-mul             1      approximation
  fp-mac             1      approximation
  fp-div             14     approximation
  fp-sqrt            14     approximation
  fp-convert         1      approximation
  fp-move            1      approximation
  fp-move-double     2      approximation
  fp-load            1      approximation
  fp-load-double     1      approximation
  fp-load-multiple   1+N    approximation
  fp-store           1      approximation
  fp-store-double    1      approximation
  fp-store-multiple  1+N    approximation
`,
);

export const cortexM7: Core = {
  name: "cortex-m7",
  architecture: "v7m",
  features: new Set<Feature>(["v6m", "v7m", "dsp", "fp", "fp5", "dp", "dp5"]),
  cycles,
  pipeline: {
    loadPairing: 0,
    addressStall: 0,
    loadUseStall: 1,
    unaligned: 0,
    foldIT: false,
    issue: 2,
    source: "approximation",
  },
  approximate: "no public cycle table for the Cortex-M7",
  unalignedFaults: false,
};
