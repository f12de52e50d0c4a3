// A plan written by hand: two layers that copy and fill bytes, one constant, one state object.
//
//   0x400 pattern (const)      0x2000_0000 state, 40 bytes      0x2000_0030 arena: input 16, middle 32, output 32
//   layer_00_copy  middle[0..16) = input; middle[16..32) = pattern
//   layer_01_fill  output = middle; state[0..4) = 7

import type { Graph, Tensor } from "../../host/graph/graph.ts";
import type { CallArgument, Plan, PlannedCall, PlannedLayer } from "../../host/plan/plan.ts";

const state = 0x2000_0000;
const arena = 0x2000_0030;
export const addresses = { pattern: 0x400, state, input: arena, middle: arena + 16, output: arena + 48 };
export const pattern = Uint8Array.from({ length: 16 }, (_, i) => i * 3);
export const initialState = Uint8Array.from({ length: 40 }, (_, i) => (i < 32 ? 0x80 : i));

const tensor = (name: string, length: number): Tensor => ({ name, dtype: "int8", shape: [1, length] });

export function call(kernel: string, ...values: number[]): PlannedCall {
  return { kernel, arguments: values.map((value): CallArgument => ({ type: "i32", value })) };
}

function layer(origin: number, kind: string, calls: readonly PlannedCall[]): PlannedLayer {
  const edges = { inputs: [origin], outputs: [origin + 1] };
  const scratch = { scratchBytes: 0, scratchAddress: arena, inPlace: [] };
  return { name: `layer_0${origin}_${kind}`, kind, origin, fused: [origin], calls, macs: 0, ...scratch, ...edges };
}

export const sampleLayers = [
  layer(0, "copy", [
    call("copy_bytes", addresses.middle, addresses.input, 16),
    call("copy_bytes", addresses.middle + 16, addresses.pattern, 16),
  ]),
  layer(1, "fill", [
    call("copy_bytes", addresses.output, addresses.middle, 32),
    call("fill_bytes", addresses.state, 7, 4),
  ]),
];

export function samplePlan(layers: readonly PlannedLayer[] = sampleLayers): Plan {
  const graph: Graph = {
    name: "sample",
    tensors: [tensor("in", 16), tensor("middle", 32), tensor("out", 32), { ...tensor("p", 16), data: pattern }],
    operators: layers.map(({ kind, inputs, outputs, origin }) => ({ kind, inputs, outputs, origin, attributes: {} })),
    inputs: [0],
    outputs: [2],
  };
  return {
    original: graph,
    graph,
    target: { form: "device", dsp: true },
    map: { flash: { base: 0, bytes: 0x10000 }, flashReserved: 0x400, ram: { base: state, bytes: 0x8000 } },
    objects: [
      { name: "pattern", region: "const", address: 0x400, bytes: 16, align: 4, init: { kind: "data", data: pattern } },
      { name: "s", region: "state", address: state, bytes: 40, align: 4, init: { kind: "data", data: initialState } },
      { name: "thumbelina_arena", region: "arena", address: arena, bytes: 80, align: 16, init: { kind: "none" } },
    ],
    tensors: [],
    layers,
    recovery: [
      { kind: "whole", address: addresses.input, after: -1 },
      { kind: "whole", address: addresses.middle, after: 0 },
      { kind: "whole", address: addresses.output, after: 1 },
      { kind: "constant", data: pattern },
    ],
    inputs: [{ tensor: 0, address: addresses.input, bytes: 16 }],
    outputs: [{ tensor: 2, address: addresses.output, bytes: 32 }],
    arenaBytes: 80,
    arenaAddress: arena,
    peakLayer: 1,
    stateBytes: 40,
    stateAddress: state,
    constAddress: 0x400,
    constBytes: 16,
  };
}
