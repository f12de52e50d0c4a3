// Makes nrf-rows.ts from the peripheral access crates, which svd2rust made from Nordic's own SVD files:
//
//   cargo fetch  with nrf52840-pac 0.12.2 and nrf51-pac 0.12.2 as dependencies, then  npx tsx test/hal/make-nrf-rows.ts > test/hal/nrf-rows.ts
//
// A row: constant of assembly/hal/nrf/registers.ts, crate, what it is there, its value there. A constant NAME is read as
// peripheral_register, peripheral_register_field (one bit), …_VALUE (an enumerated value, in place) or …_field_VALUE.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as registers from "../../assembly/hal/nrf/registers.ts";

interface Field {
  readonly bit: number;
  readonly width: number;
}
interface Register {
  readonly offset: number;
  readonly fields: Map<string, Field>;
  /** `field.VALUE` → number. */
  readonly values: Map<string, number>;
}

const registry = join(homedir(), ".cargo/registry/src");
const sources = join(registry, readdirSync(registry)[0]!);

function readRegisters(file: string, prefix: string, base: number, found: Map<string, Register>): void {
  const text = readFileSync(`${file}.rs`, "utf8");
  const item =
    /#\[doc = "(0x[0-9a-f]+)(?:\.\.0x[0-9a-f]+)? - [\s\S]*?"\]\n\s*(?:#\[[^\n]*\n\s*)*pub (?:const )?(?:fn )?(\w+)(?:\(&self\) -> &|: )\[?(?:self::)?(\w+)/g;
  for (const [, offset, name, type] of text.matchAll(item)) {
    const at = base + Number(offset);
    // a keyword of Rust has an underscore
    const path = ["", "_"].map((end) => join(file, type!.toLowerCase() + end)).find((way) => existsSync(`${way}.rs`));
    if (path === undefined) continue;
    const body = readFileSync(`${path}.rs`, "utf8");
    if (/pub struct \w+ \{\n\s*#\[doc = "0x/.test(body)) readRegisters(path, `${prefix}${name}_`, at, found);
    else found.set(`${prefix}${name}`, { offset: at, ...readFields(body) });
  }
}

function readFields(body: string): Omit<Register, "offset"> {
  const fields = new Map<string, Field>();
  for (const { 1: low, 2: high, index } of body.matchAll(/#\[doc = "Bits? (\d+)(?::(\d+))? - /g)) {
    const name = /pub (?:unsafe )?fn (\w+)\(/.exec(body.slice(index))?.[1];
    if (name) fields.set(name, { bit: Number(low), width: Number(high ?? low) - Number(low) + 1 });
  }
  const values = new Map<string, number>();
  for (const [, field, list] of body.matchAll(/pub enum (\w+?)_AW? \{([\s\S]*?)\n\}/g))
    for (const [, name, value] of list!.matchAll(/(\w+) = (\d+)/g))
      values.set(`${field!.toLowerCase()}.${name!.replace(/^_/, "")}`, Number(value));
  return { fields, values };
}

function readCrate(crate: string, names: Readonly<Record<string, string>>) {
  const lib = readFileSync(join(sources, crate, "src/lib.rs"), "utf8");
  return Object.entries(names).map(([prefix, peripheral]) => {
    const place = new RegExp(`impl ${peripheral} \\{[\\s\\S]*?\\}\\s*\\}`).exec(lib)![0];
    const module = /(\w+)\s*::\s*RegisterBlock/.exec(place)![1]!;
    const base = Number(/(0x[0-9a-f_]+|\d+)(?:u32|usize)? as \*const/.exec(place)![1]!.replaceAll("_", ""));
    const found = new Map<string, Register>();
    readRegisters(join(sources, crate, "src", module), "", 0, found);
    const interrupt = new RegExp(`\\b(?:\\w+_)?${peripheral}(?:_\\w+)? = (\\d+)`).exec(lib)?.[1];
    return { prefix, peripheral, base, found, interrupt: interrupt === undefined ? -1 : Number(interrupt) };
  });
}

function valueNamed(register: Register, rest: string): [string, number] | undefined {
  for (const [key, value] of register.values) {
    const [field = "", name = ""] = key.split(".");
    const place = register.fields.get(field) ?? { bit: 0 };
    const wide = register.fields.get(field)?.width !== 1 || rest !== field.toUpperCase();
    if (wide && (rest === name || rest === `${field.toUpperCase()}_${name}`)) return [key, (value << place.bit) >>> 0];
  }
  const field = register.fields.get(rest.toLowerCase());
  return field && field.width === 1 ? [rest.toLowerCase(), 2 ** field.bit] : undefined;
}

function rowsOf(crate: string, names: Readonly<Record<string, string>>): (string | number)[][] {
  const peripherals = readCrate(crate, names);
  const rows: (string | number)[][] = [];
  for (const constant of Object.keys(registers)) {
    const of = peripherals.filter(({ prefix }) => constant === prefix || constant.startsWith(`${prefix}_`));
    for (const { prefix, peripheral, base, found } of of) {
      if (constant === prefix) rows.push([constant, crate, peripheral, base]);
      const rest = constant.slice(prefix.length + 1);
      for (const [name, register] of found) {
        const upper = name.toUpperCase().replace(/_$/, "");
        if (rest === upper) rows.push([constant, crate, `${peripheral}.${name}`, register.offset]);
        const value = rest.startsWith(`${upper}_`) ? valueNamed(register, rest.slice(upper.length + 1)) : undefined;
        if (value) rows.push([constant, crate, `${peripheral}.${name}.${value[0]}`, value[1]]);
      }
    }
  }
  return rows;
}

const both = { CLOCK: "CLOCK", POWER: "POWER", UART: "UART0", TIMER: "TIMER0", WDT: "WDT", NVMC: "NVMC" };
const only52 = {
  GPIO: "P0",
  UARTE: "UARTE0",
  TWIM: "TWIM0",
  PDM: "PDM",
  SAADC: "SAADC",
  PPI: "PPI",
  USBD: "USBD",
  FICR: "FICR",
};
const all = [
  ...rowsOf("nrf52840-pac-0.12.2", { ...both, ...only52 }),
  ...rowsOf("nrf51-pac-0.12.2", { ...both, GPIO: "GPIO" }),
];
const places52 = [
  "UARTE0",
  "UARTE1",
  "TWIM0",
  "TWIM1",
  "TIMER0",
  "TIMER1",
  "TIMER2",
  "TIMER3",
  "TIMER4",
  "RTC0",
  "RTC1",
];
const more52 = ["WDT", "NVMC", "PDM", "SAADC", "PPI", "P0", "P1", "POWER", "USBD"];
const places = [
  ["nrf52840", "nrf52840-pac-0.12.2", [...places52, ...more52]],
  ["nrf51822", "nrf51-pac-0.12.2", ["UART0", "TIMER0", "RTC0", "WDT", "NVMC", "GPIO", "POWER"]],
] as const;
const placeRows = places.flatMap(([chip, crate, names]) =>
  readCrate(crate, Object.fromEntries(names.map((name) => [name, name]))).map(({ peripheral, base, interrupt }) => [
    ...[chip, crate, peripheral, base, interrupt],
  ]),
);

const print = (row: readonly (string | number)[]) =>
  `  [${row.map((cell, i) => (typeof cell === "string" ? JSON.stringify(cell) : i === 3 ? `0x${cell.toString(16)}` : cell)).join(", ")}],`;
process.stdout.write(
  [
    "// Made by make-nrf-rows.ts from the crates named in each row; do not edit.",
    "",
    "/** Constant, crate, item, value. */",
    "export const rows: readonly (readonly [string, string, string, number])[] = [",
    ...all.map(print),
    "];",
    "",
    "/** Chip, crate, peripheral, base, interrupt (−1: none). */",
    "export const places: readonly (readonly [string, string, string, number, number])[] = [",
    ...placeRows.map(print),
    "];",
    "",
  ].join("\n"),
);
