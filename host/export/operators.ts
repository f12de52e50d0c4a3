// Operators as tables: code and version, inputs, outputs, options by the row's fields. Defaults are left out, as
// FlatBuffers does.

import type { Operator, TfliteField, TfliteRow } from "../graph/graph.ts";
import { type AttributeValue, type Graph, graphNodes, operatorDefinition } from "../graph/graph.ts";
import { error } from "./errors.ts";
import type { FlatTable, FlatValue } from "./flatbuffer.ts";
import { operatorVersion } from "./versions.ts";

export interface Code {
  readonly index: number;
  readonly builtin: number;
  readonly version: number;
}

/** Operator codes in the order of first use. */
export type Codes = Map<string, Code>;

function codeOf(codes: Codes, builtin: number, version: number): number {
  const key = `${builtin}:${version}`;
  const known = codes.get(key);
  if (known) return known.index;
  const index = codes.size;
  codes.set(key, { index, builtin, version });
  return index;
}

export function writeOperators(graph: Graph, codes: Codes): FlatTable[] {
  const nodes = graphNodes(graph);
  return graph.operators.map((operator) => {
    const row = rowOf(operator);
    const code = codeOf(codes, row.builtin, operatorVersion(row.name, nodes.node(operator)));
    return operatorTable(code, operator, row.options && { tag: row.options.tag, table: writeOptions(operator, row) });
  });
}

interface Wiring {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly intermediates?: readonly number[];
}

function operatorTable(
  code: number,
  { inputs, outputs, intermediates }: Wiring,
  options: { readonly tag: number; readonly table: FlatTable } | undefined,
): FlatTable {
  return [
    { scalar: "uint32", value: code },
    { vector: "int32", values: inputs },
    { vector: "int32", values: outputs },
    options && { scalar: "uint8", value: options.tag },
    options && { table: options.table },
    undefined,
    undefined,
    undefined,
    intermediates && { vector: "int32", values: intermediates },
  ];
}

/** The row whose own attributes the operator has: two builtin codes may share one definition. */
function rowOf(operator: Operator): TfliteRow {
  const rows = operatorDefinition(operator.kind)?.tflite ?? [];
  const fits = rows.find((row) =>
    Object.entries(row.attributes ?? {}).every(([name, value]) => operator.attributes[name] === value),
  );
  if (!fits) throw error("no-tflite-form", { kind: operator.kind }, operator.place);
  return fits;
}

function writeOptions(operator: Operator, row: TfliteRow): FlatTable {
  const table: (FlatValue | undefined)[] = [];
  for (const [name, field] of Object.entries(row.options?.fields ?? {})) {
    while (table.length <= field.slot) table.push(undefined);
    table[field.slot] = writeField(field, operator.attributes[name]);
  }
  return table;
}

function writeField(field: TfliteField, value: AttributeValue): FlatValue | undefined {
  if (value === undefined || `${value}` === `${field.default}`) return undefined;
  switch (field.type) {
    case "int32s":
      return { vector: "int32", values: value as readonly number[] };
    case "enum":
      return { scalar: "int8", value: field.names!.indexOf(value as string) };
    default:
      return { scalar: field.type, value: Number(value) };
  }
}

/** The operators around variables, which a Graph does not have (see import/variables.ts). */
export const call = {
  once: (codes: Codes, subgraph: number): FlatTable =>
    operatorTable(
      codeOf(codes, 129, 1),
      { inputs: [], outputs: [] },
      {
        tag: 103,
        table: [{ scalar: "int32", value: subgraph }],
      },
    ),
  handle: (codes: Codes, name: string, tensor: number): FlatTable =>
    operatorTable(
      codeOf(codes, 142, 1),
      { inputs: [], outputs: [tensor] },
      {
        tag: 111,
        table: [{ string: "" }, { string: name }],
      },
    ),
  assign: (codes: Codes, handle: number, value: number): FlatTable =>
    operatorTable(codeOf(codes, 144, 1), { inputs: [handle, value], outputs: [] }, { tag: 113, table: [] }),
};
