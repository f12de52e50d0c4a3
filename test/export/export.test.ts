// Graph → .tflite → Graph, for the models of this repository and for what a file cannot say.

import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { referenceEngine } from "../../host/engine/reference.ts";
import { error } from "../../host/export/errors.ts";
import { exportTflite } from "../../host/export/export.ts";
import type { Graph } from "../../host/graph/graph.ts";
import { importModel } from "../../host/import/import.ts";
import { tinyStream, tinyVision } from "../import/tiny-models.ts";
import { essence } from "./round-trip.ts";

const graphs: Readonly<Record<string, () => Graph>> = { vision: tinyVision, stream: tinyStream };

describe("exportTflite", () => {
  for (const [name, make] of Object.entries(graphs))
    it(`keeps ${name}`, () => {
      const again = importModel(exportTflite(make()));
      expect(essence(again)).toEqual({ ...essence(make()), operators: essence(again).operators });
      const plain = ({ operators }: Graph) => operators.map(({ place, origin, ...operator }) => operator);
      expect(plain(again)).toEqual(plain(make()));
    });

  it("writes the same bytes for a graph that was read back", () => {
    for (const make of Object.values(graphs)) {
      const once = exportTflite(make());
      expect(exportTflite(importModel(once))).toEqual(once);
    }
  });

  it("aligns constants to 16 bytes in the file", () => {
    const graph = importModel(exportTflite(tinyVision()));
    for (const { data } of graph.tensors) if (data) expect(data.byteOffset % 16).toBe(0);
  });

  it("keeps a variable's first value and what is assigned after", () => {
    const engine = referenceEngine(importModel(exportTflite(tinyStream())));
    const run = (...values: number[]) => Array.from(new Int8Array(engine.invoke([new Uint8Array(values)]).outputs[0]!));
    // real = 0.05 (q + 3); the output's scale is 0.1: (1 + 3 + 7 + 3) / 2 = 7.
    expect(run(1, 1, 1, 1)).toEqual([7, 7, 7, 7]);
    expect(run(3, 3, 3, 3)).toEqual([5, 5, 5, 5]);
    engine.reset();
    expect(run(1, 1, 1, 1)).toEqual([7, 7, 7, 7]);
  });

  it("refuses what a file cannot say", () => {
    const codeOf = (graph: Graph): string | undefined => {
      try {
        exportTflite(graph);
      } catch (caught) {
        if (caught instanceof UserError) return caught.code;
        throw caught;
      }
      return undefined;
    };
    const vision = tinyVision();
    const [first, ...rest] = vision.operators;
    const unknown = { ...vision, operators: [{ ...first!, kind: "fused_pad_conv" }, ...rest] };
    const stateful = { ...vision, tensors: [...vision.tensors, { ...tinyStream().tensors[1]!, name: "loose" }] };
    const found = [codeOf(unknown), codeOf(stateful)];
    expect(found).toEqual(["export/no-tflite-form", "export/initial-state"]);
    expect(found).toEqual(Object.keys(error.rows).map((name) => `export/${name}`));
  });
});
