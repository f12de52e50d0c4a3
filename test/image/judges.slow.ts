// Judges of room image: the corpus's good and hostile files behave as their manifests say; binutils and gdb read our ELF.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { type Image, readImage, writeImage } from "../../host/image/image.ts";
import { corpus } from "../corpus.ts";

const folder = (name: string) => (corpus ? join(corpus, "vectors", name) : "");
const read = (path: string) => new Uint8Array(readFileSync(path));

describe.skipIf(!corpus)("corpus", () => {
  test("UF2 files", () => {
    const manifest = JSON.parse(readFileSync(join(folder("uf2"), "manifest.json"), "utf8"));
    for (const entry of manifest) {
      const bytes = read(join(folder("uf2"), entry.file));
      const rp2040 = entry.blocks ? Number(entry.blocks[0].family) : 0xe48bff56;
      const run = () => readImage(bytes, { uf2Family: rp2040 });
      if (entry.expect === "incomplete") expect(run, entry.file).toThrow(/missing/);
      else if (entry.expect === "reject/skip block") expectRejectedOrSkipped(entry.file, run, bytes);
      else expect(run().segments.length, entry.file).toBeGreaterThan(0);
      if (entry.blocks) expect(writeImage(run(), "uf2"), entry.file).toEqual(bytes);
    }
  });

  test("HEX files", () => {
    const manifest = JSON.parse(readFileSync(join(folder("hex"), "manifest.json"), "utf8"));
    const byName = new Map(manifest.map((entry: { name: string }) => [entry.name, entry]));
    for (const file of readdirSync(folder("hex")).filter((name) => name.endsWith(".hex"))) {
      const entry = byName.get(file.replace(".hex", "")) as { expect?: string; segments?: string[][] } | undefined;
      const run = () => readImage(read(join(folder("hex"), file)));
      if (entry?.expect === "reject") expect(run, file).toThrow(UserError);
      else {
        const found = run().segments.map((s) => [s.loadAddress, s.loadAddress + s.data.length]);
        if (entry?.segments) expect(found, file).toEqual(entry.segments.map((pair) => pair.map(Number)));
        expect(readImage(writeImage(run(), "hex")).segments).toEqual(run().segments);
      }
    }
  });
});

function expectRejectedOrSkipped(file: string, run: () => Image, bytes: Uint8Array): void {
  try {
    const loaded = run().segments.reduce((sum, segment) => sum + segment.data.length, 0);
    expect(loaded, `${file}: the block was skipped`).toBe((bytes.length / 512 - 1) * 256);
  } catch (error) {
    expect(error, file).toBeInstanceOf(UserError);
  }
}

const tool = (name: string) => spawnSync(name, ["--version"]).status === 0;
const tools = tool("arm-none-eabi-gcc") && tool("gdb-multiarch");
if (!tools && process.env.CI_JUDGES === "1") throw new Error("arm-none-eabi-gcc or gdb-multiarch is missing");

describe.skipIf(!tools)("binutils and gdb", () => {
  const directory = mkdtempSync(join(tmpdir(), "image-"));
  const path = (name: string) => join(directory, name);
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: "utf8", cwd: directory });

  test("a program of gcc, read and written again, is the same program to readelf, objdump, nm and gdb", () => {
    writeFileSync(
      path("p.c"),
      "int table[5] = {1,2,3}; int zeroes[9];\nint twice(int x) { return 2 * x + table[x] + zeroes[x]; }\nvoid _start(void) { for (;;) twice(1); }\n",
    );
    run(
      "arm-none-eabi-gcc",
      "-mcpu=cortex-m4",
      "-mthumb",
      "-O1",
      "-nostdlib",
      "-Ttext=0x8000",
      "-Tdata=0x20000000",
      "p.c",
      "-o",
      "p.elf",
    );
    const image = readImage(read(path("p.elf")));
    writeFileSync(path("q.elf"), writeImage({ ...image, target: { core: "cortex-m4" } }, "elf"));
    expect(run("arm-none-eabi-readelf", "-a", "-W", "q.elf")).not.toMatch(/[Ww]arning|[Ee]rror/);
    const nm = (file: string) =>
      run("arm-none-eabi-nm", "-S", file)
        .split("\n")
        .filter((line) => !/_(bss|data|end|edata|stack|noinit)/.test(line));
    expect(nm("q.elf")).toEqual(nm("p.elf"));
    const code = (file: string) => run("arm-none-eabi-objdump", "-d", file).split("\n").slice(3);
    expect(code("q.elf")).toEqual(code("p.elf"));
    const gdb = (file: string) =>
      run("gdb-multiarch", "-batch", "-nx", "-ex", "disassemble twice", "-ex", "x/3dw &table", file);
    expect(gdb("q.elf")).toEqual(gdb("p.elf"));
    expect(run("arm-none-eabi-size", "q.elf").split("\n")[1]!.split("\t").slice(0, 3)).toEqual(
      run("arm-none-eabi-size", "p.elf").split("\n")[1]!.split("\t").slice(0, 3),
    );
  });
});
