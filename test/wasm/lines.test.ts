// Source positions survive inlining and optimising: of a layer's instructions, at least 95 % have a file and a line.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { importModel } from "../../host/import/import.ts";
import { compileModel } from "../../host/pipeline.ts";
import { decodeSourceMap, decodeVlq } from "../../host/wasm/source-map.ts";
import { loadKernels, type WasmModule, wasm } from "../../host/wasm/wasm.ts";
import { corpus, corpusPath } from "../corpus.ts";
import { functionCode } from "./instructions.ts";
import { samplePlan } from "./sample-plan.ts";

const kernels = await loadKernels();

/** Per function, the position of each of its instructions. */
function positions({ bytes, lines }: WasmModule) {
  let at = -1;
  return functionCode(bytes).map(({ offsets }) =>
    offsets.map((offset) => {
      while (lines[at + 1] && lines[at + 1]!.offset <= offset) at++;
      return lines[at];
    }),
  );
}

describe("source positions", () => {
  it("decode as ECMA-426 says", () => {
    expect(decodeVlq("AAgBC")).toEqual([0, 0, 16, 1]);
    expect(decodeVlq("D")).toEqual([-1]);
    expect(decodeVlq("gggggD")).toEqual([2 ** 24 * 3]);
    const map = JSON.stringify({ sources: ["1", "0"], mappings: "KAAA,ECEC,C,CDDD" });
    expect(decodeSourceMap(map, ["b.ts", "a.ts"])).toEqual([
      { offset: 5, file: "a.ts", line: 1 },
      { offset: 7, file: "b.ts", line: 3 },
      { offset: 8, file: "", line: 0 },
      { offset: 9, file: "a.ts", line: 2 },
    ]);
  });

  for (const intrinsics of ["plain", "imported"] as const)
    it(`cover ≥ 95 % of every layer's instructions (${intrinsics} intrinsics)`, async () => {
      const plan = samplePlan();
      const module = await wasm(plan, kernels, { intrinsics, positions: true });
      const code = positions(module);
      plan.layers.forEach((_, i) => {
        const found = code[i]!.filter((position) => position?.line);
        expect(found.length / code[i]!.length).toBeGreaterThanOrEqual(0.95);
        expect(new Set(found.map((position) => position!.file))).toEqual(new Set(["assembly/kernels/copy.ts"]));
      });
    });

  it.skipIf(!corpus)("cover ≥ 95 % of every layer of a real network", async () => {
    const graph = importModel(readFileSync(corpusPath("models/kws_ref_model/model.tflite")), { name: "kws" });
    const { plan, module } = await compileModel(graph, { intrinsics: "imported" });
    const code = positions(module);
    plan.layers.forEach(({ name, calls }, i) => {
      // a layer without calls (reshape shares memory) has no code of its own
      const known = code[i]!.filter((position) => position?.line).length / code[i]!.length;
      if (calls.length) expect(known, name).toBeGreaterThanOrEqual(0.95);
    });
    const files = new Set(code.flat().map((position) => position?.file));
    expect(files).toContain("assembly/kernels/requantize.ts");
  });

  it("name the line that the instruction was written on", async () => {
    const { bytes, lines } = await wasm(samplePlan(), kernels, { positions: true });
    const source = readFileSync(new URL("../../assembly/kernels/copy.ts", import.meta.url), "utf8").split("\n");
    // 0x2d i32.load8_u and 0x3a i32.store8 occur on one line of copy_bytes each
    const linesOf = (opcode: number) =>
      functionCode(bytes)[0]!
        .offsets.filter((offset) => bytes[offset] === opcode)
        .map((offset) => source[lines.findLast((line) => line.offset <= offset)!.line - 1]);
    for (const line of linesOf(0x2d)) expect(line).toContain("load<u8>(src)");
    for (const line of linesOf(0x3a)) expect(line).toContain("store<u8>(dst");
    expect(linesOf(0x2d).length).toBeGreaterThan(0);
  });

  it("are left out when not asked for", async () => {
    expect((await wasm(samplePlan(), kernels)).lines).toEqual([]);
  });
});
