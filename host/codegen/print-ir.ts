// SSA as text, for `--dump ssa` and for tests:
//
//   function layer_00_conv_2d (2 words) → 1
//   b0:
//     v3 = load8S v1 +4
//     branch v7 ? b1 : b2
//   b2: ← b0 b1
//     v9 = phi v3 v8

import type { SsaFunction, Terminator, Value } from "./ir.ts";

export function printIr(fn: SsaFunction): string {
  const lines = [`function ${fn.name} (${fn.params.length} words) → ${fn.results.length}`];
  for (const block of fn.blocks) {
    const from = block.preds.length ? ` ← ${block.preds.map((pred) => `b${pred.id}`).join(" ")}` : "";
    lines.push(`b${block.id}:${from}${block.depth ? `  ; loop depth ${block.depth}` : ""}`);
    for (const value of [...block.phis, ...block.body]) lines.push(`  ${printValue(value)}`);
    lines.push(`  ${printTerminator(block.end)}`);
  }
  return `${lines.join("\n")}\n`;
}

export function printValue(value: Value): string {
  const { op, imm, symbol, type } = value;
  const parts: string[] = [op];
  if (symbol) parts.push(symbol);
  parts.push(...value.args.map((arg) => `v${arg.id}`));
  if (op === "const") parts.push(type === "f32" ? `0x${(imm >>> 0).toString(16)}` : String(imm));
  else if (imm) parts.push(`+${imm}`);
  return `v${value.id}${type === "f32" ? ":f32" : ""} = ${parts.join(" ")}`;
}

function printTerminator(end: Terminator): string {
  switch (end.kind) {
    case "jump":
      return `jump b${end.to.id}`;
    case "branch":
      return `branch v${end.condition.id} ? b${end.then.id} : b${end.otherwise.id}`;
    case "switch":
      return `switch v${end.index.id} ${end.targets.map((target) => `b${target.id}`).join(" ")}`;
    case "return":
      return `return ${end.values.map((value) => `v${value.id}`).join(" ")}`.trimEnd();
    case "trap":
      return `trap ${end.trap}`;
  }
}
