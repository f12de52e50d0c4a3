// binutils and gdb read the source lines of a built image.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { writeImage } from "../../host/image/image.ts";
import { importModel } from "../../host/import/import.ts";
import { build } from "../../host/pipeline.ts";

const tools = ["arm-none-eabi-objdump", "gdb-multiarch"].every((name) => spawnSync(name, ["--version"]).status === 0);
if (!tools && process.env.CI_JUDGES === "1") throw new Error("arm-none-eabi-objdump or gdb-multiarch is missing");
if (!tools) process.stderr.write("skipped: source lines, for want of arm-none-eabi-objdump or gdb-multiarch\n");

describe.skipIf(!tools).each(["cortex-m4", "pico"])("source lines of motion on %s", async (board) => {
  const model = fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url));
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { image } = (await build(importModel(readFileSync(model), { name: "motion" }), findBoard(board))).linked;
  const elf = join(mkdtempSync(join(tmpdir(), "lines-")), "motion.elf");
  writeFileSync(elf, writeImage(image, "elf"));

  it("objdump lists every row", () => {
    const text = execFileSync("arm-none-eabi-objdump", ["--dwarf=decodedline", elf], { encoding: "utf8" });
    const rows = [...text.matchAll(/^\S+ +(\d+) +0x([0-9a-f]+)/gm)].map(([, line, address]) => [
      Number.parseInt(address!, 16),
      Number(line),
    ]);
    const expected = image.lines!.filter(({ line }) => line > 0).map(({ address, line }) => [address, line]);
    expect(rows).toEqual(expected);
  });

  it("gdb shows a kernel's text and breaks at its lines", () => {
    const { address, file, line } = image.lines!.find((row) => row.file === "assembly/kernels/softmax.ts")!;
    const commands = ["-ex", `info line *${address}`, "-ex", `break ${file}:${line}`, "-ex", `list *${address}`];
    const text = execFileSync("gdb-multiarch", ["-nx", "-batch", ...commands, elf], { encoding: "utf8", cwd: root });
    expect(text).toContain(`Line ${line} of "${file}" starts at address 0x${address.toString(16)} <layer_07_softmax`);
    expect(text).toMatch(/^Breakpoint 1 at 0x/m);
    const source = readFileSync(join(root, file), "utf8").split("\n")[line - 1]!;
    expect(text).toContain(`${line}\t${source}`);
  });
});
