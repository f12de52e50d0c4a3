// Small functions and the machine code that is expected of them, with the cycles of each instruction alone (and when taken), on M4 and
// M0+: the patterns that instruction selection is there for. `BLESS=1` rewrites listings/*.txt; look at a difference before.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import binaryen from "binaryen";
import { describe, expect, it } from "vitest";
import { codegen, type FunctionCode } from "../../host/codegen/codegen.ts";
import {
  type Core,
  type CoreName,
  cores,
  cycleCost,
  decoderFor,
  disassemble,
  isWide,
  thumbRows,
} from "../../host/isa/isa.ts";
import { loadRuntime } from "../../host/wasm/wasm.ts";

const folder = new URL("listings/", import.meta.url);
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".wat") ? [file.slice(0, -4)] : []));
const runtime = await loadRuntime();

function assembled(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** `;; only: cortex-m4`: what other cores do not have. */
function coresOf(wat: string): readonly CoreName[] {
  const only = /^;; only: (\S+)$/m.exec(wat)?.[1];
  return only ? [only as CoreName] : ["cortex-m4", "cortex-m0plus"];
}

/** Conditions of the instructions after an IT (DDI 0403E A7.3.2). */
function conditionsAfter(first: number): number[] {
  if ((first & 0xff00) !== 0xbf00 || (first & 0xf) === 0) return [];
  const [condition, mask] = [(first >> 4) & 15, first & 15];
  const count = 4 - (31 - Math.clz32(mask & -mask));
  return Array.from({ length: count }, (_, k) => (k ? (condition & ~1) | ((mask >> (4 - k)) & 1) : condition));
}

function listing({ name, bytes, relocations, data }: FunctionCode, core: Core): string[] {
  const decoder = decoderFor(thumbRows, core);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const halfword = (at: number) => (at < bytes.length ? view.getUint16(at, true) : 0);
  const lines = [`${name}:`];
  let conditions: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const place = `  ${at.toString(16).padStart(4)}`;
    const range = data.find((one) => one.at === at);
    if (range) {
      const words = Array.from({ length: range.bytes / 2 }, (_, i) =>
        halfword(at + 2 * i)
          .toString(16)
          .padStart(4, "0"),
      );
      lines.push(`${place}         .short ${words.join(" ")}`);
      at += range.bytes;
      continue;
    }
    const decoded = decoder.decode(halfword(at), halfword(at + 2), conditions.length > 0);
    const called = relocations.find((one) => one.at === at && one.kind === "call");
    const cost = decoded && cycleCost(core, decoded.row.cycles);
    const cycles = cost ? `${cost.cycles}${cost.taken ? `/${cost.cycles + cost.taken}` : ""}` : "";
    const condition = conditions.shift() ?? 14;
    const text = decoded ? disassemble(decoded, { address: at, condition }).replace("\t", " ") : "?";
    lines.push(`${place}  ${cycles.padEnd(5)}  ${called ? `bl ${called.symbol}` : text}`);
    if (!conditions.length) conditions = conditionsAfter(halfword(at));
    at += isWide(halfword(at)) ? 4 : 2;
  }
  return lines;
}

describe("listings", () => {
  it.each(names)("%s", (name) => {
    const wat = readFileSync(new URL(`${name}.wat`, folder), "utf8");
    const bytes = assembled(wat);
    const parts = coresOf(wat).flatMap((core) => {
      const { functions } = codegen(bytes, cores[core], { runtime, check: true });
      const own = functions.filter((fn) => !fn.name.startsWith("rt."));
      return [`; ${core}`, ...own.flatMap((fn) => listing(fn, cores[core]))];
    });
    const text = `${parts.join("\n")}\n`;
    const expected = new URL(`${name}.txt`, folder);
    if (process.env.BLESS === "1") writeFileSync(expected, text);
    expect(existsSync(expected), `${name}.txt is missing: BLESS=1 writes it`).toBe(true);
    expect(text).toBe(readFileSync(expected, "utf8"));
  });
});
