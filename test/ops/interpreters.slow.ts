// Random models of one operator, exported and computed by TFLite Micro's and TFLite's interpreters: the reference arithmetic
// must have their bits. Where both can, Micro's are right, but for what the corpus's README calls wrong in it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { referenceEngine } from "../../host/engine/engine.ts";
import { exportTflite } from "../../host/export/export.ts";
import { elementBytes, elementCount } from "../../host/graph/dtype.ts";
import type { DType, Tensor } from "../../host/graph/graph.ts";
import { Random } from "../plan/int8-graph.ts";
import { bytesOf, type Case, graphOf } from "./many-operators.ts";
import { isLegal, movementMakers } from "./movement-cases.ts";
import { quantizationOf, unaryCase, unaryForms } from "./unary-cases.ts";

interface Verdict {
  readonly name: string;
  readonly judge: "tflm" | "tflite" | null;
  readonly same: boolean;
  readonly what: string;
}

const needed = "import ai_edge_litert.interpreter; from tflite_micro.python.tflite_micro import runtime";
const hasJudge = spawnSync("python3", ["-c", needed]).status === 0;
if (!hasJudge) {
  if (process.env.CI_JUDGES === "1") throw new Error("judges ai-edge-litert and tflite-micro (python3) are not here");
  console.warn("SKIPPED: the reference is not judged by random models, python3 has no ai_edge_litert and tflite_micro");
}

/** TFLite Micro clamps a rescaled RELU6 without rescaling, and pads SPACE_TO_BATCH_ND with 0 (or, of floats, anything). */
const wrongInMicro = new Set(["relu6", "space_to_batch_nd"]);

/** No kernel of either interpreter that the exported version names. */
const judgedNowhere = new Set(["neg int8", "neg int16"]);

/** Roots and logarithms stop an interpreter below 0. */
const positiveOnly = new Set(["sqrt", "rsqrt", "log"]);

function valuesFor(kind: string, tensor: Tensor, random: Random): Uint8Array {
  const { dtype, shape } = tensor;
  const count = elementCount(shape);
  // computed indices: the interpreters stop at one outside
  if (kind.startsWith("gather") && tensor.name.endsWith(".1")) return new Uint8Array(count * elementBytes(dtype));
  const zeroPoint = tensor.quantization?.zeroPoints[0] ?? 0;
  const ranges: Partial<Record<DType, readonly [number, number]>> = {
    int8: [-128, 127],
    uint8: [0, 255],
    int16: [-32768, 32767],
    bool: [0, 1],
  };
  const [low, high] = ranges[dtype] ?? [-1_000_000, 1_000_000];
  const least = positiveOnly.has(kind) ? Math.min(zeroPoint + 1, high) : low;
  const scale = dtype === "float32" ? 10 ** -random.between(4, 6) : 1;
  return bytesOf(
    dtype,
    shape,
    Array.from({ length: count }, () => random.between(least, high) * scale),
  );
}

function judge(cases: readonly Case[], random: Random): readonly Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), "interpreters-"));
  try {
    const lines = cases.map((one, n) => {
      const graph = graphOf([one]);
      const inputs = graph.inputs.map((index) => valuesFor(one.kind, graph.tensors[index]!, random));
      const { outputs } = referenceEngine(graph).invoke(inputs);
      const save = (name: string, bytes: Uint8Array): string => {
        writeFileSync(join(folder, `${n}.${name}`), bytes);
        return join(folder, `${n}.${name}`);
      };
      return JSON.stringify({
        name: `${one.kind} ${one.inputs[0]!.dtype} → ${graph.tensors[graph.outputs[0]!]!.dtype}, case ${n}`,
        model: save("tflite", exportTflite(graph)),
        inputs: inputs.map((bytes, i) => save(`in${i}`, bytes)),
        outputs: outputs.map((bytes, i) => save(`out${i}`, bytes)),
        micro: !wrongInMicro.has(one.kind),
      });
    });
    const script = join(import.meta.dirname, "interpreters.py");
    const run = spawnSync("python3", [script], { input: lines.join("\n"), encoding: "utf8", maxBuffer: 1 << 26 });
    const printed = run.stdout.split("\n").filter((line) => line.startsWith("{"));
    expect(printed.length, run.stderr.slice(-500)).toBe(lines.length);
    return printed.map((line): Verdict => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function expectSame(verdicts: readonly Verdict[], judgedShare: number): void {
  const wrong = verdicts.filter(({ same }) => !same).map(({ name, judge: by, what }) => `${name} by ${by}: ${what}`);
  expect(wrong).toEqual([]);
  const judged = verdicts.filter(({ judge: by }) => by !== null).length;
  expect(judged / verdicts.length).toBeGreaterThan(judgedShare);
}

describe.skipIf(!hasJudge)("random models on TFLite Micro and TFLite", () => {
  it("operators of one operand", () => {
    const random = new Random(2024);
    const cases: Case[] = [];
    for (const [kind, types] of Object.entries(unaryForms))
      for (const dtype of types)
        if (!judgedNowhere.has(`${kind} ${dtype}`))
          for (let n = 0; n < 12; n++) cases.push(unaryCase(kind, dtype, random));
    expectSame(judge(cases, random), 0.95);
  });

  it("quantise, dequantise", () => {
    const random = new Random(2025);
    const integers: readonly DType[] = ["int8", "uint8", "int16", "int32"];
    const cases: Case[] = [];
    for (const from of [...integers, "float32"] as const)
      for (const to of ["int8", "uint8", "int16", "float32"] as const)
        for (let n = 0; n < 12; n++) {
          const kind = to === "float32" ? "dequantize" : "quantize";
          if (kind === "dequantize" && (from === "float32" || from === "int32")) continue;
          const input = { dtype: from, shape: [2, 65], quantization: quantizationOf(from, random) };
          cases.push({ kind, inputs: [input], outputs: [{ dtype: to, quantization: quantizationOf(to, random) }] });
        }
    expectSame(judge(cases, random), 0.75);
  });

  it("data movement", () => {
    const random = new Random(2026);
    const cases: Case[] = [];
    for (const make of Object.values(movementMakers))
      for (let n = 0; n < 40; n++) {
        const one = make(random);
        if (isLegal(one) && !shrinksBackwards(one)) cases.push(one);
      }
    expectSame(judge(cases, random), 0.85);
  });
});

/** One index of a dimension that also has a negative stride: both interpreters copy nothing and leave what was there. */
function shrinksBackwards({ kind, attributes, inputs }: Case): boolean {
  if (kind !== "strided_slice") return false;
  const shrunk = (attributes?.["shrinkAxisMask"] as number | undefined) ?? 0;
  return inputs[3]!.values!.some((stride, i) => stride < 0 && (shrunk >> i) & 1);
}
