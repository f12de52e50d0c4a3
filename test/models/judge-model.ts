// Judges an engine by a whole model of the corpus: golden cases (as operator cases), every intermediate tensor of one
// input, and for kws_ref_model 200 real keyword inputs. Intermediates come from TFLite's reference kernels, which
// rescale FULLY_CONNECTED (and LSTM) in double precision: exact before the first of these. From there on single steps add
// up from layer to layer, so each layer is judged by itself: from golden inputs, its output is within ±1 step of the golden
// (reference arithmetic), and every engine has the reference's bytes. State after an LSTM is listed, not bounded: its cell
// state, int16, adds up single steps over the time steps of one inference.

import { referenceEngine } from "../../host/engine/engine.ts";
import type { Engine } from "../../host/engine/engine-types.ts";
import {
  elementCount,
  type Graph,
  graphNodes,
  initialState,
  operatorDefinition,
  toBytes,
  toValues,
  zeroValues,
} from "../../host/graph/graph.ts";
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
  const inputs = entry.cases[intermediates.case]!.inputs.map(readTensor);
  const { tensors } = engine.invoke(inputs, { tensors: true });
  const reference = referenceEngine(graph).invoke(inputs, { tensors: true }).tensors!;
  const alone = layersAlone(graph, intermediates.tensors);
  let tensorsCompared = 0;
  // These only carry quantisation: nothing computes them.
  const unreal = new Set(graph.operators.flatMap((operator) => operator.intermediates ?? []));
  for (const golden of intermediates.tensors.filter(({ tensor }) => !unreal.has(tensor))) {
    const where = `case ${intermediates.case}, tensor ${golden.tensor} (${golden.name})`;
    const fail = (what: string) => failures.push({ entry: entry.name, where, what });
    const got = tensors?.get(golden.tensor);
    if (!got) {
      if (mustHaveAll) fail("is not there");
      continue;
    }
    tensorsCompared++;
    const want = readTensor(golden);
    const exact = compare(got, want, golden.dtype, "SOFTMAX" in entry.ops);
    const isState = graph.tensors[golden.tensor]!.state !== undefined;
    if ((golden.produced_by_op ?? -1) < inexactFrom && !isState) {
      if (exact) fail(describe(exact));
      continue;
    }
    const apart = compare(got, reference.get(golden.tensor)!, golden.dtype);
    if (apart) fail(`is not the reference's: ${describe(apart)}`);
    const single = alone.get(golden.tensor);
    const wrong = single && compare(single, want, golden.dtype, true, 1);
    if (wrong) fail(`from golden inputs: ${describe(wrong)}`);
    if (exact) notes.push(`${entry.name}, ${where}: ${describe(exact)}`);
  }
  return { failures, notes, tensorsCompared };
}

/** Each layer computed by the reference from golden inputs: its own error, without that of the layers before it. */
function layersAlone(graph: Graph, goldens: readonly Intermediate[]): ReadonlyMap<number, Uint8Array> {
  const nodes = graphNodes(graph);
  const fresh = initialState(graph);
  const given = graph.tensors.map((_, index) => nodes.constant(index) ?? fresh.get(index));
  for (const golden of goldens) {
    const { dtype, shape, state } = graph.tensors[golden.tensor]!;
    // The golden is what the state was after the run; the layer starts from before it.
    if (state) continue;
    given[golden.tensor] = toValues(dtype, readTensor(golden), elementCount(shape));
  }
  const found = new Map<number, Uint8Array>();
  for (const operator of graph.operators) {
    if (!operator.inputs.every((index) => index < 0 || given[index])) continue;
    const values = [...given];
    for (const index of operator.outputs) values[index] = zeroValues(graph.tensors[index]!);
    operatorDefinition(operator.kind)!.reference(nodes.run(operator, values));
    for (const index of operator.outputs) found.set(index, toBytes(graph.tensors[index]!.dtype, values[index]!));
  }
  return found;
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
