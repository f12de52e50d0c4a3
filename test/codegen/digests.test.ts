// The same module gives the same machine code on every machine and in every run: SHA-256 of what codegen makes of random modules, per core,
// with its size. A difference that was not meant is a slip in the compiler; `BLESS=1` writes digests.txt after one that was.

import { readFileSync, writeFileSync } from "node:fs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { codegen, type FunctionCode } from "../../host/codegen/codegen.ts";
import { cores } from "../../host/isa/isa.ts";
import { moduleBytes } from "./module-bytes.ts";
import { pressureModule } from "./pressure-module.ts";
import { randomModule } from "./random-module.ts";

/** How many modules on each. */
const counts = { "cortex-m0plus": 14, "cortex-m4": 14, "cortex-m3": 4 } as const;
type Name = keyof typeof counts;
const names = Object.keys(counts) as Name[];
const expected = new URL("digests.txt", import.meta.url);

/** Everything that link is given: two functions of equal digest are the same to it. */
function digest(functions: readonly FunctionCode[]): string {
  const text = functions.map(({ bytes, ...rest }) => `${bytesToHex(bytes)} ${JSON.stringify(rest)}`).join("\n");
  return bytesToHex(sha256(new TextEncoder().encode(text))).slice(0, 16);
}

/** Types of the values of the first modules, which are of one function under pressure. */
const pressures = [["i32"], ["i32", "i64"], ["i32", "f32"], ["i32"], ["i32", "i64"]] as const;

function lineOf(name: Name, seed: number): string {
  const types = pressures[seed];
  const absolute = !types && seed % 2 === 1;
  const module = types ? pressureModule(seed, types) : randomModule(seed, absolute);
  const memory = absolute ? "absolute" : "sandbox";
  const { functions } = codegen(moduleBytes(module), cores[name], { memory, check: true });
  const size = functions.reduce((sum, { bytes: { length } }) => sum + length, 0);
  return `${name} ${seed} ${memory} ${functions.length} functions ${size} bytes ${digest(functions)}`;
}

describe("machine code of random modules", () => {
  it.each(names)("is what it was, for %s", (name) => {
    const seeds = [...pressures.keys(), ...Array.from({ length: counts[name] }, (_, i) => 501 + i)];
    const lines = seeds.map((seed) => lineOf(name, seed));
    const known = readFileSync(expected, "utf8").split("\n");
    const isOurs = (line: string) => line.startsWith(`${name} `);
    if (process.env.BLESS === "1")
      writeFileSync(expected, [...known.filter((line) => line && !isOurs(line)), ...lines, ""].join("\n"));
    else expect(lines).toEqual(known.filter(isOurs));
  });
});
