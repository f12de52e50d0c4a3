// Makes rp2040-rows.ts from the SVD file of the peripheral access crate rp2040-pac 0.6.0 (Raspberry Pi's own, BSD-3-Clause; only names
// and numbers are taken):
//
//   cargo fetch  with rp2040-pac 0.6.0 as a dependency, then  npx tsx test/hal/make-rp2040-rows.ts > test/hal/rp2040-rows.ts
//
// A row: constant of assembly/hal/rp2040/registers.ts or hal/pl011-registers.ts, what it is in the SVD, its value there. A constant is read as
// PERIPHERAL (base), PERIPHERAL_REGISTER (offset) or PERIPHERAL_REGISTER_FIELD (mask); of several readings the longest register wins.

import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as pl011 from "../../assembly/hal/pl011-registers.ts";
import * as registers from "../../assembly/hal/rp2040/registers.ts";

const crate = "rp2040-pac-0.6.0";
const registry = join(homedir(), ".cargo/registry/src");
const svd = readFileSync(join(registry, readdirSync(registry)[0]!, crate, "svd/rp2040.svd"), "utf8");

type Row = readonly [name: string, meaning: string, value: number];
const all = (text: string, tag: string) =>
  [...text.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([\\s\\S]*?)</${tag}>`, "g"))].map(([whole, body]) => ({
    whole,
    body: body!,
  }));
const one = (text: string, tag: string) => all(text, tag)[0]?.body.trim() ?? "";

const rows: Row[] = [];
const known = new Map<string, { readonly meaning: string; readonly value: number }>();
for (const { whole, body } of all(svd, "peripheral")) {
  const name = one(body, "name");
  known.set(name, { meaning: name, value: Number(one(body, "baseAddress")) });
  if (/derivedFrom/.test(whole.slice(0, whole.indexOf(">")))) continue;
  for (const register of all(body, "register")) {
    const registerName = one(register.body, "name");
    const path = `${name}_${registerName}`;
    known.set(path, { meaning: `${name}.${registerName}`, value: Number(one(register.body, "addressOffset")) });
    for (const field of all(register.body, "field")) {
      const fieldName = one(field.body, "name");
      const [, high = "0", low = "0"] = /\[(\d+):(\d+)\]/.exec(one(field.body, "bitRange")) ?? [];
      const mask = 2 ** (Number(high) + 1) - 2 ** Number(low);
      known.set(`${path}_${fieldName.toUpperCase()}`, { meaning: `${name}.${registerName}.${fieldName}`, value: mask });
    }
  }
}

/** Constants that the SVD does not know: ours, or of a table of the datasheet. */
const own = /^(ATOMIC_|FUNCTION_|DREQ_)/;
const missing: string[] = [];
for (const [prefix, constants] of [
  ["", registers],
  ["UART0", pl011],
] as const)
  for (const [name, value] of Object.entries(constants)) {
    if (typeof value !== "number" || own.test(name)) continue;
    const found = known.get(prefix ? name.replace(/^PL011_(\w)/, `${prefix}_UART$1`) : name);
    if (found) rows.push([name, found.meaning, found.value]);
    else missing.push(name);
  }
for (const { body } of all(svd, "peripheral")) rows.push([one(body, "name"), "base", Number(one(body, "baseAddress"))]);
for (const { body } of all(svd, "interrupt")) rows.push([one(body, "name"), "interrupt", Number(one(body, "value"))]);
if (missing.length) throw new Error(`not in the SVD: ${missing.join(", ")}`);
process.stdout.write(
  [
    `// Made by make-rp2040-rows.ts from ${crate}; do not edit.`,
    "",
    "/** [constant, what it is in the SVD, its value there] */",
    "export const rows: readonly (readonly [name: string, meaning: string, value: number])[] = [",
    ...rows.map(([name, meaning, value]) => `  ["${name}", "${meaning}", 0x${value.toString(16)}],`),
    "];",
    "",
  ].join("\n"),
);
