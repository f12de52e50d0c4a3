// mcycles.py counts the same images: what is committed is what it says today, and the approximate cores stay within their stated
// error. `BLESS=1` rebuilds built/cycles/ and built/cycles.json.

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBoard, mainMemories } from "../../host/board/board.ts";
import { corpus } from "../corpus.ts";
import { build, builtFolder, hasCompiler } from "./build-programs.ts";
import { committedImages, freshImages, type ModelBoard, modelCores, statedError } from "./cycle-images.ts";
import { runProgram } from "./run-program.ts";

const mcycles = corpus ? join(corpus, "..", "tools", "mcycles.py") : "";
const hasModel =
  mcycles !== "" && existsSync(mcycles) && spawnSync("python3", ["-c", "import unicorn, capstone"]).status === 0;

function count(elf: string, board: ModelBoard, json: string): { instructions: number; cycles: number } {
  const { flash, ram } = mainMemories(findBoard(board));
  const memory = ["--flash", `${flash.base}:${flash.bytes}`, "--ram", `${ram.base}:${ram.bytes}`];
  const flags = ["--core", modelCores[board], "--mem", ...memory, "--magic", "0x40004000", "--json", json];
  execFileSync("python3", [mcycles, elf, ...flags]);
  const { instrs, cycles } = JSON.parse(readFileSync(json, "utf8"));
  return { instructions: instrs, cycles };
}

const committedPath = (key: string) => join(builtFolder, "cycles", `${key}.elf`);
const read = (path: string) => new Uint8Array(readFileSync(path));

describe.skipIf(!hasModel || !hasCompiler)("mcycles.py", () => {
  test("the committed counts are its counts", () => {
    const file = join(builtFolder, "cycles.json");
    const counts: Record<string, unknown> = {};
    for (const { key, program, board, level } of committedImages) {
      const fresh = build(program, board, [level]);
      if (process.env.BLESS === "1") {
        mkdirSync(join(builtFolder, "cycles"), { recursive: true });
        copyFileSync(fresh, committedPath(key));
        execFileSync("arm-none-eabi-strip", [committedPath(key)]);
      }
      const model = count(committedPath(key), board, `${fresh}.json`);
      counts[key] = model;
      const ours = runProgram(read(committedPath(key)), board);
      expect(ours.instructions).toBe(model.instructions);
      expect(Math.abs(ours.cycles / model.cycles - 1) * 100).toBeLessThanOrEqual(statedError[board].percent);
    }
    if (process.env.BLESS === "1") writeFileSync(file, `${JSON.stringify(counts, undefined, 2)}\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(counts);
  });

  test.each(freshImages)("$key", ({ program, board, level }) => {
    const elf = build(program, board, [level]);
    const model = count(elf, board, `${elf}.json`);
    const ours = runProgram(read(elf), board);
    expect(ours.instructions).toBe(model.instructions);
    expect(Math.abs(ours.cycles / model.cycles - 1) * 100).toBeLessThanOrEqual(statedError[board].percent);
  });
});
