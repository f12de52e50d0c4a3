// READ_VARIABLE, ASSIGN_VARIABLE: a resource variable is one state tensor; reading and assigning copy its bytes.
// The importer has replaced the handle (VAR_HANDLE's resource tensor, found by name) by that state tensor, and run the
// initialising subgraph (CALL_ONCE), so input 0 of both is the state itself.
//
// Reading copies: a read value must survive an assignment that follows it.

import { byteLength } from "../dtype.ts";
import { error } from "../errors.ts";
import type { CheckedNode, Lowering, LowerNode, OperatorDefinition } from "../operator.ts";

/** Copies input or state `from` to `to`, both given as arguments by the caller. */
function lowerCopy(node: LowerNode, to: "state" | "output"): Lowering {
  const bytes = byteLength(node.input(0));
  const [target, source] = to === "output" ? [node.out(0), node.in(0)] : [node.in(0), node.in(1)];
  return { calls: [{ kernel: "copy_bytes", arguments: [target, source, bytes] }] };
}

function check(node: CheckedNode, inputs: number, outputs: number): void {
  const { kind, inputs: ins, outputs: outs } = node.operator;
  const present = ins.length === inputs && ins.every((tensor) => tensor >= 0);
  if (!present) node.problem(error("arity", { kind, what: "inputs", found: ins.length, wanted: `${inputs}` }));
  if (outs.length !== outputs)
    node.problem(error("arity", { kind, what: "outputs", found: outs.length, wanted: `${outputs}` }));
  if (!present || outs.length !== outputs) return;
  const variable = node.input(0);
  if (!variable.state)
    node.problem(error("type-mismatch", { kind, what: "input 0", found: variable.dtype, wanted: "a variable" }));
  const other = outputs ? node.output(0) : node.input(1);
  const same = other.dtype === variable.dtype && `${other.shape}` === `${variable.shape}`;
  if (same) return;
  const [found, wanted] = [other, variable].map(({ dtype, shape }) => `${dtype} [${shape.join(", ")}]`);
  node.problem(error("type-mismatch", { kind, what: "the value", found: found!, wanted: `the variable's ${wanted}` }));
}

export const readVariable: OperatorDefinition = {
  kind: "read_variable",
  tflite: [{ builtin: 143, name: "READ_VARIABLE", options: { tag: 112, fields: {} } }],
  check: (node) => check(node, 1, 1),
  infer: (node) => [node.input(0).shape],
  reference(node) {
    (node.result(0) as Int8Array).set(node.value(0) as Int8Array);
  },
  lower: (node) => lowerCopy(node, "output"),
};

export const assignVariable: OperatorDefinition = {
  kind: "assign_variable",
  tflite: [{ builtin: 144, name: "ASSIGN_VARIABLE", options: { tag: 113, fields: {} } }],
  check: (node) => check(node, 2, 0),
  infer: () => [],
  reference(node) {
    (node.value(0) as Int8Array).set(node.value(1) as Int8Array);
  },
  lower: (node) => lowerCopy(node, "state"),
};
