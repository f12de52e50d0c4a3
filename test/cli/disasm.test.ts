// The verb `disasm`: functions, literal pools, data between code, names of targets; files with and without symbols.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "../../host/cli/commands/disasm.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { readBuilt } from "../sim/build-programs.ts";
import { callVerb } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "disasm-"));
const built = (name: string) => fileURLToPath(new URL(`../sim/built/${name}.elf`, import.meta.url));
function fileOf(bytes: Uint8Array, name: string): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

describe("disasm", () => {
  it("prints one function, its branches by name and its literals as words", async () => {
    const { out, exit } = await callVerb(command, { image: built("interrupts-mps2-an386"), symbol: "print_hex" });
    expect(exit).toBe(0);
    expect(out).toMatch(/^[0-9a-f]{8} <print_hex>:\n/);
    expect(out).toMatch(/\tldr\tr4, \[pc, #40\]\t@ a8: 0x800\n/);
    expect(out).toMatch(/\tbmi\.n\t92 <print_hex\+0x16>\n/);
    expect(out).toMatch(/ {6}a8:\t00000800 {2}\t\.word\t0x00000800\n/);
    expect(out).not.toContain("<main>:");
  });

  it("prints everything: the vector table with names, IT blocks with conditions", async () => {
    const { out } = await callVerb(command, { image: built("printf-mps2-an386") });
    expect(out).toMatch(/\.word\t0x[0-9a-f]{8} <reset_handler>/);
    expect(out).toMatch(/\tit\teq\n.*\t[a-z]+eq(\.[nw])?\t/);
    expect(out).toMatch(/\tbl\t[0-9a-f]+ <_vfprintf_r>/);
    expect(out).not.toContain("@ undefined");
  });

  it("gives JSON whose lines cover the code", async () => {
    const { out } = await callVerb(command, { image: built("hello-microbit") }, true);
    const { ok, functions } = JSON.parse(out);
    expect(ok).toBe(true);
    const code = readImage(readBuilt("hello", "microbit")).sections.find(({ name }) => name === ".text")!;
    expect(functions.reduce((sum: number, { bytes }: { bytes: number }) => sum + bytes, 0)).toBe(code.bytes);
    const main = functions.find(({ name }: { name: string }) => name === "main");
    expect(main.lines[0]).toMatchObject({ address: main.address, text: expect.any(String) });
  });

  it("walks a raw binary: vectors and literals are data without being told", async () => {
    const image = readImage(readBuilt("hello", "mps2-an386"));
    const bin = fileOf(writeImage(image, "bin"), "hello.bin");
    const { out } = await callVerb(command, { image: bin, board: "mps2-an386" });
    expect(out).toMatch(/ {7}0:\t[0-9a-f]{8} {2}\t\.word\t0x20400000/);
    expect(out).toMatch(/ldr\tr1, \[pc, #8\]\t@ f0: 0x20026\n/);
    expect(out).toMatch(/ {6}f0:\t00020026 {2}\t\.word\t0x00020026\n/);
    expect(out).toMatch(/ {6}60:\t7801 /);
    const based = await callVerb(command, { image: bin, base: "0x8000000" });
    expect(based.out).toMatch(/^08000000:/);
  });

  it("refuses a symbol that is not there, and names some like it", async () => {
    const said = await callVerb(command, { image: built("hello-microbit"), symbol: "mai" });
    expect(said).toMatchObject({ exit: 2, code: "cli/no-symbol" });
  });

  it("refuses what is no image", async () => {
    const said = await callVerb(command, { image: "models/motion/app.json", board: "pico" });
    expect(said).toMatchObject({ exit: 2, code: "cli/not-an-image" });
  });

  it("needs to know where a raw binary lies", async () => {
    const bin = fileOf(Uint8Array.of(0x00, 0xbf, 0x70, 0x47), "bare.bin");
    expect(await callVerb(command, { image: bin })).toMatchObject({ exit: 3, code: "image/unknown-format" });
    const { out } = await callVerb(command, { image: bin, base: "0" });
    expect(out).toContain("nop");
    expect(out).toContain("bx\tlr");
  });
});
