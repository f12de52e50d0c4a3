// Each operator of the planned graph becomes a layer: its kernel calls with tensors, constants and scratch still by name.
// A layer's index is its operator's index; a layer whose output shares its input's memory (reshape) has no calls.
//
// Sharing is possible only inside the arena: an alias of a constant or of state becomes a copy, because constants stay in
// flash and a later write to the state must not change what was read before it.

import { invariant } from "../base/errors.ts";
import type { Operator } from "../graph/graph.ts";
import {
  byteLength,
  type Graph,
  graphNodes,
  type Lowering,
  type OperatorDefinition,
  type Target,
} from "../graph/graph.ts";

export interface LoweredLayer extends Lowering {
  readonly operator: Operator;
  readonly name: string;
  readonly macs: number;
}

export type Definitions = (kind: string) => OperatorDefinition | undefined;

export function lowerGraph(graph: Graph, target: Target, definitions: Definitions): readonly LoweredLayer[] {
  const nodes = graphNodes(graph);
  const names = layerNames(graph);
  return graph.operators.map((operator, index) => {
    const definition = definitions(operator.kind);
    invariant(definition, `no operator ${operator.kind}`);
    const node = nodes.node(operator);
    const lowering = definition.lower({
      ...node,
      target,
      in: (i, offset) => ({ tensor: tensorAt(operator.inputs, i), offset }),
      out: (i, offset) => ({ tensor: tensorAt(operator.outputs, i), offset }),
    });
    const macs = definition.macs?.(node) ?? 0;
    return { ...settleAlias(graph, operator, lowering), operator, name: names[index]!, macs };
  });
}

function tensorAt(list: readonly number[], i: number): number {
  const tensor = list[i] ?? -1;
  invariant(tensor >= 0, `no tensor ${i} to address`);
  return tensor;
}

function settleAlias(graph: Graph, operator: Operator, lowering: Lowering): Lowering {
  if (!lowering.alias) return lowering;
  const [input, output] = [tensorAt(operator.inputs, 0), tensorAt(operator.outputs, 0)];
  const bytes = byteLength(graph.tensors[output]!);
  invariant(bytes === byteLength(graph.tensors[input]!), `${operator.kind} aliases tensors of different sizes`);
  if (regionOf(graph, input) === "arena") return { calls: [], alias: true };
  return { calls: [{ kernel: "copy_bytes", arguments: [{ tensor: output }, { tensor: input }, bytes] }] };
}

export function regionOf(graph: Graph, tensor: number): "const" | "state" | "arena" {
  const { data, state } = graph.tensors[tensor]!;
  return state ? "state" : data ? "const" : "arena";
}

/** `layer_07_conv_2d`; a second layer of the same original operator gets `_2`, and so on. */
function layerNames(graph: Graph): string[] {
  const used = new Map<string, number>();
  const digits = Math.max(2, String(Math.max(0, ...graph.operators.map(({ origin }) => origin))).length);
  return graph.operators.map(({ origin, kind }) => {
    const name = `layer_${String(origin).padStart(digits, "0")}_${kind}`;
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count + 1}`;
  });
}
