// A random int8 graph from a seed: convolutions, depthwise layers, additions, concatenations, pads, clamps, pools and
// reshapes over a few live tensors, many rows of weights dead, branches that join again, sometimes two outputs.

import type { Graph } from "../../host/graph/graph.ts";
import { type ConvOptions, GraphBuilder, Random } from "./int8-graph.ts";

const activations = ["none", "relu", "relu6", "relu_n1_to_1"] as const;

export function randomGraph(seed: number): Graph {
  const random = new Random(seed);
  const b = new GraphBuilder(random);
  const live = [b.input([1, random.between(3, 7), random.between(3, 7), random.between(1, 5)])];
  if (random.chance(20)) live.push(b.input(b.shape(live[0]!)));
  for (let steps = random.between(2, 9); steps > 0; steps--) live.push(step(b, live));
  const last = live.at(-1)!;
  const outputs = [random.chance(30) ? flatten(b, last) : last];
  if (random.chance(30)) outputs.push(live[random.between(0, live.length - 1)]!);
  return b.graph(outputs);
}

function step(b: GraphBuilder, live: readonly number[]): number {
  const { random } = b;
  const input = random.chance(70) ? live.at(-1)! : live[random.between(0, live.length - 1)]!;
  const [, h, w, c] = b.shape(input) as [number, number, number, number];
  const twin = live.find((other) => other !== input && `${b.shape(other)}` === `${b.shape(input)}`);
  switch (random.between(0, 9)) {
    case 0:
      return b.depthwise(input, { ...options(b, input), multiplier: random.between(1, c > 4 ? 1 : 2) });
    case 1:
      return b.depthwise(input, options(b, input));
    case 2:
      return twin === undefined ? b.conv(input, options(b, input)) : b.add(input, twin, pick(random, activations));
    case 3:
      return twin === undefined ? b.conv(input, options(b, input)) : b.concat([input, twin]);
    case 4:
      return h + w < 16 ? b.pad(input, [1, 0, 1, 1]) : b.conv(input, options(b, input));
    case 5:
      return b.clamp(input, pick(random, ["relu", "relu6", "relu_n1_to_1"] as const));
    case 6:
      return b.reshape(input, random.chance(50) ? [1, w, h, c] : b.shape(input));
    case 7:
      return b.pool(input, pick(random, ["average_pool_2d", "max_pool_2d"] as const));
    default:
      return b.conv(input, options(b, input));
  }
}

function options(b: GraphBuilder, input: number): ConvOptions {
  const { random } = b;
  const [, h, w] = b.shape(input) as [number, number, number, number];
  return {
    outputs: random.between(1, 7),
    kernel: Math.min(random.between(1, 3), h, w),
    stride: random.between(1, 2),
    padding: pick(random, ["same", "valid"] as const),
    activation: pick(random, activations),
    dead: pick(random, [0, 40, 80, 100] as const),
    perChannel: random.chance(70),
    bias: random.chance(80),
  };
}

function flatten(b: GraphBuilder, tensor: number): number {
  const [, h, w, c] = b.shape(tensor) as [number, number, number, number];
  const flat = b.reshape(tensor, [1, h * w * c]);
  return b.dense(b.dense(flat, { outputs: 5, perChannel: b.random.chance(50) }), { outputs: 3 });
}

function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.between(0, list.length - 1)]!;
}
