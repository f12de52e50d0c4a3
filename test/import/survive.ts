// What must hold for any bytes: importing ends soon, with a Graph or a UserError; a Graph is planned or refused by a
// UserError, and runs on the reference engine (where it is small enough to be worth the time) without a defect.

import { UserError } from "../../host/base/errors.ts";
import { referenceEngine } from "../../host/engine/reference.ts";
import { byteLength, type Graph, graphNodes, operatorDefinition } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { type PlanOptions, plan } from "../../host/plan/plan.ts";

export type Fate = "refused" | "imported" | "planned" | "ran";

export interface Survival {
  readonly fate: Fate;
  /** Reached the planner. */
  readonly accepted: boolean;
  /** Of the import. */
  readonly milliseconds: number;
  readonly code?: string;
}

/** A roomy memory map: what does not fit is not what is looked for here. */
const options: PlanOptions = {
  map: { flash: { base: 0, bytes: 2 ** 28 }, flashReserved: 0, ram: { base: 2 ** 29, bytes: 2 ** 29 } },
  target: { form: "device", dsp: true },
};

const most = { macs: 300_000, bytes: 300_000 };

export function survive(bytes: Uint8Array, alsoPlan = true): Survival {
  const start = performance.now();
  let imported: number | undefined;
  let accepted = false;
  let fate: Fate = "refused";
  let code: string | undefined;
  try {
    const graph = importModel(bytes);
    imported = performance.now();
    accepted = true;
    fate = "imported";
    if (alsoPlan) {
      plan(graph, options);
      fate = "planned";
    }
    if (smallEnough(graph)) {
      run(graph);
      fate = "ran";
    }
  } catch (caught) {
    if (!(caught instanceof UserError)) throw caught;
    code = caught.code;
  }
  return { fate, accepted, milliseconds: (imported ?? performance.now()) - start, code };
}

/** Worth the time of a run. */
export function smallEnough(graph: Graph): boolean {
  const nodes = graphNodes(graph);
  const macs = graph.operators.reduce(
    (total, operator) => total + (operatorDefinition(operator.kind)?.macs?.(nodes.node(operator)) ?? 0),
    0,
  );
  const bytes = graph.tensors.reduce((total, tensor) => total + byteLength(tensor), 0);
  return macs <= most.macs && bytes <= most.bytes;
}

function run(graph: Graph): void {
  const inputs = graph.inputs.map((index, i) => {
    const tensor = graph.tensors[index]!;
    const bytes = new Uint8Array(byteLength(tensor));
    // Floats stay zero (a pattern of bytes could be NaN, which inputs may not be), bools 0 or 1.
    if (tensor.dtype === "bool") return bytes.map((_, k) => k & 1);
    return tensor.dtype.startsWith("float") ? bytes : bytes.map((_, k) => 37 * k + 11 * i);
  });
  const engine = referenceEngine(graph);
  engine.invoke(inputs);
  engine.invoke(inputs);
}
