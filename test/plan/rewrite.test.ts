// Each rewrite on the smallest graph that shows it: what it changes, what it must leave, and that no bit changes.

import { describe, expect, it } from "vitest";
import { type Graph, operatorDefinition, type Tensor } from "../../host/graph/graph.ts";
import { foldConstants } from "../../host/plan/rewrite/fold-constants.ts";
import { fuseActivation } from "../../host/plan/rewrite/fuse-activation.ts";
import { fusePad } from "../../host/plan/rewrite/fuse-pad.ts";
import { materialiseOutputs } from "../../host/plan/rewrite/materialise-outputs.ts";
import { removeDead } from "../../host/plan/rewrite/remove-dead.ts";
import { removeIdentities } from "../../host/plan/rewrite/remove-identities.ts";
import { type Rewrite, unchanged } from "../../host/plan/rewrite/rewrite.ts";
import { GraphBuilder, Random } from "./int8-graph.ts";
import { rewriteExactly } from "./same-bits.ts";

const definitions = operatorDefinition;

function rewriteWith(builder: GraphBuilder, outputs: readonly number[], ...passes: readonly Rewrite[]) {
  const from = (graph: Graph) => passes.reduce((rewritten, pass) => pass(rewritten), unchanged(graph));
  return rewriteExactly(builder.graph(outputs), builder.random, from);
}

const build = (seed = 1) => new GraphBuilder(new Random(seed));
const kinds = ({ operators }: Graph) => operators.map(({ kind }) => kind);

describe("constant folding", () => {
  it("runs what depends on constants alone, and keeps the result as a constant", () => {
    const b = build();
    const x = b.input([1, 4, 4, 2]);
    const quantization = { scales: [0.5], zeroPoints: [3], axis: 0 };
    const data = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const constant = b.tensor({ name: "c", dtype: "int8", shape: [1, 2, 2, 2], data, quantization });
    const padded = b.pad(constant, [1, 1, 1, 1]);
    const { graph } = rewriteWith(b, [b.add(x, padded)], (from) => foldConstants(from, definitions));
    expect(kinds(graph)).toEqual(["add"]);
    expect([...graph.tensors[padded]!.data!.subarray(0, 12)]).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 2]);
  });

  it("does not grow the flash by folding", () => {
    const b = build();
    const quantization = { scales: [0.5], zeroPoints: [3], axis: 0 };
    const constant = b.tensor({ name: "c", dtype: "int8", shape: [1, 1, 1, 1], data: Uint8Array.of(1), quantization });
    const padded = b.pad(constant, [50, 50, 50, 50]);
    const { graph } = rewriteWith(b, [padded], (from) => foldConstants(from, definitions));
    expect(kinds(graph)).toEqual(["pad"]);
  });
});

describe("dead operators", () => {
  it("go as whole chains; what writes state stays", () => {
    const b = build();
    const x = b.input([1, 4, 4, 2]);
    b.conv(b.conv(x, { outputs: 3 }), { outputs: 2 });
    const state = b.tensor({ ...b.tensors[x]!, name: "state", state: new Uint8Array(32) });
    b.operator("read_variable", [state], [b.activation([1, 4, 4, 2], b.tensors[x]!.quantization)]);
    b.operator("assign_variable", [state, x], []);
    const { graph } = rewriteWith(b, [b.conv(x, { outputs: 1 })], removeDead);
    expect(kinds(graph)).toEqual(["assign_variable", "conv_2d"]);
  });
});

describe("identities", () => {
  it("a reshape to the same shape is read through, also when it is an output of the model", () => {
    const b = build();
    const x = b.input([1, 4, 4, 2]);
    const same = b.reshape(x, [1, 4, 4, 2]);
    const { graph, sameAs } = rewriteWith(b, [same, b.conv(same, { outputs: 1 })], (from) =>
      removeIdentities(from, definitions),
    );
    expect(kinds(graph)).toEqual(["conv_2d"]);
    expect(graph.outputs[0]).toBe(x);
    expect([...sameAs]).toEqual([[same, x]]);
  });

  it("requantisations that undo each other, or that one rounding equals", () => {
    const b = build();
    const x = b.input([1, 1, 1, 8]);
    const shifted = { scales: b.tensors[x]!.quantization!.scales, zeroPoints: [-128], axis: 0 };
    const requantize = (from: number, quantization: Tensor["quantization"]) =>
      b.operator("quantize", [from], [b.activation([1, 1, 1, 8], quantization)]);
    const twice = requantize(requantize(x, b.tensors[x]!.quantization), b.tensors[x]!.quantization);
    const other = { scales: [Math.fround(shifted.scales[0]! * 3)], zeroPoints: [0], axis: 0 };
    const { graph, fused } = rewriteWith(b, [b.add(twice, twice), requantize(requantize(x, shifted), other)], (from) =>
      removeIdentities(from, definitions),
    );
    expect(kinds(graph).filter((kind) => kind === "quantize").length).toBeLessThanOrEqual(2);
    expect(kinds(graph)[0]).toBe("add");
    expect([...fused.values()].flat().length).toBeLessThanOrEqual(2);
  });
});

describe("pad into convolution", () => {
  it("becomes explicit padding of convolutions, added to SAME's own", () => {
    for (const padding of ["valid", "same"] as const) {
      const b = build(padding.length);
      const x = b.input([1, 5, 6, 3]);
      const y = b.conv(b.pad(x, [0, 1, 1, 0]), { outputs: 4, kernel: 3, stride: 2, padding });
      const z = b.depthwise(b.pad(y, [1, 1, 1, 1]), { kernel: 3, padding: "valid" });
      const { graph, fused } = rewriteWith(b, [z], fusePad);
      expect(kinds(graph)).toEqual(["conv_2d", "depthwise_conv_2d"]);
      expect([...fused]).toEqual([
        [0, [0, 1]],
        [2, [2, 3]],
      ]);
      if (padding === "valid") expect(graph.operators[0]!.attributes["pad"]).toEqual([0, 1, 1, 0]);
    }
  });

  it("stays where a window would lie outside the input as a whole", () => {
    const b = build();
    const x = b.input([1, 5, 5, 2]);
    const { graph } = rewriteWith(b, [b.conv(b.pad(x, [0, 3, 0, 0]), { outputs: 2, kernel: 3 })], fusePad);
    expect(kinds(graph)).toEqual(["pad", "conv_2d"]);
  });

  it("stays where the value is not the zero point, the channels are padded, or something else reads it", () => {
    const b = build();
    const x = b.input([1, 5, 5, 2]);
    const { quantization } = b.tensors[x]!;
    const value = b.tensor({ name: "v", dtype: "int8", shape: [1], data: Uint8Array.of(90), quantization });
    const sizes = b.int32([0, 0, 1, 1, 1, 1, 0, 0], [4, 2]);
    const off = b.operator("padv2", [x, sizes, value], [b.activation([1, 7, 7, 2], quantization)]);
    const deep = b.int32([0, 0, 1, 1, 1, 1, 0, 1], [4, 2]);
    const channels = b.operator("pad", [x, deep], [b.activation([1, 7, 7, 3], quantization)]);
    const shared = b.pad(x, [1, 1, 1, 1]);
    const outputs = [off, channels, shared].map((padded) =>
      b.conv(padded, { outputs: 2, kernel: 3, padding: "valid" }),
    );
    const { graph } = rewriteWith(b, [...outputs, shared], fusePad);
    expect(kinds(graph).filter((kind) => kind.startsWith("pad")).length).toBe(3);
  });
});

describe("activation into its producer", () => {
  it.each(["relu", "relu6", "relu_n1_to_1"])("%s becomes the clamp of what makes its input", (kind) => {
    for (let seed = 1; seed < 6; seed++) {
      const b = build(seed);
      const x = b.input([1, 5, 5, 3]);
      // A clamp to [0, 1] has no name: RELU_N1_TO_1 after RELU6 would stay.
      const own = seed % 2 || kind === "relu_n1_to_1" ? "none" : "relu6";
      const y = b.clamp(b.conv(x, { outputs: 4, kernel: 3, activation: own }), kind);
      const z = b.clamp(b.add(y, y), kind);
      const { graph, fused } = rewriteWith(b, [z], (from) => fuseActivation(from, definitions));
      expect(kinds(graph)).toEqual(["conv_2d", "add"]);
      expect(fused.get(0)).toEqual([0, 1]);
    }
  });

  it("stays where the scale changes, or the unclamped values are read too", () => {
    const b = build();
    const x = b.input([1, 5, 5, 3]);
    const y = b.conv(x, { outputs: 4 });
    const rescaled = b.operator("relu", [b.conv(x, { outputs: 4 })], [b.activation([1, 5, 5, 4])]);
    const { graph } = rewriteWith(b, [rescaled, b.add(b.clamp(y, "relu"), y)], (from) =>
      fuseActivation(from, definitions),
    );
    expect(kinds(graph).filter((kind) => kind === "relu").length).toBe(2);
  });
});

describe("outputs", () => {
  it("that are constants or state are copied", () => {
    const b = build();
    const x = b.input([1, 1, 1, 2]);
    const { quantization } = b.tensors[x]!;
    const constant = b.tensor({ name: "c", dtype: "int8", shape: [2], data: Uint8Array.of(1, 2), quantization });
    const state = b.tensor({ name: "s", dtype: "int8", shape: [2], state: Uint8Array.of(3, 4), quantization });
    const { graph } = rewriteWith(b, [constant, x, state, constant], materialiseOutputs);
    expect(kinds(graph)).toEqual(["reshape", "reshape"]);
    expect(graph.outputs).toEqual([3, x, 4, 3]);
  });
});
