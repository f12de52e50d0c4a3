// An LSTM's weights in the order in which assembly/kernels/lstm.ts reads them: gate by gate, unit by unit.
//
//   int8    gate: input multiplier, shift, recurrent multiplier, shift (i32 each), then per unit
//           start of the input product, start of the recurrent one (i32), input row, recurrent row
//           rows are padded with zeros to whole words; starts hold the bias and −zero point · Σ weights
//   int16   the multipliers are rounded to 15 bits, and their shifts 15 − shift; per unit: bias (i64), input row,
//           recurrent row, padded together to a multiple of 8 bytes
//
// Scratch: four gates of int16; int8 also has the step's input and the hidden state as pairs of halfwords.

import type { Multiplier } from "../fixed-point.ts";
import { type LstmConstants, lstmInputs, lstmSizes } from "../lstm.ts";
import type { LowerNode } from "../operator.ts";

const words = (n: number): number => (n + 3) & ~3;

interface Packed {
  readonly stream: Uint8Array;
  readonly scratchBytes: number;
}

export function packLstm(node: LowerNode, constants: LstmConstants): Packed {
  const { depth, units } = lstmSizes(node);
  const wide = node.input(0).dtype === "int16";
  const record = wide ? 8 + ((depth + units + 7) & ~7) : 8 + words(depth) + words(units);
  const gateBytes = 16 + units * record;
  const bytes = new Uint8Array(4 * gateBytes);
  const view = new DataView(bytes.buffer);
  lstmInputs.gates.forEach(({ input, recurrent, bias }, g) => {
    const factors = [constants.gates[g]!.input, constants.gates[g]!.recurrent];
    factors.flatMap(wide ? reducedPair : plainPair).forEach((value, i) => {
      view.setInt32(g * gateBytes + i * 4, value, true);
    });
    const [w, r] = [node.constant(input), node.constant(recurrent)] as [Int8Array, Int8Array];
    const biases = node.constant(bias)!;
    for (let unit = 0; unit < units; unit++) {
      const at = g * gateBytes + 16 + unit * record;
      const rowW = w.subarray(unit * depth, (unit + 1) * depth);
      const rowR = r.subarray(unit * units, (unit + 1) * units);
      const start = biases[unit]!;
      if (typeof start === "bigint") view.setBigInt64(at, start, true);
      else {
        view.setInt32(at, (start - constants.inputZeroPoint * sum(rowW)) | 0, true);
        view.setInt32(at + 4, -constants.hiddenZeroPoint * sum(rowR), true);
      }
      bytes.set(new Uint8Array(rowW), at + 8);
      bytes.set(new Uint8Array(rowR), at + 8 + (wide ? depth : words(depth)));
    }
  });
  return { stream: bytes, scratchBytes: words(8 * units) + (wide ? 0 : 2 * (words(depth) + words(units))) };
}

function sum(row: Int8Array): number {
  return row.reduce((total, weight) => total + weight, 0);
}

function plainPair({ multiplier, shift }: Multiplier): number[] {
  return [multiplier, shift];
}

function reducedPair({ multiplier, shift }: Multiplier): number[] {
  return [multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff, 15 - shift];
}
