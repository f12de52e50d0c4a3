// Room quantize: a float model and typical inputs in, the same model with int8 arithmetic out, inputs and outputs int8 too.
//
//   Graph (float32) + samples ── quantize ──▶ Graph (int8)
//
// Min-max calibration: a tensor's range is what the samples make of it (calibrate.ts). How each operator's operands are
// quantised is in rules.ts, the numbers in parameters.ts, sharing in groups.ts. Numbers of tensors are kept; weights shared
// by several operators, and the outputs of QUANTIZE operators put in between, come after them.

import { Problems } from "../base/errors.ts";
import { checkGraph, type Graph, type Operator, type Quantization, type Tensor, toValues } from "../graph/graph.ts";
import { calibrate, type Sample } from "./calibrate.ts";
import { error } from "./errors.ts";
import { quantizations } from "./groups.ts";
import { quantizedBias, quantizedConstant, quantizedWeights } from "./parameters.ts";
import { type Rule, rules } from "./rules.ts";

export type { Sample } from "./calibrate.ts";

export function quantize(graph: Graph, samples: Iterable<Sample>): Graph {
  checkQuantizable(graph);
  const found = quantizations(graph, calibrate(graph, samples));
  const builder = new Builder(graph, found);
  const operators = graph.operators.flatMap((operator) => builder.operator(operator));
  const { inputs, outputs, name } = graph;
  const quantized: Graph = {
    name,
    inputs,
    outputs,
    tensors: builder.tensors.map((tensor, origin) => ({ ...tensor, origin })),
    operators: operators.map(({ place: _, ...operator }, origin) => ({ ...operator, origin })),
  };
  // What an operator's row here allows and its own check does not (a type, a scale) is reported as that check says it.
  const problems = new Problems();
  checkGraph(quantized, problems);
  problems.done();
  return quantized;
}

/** Adds every problem before anything is computed. */
function checkQuantizable({ tensors, operators, inputs }: Graph): void {
  const problems = new Problems();
  for (const index of inputs) {
    const { dtype, name } = tensors[index]!;
    const facts = { kind: "input", what: JSON.stringify(name.slice(0, 80)), dtype };
    if (dtype !== "float32") problems.add(error("not-float", facts, { tensor: index }));
  }
  for (const operator of operators) {
    const { kind, origin, place } = operator;
    const at = { operator: origin, ...place };
    const rule = rules.get(kind);
    if (!rule) problems.add(error("unsupported-op", { kind }, at));
    else if (rule.rule === "weighted") {
      for (const [what, i] of [
        ["the input", rule.data],
        ["the weights", rule.weights],
        ["the bias", rule.bias],
      ] as const) {
        const tensor = tensors[operator.inputs[i] ?? -1];
        if (!tensor) continue;
        if (tensor.dtype !== "float32") problems.add(error("not-float", { kind, what, dtype: tensor.dtype }, at));
        else if (i !== rule.data && !tensor.data) problems.add(error("computed-weights", { kind, what }, at));
      }
    }
  }
  problems.done();
}

/** The new tensors, made as operators ask for them. */
class Builder {
  readonly tensors: Tensor[];
  readonly #graph: Graph;
  readonly #quantizations: readonly (Quantization | undefined)[];
  /** Constants as they were quantised, by what they depend on. */
  readonly #made = new Map<string, number>();
  readonly #taken = new Set<number>();

  constructor(graph: Graph, found: readonly (Quantization | undefined)[]) {
    this.#graph = graph;
    this.#quantizations = found;
    this.tensors = graph.tensors.map((tensor, index) => {
      const quantization = found[index];
      return quantization && !tensor.data ? { ...tensor, dtype: "int8", quantization } : tensor;
    });
  }

  operator(operator: Operator): readonly Operator[] {
    const rule = rules.get(operator.kind)!;
    if (rule.rule === "weighted") return [{ ...operator, inputs: this.#weighted(operator, rule) }];
    const before: Operator[] = [];
    const inputs = operator.inputs.map((index) => {
      const tensor = this.#graph.tensors[index];
      const own = this.#quantizations[index];
      if (tensor?.dtype !== "float32" || !own) return index;
      const wanted = rule.rule === "same" ? this.#quantizations[this.#firstFloatOutput(operator) ?? index]! : own;
      if (tensor.data) return this.#constant(index, quantizedConstant(tensor, wanted));
      if (isSame(own, wanted)) return index;
      const made = this.tensors.push({
        ...this.tensors[index]!,
        name: `${tensor.name}/requantized`,
        quantization: wanted,
      });
      before.push({ kind: "quantize", inputs: [index], outputs: [made - 1], attributes: {}, origin: operator.origin });
      return made - 1;
    });
    return [...before, { ...operator, inputs }];
  }

  #firstFloatOutput({ outputs }: Operator): number | undefined {
    return outputs.find((index) => this.#graph.tensors[index]?.dtype === "float32");
  }

  #weighted({ inputs }: Operator, rule: Extract<Rule, { rule: "weighted" }>): readonly number[] {
    const { tensors } = this.#graph;
    const inputScale = this.#quantizations[inputs[rule.data]!]!.scales[0]!;
    const bias = tensors[inputs[rule.bias] ?? -1];
    const biases = bias && (toValues("float32", bias.data!, bias.data!.length / 4) as Float32Array);
    const weights = quantizedWeights(tensors[inputs[rule.weights]!]!, rule.axis, inputScale, biases);
    return inputs.map((index, i) => {
      if (i === rule.data && tensors[index]!.data) {
        return this.#constant(index, quantizedConstant(tensors[index]!, this.#quantizations[index]!));
      }
      if (i === rule.weights) return this.#constant(index, weights);
      if (i !== rule.bias || !bias) return index;
      return this.#constant(index, quantizedBias(bias, inputScale, weights.quantization!.scales));
    });
  }

  /** The first form of a constant takes its number, others are added. */
  #constant(index: number, tensor: Tensor): number {
    const { scales, zeroPoints } = tensor.quantization!;
    const key = `${index} ${tensor.dtype} ${scales.join()} ${zeroPoints.join()}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const at = this.#taken.has(index) ? this.tensors.push(tensor) - 1 : index;
    this.#taken.add(index);
    this.tensors[at] = tensor;
    this.#made.set(key, at);
    return at;
  }
}

function isSame(a: Quantization, b: Quantization): boolean {
  return a.scales[0] === b.scales[0] && a.zeroPoints[0] === b.zeroPoints[0];
}
