// Resource variables: handles go, one state tensor a variable stays, first values come from the initialising subgraph.

import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import type { FlatTable } from "../../host/export/flatbuffer.ts";
import { importModel } from "../../host/import/import.ts";
import { code, fileModel, int32, operator, quantization, subgraph, tensor } from "./file-model.ts";

const [HANDLE, READ, ASSIGN, ONCE] = [0, 1, 2, 3];
const codes = [code(142), code(143), code(144), code(129)];
const handle = (name: string, output: number) => operator(HANDLE, [], [output], 111, [undefined, { string: name }]);
const resource = () => tensor([], 13, 0, [undefined, undefined, undefined, undefined, undefined]);
const once = (index: number) => operator(ONCE, [], [], 103, [int32(index)]);

/** Output: what the variable held before this input was assigned to it. The name is handled twice, as converters may. */
function delay(opening: readonly FlatTable[], others: readonly FlatTable[] = [], buffers: readonly FlatTable[] = [[]]) {
  const main = subgraph({
    tensors: [tensor([1, 4]), resource(), tensor([1, 4]), resource()],
    operators: [...opening, handle("v", 1), handle("v", 3), operator(READ, [1], [2]), operator(ASSIGN, [3, 0], [])],
    inputs: [0],
    outputs: [2],
  });
  return importModel(fileModel({ codes, subgraphs: [main, ...others], buffers }));
}

const initialiser = (value: FlatTable) =>
  subgraph({
    tensors: [resource(), value],
    operators: [handle("v", 0), operator(ASSIGN, [0, 1], [])],
    inputs: [],
    outputs: [],
  });

describe("variables", () => {
  it("become one state tensor; CALL_ONCE and VAR_HANDLE leave gaps in the numbering", () => {
    const graph = delay(
      [once(1)],
      [initialiser(tensor([1, 4], 9, 1))],
      [[], [{ bytes: Uint8Array.of(1, 2, 3, 4), align: 16 }]],
    );
    expect(graph.operators.map(({ kind, origin, inputs }) => [kind, origin, inputs])).toEqual([
      ["read_variable", 3, [1]],
      ["assign_variable", 4, [1, 0]],
    ]);
    expect(graph.tensors[1]).toMatchObject({
      dtype: "int8",
      shape: [1, 4],
      origin: 1,
      state: Uint8Array.of(1, 2, 3, 4),
    });
    expect(graph.tensors.filter(({ state }) => state)).toHaveLength(1);
  });

  it("keep their value from one inference to the next, until reset", () => {
    const graph = delay(
      [once(1)],
      [initialiser(tensor([1, 4], 9, 1))],
      [[], [{ bytes: Uint8Array.of(1, 2, 3, 4), align: 16 }]],
    );
    const engine = referenceEngine(graph);
    const run = (value: number) => Array.from(engine.invoke([new Uint8Array(4).fill(value)]).outputs[0]!);
    expect([run(9), run(8), run(7)]).toEqual([
      [1, 2, 3, 4],
      [9, 9, 9, 9],
      [8, 8, 8, 8],
    ]);
    engine.reset();
    expect(run(9)).toEqual([1, 2, 3, 4]);
    expect(graph.tensors[1]!.state).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  it("rest at the int8 zero point when nothing initialises them", () => {
    expect(delay([]).tensors[1]!.state).toEqual(new Uint8Array(4).fill(3));
  });

  it("must be initialised with their own shape and without long computing", () => {
    const buffers: FlatTable[] = [[], [{ bytes: new Uint8Array(2), align: 16 }]];
    expect(() => delay([once(1)], [initialiser(tensor([1, 2], 9, 1))], buffers)).toThrow(/2 bytes of data.*need 4/);
    const takesInput = subgraph({
      tensors: [resource(), tensor([1, 4])],
      operators: [handle("v", 0), operator(ASSIGN, [0, 1], [])],
      inputs: [1],
      outputs: [],
    });
    expect(() => delay([once(1)], [takesInput])).toThrow(/takes inputs/);
  });

  it("of an LSTM start at the zero point in int8, at zero in int16", () => {
    const state = (type: number) =>
      tensor([1, 4], type, 0, [
        ...Array(4).fill(undefined),
        quantization({ zeroPoints: [5] }),
        { scalar: "bool", value: 1 },
      ]);
    const graph = importModel(fileModel({ tensors: [tensor([1, 4]), tensor([2, 2]), state(9), state(7)] }));
    expect(graph.tensors[2]!.state).toEqual(new Uint8Array(4).fill(5));
    expect(graph.tensors[3]!.state).toEqual(new Uint8Array(8));
  });

  it("and vectors may name a dimension they do not have, as person_detect's biases do", () => {
    const scales = [0.5, 0.25];
    const bias = {
      table: [
        undefined,
        undefined,
        { vector: "float32" as const, values: scales },
        { vector: "int64" as const, values: [0, 0] },
        undefined,
        undefined,
        int32(3),
      ],
    };
    const tensors = [tensor([1, 4]), tensor([2, 2]), tensor([2], 2, 0, [...Array(4).fill(undefined), bias])];
    expect(importModel(fileModel({ tensors })).tensors[2]!.quantization).toEqual({
      scales,
      zeroPoints: [0, 0],
      axis: 0,
    });
  });
});
