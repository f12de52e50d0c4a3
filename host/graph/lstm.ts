// The constants of a quantised LSTM, from the scales of its tensors, as TensorFlow Lite Micro derives them (lstm_eval):
//
//   gate   = sat16(W·(x − zx) + b, rescaled to Q3.12) + sat16(R·(h − zh), rescaled to Q3.12), saturated, then σ or tanh: Q0.15
//   cell   = sat16(forget · cell) + sat16(input · new), saturated, clipped; its scale is a power of two
//   hidden = tanh(cell) · output gate, rescaled to the hidden state's scale and zero point
//
// Matrix products multiply the two scales in binary32 before anything else.

import { type Multiplier, quantizeMultiplier } from "./fixed-point.ts";
import type { Tensor } from "./graph.ts";
import type { Node } from "./operator.ts";

/** Inputs of UNIDIRECTIONAL_SEQUENCE_LSTM, by index; gates in the order in which they are computed here. */
export const lstmInputs = {
  gates: [
    { name: "forget", input: 2, recurrent: 6, bias: 13 },
    { name: "input", input: 1, recurrent: 5, bias: 12 },
    { name: "cell", input: 3, recurrent: 7, bias: 14 },
    { name: "output", input: 4, recurrent: 8, bias: 15 },
  ],
  hidden: 18,
  cell: 19,
} as const;

interface LstmGate {
  readonly input: Multiplier;
  readonly recurrent: Multiplier;
}

export interface LstmConstants {
  readonly gates: readonly LstmGate[];
  readonly inputZeroPoint: number;
  readonly hiddenZeroPoint: number;
  readonly forgetCell: Multiplier;
  readonly inputNew: Multiplier;
  readonly hidden: Multiplier;
  /** Input scaling of the cell's tanh: a step of the cell times multiplier, shifted right. */
  readonly cellTanh: { readonly multiplier: number; readonly shift: number };
  /** Greatest magnitude of the cell; 0: not clipped. */
  readonly clip: number;
}

const f = Math.fround;
const scaleOf = (tensor: Tensor): number => tensor.quantization?.scales[0] ?? 1;
const zeroPointOf = (tensor: Tensor): number => tensor.quantization?.zeroPoints[0] ?? 0;

export function lstmConstants(node: Node): LstmConstants {
  const [x, hidden, cell] = [node.input(0), node.input(lstmInputs.hidden), node.input(lstmInputs.cell)];
  const gateScale = 2 ** -12;
  const factor = (values: Tensor, weights: Tensor): Multiplier =>
    quantizeMultiplier(f(scaleOf(values) * scaleOf(weights)) / gateScale);
  const unit = 2 ** -15;
  const power = Math.round(Math.log2(scaleOf(cell)));
  const left = 12 + power;
  const clip = Number(node.attributes["cellClip"]);
  return {
    gates: lstmInputs.gates.map((gate) => ({
      input: factor(x, node.input(gate.input)),
      recurrent: factor(hidden, node.input(gate.recurrent)),
    })),
    inputZeroPoint: zeroPointOf(x),
    hiddenZeroPoint: zeroPointOf(hidden),
    forgetCell: quantizeMultiplier((unit * scaleOf(cell)) / scaleOf(cell)),
    inputNew: quantizeMultiplier((unit * unit) / scaleOf(cell)),
    hidden: quantizeMultiplier((unit * unit) / scaleOf(hidden)),
    cellTanh: left < 0 ? { multiplier: 3, shift: -left } : { multiplier: 3 << left, shift: 0 },
    clip: clip > 0 ? Math.trunc(Math.min(32767, clip / scaleOf(cell))) : 0,
  };
}

export interface LstmSizes {
  readonly batches: number;
  readonly steps: number;
  readonly depth: number;
  readonly units: number;
  readonly timeMajor: boolean;
}

export function lstmSizes(node: Node): LstmSizes {
  const [first, second, depth] = node.input(0).shape as [number, number, number];
  const timeMajor = Boolean(node.attributes["timeMajor"]);
  const [batches, steps] = timeMajor ? [second, first] : [first, second];
  return { batches, steps, depth, units: node.input(lstmInputs.gates[0].input).shape[0]!, timeMajor };
}
