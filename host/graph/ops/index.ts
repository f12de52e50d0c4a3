// Every operator thumbelina knows: one line a file of this folder, in alphabetical order.

import type { OperatorDefinition } from "../operator.ts";
import { expandDims, reshape, squeeze } from "./reshape.ts";
import { assignVariable, readVariable } from "./variables.ts";

export const operators: readonly OperatorDefinition[] = [assignVariable, expandDims, readVariable, reshape, squeeze];
