// Questions that the multiply-accumulate operators ask of their operands, beside those of operands.ts: ranks, constant
// weights, a window that fits. Each adds its problem and answers whether it was met.

import { error } from "../errors.ts";
import type { CheckedNode } from "../operator.ts";
import type { Window, WindowAxis } from "../window.ts";

export function hasRank(node: CheckedNode, input: number, rank: number): boolean {
  const { shape } = node.input(input);
  if (shape.length === rank && shape.every((dimension) => dimension > 0)) return true;
  const wanted = `${rank} dimensions, none of them 0`;
  const found = `[${shape.join(", ")}]`;
  node.problem(error("attribute", { kind: node.operator.kind, attribute: `shape of input ${input}`, found, wanted }));
  return false;
}

function isConstant(node: CheckedNode, input: number, name: string): boolean {
  if (node.constant(input)) return true;
  const facts = { kind: node.operator.kind, attribute: name, found: "computed at run time", wanted: "a constant" };
  node.problem(error("attribute", facts));
  return false;
}

function positive(node: CheckedNode, attribute: string): boolean {
  const found = node.attributes[attribute] ?? 1;
  if (Number.isInteger(found) && (found as number) >= 1 && (found as number) < 2 ** 16) return true;
  node.problem(error("attribute", { kind: node.operator.kind, attribute, found, wanted: "a number from 1 to 65535" }));
  return false;
}

function fits(node: CheckedNode, name: string, axis: WindowAxis): boolean {
  if (axis.output > 0) return true;
  const { kind } = node.operator;
  const covered = (axis.kernel - 1) * axis.dilation + 1;
  const facts = { kind, attribute: `${name} of the window`, found: covered, wanted: `at most ${axis.input}` };
  node.problem(error("attribute", facts));
  return false;
}

/** Strides and dilations are positive, weights are in the file, at least one window fits; then `window` may be asked. */
export function checkWindow(node: CheckedNode, window: () => Window): boolean {
  const steps = ["strideW", "strideH", "dilationW", "dilationH"].map((name) => positive(node, name));
  if (!isConstant(node, 1, "the weights") || steps.includes(false)) return false;
  const { y, x } = window();
  const [high, wide] = [fits(node, "height", y), fits(node, "width", x)];
  return high && wide;
}
