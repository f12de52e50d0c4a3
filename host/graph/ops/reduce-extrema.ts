// REDUCE_MAX and REDUCE_MIN: values are compared as they stand; input and output share scale and zero point.

import { elementBytes } from "../dtype.ts";
import { error } from "../errors.ts";
import type { CheckedNode } from "../operator.ts";
import { sameQuantization } from "./operands.ts";
import { checkReduction, loopArguments, offsets, reduction, reductionLoops } from "./reduced.ts";

function check(node: CheckedNode): void {
  if (!checkReduction(node, ["int8", "int16", "int32", "float32"])) return;
  if (sameQuantization(node.input(0).quantization, node.output(0).quantization)) return;
  const wanted = "the input's";
  const { kind } = node.operator;
  node.problem(error("attribute", { kind, attribute: "quantisation of the output", found: "another", wanted }));
}

const row = (kind: "reduce_max" | "reduce_min", builtin: number) =>
  reduction({
    kind,
    builtin,
    check,
    reference(node) {
      const [input, output] = [node.value(0), node.result(0)] as [Int8Array, Int8Array];
      const { kept, reduced } = reductionLoops(node);
      const inner = [...offsets(reduced)];
      let at = 0;
      for (const from of offsets(kept)) {
        let best = input[from]!;
        for (const offset of inner) {
          const value = input[from + offset]!;
          if (kind === "reduce_max" ? value > best : value < best) best = value;
        }
        output[at++] = best;
      }
    },
    lower(node) {
      const { dtype } = node.input(0);
      const loops = loopArguments(reductionLoops(node), elementBytes(dtype));
      const suffix = dtype === "float32" ? "f32" : `s${elementBytes(dtype) * 8}`;
      const most = kind === "reduce_max" ? 1 : 0;
      return { calls: [{ kernel: `reduce_extremum_${suffix}`, arguments: [most, node.out(0), node.in(0), ...loops] }] };
    },
  });

export const reducedExtrema = [row("reduce_max", 82), row("reduce_min", 89)];
