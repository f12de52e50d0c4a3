// Hostile files through the verb flash: each file of the corpus's vectors/uf2 and vectors/hex does what its manifest says, and what is refused
// leaves the board as it was. The real command line; a simulated board with something on it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { corpus } from "../corpus.ts";
import { temporaryFolder, thumbelina } from "./thumbelina.ts";

interface Vector {
  readonly file?: string;
  readonly name?: string;
  readonly expect?: string;
  readonly blocks?: readonly { readonly family: string }[];
}

const folder = (kind: string) => join(corpus ?? "", "vectors", kind);
const manifest = (kind: string): Vector[] =>
  corpus ? JSON.parse(readFileSync(join(folder(kind), "manifest.json"), "utf8")) : [];

/** A board with an image on it, and what its flash holds. */
function boardWith(board: string, file: string) {
  const cwd = temporaryFolder();
  const flash = (path: string) => thumbelina(["flash", path, "--board", board, "-p", `sim-usb:${board}`], { cwd });
  const state = join(cwd, ".thumbelina/sim");
  const digest = () => {
    const files = readdirSync(state).filter((name) => name.endsWith(".flash"));
    return createHash("sha256")
      .update(readFileSync(join(state, files[0]!)))
      .digest("hex");
  };
  expect(flash(file).code).toBe(0);
  return { flash, digest };
}

describe.skipIf(!corpus)("hostile files", () => {
  test("UF2: refused whole, or the block skipped with a note", () => {
    const pico = boardWith("pico", join(folder("uf2"), "payload2_RP2040.uf2"));
    const vectors = manifest("uf2");
    expect(vectors.length).toBeGreaterThan(15);
    for (const { file, expect: verdict, blocks = [] } of vectors) {
      const before = pico.digest();
      const { code, stderr } = pico.flash(join(folder("uf2"), file!));
      const foreign = blocks.some(({ family }) => family !== "0xe48bff56");
      if (foreign) expect(code, file).toBe(11);
      else if (verdict === "incomplete") expect(code, file).toBe(3);
      else if (verdict === "reject/skip block") expect([0, 3], file).toContain(code);
      else expect(code, `${file}: ${stderr}`).toBe(0);
      if (code !== 0) expect([file, pico.digest()]).toEqual([file, before]);
      if (code !== 0) expect(stderr, file).toMatch(/^error\[image\/uf2-/m);
      if (code === 0 && verdict === "reject/skip block") expect(stderr, file).toMatch(/note: .* skipped/);
    }
  });

  test("Intel HEX: refused, with the line", () => {
    const blackpill = boardWith("blackpill-f411", join(folder("hex"), "at_08000000.hex"));
    const vectors = manifest("hex").filter((each) => each.expect === "reject");
    expect(vectors.length).toBeGreaterThan(6);
    const before = blackpill.digest();
    for (const { name } of vectors) {
      const { code, stderr } = blackpill.flash(join(folder("hex"), `${name}.hex`));
      expect([name, code, blackpill.digest()]).toEqual([name, 3, before]);
      expect(stderr, name).toMatch(/^error\[image\//);
    }
  });
});

test("a name that promises a format keeps a damaged file from being taken for a raw binary", () => {
  const cwd = temporaryFolder();
  for (const [name, code] of [
    ["damaged.hex", "image/hex-record"],
    ["damaged.uf2", "image/truncated"],
    ["damaged.elf", "image/truncated"],
  ] as const) {
    writeFileSync(join(cwd, name), "0400000001020304F2\n");
    const ended = thumbelina(["flash", name, "--board", "pico", "-p", "sim-usb:pico"], { cwd });
    expect([name, ended.code]).toEqual([name, 3]);
    expect(ended.stderr).toContain(`error[${code}`);
  }
});
