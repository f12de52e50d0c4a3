// Judges an engine by the corpus: golden inputs in, right bytes out. Which bytes are right (README of the corpus):
//
//   1  entry has `tflm_suspect`        → `outputs`
//   2  the step has `outputs_tflm`     → those
//   3  else                            → `outputs`
//
// Integers must be equal. Floats: within 1e-5 relative, or 1e-6 of the tensor's largest magnitude (a unit in the last place
// of an accumulation in another order); after SOFTMAX 1e-6 absolute.
// Cases start from fresh state; a `sequence` keeps it from step to step.

import type { Engine } from "../../host/engine/engine-types.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { readCorpusFile, readTensor, type TensorReference } from "../corpus.ts";

export interface Step {
  readonly kind?: string;
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
  readonly outputs_tflm?: readonly TensorReference[];
}

export interface CaseEntry {
  readonly name: string;
  readonly group?: string;
  readonly model: string;
  readonly ops: Readonly<Record<string, number>>;
  /** Operator versions the file was written with. */
  readonly op_versions?: Readonly<Record<string, number>>;
  readonly inputs: readonly { readonly tensor: number }[];
  readonly outputs: readonly { readonly tensor: number }[];
  readonly cases: readonly Step[];
  readonly sequence?: readonly Step[];
  readonly tflm_suspect?: string;
}

export interface Difference {
  readonly count: number;
  readonly of: number;
  readonly first: number;
  readonly got: number;
  readonly want: number;
  readonly largest: number;
}

export interface Failure {
  readonly entry: string;
  /** `case 3 (min), output 0` */
  readonly where: string;
  readonly what: string;
}

export function importCase(entry: { readonly model: string }): Graph {
  return importModel(readCorpusFile(entry.model));
}

export function rightOutputs(entry: CaseEntry, step: Step): readonly TensorReference[] {
  return entry.tflm_suspect ? step.outputs : (step.outputs_tflm ?? step.outputs);
}

/** All cases and the sequence of an entry; empty when every byte is right. */
export function judgeEntry(entry: CaseEntry, graph: Graph, engine: Engine): Failure[] {
  const failures: Failure[] = [];
  const judge = (step: Step, where: string): void => {
    const inputs = graph.inputs.map((tensor, i) => readTensor(step.inputs[position(entry.inputs, tensor, i)]!));
    const { outputs } = engine.invoke(inputs);
    graph.outputs.forEach((tensor, i) => {
      const want = rightOutputs(entry, step)[position(entry.outputs, tensor, i)]!;
      const softmax = "SOFTMAX" in entry.ops;
      const found = compare(outputs[i]!, readTensor(want), want.dtype, softmax);
      if (found) failures.push({ entry: entry.name, where: `${where}, output ${i}`, what: describe(found) });
    });
  };
  entry.cases.forEach((step, i) => {
    engine.reset();
    judge(step, `case ${i} (${step.kind})`);
  });
  engine.reset();
  entry.sequence?.forEach((step, i) => {
    judge(step, `step ${i}`);
  });
  return failures;
}

function position(listed: readonly { readonly tensor: number }[], tensor: number, otherwise: number): number {
  const found = listed.findIndex((one) => one.tensor === tensor);
  return found >= 0 ? found : otherwise;
}

/** undefined: as it must be. A size that differs is a difference of every element. */
export function compare(
  got: Uint8Array,
  want: Uint8Array,
  dtype: string,
  softmax = false,
  steps = 0,
): Difference | undefined {
  const [a, b] = [numbers(got, dtype), numbers(want, dtype)];
  if (a.length !== b.length)
    return { count: b.length, of: b.length, first: 0, got: a.length, want: b.length, largest: 0 };
  const isFloat = dtype.startsWith("float");
  const magnitude = isFloat ? b.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 0;
  const absolute = isFloat ? Math.max(1e-6 * magnitude, softmax ? 1e-6 : 0) : steps;
  const relative = isFloat ? 1e-5 : 0;
  let [count, first, largest] = [0, -1, 0];
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    const distance = Math.abs(a[i]! - b[i]!);
    if (distance <= Math.max(absolute, relative * Math.abs(b[i]!))) continue;
    if (first < 0) first = i;
    count++;
    largest = Math.max(largest, distance);
  }
  return count ? { count, of: b.length, first, got: a[first]!, want: b[first]!, largest } : undefined;
}

export function describe(d: Difference): string {
  return `element ${d.first} is ${d.got}, must be ${d.want}; ${d.count} of ${d.of} differ, by up to ${d.largest}`;
}

const arrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
} as const;

function numbers(bytes: Uint8Array, dtype: string): number[] {
  const aligned = bytes.slice().buffer;
  if (dtype === "int64") return Array.from(new BigInt64Array(aligned), Number);
  const array = arrays[dtype as keyof typeof arrays];
  if (!array) throw new Error(`no comparison for ${dtype}`);
  return Array.from(new array(aligned));
}
