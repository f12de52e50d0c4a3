// Dead-channel removal: what may go, what must stay, and that no bit changes. The traps: a constant that is not the zero
// point under SAME padding, residual branches that must keep the same channels, channels that are unread but vary.

import { describe, expect, it } from "vitest";
import { type Graph, operatorDefinition, type Tensor } from "../../host/graph/graph.ts";
import { removeDeadChannels } from "../../host/plan/rewrite/channels/remove-dead-channels.ts";
import { unchanged } from "../../host/plan/rewrite/rewrite.ts";
import { GraphBuilder, Random } from "./int8-graph.ts";
import { rewriteExactly } from "./same-bits.ts";

const definitions = operatorDefinition;

function remove(b: GraphBuilder, outputs: readonly number[], multiple = 1) {
  return rewriteExactly(b.graph(outputs), b.random, (graph) =>
    removeDeadChannels(unchanged(graph), { definitions, multiple }),
  );
}

const build = (seed = 7) => new GraphBuilder(new Random(seed));
const channels = (graph: Graph, tensor: number) => graph.tensors[tensor]!.shape.at(-1);

/** Makes rows of a convolution's weights zero, and its biases what they must be for a given constant. */
function kill(b: GraphBuilder, tensor: number, rows: readonly number[], bias: number): void {
  const operator = b.operators.find(({ outputs }) => outputs[0] === tensor)!;
  const weights = b.tensors[operator.inputs[1]!]!;
  const size = weights.data!.length / weights.shape[0]!;
  for (const row of rows) weights.data!.fill(0, row * size, (row + 1) * size);
  const values = new Int32Array(b.tensors[operator.inputs[2]!]!.data!.buffer);
  for (const row of rows) values[row] = bias;
}

describe("dead channels", () => {
  it("of a row without weights go, and what they add joins the next bias", () => {
    const b = build();
    const x = b.input([1, 6, 6, 3]);
    const y = b.conv(x, { outputs: 8, dead: 0, zeroPoint: 0 });
    kill(b, y, [1, 4, 5], 700);
    const z = b.conv(y, { outputs: 4, dead: 0 });
    const { graph, channels: left } = remove(b, [z]);
    expect(channels(graph, y)).toBe(5);
    expect(left.get(y)!.map).toEqual([0, 2, 3, 6, 7]);
    expect(left.get(y)!.fill[1]).not.toBe(0);
  });

  it("that are not the zero point stay where a padded window reads them", () => {
    const b = build();
    const x = b.input([1, 6, 6, 3]);
    const y = b.conv(x, { outputs: 8, dead: 0, zeroPoint: 0 });
    kill(b, y, [1, 4, 5], 700);
    const z = b.conv(y, { outputs: 4, kernel: 3, padding: "same", dead: 0 });
    expect(channels(remove(b, [z]).graph, y)).toBe(8);
    const valid = build();
    const x2 = valid.input([1, 6, 6, 3]);
    const y2 = valid.conv(x2, { outputs: 8, dead: 0, zeroPoint: 0 });
    kill(valid, y2, [1, 4, 5], 700);
    const z2 = valid.conv(y2, { outputs: 4, kernel: 3, padding: "valid", dead: 0 });
    expect(channels(remove(valid, [z2]).graph, y2)).toBe(5);
  });

  it("that are the zero point go under SAME padding too, through a depthwise layer", () => {
    const b = build();
    const x = b.input([1, 6, 6, 3]);
    const y = b.conv(x, { outputs: 8, dead: 0, zeroPoint: 0 });
    kill(b, y, [1, 4, 5], 0);
    const d = b.depthwise(y, { kernel: 3, dead: 0 });
    const z = b.conv(d, { outputs: 4, dead: 0 });
    const { graph } = remove(b, [z]);
    expect([channels(graph, y), channels(graph, d)]).toEqual([5, 5]);
  });

  it("behind a depthwise layer whose borders differ stay", () => {
    const b = build();
    const x = b.input([1, 6, 6, 3]);
    const y = b.conv(x, { outputs: 8, dead: 0, zeroPoint: 0 });
    kill(b, y, [1, 4, 5], 2000);
    const d = b.depthwise(y, { kernel: 3, dead: 0, bias: false });
    const z = b.conv(d, { outputs: 4, dead: 0 });
    expect(channels(remove(b, [z]).graph, d)).toBe(8);
  });

  it("that nothing reads go though they vary, and cannot be given back", () => {
    const b = build();
    const x = b.input([1, 4, 4, 3]);
    const y = b.conv(x, { outputs: 6, dead: 0 });
    const z = b.conv(y, { outputs: 4, dead: 0 });
    const weights = b.tensors[b.operators[1]!.inputs[1]!]! as Tensor;
    for (let row = 0; row < 4; row++) weights.data![row * 6 + 2] = 0;
    const { graph, channels: left } = remove(b, [z]);
    expect(channels(graph, y)).toBe(5);
    expect(left.has(y)).toBe(false);
  });

  it("of residual branches go only together", () => {
    const b = build();
    const x = b.input([1, 6, 6, 8]);
    const a = b.conv(x, { outputs: 8, dead: 0 });
    const c = b.conv(x, { outputs: 8, dead: 0 });
    kill(b, a, [1, 2, 3], 100);
    kill(b, c, [2, 3, 4], -100);
    const sum = b.add(a, c);
    const z = b.conv(sum, { outputs: 4, dead: 0 });
    const { graph } = remove(b, [z]);
    expect([a, c, sum].map((tensor) => channels(graph, tensor))).toEqual([6, 6, 6]);
    const kept = build();
    const x2 = kept.input([1, 6, 6, 8]);
    const branch = kept.conv(x2, { outputs: 8, dead: 100 });
    const sum2 = kept.add(branch, x2);
    expect(channels(remove(kept, [kept.conv(sum2, { outputs: 4 })]).graph, branch)).toBe(8);
  });

  it("that are joined to state stay", () => {
    const b = build();
    const x = b.input([1, 2, 2, 3]);
    const y = b.conv(x, { outputs: 4, dead: 0 });
    const state = b.tensor({ ...b.tensors[y]!, name: "state", state: new Uint8Array(16) });
    const z = b.conv(b.add(y, state), { outputs: 2, dead: 0 });
    // Nothing reads channel 2, yet the state keeps its shape.
    const weights = b.tensors[b.operators.at(-1)!.inputs[1]!]!;
    for (const row of [0, 1]) weights.data![row * 4 + 2] = 0;
    expect(channels(remove(b, [z]).graph, y)).toBe(4);
  });

  it("go through concatenation, flattening and dense layers", () => {
    const b = build();
    const x = b.input([1, 4, 4, 3]);
    const a = b.conv(x, { outputs: 4, dead: 0 });
    const c = b.conv(x, { outputs: 4, dead: 0 });
    b.tensors[c] = { ...b.tensors[c]!, quantization: b.tensors[a]!.quantization };
    kill(b, a, [0], 40);
    kill(b, c, [3], 90);
    const attributes = { axis: 3, activation: "none" };
    const joined = b.operator(
      "concatenation",
      [a, c],
      [b.activation([1, 4, 4, 8], b.tensors[a]!.quantization)],
      attributes,
    );
    const z = b.dense(b.reshape(joined, [1, 128]), { outputs: 3, dead: 0 });
    const { graph } = remove(b, [z]);
    expect([a, c, joined].map((tensor) => channels(graph, tensor))).toEqual([3, 3, 6]);
    expect(graph.tensors[graph.operators.at(-1)!.inputs[1]!]!.shape).toEqual([3, 96]);
  });

  it("never leave a tensor empty, nor change the precision of a dense layer's scales", () => {
    for (let seed = 1; seed < 8; seed++) {
      const b = build(seed);
      const x = b.input([1, 3, 3, 2]);
      const y = b.conv(x, { outputs: 4, dead: 100 });
      const hidden = b.dense(y, { outputs: 6, dead: 85 });
      const { graph } = remove(b, [b.dense(hidden, { outputs: 2, perChannel: seed % 2 === 0 })]);
      expect(channels(graph, y)).toBeGreaterThan(0);
      expect(channels(graph, hidden)).toBeGreaterThan(1);
    }
  });

  it("leave a multiple of channels where asked", () => {
    const b = build();
    const x = b.input([1, 6, 6, 3]);
    const y = b.conv(x, { outputs: 16, dead: 0 });
    kill(b, y, [1, 4, 5, 8, 9, 10], 700);
    const { graph } = remove(b, [b.conv(y, { outputs: 4, dead: 0 })], 4);
    expect(channels(graph, y)).toBe(12);
  });
});
