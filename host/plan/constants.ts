// Read-only bytes: the weights and tables that the layers' kernels point at, laid out in flash in the order of the layers.
//
//   constAddress ┌─ layer 0: weights │ bias │ multipliers ─┬─ layer 1: weights │ … ─┐
//
// A layer's constants are contiguous. Equal bytes are stored once: where the first layer that has them put them.

import { invariant } from "../base/errors.ts";
import type { Graph, KernelArgument } from "../graph/graph.ts";
import { roundUp } from "./arena.ts";
import { type LoweredLayer, regionOf } from "./lower.ts";
import type { PlannedObject } from "./plan-types.ts";

export interface ConstantLayout {
  readonly objects: readonly PlannedObject[];
  /** Bytes from the start of the first object to the end of the last. */
  readonly bytes: number;
  /** Address of bytes that some layer has. */
  addressOf(data: Uint8Array): number;
  /** Constant tensors that kernels point at, with their addresses. */
  readonly tensors: ReadonlyMap<number, number>;
}

interface NamedBytes {
  readonly name: string;
  readonly data: Uint8Array;
  readonly align: number;
}

interface Entry extends NamedBytes {
  align: number;
}

export function layoutConstants(
  graph: Graph,
  layers: readonly LoweredLayer[],
  options: { readonly base: number; readonly align: number },
): ConstantLayout {
  const pool = new Pool();
  const used = new Map<number, Uint8Array>();
  for (const layer of layers) {
    for (const argument of layer.calls.flatMap((call) => call.arguments)) {
      const named = namedBytes(graph, layer, argument, options.align);
      if (!named) continue;
      pool.add(named);
      if (isTensor(argument)) used.set(argument.tensor, named.data);
    }
  }

  let address = options.base;
  const objects: PlannedObject[] = [];
  const addresses = new Map<Entry, number>();
  for (const entry of pool.entries) {
    address = roundUp(address, entry.align);
    addresses.set(entry, address);
    const { name, data, align } = entry;
    objects.push({ name, region: "const", address, bytes: data.length, align, init: { kind: "data", data } });
    address += data.length;
  }
  const addressOf = (data: Uint8Array): number => {
    const entry = pool.find(data);
    invariant(entry, "constant bytes without an object");
    return addresses.get(entry)!;
  };
  const tensors = new Map([...used].map(([tensor, data]) => [tensor, addressOf(data)]));
  return { objects, bytes: address - options.base, addressOf, tensors };
}

function namedBytes(
  graph: Graph,
  { name }: LoweredLayer,
  argument: KernelArgument,
  align: number,
): NamedBytes | undefined {
  if (typeof argument === "number") return undefined;
  if ("constant" in argument) {
    const { label, constant: data } = argument;
    return { name: `${name}.${label}`, data, align: Math.max(argument.align ?? 1, align) };
  }
  if (!isTensor(argument) || regionOf(graph, argument.tensor) !== "const") return undefined;
  return { name: `${name}.tensor_${argument.tensor}`, data: graph.tensors[argument.tensor]!.data!, align };
}

function isTensor(argument: KernelArgument): argument is Extract<KernelArgument, { readonly tensor: number }> {
  return typeof argument !== "number" && "tensor" in argument;
}

/** Distinct byte strings, found by hash and compared. */
class Pool {
  readonly entries: Entry[] = [];
  readonly #byHash = new Map<number, Entry[]>();
  readonly #names = new Map<string, number>();

  find(data: Uint8Array): Entry | undefined {
    return this.#byHash.get(fnv1a(data))?.find((entry) => equal(entry.data, data));
  }

  add({ name, data, align }: NamedBytes): void {
    const known = this.find(data);
    if (known) {
      known.align = Math.max(known.align, align);
      return;
    }
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    const entry = { name: count === 1 ? name : `${name}_${count}`, data, align };
    const hash = fnv1a(data);
    this.entries.push(entry);
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), entry]);
  }
}

/** Fowler–Noll–Vo, 32 bits, over length and bytes. */
function fnv1a(data: Uint8Array): number {
  let hash = 0x811c9dc5 ^ data.length;
  for (const byte of data) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
