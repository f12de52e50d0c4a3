// The verbs that take a model, as processes: inspect, run, verify, convert, completions, and what goes wrong with them.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { version } from "../../host/cli/version.ts";
import { motionModel, temporaryFolder, thumbelina } from "./thumbelina.ts";

interface Window {
  readonly motion: string;
  readonly input: string;
  readonly output: readonly number[];
}

const samples = JSON.parse(readFileSync(new URL("../../models/motion/samples.json", import.meta.url), "utf8"));
const windows = samples.windows as Window[];
const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const scores = (name: string) => [...new Int8Array(readFileSync(at(name)))];

beforeAll(() => {
  for (const [i, { input }] of windows.slice(0, 3).entries())
    writeFileSync(at(`in${i}.bin`), Buffer.from(input, "base64"));
  writeFileSync(at("short.bin"), new Uint8Array(100));
  writeFileSync(at("text.tflite"), "not a model");
});

describe("the program", () => {
  it("prints its help without a verb, and its version", () => {
    const help = thumbelina([]);
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const verb of ["inspect", "run", "verify", "convert", "completions"])
      expect(help.stdout).toContain(`\n  ${verb} `);
    expect(thumbelina(["--version"]).stdout).toBe(`${version}\n`);
    const { version: packageVersion } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    );
    expect(version).toBe(packageVersion);
  });

  it("refuses what it does not know, with exit 2 and a hint", () => {
    const unknown = thumbelina(["inpsect", "x"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("error[cli/usage]");
    expect(thumbelina(["run", motionModel, "--nonsense"]).code).toBe(2);
    expect(thumbelina(["run"]).code).toBe(2);
    expect(thumbelina(["inspect"]).code).toBe(2);
  });
});

describe("inspect", () => {
  it("draws the memory map, and gives it as JSON", () => {
    const text = thumbelina(["inspect", motionModel]);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain("layer_00_conv_2d");
    const { stdout } = thumbelina(["inspect", motionModel, "--json"]);
    const facts = JSON.parse(stdout);
    expect(text.stdout).toContain(`arena    ${facts.arenaBytes.toLocaleString("en-US")} bytes`);
    expect(facts).toMatchObject({ ok: true, inputs: [{ dtype: "int8", shape: [1, 1, 128, 3] }] });
  });

  it("lists the operators", () => {
    const { stdout } = thumbelina(["inspect", "--ops"]);
    expect(stdout).toMatch(/^CONV_2D +3 {2}conv_2d$/m);
  });
});

describe("run", () => {
  it("gives the expected bytes on every engine, and keeps tensors", () => {
    for (const engine of ["reference", "wasm", "host"]) {
      const layers = engine === "wasm" ? ["--layers", at("layers")] : [];
      const args = ["run", motionModel, "-i", at("in0.bin"), "-o", at(`${engine}.bin`), "--engine", engine, ...layers];
      expect(thumbelina(args).code).toBe(0);
      expect(scores(`${engine}.bin`)).toEqual(windows[0]!.output);
    }
    const index = JSON.parse(readFileSync(at("layers/tensors.json"), "utf8"));
    for (const { file, bytes } of index.tensors) expect(readFileSync(join(at("layers"), file)).length).toBe(bytes);
  });

  it("says both sizes of a wrong input (exit 2), and what file is missing (exit 6)", () => {
    const short = thumbelina(["run", motionModel, "-i", at("short.bin")]);
    expect(short.code).toBe(2);
    expect(short.stderr).toMatch(/100 bytes, expected 384/);
    expect(thumbelina(["run", motionModel]).code).toBe(2);
    const missing = thumbelina(["run", motionModel, "-i", at("absent.bin"), "--json"]);
    expect(missing.code).toBe(6);
    expect(JSON.parse(missing.stdout).errors[0]).toMatchObject({ code: "cli/cannot-read" });
    expect(thumbelina(["run", at("absent.tflite"), "-i", at("in0.bin")]).code).toBe(6);
    expect(thumbelina(["run", folder, "-i", at("in0.bin")]).code).toBe(6);
  });

  it("leaves nothing behind when it cannot write", () => {
    mkdirSync(at("taken.bin"));
    const before = readdirSync(folder);
    const { code, stderr } = thumbelina(["run", motionModel, "-i", at("in0.bin"), "-o", at("taken.bin")]);
    expect(code).toBe(6);
    expect(stderr).toContain("error[cli/cannot-write]");
    expect(readdirSync(folder)).toEqual(before);
  });

  it("refuses what is no model with exit 3, without a stack trace", () => {
    const { code, stderr } = thumbelina(["run", at("text.tflite"), "-i", at("in0.bin")]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error\[import\//);
    expect(stderr).not.toMatch(/\n +at /);
  });

  it("dumps the stages", () => {
    expect(JSON.parse(thumbelina(["run", motionModel, "--dump", "graph"]).stdout).operators[0].kind).toBe("conv_2d");
    expect(thumbelina(["run", motionModel, "--dump", "wasm"]).stdout).toContain('(export "layer_00_conv_2d"');
  });
});

describe("run --batch", () => {
  it("answers every line in order, and goes on after bad ones", () => {
    const request = (i: number, more = {}) =>
      JSON.stringify({ model: motionModel, inputs: [`in${i}.bin`], outputs: [`out${i}.bin`], ...more });
    const lines = [
      request(0),
      "{",
      request(1, { engine: "wasm" }),
      JSON.stringify({ model: "absent.tflite", inputs: [] }),
      request(2, { continue: true }),
      request(2, { outputs: [] }),
      request(2, { continue: true }),
      JSON.stringify({ model: motionModel, inputs: ["short.bin"] }),
      JSON.stringify([]),
      request(1, { engine: "abacus" }),
      request(1, { outputs: ["a", "b"] }),
    ];
    writeFileSync(at("batch.jsonl"), `${lines.join("\n")}\n\n`);
    const { code, stdout } = thumbelina(["run", "--batch", at("batch.jsonl")]);
    const answers = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(answers.map(({ ok, code: error }) => (ok ? "ok" : error))).toEqual([
      "ok",
      "cli/batch-line",
      "ok",
      "cli/cannot-read",
      "run/no-state",
      "ok",
      "ok",
      "engine/input-size",
      "cli/batch-line",
      "cli/batch-line",
      "cli/batch-line",
    ]);
    for (const i of [0, 1, 2]) expect(scores(`out${i}.bin`)).toEqual(windows[i]!.output);
  });

  it("reads requests from standard input, paths relative to the working folder", () => {
    const line = JSON.stringify({ model: motionModel, inputs: ["in0.bin"] });
    const { stdout } = thumbelina(["run", "--batch", "-"], { cwd: folder, input: `${line}\n` });
    expect(JSON.parse(stdout)).toEqual({ ok: true });
  });
});

describe("verify", () => {
  it("finds the engines equal", () => {
    const { code, stdout } = thumbelina(["verify", motionModel, "--runs", "2"]);
    expect(stdout).toContain("reference = wasm = host, bit for bit, in 2 runs");
    expect(code).toBe(0);
  });

  it("knows its engines", () => {
    expect(thumbelina(["verify", motionModel, "--engines", "host,abacus"]).code).toBe(2);
  });
});

describe("convert", () => {
  it("writes a file that is the same model", () => {
    expect(thumbelina(["convert", motionModel, "-o", at("again.tflite")]).code).toBe(0);
    expect(thumbelina(["run", at("again.tflite"), "-i", at("in1.bin"), "-o", at("again.bin")]).code).toBe(0);
    expect(scores("again.bin")).toEqual(windows[1]!.output);
  });

  it("refuses endings that it does not know", () => {
    expect(thumbelina(["convert", motionModel, "-o", at("again.onnx")]).code).toBe(2);
    expect(existsSync(at("again.onnx"))).toBe(false);
  });
});

describe("completions", () => {
  it("offers every verb and its options, for each shell", () => {
    for (const shell of ["bash", "zsh", "fish", "pwsh"]) {
      const { code, stdout } = thumbelina(["completions", shell]);
      expect(code).toBe(0);
      expect(stdout).toContain("inspect");
      expect(stdout).toMatch(shell === "fish" ? /-l layers/ : /--layers/);
    }
    expect(thumbelina(["completions", "tcsh"]).code).toBe(2);
  });
});
