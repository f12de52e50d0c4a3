// The order of operators: always one that respects who needs whom and the order of state, and on small graphs the best of
// all there are.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "../../host/graph/graph.ts";
import { type LoweredLayer, lowerGraph } from "../../host/plan/lower.ts";
import { chooseOrder } from "../../host/plan/order.ts";
import { bytesTensor, device, fakeDefinition, fakeGraph } from "./fake-operators.ts";

/** A graph of operators that each read one or two earlier tensors; the last tensors are outputs. */
const graphs = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 50 })), { minLength: 2, maxLength: 6 })
  .map((steps): Graph => {
    const tensors = [bytesTensor(10), ...steps.map(([, , size]) => bytesTensor(size * 4))];
    const operators = steps.map(([a, b], i): readonly [string, number[], number[]] => {
      return ["op", [...new Set([a % (i + 1), b % (i + 1)])], [i + 1]];
    });
    return fakeGraph(tensors, operators, [0], [steps.length]);
  });

function peakOf(graph: Graph, layers: readonly LoweredLayer[], order: readonly number[]): number {
  const last = new Map<number, number>([...graph.outputs].map((tensor) => [tensor, order.length]));
  order.forEach((index, step) => {
    for (const tensor of layers[index]!.operator.inputs) if (!graph.outputs.includes(tensor)) last.set(tensor, step);
  });
  const size = (tensor: number) => graph.tensors[tensor]!.shape[0]!;
  const alive = new Set(graph.inputs);
  let peak = 0;
  order.forEach((index, step) => {
    for (const tensor of layers[index]!.operator.outputs) alive.add(tensor);
    peak = Math.max(
      peak,
      [...alive].reduce((sum, tensor) => sum + size(tensor), 0),
    );
    for (const tensor of alive) if ((last.get(tensor) ?? -1) <= step) alive.delete(tensor);
  });
  return peak;
}

function* legalOrders(layers: readonly LoweredLayer[], done: readonly number[] = []): Iterable<readonly number[]> {
  if (done.length === layers.length) yield done;
  const made = new Set([0, ...done.flatMap((index) => layers[index]!.operator.outputs)]);
  for (const [index, { operator }] of layers.entries())
    if (!done.includes(index) && operator.inputs.every((tensor) => made.has(tensor)))
      yield* legalOrders(layers, [...done, index]);
}

describe("chooseOrder", () => {
  it("finds an order of least memory on every small graph", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const layers = lowerGraph(graph, device, fakeDefinition);
        const orders = [...legalOrders(layers)];
        const best = Math.min(...orders.map((order) => peakOf(graph, layers, order)));
        const chosen = chooseOrder(graph, layers);
        expect(orders).toContainEqual(chosen);
        expect(peakOf(graph, layers, chosen)).toBe(best);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it("keeps the order of operators that touch state", () => {
    const state = bytesTensor(4, { state: new Uint8Array(4) });
    const tensors = [bytesTensor(4), state, bytesTensor(1000), bytesTensor(4), bytesTensor(4)];
    const steps = [
      ["op", [1], [2]],
      ["op", [1, 0], [3]],
      ["op", [2], [4]],
    ] as const;
    const graph = fakeGraph(tensors, steps, [0], [3, 4]);
    const order = chooseOrder(graph, lowerGraph(graph, device, fakeDefinition));
    expect(order.indexOf(0)).toBeLessThan(order.indexOf(1));
  });

  it("leaves a chain, and a graph that no order improves, as the model has it", () => {
    const tensors = [40, 40, 40, 40].map((size) => bytesTensor(size));
    const graph = fakeGraph(
      tensors,
      [
        ["op", [0], [1]],
        ["op", [0], [2]],
        ["op", [1, 2], [3]],
      ],
      [0],
      [3],
    );
    expect(chooseOrder(graph, lowerGraph(graph, device, fakeDefinition))).toEqual([0, 1, 2]);
  });
});
