// Small operator definitions for the planner's own tests: what lower() says is all that matters here.
// A kind is a list of flags: "op" plain, "op+inplace" may write over input 0, "op+alias", "op+scratch64", "op+const".

import type { Graph, Operator, OperatorDefinition, Tensor } from "../../host/graph/graph.ts";

export function fakeDefinition(kind: string): OperatorDefinition {
  const flags = kind.split("+").slice(1);
  return {
    kind,
    tflite: [],
    check() {},
    infer: (node) => [node.output(0).shape],
    reference() {},
    macs: () => 10,
    lower(node) {
      if (flags.includes("alias")) return { calls: [], alias: true };
      const inputs = node.operator.inputs.map((_, i) => node.in(i));
      const outputs = node.operator.outputs.map((_, i) => node.out(i));
      const scratch = Number(flags.find((flag) => flag.startsWith("scratch"))?.slice(7) ?? 0);
      const constant = { constant: new Uint8Array(20).fill(7), label: "table" };
      return {
        calls: [
          {
            kernel: "fake",
            arguments: [
              ...inputs,
              ...outputs,
              ...(scratch ? [{ scratch: 0 }] : []),
              ...(flags.includes("const") ? [constant] : []),
              { f32: 0.5 },
            ],
          },
        ],
        scratchBytes: scratch,
        inPlace: flags.includes("inplace") ? node.operator.inputs.map((_, input) => ({ input, output: 0 })) : [],
      };
    },
  };
}

export function bytesTensor(size: number, more: Partial<Tensor> = {}): Tensor {
  return { name: `t${size}`, dtype: "int8", shape: [size], ...more };
}

type Step = readonly [kind: string, inputs: readonly number[], outputs: readonly number[]];

/** Tensors get their index as origin; steps become operators 0, 1, … */
export function fakeGraph(
  tensors: readonly Tensor[],
  steps: readonly Step[],
  inputs: readonly number[],
  outputs: readonly number[],
): Graph {
  const operators = steps.map(
    ([kind, ins, outs], origin): Operator => ({ kind, inputs: ins, outputs: outs, attributes: {}, origin }),
  );
  return { name: "fake", tensors: tensors.map((t, origin) => ({ ...t, origin })), operators, inputs, outputs };
}

export const bareBoard = {
  flash: { base: 0, bytes: 2 ** 21 },
  flashReserved: 0x100,
  ram: { base: 0x2000_0000, bytes: 2 ** 19 },
};
export const device = { form: "device", dsp: true } as const;
