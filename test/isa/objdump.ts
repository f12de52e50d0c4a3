// GNU as and objdump as judges of text: machine words in, the lines of objdump's listing out. `comparable` drops what is not
// the instruction: comments, symbols, spacing, and the ways in which objdump says "undefined".

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const run = (tool: string, args: readonly string[]): string =>
  execFileSync(`arm-none-eabi-${tool}`, args, { encoding: "utf8", maxBuffer: 2 ** 30 });

export function hasObjdump(): boolean {
  try {
    run("objdump", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

export const objdumpVersion = (): string => run("objdump", ["--version"]).split("\n")[0] ?? "";

export interface Line {
  readonly address: number;
  readonly bits: number;
  readonly text: string;
}

export function comparable(text: string): string {
  const bare = text.replace(/[@;].*/, "").replace(/<[^>]*\.text[^>]*>/, "");
  const joined = bare.trim().replace(/\s+/g, " ");
  const undefinedForms = joined === "" || /<undefined>|^undefined |\?\?/i.test(joined);
  return undefinedForms ? "undefined" : joined;
}

/** Lists directives such as `.inst.n 0x46c0`, in Thumb state of a core that has everything. */
export function listing(directives: readonly string[], cpu = "cortex-m7"): Line[] {
  const folder = mkdtempSync(join(tmpdir(), "isa-"));
  try {
    const source = join(folder, "words.s");
    const object = join(folder, "words.o");
    writeFileSync(source, `.syntax unified\n.cpu ${cpu}\n.thumb\n${directives.join("\n")}\n`);
    run("as", ["-o", object, source]);
    return [
      ...run("objdump", ["-d", object]).matchAll(/^ *([0-9a-f]+):\t([0-9a-f]{4}) ?([0-9a-f]{4})? *(?:\t(.*))?$/gm),
    ].map(([, address = "", first = "", second = "", text = ""]) => ({
      address: Number.parseInt(address, 16),
      bits: Number.parseInt(first + second, 16),
      text: comparable(text),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
