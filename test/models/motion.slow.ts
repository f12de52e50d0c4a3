// Judges of models/motion from outside: TensorFlow's interpreter loads the file, TFLite Micro's has the same bits on the
// samples. And the command that makes the model reaches the card's figures again.

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { importModel } from "../../host/import/import.ts";
import { openClassifier } from "../../models/motion/classifier.ts";
import { makeDataset } from "../../models/motion/dataset.ts";
import { evaluateModel } from "../../models/motion/evaluate.ts";
import type { Samples } from "../../models/motion/samples.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const motion = join(root, "models", "motion");
const samples = JSON.parse(readFileSync(join(motion, "samples.json"), "utf8")) as Samples;

const needed = "import ai_edge_litert.interpreter; from tflite_micro.python.tflite_micro import runtime";
const hasJudge = spawnSync("python3", ["-c", needed]).status === 0;
if (!hasJudge) {
  if (process.env.CI_JUDGES === "1") throw new Error("judges ai-edge-litert and tflite-micro (python3) are not here");
  console.warn("SKIPPED: models/motion is not judged, python3 has no ai_edge_litert and tflite_micro");
}

describe.skipIf(!hasJudge)("models/motion, judged", () => {
  it("loads in TensorFlow Lite, and has TFLite Micro's bits on every sample", () => {
    const judge = fileURLToPath(new URL("motion.py", import.meta.url));
    const judged = spawnSync("python3", [judge, motion], { encoding: "utf8" });
    expect(judged.stderr.trim().split("\n").at(-1) ?? "", judged.stderr).not.toContain("Error");
    const verdict = JSON.parse(judged.stdout) as { micro: number[][]; lite: number[][] };
    expect(verdict.micro).toEqual(samples.windows.map(({ output }) => output));
    // TensorFlow Lite rescales dense layers in double precision: a step may differ before the softmax.
    verdict.lite.forEach((scores, i) => {
      const { output } = samples.windows[i]!;
      expect(Math.max(...scores.map((score, k) => Math.abs(score - output[k]!)))).toBeLessThanOrEqual(8);
    });
  });
});

describe("npm run train:motion", () => {
  it("makes the model again, within a point of the card", async () => {
    const folder = mkdtempSync(join(tmpdir(), "thumbelina motion "));
    try {
      for (const name of ["assembly", "host", "boards", "models"])
        cpSync(join(root, name), join(folder, name), { recursive: true });
      symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
      writeFileSync(join(folder, "package.json"), '{"type": "module"}');
      for (const made of ["motion.tflite", "card.md", "samples.json", "recording.csv"])
        rmSync(join(folder, "models", "motion", made));
      const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
      execFileSync(process.execPath, [tsx, "models/motion/train.ts"], {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const again = await openClassifier(importModel(readFileSync(join(folder, "models", "motion", "motion.tflite"))));
      const shipped = await openClassifier(importModel(readFileSync(join(motion, "motion.tflite"))));
      for (const part of ["persons", "orientations"] as const) {
        const data = makeDataset(part);
        const [a, b] = [evaluateModel(again, data).accuracy, evaluateModel(shipped, data).accuracy];
        expect(Math.abs(a - b), part).toBeLessThanOrEqual(0.01);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
