// Inputs for a model from a seed: every run of `verify` with the same seed sees the same bytes, on every machine.

import { type DType, elementCount, type Graph } from "../graph/graph.ts";

/** Marsaglia's xorshift32 (2003, the triple 13, 17, 5). */
export function randomWords(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b9) ^ 0x6d2b79f5) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

export function randomInputs(graph: Graph, seed: number): Uint8Array[] {
  const next = randomWords(seed);
  return graph.inputs.map((index) => {
    const { dtype, shape } = graph.tensors[index]!;
    return randomTensor(dtype, elementCount(shape), next);
  });
}

function randomTensor(dtype: DType, count: number, next: () => number): Uint8Array {
  if (dtype === "float32")
    return new Uint8Array(Float32Array.from({ length: count }, () => (next() / 2 ** 31 - 1) * 4).buffer);
  if (dtype === "bool") return Uint8Array.from({ length: count }, () => next() & 1);
  // Index-like types: small values, so that lookups stay in range.
  if (dtype === "int32") return new Uint8Array(Int32Array.from({ length: count }, () => next() % 4).buffer);
  if (dtype === "int64") return new Uint8Array(BigInt64Array.from({ length: count }, () => BigInt(next() % 4)).buffer);
  const bytes = dtype === "int16" || dtype === "uint16" ? 2 : 1;
  return Uint8Array.from({ length: count * bytes }, () => next() & 0xff);
}
