// Where Unicorn 2.1.4 (QEMU 5) differs from the manual, and the manual is right.

import type { Difference } from "./differences.ts";

export const unicornDifferences: readonly Difference[] = [
  {
    pattern: /^sm(la|ls|ua)dx? Rd, .*: APSR: ours \w+, Unicorn \w+, before \w+$/,
    why: "SMLAD: QEMU sets Q when the sum of the two products leaves 32 bits, though the accumulator brings it back (DDI 0403E A7.7.152)",
  },
];
