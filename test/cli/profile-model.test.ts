// The verb `profile` on a model, and the budgets of `build`: tables, JSON, files, exit codes.

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command as build } from "../../host/cli/commands/build.ts";
import { command as profile } from "../../host/cli/commands/profile.ts";
import { callVerb } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "profile-model-"));
const file = fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url));
const board = "cortex-m4";

describe("profile MODEL", () => {
  it("prints layers, lines and memory, and writes the page, the speedscope file and the trace", async () => {
    const [html, speedscope, trace] = ["p.html", "p.json", "t.json"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const files = { html, speedscope, "chrome-trace": trace };
    const { out, err, exit } = await callVerb(profile, { file, board, ...files, top: 5 });
    expect(exit).toBe(0);
    expect(out).toMatch(/^layer_00_conv_2d +[\d,]+ +\d/m);
    expect(out).toMatch(/assembly\/kernels\/\w+\.ts:\d+ {2}.*\w/);
    expect(out).toContain("more lines");
    expect(err).toContain("open it in a browser");
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>[\s\S]*smlad[\s\S]*<\/html>\n$/);
    expect(JSON.parse(readFileSync(speedscope, "utf8")).exporter).toBe("thumbelina");
    expect(JSON.parse(readFileSync(trace, "utf8")).otherData).toEqual({ exporter: "thumbelina", board });
  });

  it("takes inputs, and refuses those of the wrong size", async () => {
    const input = join(folder, "in.bin");
    writeFileSync(input, new Uint8Array(384));
    const { out } = await callVerb(profile, { file, board, input }, true);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: true, exit: 0, board, memory: { arenaBytes: 1060 } });
    expect(report.layers).toHaveLength(8);
    writeFileSync(input, new Uint8Array(10));
    expect(await callVerb(profile, { file, board, input })).toMatchObject({ exit: 2, code: "engine/input-size" });
  });

  it("exits with 8 over budget, after the table", async () => {
    const budgets = { "max-cycles": ["layer_03=1k", "total=10M"], "max-ram": "1k", "max-flash": "1M" };
    const said = await callVerb(profile, { file, board, ...budgets });
    expect(said.exit).toBe(8);
    expect(said.out).toContain("layer_07_softmax");
    expect(said.err).toMatch(/layer_03_depthwise_conv_2d: \d+ cycles are used, 1000 are allowed; largest: assembly/);
    expect(said.err).toMatch(/RAM: \d+ bytes are used, 1024 are allowed; largest: tensor/);
    expect(said.err).not.toContain("one inference");
    const { out, exit } = await callVerb(profile, { file, board, ...budgets }, true);
    expect([exit, JSON.parse(out)]).toMatchObject([
      8,
      { ok: false, exit: 8, errors: [{ code: "profile/over-budget" }, {}] },
    ]);
  });

  it.each([
    [{ "max-cycles": "layer_03" }],
    [{ "max-cycles": "layer_03=lots" }],
    [{ "max-ram": "-4k" }],
    [{ "max-flash": "4G" }],
    [{ seed: Number.NaN }],
  ])("refuses %j", async (args) => {
    expect(await callVerb(profile, { file, board, ...args })).toMatchObject({ exit: 2, code: "cli/usage" });
  });
});

describe("build with budgets", () => {
  it("writes nothing when one is broken", async () => {
    const output = join(folder, "m.elf");
    const over = await callVerb(build, { model: file, board, output, "max-cycles": "total=1k" });
    expect(over).toMatchObject({ exit: 8, code: "profile/over-budget" });
    expect(existsSync(output)).toBe(false);
    const within = { "max-cycles": "layer_00=1M", "max-ram": "2k", "max-flash": "20k" };
    expect((await callVerb(build, { model: file, board, output, ...within })).exit).toBe(0);
    expect(existsSync(output)).toBe(true);
  });
});
