// All rows; a row's id is its index here. Later rows win where patterns overlap: coprocessor space before floating point, IT
// before the hints that are IT of nothing, SXTAH before SXTH.

import type { Row } from "../row.ts";
import { arithmetic } from "./arithmetic.ts";
import { bits } from "./bits.ts";
import { branch, branchWide } from "./branch.ts";
import { dataImmediate, dataPlain, dataRegister } from "./data-processing.ts";
import { doubleArithmetic, doubleConvert, doubleHalf } from "./double.ts";
import { dsp, extend, parallelRows } from "./dsp.ts";
import { floatArithmetic, floatUnary } from "./float.ts";
import { floatConvert } from "./float-convert.ts";
import { floatMove } from "./float-move.ts";
import { doubleV5, floatV5 } from "./float-v5.ts";
import { load } from "./load.ts";
import { loadStore } from "./load-store.ts";
import { loadStoreDouble, loadStoreMultiple, ordered } from "./load-store-multiple.ts";
import { multiply, multiplyDsp } from "./multiply.ts";
import { store } from "./store.ts";
import { coprocessors, security, system, systemWide } from "./system.ts";

const families = [
  [coprocessors],
  [branchWide, dataImmediate, dataRegister, dataPlain, bits, multiply],
  [load, store, loadStoreMultiple, loadStoreDouble, systemWide],
  [parallelRows, dsp, extend, multiplyDsp],
  [arithmetic, loadStore, branch, system],
  [floatArithmetic, floatUnary, floatConvert, floatMove, floatV5],
  [doubleArithmetic, doubleConvert, doubleHalf, doubleV5],
  [ordered, security],
];

export const thumbRows: readonly Row[] = families.flat(2).map((draft, id) => ({ id, ...draft }));
