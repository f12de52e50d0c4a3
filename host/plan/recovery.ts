// For every tensor of the original model: how its bytes are found after a run of the planned one, or why they are not.

import { byteLength, type Graph } from "../graph/graph.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";
import type { Recovery } from "./plan-types.ts";
import type { Rewritten } from "./rewrite/rewrite.ts";

export function recoverTensors(
  original: Graph,
  rewritten: Rewritten,
  layers: readonly LoweredLayer[],
  addressOf: (tensor: number) => number | undefined,
): readonly Recovery[] {
  const { graph, channels, sameAs, fused } = rewritten;
  const producer = new Map<number, number>();
  layers.forEach(({ operator }, index) => {
    for (const tensor of operator.outputs) producer.set(tensor, index);
  });
  const layerOf = new Map<number, string>();
  for (const { operator, name } of layers)
    for (const origin of fused.get(operator.origin) ?? [operator.origin]) layerOf.set(origin, name);

  const makers = new Map(
    original.operators.flatMap(({ origin, outputs }) => outputs.map((tensor) => [tensor, origin] as const)),
  );
  const whyNot = (tensor: number): string => {
    const maker = makers.get(tensor);
    if (maker === undefined) return "no operator computes it";
    const layer = layerOf.get(maker);
    return layer ? `it is computed inside ${layer}` : "no output depends on it";
  };

  return original.tensors.map((tensor, index): Recovery => {
    let planned = index;
    for (let same = sameAs.get(planned); same !== undefined; same = sameAs.get(planned)) planned = same;
    const data = tensor.data ?? graph.tensors[planned]!.data;
    if (data) return { kind: "constant", data };
    const address = addressOf(planned);
    const after = regionOf(graph, planned) === "state" ? layers.length - 1 : (producer.get(planned) ?? -1);
    const present = after >= 0 || graph.inputs.includes(planned);
    if (address === undefined || !present) return { kind: "not-materialised", why: whyNot(index) };
    const left = channels.get(planned);
    if (left) return { kind: "channels", address, after, ...left };
    if (byteLength(tensor) === byteLength(graph.tensors[planned]!)) return { kind: "whole", address, after };
    return { kind: "not-materialised", why: "channels that no layer reads are not computed" };
  });
}
