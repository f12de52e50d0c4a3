// Tensors of the original model out of a memory: where the plan says they are, and after which layer.

import { byteLength, elementBytes } from "../graph/graph.ts";
import type { Plan, Recovery } from "../plan/plan.ts";

/** A copy of some bytes of the engine's memory. */
export type ReadMemory = (address: number, bytes: number) => Uint8Array;

export function recoverTensor(plan: Plan, index: number, read: ReadMemory): Uint8Array {
  const recovery = plan.recovery[index]!;
  const tensor = plan.original.tensors[index]!;
  switch (recovery.kind) {
    case "whole":
      return read(recovery.address, byteLength(tensor));
    case "channels":
      return spreadChannels(read, recovery, byteLength(tensor), elementBytes(tensor.dtype));
    case "constant":
      return recovery.data;
    case "not-materialised":
      throw new Error(`thumbelina defect: tensor ${index} is not materialised`);
  }
}

/** Original tensors by the layer after which they are complete; constants at once. */
export function tensorsByLayer(recovery: readonly Recovery[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  recovery.forEach((entry, tensor) => {
    if (entry.kind === "not-materialised") return;
    const after = entry.kind === "constant" ? -1 : entry.after;
    const list = found.get(after);
    if (list) list.push(tensor);
    else found.set(after, [tensor]);
  });
  return found;
}

/** Puts back the channels that were removed: the original's last dimension from the packed one in memory. */
function spreadChannels(
  read: ReadMemory,
  { address, map, fill }: Extract<Recovery, { kind: "channels" }>,
  bytes: number,
  size: number,
): Uint8Array {
  const full = new Uint8Array(bytes);
  const view = new DataView(full.buffer);
  const put = size === 1 ? view.setInt8 : size === 2 ? view.setInt16 : view.setInt32;
  const pixels = bytes / (fill.length * size);
  const packed = read(address, pixels * map.length * size);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const to = pixel * fill.length;
    fill.forEach((value, channel) => {
      put.call(view, (to + channel) * size, value, true);
    });
    map.forEach((channel, i) => {
      const from = (pixel * map.length + i) * size;
      full.set(packed.subarray(from, from + size), (to + channel) * size);
    });
  }
  return full;
}
