// Operators that only move elements: each says which movements (host/graph/movement.ts) make its outputs, perhaps after a
// fill; reference and kernels follow from that. Elements keep their bits: nothing is rescaled.

import { invariant } from "../../base/errors.ts";
import { byteLength, elementBytes, elementCount } from "../dtype.ts";
import type { DType, Shape } from "../graph.ts";
import { isIdentity, lowerFill, lowerMovement, type Movement, moveValues } from "../movement.ts";
import type { CheckedNode, Lowering, LowerNode, Node, OperatorDefinition, RunNode, TfliteRow } from "../operator.ts";
import { inputHasType, outputHasType } from "./operands.ts";

/** Types whose elements are whole bytes. */
export const movable: readonly DType[] = [
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "float32",
  "bool",
];

export interface Transfer {
  readonly input: number;
  readonly output: number;
  readonly movement: Movement;
}

export interface MovementRow {
  readonly kind: string;
  readonly tflite: readonly TfliteRow[];
  /** Arity first: the element type of input `data` (0 unless said) and of the outputs is checked after it. */
  check(node: CheckedNode): boolean;
  readonly data?: number;
  infer(node: Node): readonly Shape[];
  transfers(node: Node): readonly Transfer[];
  /** Element that output 0 is filled with before anything is moved. */
  fill?(node: Node): Uint8Array | undefined;
}

export function movementOperator(row: MovementRow): OperatorDefinition {
  const data = row.data ?? 0;
  return {
    kind: row.kind,
    tflite: row.tflite,
    check(node) {
      if (!row.check(node) || !inputHasType(node, data, movable)) return;
      node.operator.outputs.forEach((_, i) => {
        outputHasType(node, i, [node.input(data).dtype]);
      });
    },
    infer: row.infer,
    reference(node) {
      const fill = row.fill?.(node);
      if (fill) fillValues(node, fill);
      for (const { input, output, movement } of row.transfers(node))
        moveValues(movement, node.value(input), node.result(output));
    },
    lower: (node) => lowerTransfers(node, row.transfers(node), row.fill?.(node)),
  };
}

function fillValues(node: RunNode, element: Uint8Array): void {
  const result = node.result(0);
  const bytes = new Uint8Array(result.buffer as ArrayBuffer, result.byteOffset, result.byteLength);
  for (let i = 0; i < bytes.length; i += element.length) bytes.set(element, i);
}

function lowerTransfers(node: LowerNode, transfers: readonly Transfer[], fill: Uint8Array | undefined): Lowering {
  const [only, ...others] = transfers;
  if (only && others.length === 0 && !fill && only.input === 0 && only.output === 0) {
    const [from, to] = [node.input(0), node.output(0)];
    const same = byteLength(from) === byteLength(to);
    if (same && isIdentity(only.movement, elementBytes(to.dtype), byteLength(to))) return { calls: [], alias: true };
  }
  const fills = fill ? [lowerFill(fill, elementCount(node.output(0).shape), (offset) => node.out(0, offset))] : [];
  const moves = transfers.map(({ input, output, movement }) =>
    lowerMovement(
      movement,
      elementBytes(node.output(output).dtype),
      (offset) => node.out(output, offset),
      (offset) => node.in(input, offset),
    ),
  );
  return { calls: [...fills, ...moves] };
}

/** The constants that a check has made sure of. */
export function certain<T>(value: T | undefined): T {
  invariant(value !== undefined, "an operand that check() found constant is not");
  return value;
}
