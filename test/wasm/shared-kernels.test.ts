// Layers that differ in addresses only: one body, a thunk for each, the bits of layers compiled one by one.

import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { verify } from "../../host/engine/engine.ts";
import { findSymbol } from "../../host/image/image.ts";
import { build, engineFor } from "../../host/pipeline.ts";
import { GraphBuilder, Random } from "../plan/int8-graph.ts";

function network(kernels: readonly number[]) {
  const b = new GraphBuilder(new Random(11));
  let at = b.activation([1, 12, 12, 8], { scales: [0.05], zeroPoints: [0], axis: 0 });
  b.inputs.push(at);
  for (const kernel of kernels)
    at = b.conv(at, { outputs: 8, kernel, padding: "same", dead: 0, zeroPoint: 0, perChannel: true });
  return b.graph([at]);
}

const sizeOf = async (kernels: readonly number[]) => {
  const { linked } = await build(network(kernels), findBoard("cortex-m4"));
  const bytes = (name: string) => findSymbol(linked.image, name)?.bytes;
  return { linked, bytes };
};

describe("layers of one shape", () => {
  it("share a kernel behind thunks", async () => {
    const { linked, bytes } = await sizeOf([3, 3, 3, 3]);
    expect(linked.image.layers.length).toBe(4);
    const kernels = linked.image.symbols.filter(({ name }) => name.startsWith("kernel_"));
    expect(kernels.length).toBe(1);
    for (const { bytes: thunk } of linked.image.layers) expect(thunk).toBeLessThan(32);
    const apart = await sizeOf([3]);
    expect(bytes(kernels[0]!.name)).toBeLessThan(1.1 * apart.bytes("layer_00_conv_2d")!);
  });

  it("share nothing with those of another shape", async () => {
    const { linked } = await sizeOf([3, 1]);
    expect(linked.image.symbols.some(({ name }) => name.startsWith("kernel_"))).toBe(false);
  });

  it("compute what the reference does, tensor by tensor", async () => {
    const graph = network([3, 3, 1, 3, 1]);
    const names = ["reference", "wasm", "host", "sim"] as const;
    const engines = await Promise.all(
      names.map((name) => engineFor(name, graph, { board: findBoard("cortex-m0plus") })),
    );
    const input = Uint8Array.from({ length: 12 * 12 * 8 }, (_, i) => (i * 37) & 255);
    expect(verify(graph, engines, [input]).differences).toEqual([]);
  });
});
