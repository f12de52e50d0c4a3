// verify: engines compared tensor by tensor. Engines here are data: what they answer is the test's choice.

import { describe, expect, it } from "vitest";
import { crc32 } from "../../host/base/crc.ts";
import { type Engine, verify } from "../../host/engine/engine.ts";
import type { Graph } from "../../host/graph/graph.ts";

const tensor = (name: string, length: number) => ({ name, dtype: "int8" as const, shape: [length] });
const operator = (kind: string, origin: number, from: number, to: number) => ({
  kind,
  origin,
  inputs: [from],
  outputs: [to],
  attributes: {},
});
const graph: Graph = {
  name: "chain",
  tensors: [tensor("in", 2), tensor("hidden", 3), tensor("out", 2)],
  operators: [operator("conv_2d", 0, 0, 1), operator("relu", 3, 1, 2)],
  inputs: [0],
  outputs: [2],
};

function engine(name: Engine["name"], out: number[], hidden?: number[]): Engine {
  const tensors = new Map(hidden ? [[1, Uint8Array.from(hidden)]] : []);
  return { name, reset: () => {}, invoke: () => ({ outputs: [Uint8Array.from(out)], tensors }) };
}

const inputs = [new Uint8Array(2)];

describe("verify", () => {
  it("says the CRC-32 of every tensor an operator makes, per engine", () => {
    const result = verify(graph, [engine("reference", [1, 2], [3, 4, 5]), engine("wasm", [1, 2])], inputs);
    expect(result.engines).toEqual(["reference", "wasm"]);
    expect(result.differences).toEqual([]);
    const [hidden, out] = [crc32(Uint8Array.of(3, 4, 5)), crc32(Uint8Array.of(1, 2))];
    expect(result.tensors).toEqual([
      { tensor: 1, name: "hidden", layer: "layer_00_conv_2d", isOutput: false, crcs: [hidden, undefined] },
      { tensor: 2, name: "out", layer: "layer_03_relu", isOutput: true, crcs: [out, out] },
    ]);
  });

  it("names the first differing layer and element of each engine", () => {
    const right = engine("reference", [1, 2], [3, 4, 5]);
    const late = engine("wasm", [1, 0xfe], [3, 4, 5]);
    const early = engine("host", [9, 9], [3, 0x80, 6]);
    expect(verify(graph, [right, late, early], inputs).differences).toEqual([
      { engine: "wasm", layer: "layer_03_relu", tensor: 2, element: 1, expected: 2, got: -2, count: 1 },
      { engine: "host", layer: "layer_00_conv_2d", tensor: 1, element: 1, expected: 4, got: -128, count: 2 },
    ]);
  });

  it("compares floats by their bits", () => {
    const floats: Graph = { ...graph, tensors: graph.tensors.map((t) => ({ ...t, dtype: "float32" as const })) };
    const bytes = (...values: number[]) => [...new Uint8Array(Float32Array.from(values).buffer)];
    const engines = [engine("reference", bytes(0, Number.NaN)), engine("wasm", bytes(-0, Number.NaN))];
    expect(verify(floats, engines, inputs).differences).toMatchObject([{ element: 0, expected: 0, got: -0, count: 1 }]);
  });
});

describe("crc32", () => {
  it("gives the check value of the CRC catalogue, in one go or continued", () => {
    const bytes = new TextEncoder().encode("123456789");
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});
