// Judges an engine by a whole model of the corpus: golden cases (as operator cases), every intermediate tensor of one
// input, and for kws_ref_model 200 real keyword inputs. Intermediates come from TFLite's reference kernels, which
// rescale FULLY_CONNECTED (and LSTM) in double precision: exact before the first of these, ±1 step from it on.

import type { Engine } from "../../host/engine/engine-types.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { caseFilter, readCorpusJson, readTensor, type TensorReference } from "../corpus.ts";
import { type EngineName, engines } from "../engines.ts";
import { type CaseEntry, compare, describe, type Failure, judgeEntry } from "../ops/judge.ts";

interface Intermediate extends TensorReference {
  readonly tensor: number;
  readonly name: string;
  readonly produced_by_op: number | null;
}

export interface ModelEntry extends CaseEntry {
  readonly intermediates?: { readonly case: number; readonly tensors: readonly Intermediate[] };
}

export interface ModelVerdict {
  readonly failures: readonly Failure[];
  /** Differences that are allowed, one line each. */
  readonly notes: readonly string[];
  readonly tensorsCompared: number;
}

/** Models with golden outputs. */
export function goldenModels(filter = caseFilter): ModelEntry[] {
  const { models } = readCorpusJson<{ models: ModelEntry[] }>("models", "index.json");
  return models.filter(({ name, cases }) => name.includes(filter) && cases?.length);
}

export async function judgeModel(entry: ModelEntry, graph: Graph, name: EngineName): Promise<ModelVerdict> {
  const engine = await engines[name](graph);
  const failures = judgeEntry(entry, graph, engine);
  const middle = judgeIntermediates(entry, graph, engine, name === "reference");
  const keywords = entry.name === "kws_ref_model" ? judgeKeywords(engine) : [];
  return { ...middle, failures: [...failures, ...middle.failures, ...keywords] };
}

const roundsInDoubles = new Set(["fully_connected", "unidirectional_sequence_lstm"]);

function judgeIntermediates(entry: ModelEntry, graph: Graph, engine: Engine, mustHaveAll: boolean): ModelVerdict {
  const { intermediates } = entry;
  if (!intermediates) return { failures: [], notes: [], tensorsCompared: 0 };
  const failures: Failure[] = [];
  const notes: string[] = [];
  const inexactFrom = graph.operators.find(({ kind }) => roundsInDoubles.has(kind))?.origin ?? Number.POSITIVE_INFINITY;
  engine.reset();
  const step = entry.cases[intermediates.case]!;
  const { tensors } = engine.invoke(step.inputs.map(readTensor), { tensors: true });
  let tensorsCompared = 0;
  for (const golden of intermediates.tensors) {
    const where = `case ${intermediates.case}, tensor ${golden.tensor} (${golden.name})`;
    const got = tensors?.get(golden.tensor);
    if (!got) {
      if (mustHaveAll) failures.push({ entry: entry.name, where, what: "is not there" });
      continue;
    }
    tensorsCompared++;
    const after = (golden.produced_by_op ?? -1) >= inexactFrom;
    const want = readTensor(golden);
    const exact = compare(got, want, golden.dtype, "SOFTMAX" in entry.ops);
    const wrong = after ? compare(got, want, golden.dtype, true, 1) : exact;
    if (wrong) failures.push({ entry: entry.name, where, what: describe(wrong) });
    else if (exact) notes.push(`${entry.name}, ${where}: ${describe(exact)}`);
  }
  return { failures, notes, tensorsCompared };
}

interface Keywords {
  readonly inputs: TensorReference;
  readonly outputs: TensorReference;
  readonly labels: readonly number[];
  readonly names: readonly string[];
}

/** The predictions must be the reference's; its scores are those of TFLite, whose dense layer may be a step off. */
function judgeKeywords(engine: Engine): Failure[] {
  const { inputs, outputs, labels, names } = readCorpusJson<Keywords>("kws01", "index.json");
  const [samples, scores] = [readTensor(inputs), readTensor(outputs)];
  const [size, classes] = [samples.length / labels.length, scores.length / labels.length];
  const failures: Failure[] = [];
  labels.forEach((_, i) => {
    engine.reset();
    const [got] = engine.invoke([samples.slice(i * size, (i + 1) * size)]).outputs;
    const want = scores.slice(i * classes, (i + 1) * classes);
    const where = `keyword ${i} (${names[i]})`;
    if (largest(got!) !== largest(want))
      failures.push({ entry: "kws01", where, what: `class ${largest(got!)}, must be ${largest(want)}` });
    const wrong = compare(got!, want, "int8", false, 1);
    if (wrong) failures.push({ entry: "kws01", where, what: describe(wrong) });
  });
  return failures;
}

function largest(bytes: Uint8Array): number {
  const scores = Array.from(new Int8Array(bytes.slice().buffer));
  return scores.indexOf(Math.max(...scores));
}
