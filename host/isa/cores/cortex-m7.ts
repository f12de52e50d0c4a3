// Cortex-M7 (ARMv7E-M with FPv5 double precision). It issues two instructions a cycle and predicts branches; Arm publishes no cycle
// table (DDI 0489 has none): these numbers are an approximation for ranking, each instruction alone, results of loads a cycle
// later, every branch predicted: measured on silicon, a predicted branch of any kind costs at most its issue slot, a wrong
// prediction 6 to 8 cycles more, which is not modelled (nor could be from a table). "measured": github.com/jnk0le/random, pipeline
// cycle test, doc/cortex_m7.md (STM32H743, DWT), figures also at quinapalus.com/cm7cycles.html (STM32H730).

import { type Core, type Feature, readCosts } from "../core.ts";

const cycles = readCosts(
  "no public table:",
  2,
  `
  alu                1      approximation
  alu-pc             1      approximation: predicted, no refill
  mul                1      approximation
  mla                1      approximation
  mul-long           1      approximation
  mla-long           1      approximation
  dsp-mul            1      approximation
  dsp-alu            1      approximation
  div                2..12  approximation
  load               1      approximation
  load-pc            2      approximation: predicted, no refill
  load-double        1      approximation
  load-multiple      0+H    measured: two registers a cycle
  load-multiple-pc   0+H    measured: two registers a cycle; predicted, no refill
  load-exclusive     1      approximation
  store              1      approximation
  store-register     1      approximation
  store-double       1      approximation
  store-multiple     0+H    measured: two registers a cycle
  store-exclusive    1      approximation
  branch             1      approximation: predicted, no refill
  branch-if          1      approximation: predicted, no refill
  branch-zero        1      approximation: predicted, no refill
  branch-register    1      approximation: predicted, no refill
  call               1      approximation: predicted, no refill
  call-register      1      approximation: predicted, no refill
  table-branch       2      approximation: predicted, no refill
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
  fp-div             16     measured: single precision
  fp-sqrt            14     measured: single precision
  fp-convert         1      approximation
  fp-move            1      approximation
  fp-move-double     2      approximation
  fp-load            1      approximation
  fp-load-double     1      approximation
  fp-load-multiple   0+H    measured: two registers a cycle
  fp-store           1      approximation
  fp-store-double    1      approximation
  fp-store-multiple  0+H    measured: two registers a cycle
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
