// How kernels that take any element type are told which: the codes of assembly/kernels/elements.ts.

import { invariant } from "../../base/errors.ts";
import type { DType } from "../graph.ts";

const codes: Partial<Record<DType, number>> = {
  int8: 0,
  uint8: 1,
  int16: 2,
  uint16: 3,
  int32: 4,
  uint32: 5,
  float32: 6,
  int64: 7,
  bool: 8,
};

export const codedTypes = Object.keys(codes) as DType[];

export function elementCode(dtype: DType): number {
  const code = codes[dtype];
  invariant(code !== undefined, `no element code for ${dtype}`);
  return code;
}
