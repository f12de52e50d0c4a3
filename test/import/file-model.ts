// A tiny .tflite file as a tree of tables, to be bent in one place: RESHAPE of int8 [1,4] to [2,2].

import { type FlatTable, type FlatValue, writeFlatFile } from "../../host/export/flatbuffer.ts";

export interface FileParts {
  readonly version?: number;
  readonly codes?: readonly FlatTable[];
  readonly tensors?: readonly FlatTable[];
  readonly operators?: readonly FlatTable[];
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly buffers?: readonly FlatTable[];
  readonly subgraphs?: readonly FlatTable[];
}

export const int32 = (value: number): FlatValue => ({ scalar: "int32", value });
export const int32s = (...values: number[]): FlatValue => ({ vector: "int32", values });

export function code(builtin: number, custom?: string): FlatTable {
  return [
    { scalar: "int8", value: Math.min(builtin, 127) },
    custom === undefined ? undefined : { string: custom },
    int32(1),
    int32(builtin),
  ];
}

/** type 9 is int8, 2 is int32. */
export function tensor(shape: readonly number[], type = 9, buffer = 0, more: FlatTable = []): FlatTable {
  const table: (FlatValue | undefined)[] = [
    { vector: "int32", values: shape },
    { scalar: "int8", value: type },
    { scalar: "uint32", value: buffer },
    { string: "t" },
    quantization({}),
  ];
  for (let slot = 0; slot < more.length; slot++) table[slot] = more[slot] ?? table[slot];
  return table;
}

export function quantization(q: {
  readonly scales?: readonly number[];
  readonly zeroPoints?: readonly number[];
  readonly details?: number;
}): FlatValue {
  return {
    table: [
      undefined,
      undefined,
      { vector: "float32", values: q.scales ?? [0.5] },
      { vector: "int64", values: q.zeroPoints ?? [3] },
      q.details ? { scalar: "uint8", value: q.details } : undefined,
    ],
  };
}

export function operator(
  codeIndex: number,
  inputs: number[],
  outputs: number[],
  tag = 0,
  options?: FlatTable,
): FlatTable {
  return [
    { scalar: "uint32", value: codeIndex },
    int32s(...inputs),
    int32s(...outputs),
    tag ? { scalar: "uint8", value: tag } : undefined,
    options && { table: options },
  ];
}

export function subgraph(parts: FileParts): FlatTable {
  return [
    { tables: parts.tensors ?? [tensor([1, 4]), tensor([2, 2])] },
    int32s(...(parts.inputs ?? [0])),
    int32s(...(parts.outputs ?? [1])),
    { tables: parts.operators ?? [operator(0, [0], [1], 17, [int32s(2, 2)])] },
    { string: "main" },
  ];
}

export function fileModel(parts: FileParts = {}): Uint8Array {
  return writeFlatFile("TFL3", [
    { scalar: "uint32", value: parts.version ?? 3 },
    { tables: parts.codes ?? [code(22)] },
    { tables: parts.subgraphs ?? [subgraph(parts)] },
    { string: "test" },
    { tables: parts.buffers ?? [[]] },
  ]);
}
