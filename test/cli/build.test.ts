// build, and what run, verify, inspect and sim do with a board: files of every format, exact figures, dumps of every stage, refusals.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import type { Command } from "../../host/cli/command.ts";
import { command as build } from "../../host/cli/commands/build.ts";
import { command as inspect } from "../../host/cli/commands/inspect.ts";
import { command as run } from "../../host/cli/commands/run.ts";
import { command as sim } from "../../host/cli/commands/sim.ts";
import { command as verify } from "../../host/cli/commands/verify.ts";
import { findSymbol, readImage } from "../../host/image/image.ts";
import { tinyModels } from "../import/tiny-models.ts";
import { temporaryFolder } from "./thumbelina.ts";
import { callVerb } from "./verb.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const model = at("stream.tflite");
const vision = at("vision.tflite");
const input = at("in.bin");
const call = (command: Command, args: Record<string, unknown>, json = false) => callVerb(command, args, json);
const imageIn = (name: string) => readImage(new Uint8Array(readFileSync(at(name))), { uf2Family: 0xe48bff56, base: 0 });

/** The micro:bit with other memory sizes, as a user's board file. */
function smallBoard(flashBytes: number, ramBytes: number): string {
  const { chip, ...board } = findBoard("microbit");
  const memories = chip.memories.map(({ sectors: _, ...memory }) => ({
    ...memory,
    bytes: memory.name === "ram" ? ramBytes : memory.name === "flash" ? flashBytes : memory.bytes,
  }));
  const file = at(`small-${flashBytes}-${ramBytes}.json`);
  writeFileSync(
    file,
    JSON.stringify({ ...board, name: "small", aliases: [], chip: { ...chip, name: "small", memories } }),
  );
  return file;
}

beforeAll(() => {
  writeFileSync(model, tinyModels["stream"]!());
  writeFileSync(vision, tinyModels["vision"]!());
  writeFileSync(input, Uint8Array.of(1, 2, 3, 4));
});

describe("build", () => {
  it("writes an ELF with the symbols of the contract", async () => {
    const said = await call(build, { model, board: "cortex-m4", output: at("a.elf"), harness: true }, true);
    const facts = JSON.parse(said.out);
    expect(facts).toMatchObject({ ok: true, board: "cortex-m4", harness: true, stateBytes: 4 });
    const image = imageIn("a.elf");
    expect(findSymbol(image, "thumbelina_arena")!.bytes).toBe(facts.arenaBytes);
    expect(image.layers.map(({ name }) => name)).toEqual(facts.layers.map((layer: { name: string }) => layer.name));
    expect(facts.flashBytes).toBe(image.segments.reduce((sum, { data }) => sum + data.length, 0));
  });

  it.each(["uf2", "hex", "bin"])("writes .%s for a Pico, boot stage included", async (ending) => {
    expect((await call(build, { model, board: "pico", output: at(`p.${ending}`) })).exit).toBe(0);
    await call(build, { model, board: "pico", output: at("p.elf") });
    const [file, elf] = [imageIn(`p.${ending}`).segments, imageIn("p.elf").segments];
    const length = elf[0]!.data.length;
    expect(file[0]!.data.subarray(0, length)).toEqual(elf[0]!.data);
    if (ending !== "bin") expect(file[0]!.loadAddress).toBe(0x1000_0000);
  });

  it("writes a portable module", async () => {
    const { out } = await call(build, { model, target: "wasm", output: at("m.wasm") }, true);
    expect(JSON.parse(out)).toMatchObject({ ok: true, memoryBytes: 65536 });
    expect([...readFileSync(at("m.wasm")).subarray(0, 8)]).toEqual([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  });

  const refusals: readonly [string, Record<string, unknown>, string, number][] = [
    ["an unknown ending", { board: "pico", output: at("p.exe") }, "cli/extension", 2],
    ["a wrong ending for a module", { target: "wasm", output: at("p.elf") }, "cli/extension", 2],
    ["no board", { output: at("p.elf") }, "cli/usage", 2],
    ["no output", { board: "pico" }, "cli/usage", 2],
    ["an unknown board", { board: "nonsense", output: at("p.elf") }, "board/unknown", 2],
    ["an unknown pass", { dump: "ssa", after: "nonsense" }, "cli/usage", 2],
    ["a folder that is not there", { board: "pico", output: at("none/p.elf") }, "cli/cannot-write", 6],
  ];
  it.each(refusals)("refuses %s", async (_, args, code, exit) => {
    expect(await call(build, { model, ...args })).toMatchObject({ code, exit });
  });

  it("refuses what does not fit, with both numbers and the largest contributors, code and stack among them", async () => {
    const flash = await call(build, { model: vision, board: smallBoard(1024, 16384), output: at("x.elf") });
    expect(flash).toMatchObject({ code: "link/does-not-fit", exit: 8 });
    expect(flash.err).toMatch(/\d+ bytes of flash are needed, small has 1024; largest: layer_\d\d_\S+ \d+, /);
    const ram = await call(build, { model: vision, board: smallBoard(65536, 256), output: at("x.elf") });
    expect(ram).toMatchObject({ code: "link/does-not-fit", exit: 8 });
    expect(ram.err).toMatch(/\d+ bytes of RAM are needed, small has 256; largest: thumbelina_arena \d+, stack \d+$/);
  });
});

describe("--dump", () => {
  it.each([
    ["graph", '"kind": "add"'],
    ["plan", '"arenaAddress": 536870'],
    ["wasm", "(module"],
    ["ssa", "function layer_03_add"],
    ["asm", "<thumbelina_start>:"],
    ["image", "object thumbelina_arena"],
  ])("prints %s", async (stage, part) => {
    const { exit, out } = await call(build, { model, board: "cortex-m0plus", dump: stage });
    expect(exit).toBe(0);
    expect(out).toContain(part);
  });

  it("prints the SSA after a pass", async () => {
    const textAfter = async (pass?: string) => (await call(build, { model, dump: "ssa", after: pass })).out;
    expect(await textAfter("build")).not.toBe(await textAfter());
  });
});

describe("on a board", () => {
  it("run counts cycles", async () => {
    const cycles = async (board?: string) =>
      JSON.parse((await call(run, { model, engine: "sim", board, input }, true)).out).cycles as number;
    const [standard, m4, small] = [await cycles(), await cycles("cortex-m4"), await cycles("cortex-m0plus")];
    expect(standard).toBe(m4);
    expect(small).not.toBe(m4);
    expect(m4).toBeGreaterThan(20);
  });

  it("run --batch answers cycles, keeps state where asked and lets lines choose", async () => {
    const line = (more: object = {}) => JSON.stringify({ model, inputs: [input], outputs: [at("o.bin")], ...more });
    const lines = [
      ...[line(), line({ continue: true }), line({ board: "pico" }), line({ engine: "reference" })],
      line({ engine: "host", board: "pico" }),
    ];
    writeFileSync(at("batch.jsonl"), lines.join("\n"));
    const { out, exit } = await call(run, { batch: at("batch.jsonl"), engine: "sim" });
    const answers = out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text));
    expect(exit).toBe(0);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true, true, false]);
    expect(answers.map(({ cycles }) => typeof cycles)).toEqual([
      "number",
      "number",
      "number",
      "undefined",
      "undefined",
    ]);
    expect(answers[4].code).toBe("cli/usage");
  });

  it("verify proves the image, and that memory is used as computed", async () => {
    const { exit, out } = await call(verify, { model, board: "cortex-m0plus", runs: 2, seed: 1 }, true);
    expect(exit).toBe(0);
    const { engines, memory } = JSON.parse(out);
    expect(engines).toEqual(["reference", "wasm", "host", "sim"]);
    expect(memory.arenaUsed).toBeLessThanOrEqual(memory.arenaBytes);
    expect(memory.stackUsed).toBeLessThanOrEqual(memory.stackBytes);
  });

  it("inspect gives the figures that build gives", async () => {
    const inspected = JSON.parse((await call(inspect, { model, board: "pico" }, true)).out).image;
    const built = JSON.parse((await call(build, { model, board: "pico", output: at("i.elf") }, true)).out);
    expect(built).toMatchObject(inspected);
    expect((await call(inspect, { model, board: "pico" })).out).toMatch(
      /image: flash \d+ bytes .* for pico\ndeepest stack/,
    );
  });

  it("sim builds a model and runs it to its end", async () => {
    const { exit, out } = await call(sim, { image: model, board: "cortex-m4", for: "1s" }, true);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, stop: { kind: "bkpt", immediate: 0 } });
  });
});
