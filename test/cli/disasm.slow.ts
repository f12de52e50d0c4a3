// `disasm` against objdump on every committed ELF: the same addresses are instructions, with the same text. (objdump prints data in
// other units, and leaves out data objects.)

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { command } from "../../host/cli/commands/disasm.ts";
import { builtFolder } from "../sim/build-programs.ts";
import { callVerb } from "./verb.ts";

const objdump = "arm-none-eabi-objdump";
const present = spawnSync(objdump, ["--version"]).status === 0;
if (!present && process.env["CI_JUDGES"] === "1") throw new Error(`${objdump} is absent`);

/** `address: text` of instructions, without comments and symbols. */
function plain(listing: string): string[] {
  return listing.split("\n").flatMap((line) => {
    const [, address = "", text = ""] = /^ *([0-9a-f]+):\t[0-9a-f ]+\t(.*)$/.exec(line) ?? [];
    if (address === "" || /^\.(word|short|byte)/.test(text)) return [];
    // objdump calls 0x46c0, v6-M's filler, a nop; the table prints the instruction that it is.
    if (text.startsWith("nop") && text.includes("(mov r8, r8)")) return `${address}: mov r8, r8`;
    return `${address}: ${text
      .replace(/\s*[@;].*$/, "")
      .replace(/ <.*>$/, "")
      .replace(/\t/g, " ")
      .trim()}`;
  });
}

describe.skipIf(!present)("disasm prints what objdump prints", () => {
  const elfs = readdirSync(builtFolder).filter((name) => name.endsWith(".elf"));
  it.each(elfs)("%s", async (name) => {
    const file = join(builtFolder, name);
    const judge = spawnSync(objdump, ["-d", "-z", file], { encoding: "utf8", maxBuffer: 1 << 26 });
    const { out } = await callVerb(command, { image: file });
    const [mine, theirs] = [plain(out), plain(judge.stdout)];
    expect(theirs.length).toBeGreaterThan(50);
    expect(mine).toEqual(theirs);
  });
});

describe.skipIf(present)("objdump", () => {
  it("is absent: nothing is judged here", () => {
    process.stderr.write(`SKIPPED: ${objdump} is not installed\n`);
  });
});
