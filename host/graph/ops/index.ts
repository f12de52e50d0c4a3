// Every operator thumbelina knows: one line a file of this folder, in alphabetical order.

import type { OperatorDefinition } from "../operator.ts";
import { arithmetic } from "./arithmetic.ts";
import { comparisons } from "./comparison.ts";
import { extrema } from "./extrema.ts";
import { prelu } from "./prelu.ts";
import { expandDims, reshape, squeeze } from "./reshape.ts";
import { selects } from "./select.ts";
import { assignVariable, readVariable } from "./variables.ts";

export const operators: readonly OperatorDefinition[] = [
  ...arithmetic,
  assignVariable,
  ...comparisons,
  ...extrema,
  prelu,
  ...selects,
  expandDims,
  readVariable,
  reshape,
  squeeze,
];
