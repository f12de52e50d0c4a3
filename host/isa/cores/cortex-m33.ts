// Cortex-M33 (ARMv8-M Mainline with DSP and FPv5 single precision). Arm publishes no cycle table for it (DDI 100230 has none):
// these numbers are an approximation for ranking, a load of 1 cycle and a stall of 1 for its use, branches as on the M4.
// "measured": github.com/jnk0le/random, pipeline cycle test, doc/cortex_m33.md (RP2350, DWT).
// TrustZone instructions fault: there is one security state here.

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
  load-double        2      measured
  load-multiple      0+N    measured: a register a cycle
  load-multiple-pc   0+N+P  measured: a register a cycle, then the refill
  load-exclusive     1      approximation
  store              1      approximation
  store-register     1      approximation
  store-double       2      measured
  store-multiple     0+N    measured: a register a cycle
  store-exclusive    1      approximation
  branch             1+P    approximation
  branch-if          1/1+P  approximation
  branch-zero        1/1+P  approximation
  branch-register    1+P    approximation
  call               1+P    approximation
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
  fp-mac             3      approximation
  fp-div             14     approximation
  fp-sqrt            14     approximation
  fp-convert         1      approximation
  fp-move            1      approximation
  fp-move-double     2      approximation
  fp-load            1      approximation
  fp-load-double     2      measured
  fp-load-multiple   0+N    measured: a register a cycle
  fp-store           1      approximation
  fp-store-double    2      measured
  fp-store-multiple  0+N    measured: a register a cycle
`,
);

export const cortexM33: Core = {
  name: "cortex-m33",
  architecture: "v8m",
  features: new Set<Feature>(["v6m", "v7m", "dsp", "fp", "fp5", "v8m"]),
  cycles,
  pipeline: {
    loadPairing: 0,
    addressStall: 0,
    loadUseStall: 1,
    unaligned: 1,
    foldIT: false,
    issue: 1,
    source: "approximation",
  },
  approximate: "no public cycle table for the Cortex-M33",
  unalignedFaults: false,
};
