// Makes stm32-rows.ts and stm32-places.ts from the peripheral access crates stm32f4 and stm32l4 0.16.0, which svd2rust made from ST's SVD files as stm32-rs corrects
// them (MIT or Apache-2.0; only names and numbers are taken):
//
//   cargo fetch  with both as dependencies, then  npx tsx test/hal/make-stm32-rows.ts rows > test/hal/stm32-rows.ts, and so with places
//
// A row of constants: constant of assembly/hal/stm32*/registers.ts, chips of the crates, what it is there, its value there. A constant NAME
// is read as PREFIX (base), PREFIX_REGISTER (offset), PREFIX_REGISTER_FIELD (mask) or PREFIX_REGISTER_FIELD_VALUE (enumerated, in place).

import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as shared from "../../assembly/hal/stm32/registers.ts";
import * as f4 from "../../assembly/hal/stm32f4/registers.ts";
import * as l4 from "../../assembly/hal/stm32l4/registers.ts";

const registry = join(homedir(), ".cargo/registry/src");
const sources = join(registry, readdirSync(registry)[0]!);
const chips = {
  stm32f446: "stm32f4-0.16.0",
  stm32f411: "stm32f4-0.16.0",
  stm32l4r5: "stm32l4-0.16.0",
} as const;
type ChipName = keyof typeof chips;

interface Register {
  readonly offset: number;
  readonly reset: number;
  readonly fields: ReadonlyMap<string, { readonly low: number; readonly high: number }>;
  /** `FIELD_VALUE` → number in place. */
  readonly values: ReadonlyMap<string, number>;
}

const file = (chip: ChipName, path: string) => join(sources, chips[chip], "src", chip, `${path}.rs`);
const text = (chip: ChipName, path: string) => readFileSync(file(chip, path), "utf8");

function readRegister(chip: ChipName, path: string, offset: number): Register {
  const body = text(chip, path);
  const fields = new Map<string, { low: number; high: number }>();
  for (const [, low, high, name] of body.matchAll(/\/\/\/Bits? (\d+)(?::(\d+))? - [\s\S]*?pub (?:const )?fn (\w+)\(&/g))
    fields.set(name!.toUpperCase(), { low: Number(low), high: Number(high ?? low) });
  const values = new Map<string, number>();
  for (const [, enumerated, list] of body.matchAll(/pub enum (\w+) \{([\s\S]*?)\n\}/g)) {
    // other fields may have the same values
    const alike = [...body.matchAll(new RegExp(`pub use ${enumerated}_R as (\\w+)_R;`, "g"))].map(([, name]) => name!);
    for (const field of [enumerated!, ...alike]) {
      const place = fields.get(field) ?? fields.get(field.replace(/R?W?$/, ""));
      for (const [, name, value] of list!.matchAll(/(\w+) = (\d+)/g))
        if (place) values.set(`${field}_${name}`.toUpperCase(), Number(value) * 2 ** place.low);
    }
  }
  const reset = /RESET_VALUE: \w+ = (0x[\da-f_]+|\d+)/.exec(body)?.[1]?.replaceAll("_", "") ?? "0";
  return { offset, reset: Number(reset), fields, values };
}

const blocks = new Map<string, Map<string, Register>>();
/** Registers of a peripheral's module, by upper-case name; arrays by their first element. A cluster's module says where its element lies: @58. */
function registersOf(chip: ChipName, place: string): Map<string, Register> {
  const known = blocks.get(`${chip}.${place}`);
  if (known) return known;
  const [module = "", origin = "0"] = place.split("@");
  const found = new Map<string, Register>();
  const body = text(chip, module);
  // a module takes registers over from the one that it was derived from
  const elsewhere = new Map(
    [...body.matchAll(/pub use crate::\w+::(\w+)::([a-z]\w*);/g)].map(([, from, name]) => [name!, from!]),
  );
  const item = /\/\/\/(0x[\da-f]+)(?:\.\.0x[\da-f]+)? - [\s\S]*?pub const fn (\w+)\(&self(?:, n: usize)?\) -> &(\w+)/g;
  for (const [, offset, name, type] of body.matchAll(item)) {
    const own = type!.toLowerCase();
    const path = `${elsewhere.get(own) ?? module}/${own}`;
    try {
      found.set(name!.toUpperCase(), readRegister(chip, path, Number(offset) + Number.parseInt(origin, 16)));
    } catch {
      // a cluster: its registers are not rows
    }
  }
  blocks.set(`${chip}.${place}`, found);
  return found;
}

function placesOf(chip: ChipName) {
  const body = text(chip, "mod");
  const interrupts = new Map([...body.matchAll(/^ {4}(\w+) = (\d+),$/gm)].map(([, name, n]) => [name!, Number(n)]));
  const bases = [...body.matchAll(/pub type (\w+) = crate::Periph<(\w+)::RegisterBlock, (0x[\da-f_]+)>/gi)].map(
    ([, name, module, base]) => ({ name: name!, module: module!, base: Number(base!.replaceAll("_", "")) }),
  );
  return { interrupts, bases };
}

/** Prefix of constants → module of each chip that has it. */
const readings: readonly (readonly [string, Readonly<Partial<Record<ChipName, string>>>])[] = [
  ["USART1", { stm32f446: "usart1", stm32f411: "usart1" }],
  ["USART2", { stm32l4r5: "lpuart1" }],
  ["USART", { stm32f446: "usart1", stm32f411: "usart1", stm32l4r5: "lpuart1" }],
  ["GPIO", { stm32f446: "gpiob", stm32f411: "gpiob", stm32l4r5: "gpiob" }],
  ["TIM", { stm32f446: "tim5", stm32f411: "tim5", stm32l4r5: "tim5" }],
  ["IWDG", { stm32f446: "iwdg", stm32f411: "iwdg", stm32l4r5: "iwdg" }],
  ["I2C1", { stm32f446: "i2c1", stm32f411: "i2c1" }],
  ["I2C2", { stm32l4r5: "i2c1" }],
];
const both = (name: string): Readonly<Partial<Record<ChipName, string>>> => ({ stm32f446: name, stm32f411: name });
const readingsF4 = [
  ...["RCC", "PWR", "FLASH", "ADC1", "ADC_COMMON", "TIM3"].map((name) => [name, both(name.toLowerCase())] as const),
  ["DMA2", { stm32f446: "dma2", stm32f411: "dma1" }],
  ["STREAM0", { stm32f446: "dma2/st@10", stm32f411: "dma1/st@10" }],
  ["DMA1", { stm32f446: "dma2", stm32f411: "dma1" }],
  ["STREAM3", { stm32f446: "dma2/st@58", stm32f411: "dma1/st@58" }],
  ["SPI2", both("spi1")],
] as const;
const readingsL4 = [
  ...["RCC", "PWR", "FLASH", "DMA1", "DMAMUX1", "SAI1"].map(
    (name) => [name, { stm32l4r5: name.toLowerCase() }] as const,
  ),
  ["CHANNEL1", { stm32l4r5: "dma1/ch@8" }],
  ["BLOCK_A", { stm32l4r5: "sai1/ch@4" }],
] as const;
/** Clusters whose values after reset are rows as well. */
const clusters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SAI1: { A: "sai1/ch@4", B: "sai1/ch@24" },
};
/** Constants that are named after what they mean; read as these. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  USART_ORE: ["USART_SR_ORE", "USART_ISR_ORE"],
  USART_RXNE: ["USART_SR_RXNE", "USART_ISR_RXNE"],
  USART_TXE: ["USART_SR_TXE", "USART_ISR_TXE"],
  TIM_CC1: ["TIM_SR_CC1IF"],
  TIM_UPDATE: ["TIM_SR_UIF"],
  IWDG_KEY_START: ["IWDG_KR_KEY_START"],
  IWDG_KEY_ACCESS: ["IWDG_KR_KEY_UNLOCK", "IWDG_KR_KEY_ENABLE"],
  IWDG_KEY_RELOAD: ["IWDG_KR_KEY_FEED", "IWDG_KR_KEY_RESET"],
  RCC_PLLCFGR_SRC_HSE: ["RCC_PLLCFGR_PLLSRC_HSE"],
  TIM_CCR1: ["TIM_CCR"],
  FLASH_CR_STRT: ["FLASH_CR_STRT", "FLASH_CR_START"],
  I2C1_SR1_RXNE: ["I2C1_SR1_RX_NE"],
  I2C1_SR1_TXE: ["I2C1_SR1_TX_E"],
  RCC_CSR_PINRSTF: ["RCC_CSR_PADRSTF", "RCC_CSR_PINRSTF"],
  RCC_CSR_IWDGRSTF: ["RCC_CSR_WDGRSTF", "RCC_CSR_IWDGRSTF"],
};

const mask = ({ low, high }: { low: number; high: number }) => 2 ** (high + 1) - 2 ** low;

function meaning(registers: ReadonlyMap<string, Register>, rest: string): readonly [string, number] | undefined {
  for (const [name, register] of registers) {
    if (rest === name) return [name, register.offset];
    if (!rest.startsWith(`${name}_`)) continue;
    const field = rest.slice(name.length + 1);
    const place = register.fields.get(field);
    if (place) return [`${name}.${field}`, mask(place)];
    const value = register.values.get(field);
    if (value !== undefined) return [`${name}.${field}`, value];
  }
  return undefined;
}

type Row = readonly (string | number)[];
const rows: Row[] = [];
const missing: string[] = [];
for (const [constants, table] of [
  [shared, readings],
  [f4, readingsF4],
  [l4, readingsL4],
] as const)
  for (const name of Object.keys(constants)) {
    let found = 0;
    for (const as of aliases[name] ?? [name]) {
      const [prefix, modules] = table.find(([start]) => as === start || as.startsWith(`${start}_`)) ?? ["", {}];
      for (const [chip, module] of Object.entries(modules) as [ChipName, string][]) {
        const base = placesOf(chip).bases.find((one) => one.name === prefix)?.base;
        const fact =
          as === prefix
            ? ([prefix, base ?? -1] as const)
            : meaning(registersOf(chip, module), as.slice(prefix.length + 1));
        if (!fact) continue;
        rows.push([name, chip, `${module}.${fact[0]}`, fact[1]]);
        found++;
      }
    }
    if (!found) missing.push(name);
  }

const inAll = "RCC PWR FLASH IWDG TIM2 TIM3 TIM4 TIM5 I2C1 I2C2 I2C3";
const modelled: Readonly<Record<ChipName, readonly string[]>> = {
  stm32f446: [
    ...`${inAll} USART1 USART2 USART3 USART6 ADC1 SPI2 DMA1 DMA2`.split(" "),
    ...[..."ABCDH"].map((port) => `GPIO${port}`),
  ],
  stm32f411: [
    ...`${inAll} USART1 USART2 USART6 ADC1 SPI2 DMA1 DMA2`.split(" "),
    ...[..."ABCH"].map((port) => `GPIO${port}`),
  ],
  stm32l4r5: [
    ...`${inAll} LPUART1 SAI1 DMA1 DMAMUX1 USART1 USART2 USART3`.split(" "),
    ...[..."ABCDEFGHI"].map((port) => `GPIO${port}`),
  ],
};
/** Registers that no model here has. */
const unmodelled = /LPENR|SMENR|PLLSAI2?CFGR|ICSCR|OSPEEDR|PCROP|WRP|WINR|HTR|OPTR/;
const vectors: Readonly<Record<string, readonly string[]>> = {
  I2C1: ["I2C1_EV", "I2C1_ER"],
  I2C2: ["I2C2_EV", "I2C2_ER"],
  I2C3: ["I2C3_EV", "I2C3_ER"],
  ADC1: ["ADC", "ADC1"],
  DMA1: [0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [`DMA1_STREAM${n}`, `DMA1_CH${n}`]),
  DMA2: [0, 1, 2, 3, 4, 5, 6, 7].map((stream) => `DMA2_STREAM${stream}`),
};
const places: Row[] = [];
const resets: Row[] = [];
for (const chip of Object.keys(chips) as ChipName[]) {
  const { interrupts, bases } = placesOf(chip);
  for (const name of modelled[chip]) {
    const place = bases.find((one) => one.name === name);
    if (!place) {
      missing.push(`${chip} ${name}`);
      continue;
    }
    const lines = (vectors[name] ?? [name]).flatMap((vector) => interrupts.get(vector) ?? []);
    const quiet = ["RCC", "PWR", "FLASH", "IWDG"].includes(name) || name.startsWith("GPIO");
    places.push([chip, name, place.base, ...(quiet ? [] : lines)]);
    for (const [register, { offset, reset }] of registersOf(chip, place.module))
      if (reset !== 0 && !unmodelled.test(register))
        resets.push([chip, `${name}.${register}`, place.base + offset, reset]);
    for (const [element, cluster] of Object.entries(clusters[name] ?? {}))
      for (const [register, { offset, reset }] of registersOf(chip, cluster))
        if (reset !== 0) resets.push([chip, `${name}.${element}${register}`, place.base + offset, reset]);
  }
}
/** Clock enable bits of what is modelled. */
const enables: Row[] = [];
for (const chip of Object.keys(chips) as ChipName[])
  for (const [register, { offset, fields }] of registersOf(chip, "rcc"))
    for (const [field, { low }] of fields) {
      const name = field.replace(/EN$/, "").replace("ADC", "ADC1").replace("ADC11", "ADC1");
      if (/^A[HP]B\d?ENR\d?$/.test(register) && field.endsWith("EN") && modelled[chip].includes(name))
        enables.push([chip, name, offset, low]);
    }

const merged = new Map<string, Row>();
for (const [name, chip, what, value] of rows) {
  const known = merged.get(`${name} ${what} ${value}`);
  merged.set(`${name} ${what} ${value}`, [name!, known ? `${known[1]} ${chip}` : chip!, what!, value!]);
}

if (missing.length) process.stderr.write(`not in the crates: ${missing.join(", ")}\n`);
const hex = (value: number) => `0x${value.toString(16)}`;
const print = (row: Row) =>
  `  [${row.map((cell, i) => (typeof cell === "string" ? JSON.stringify(cell) : i >= 2 && cell > 99 ? hex(cell) : cell)).join(", ")}],`;
const head = "// Made by make-stm32-rows.ts from stm32f4 and stm32l4 0.16.0; do not edit.";
const table = (words: string, name: string, type: string, body: readonly Row[]) =>
  `/** ${words} */\nexport const ${name}: readonly (readonly [${type}])[] = [\n${body.map(print).join("\n")}\n];\n`;
const files = {
  rows: [
    table("Constant, chips, what it is there, its value there.", "rows", "string, string, string, number", [
      ...merged.values(),
    ]),
  ],
  places: [
    table("Chip, peripheral, base, interrupts.", "places", "string, string, number, ...number[]", places),
    table(
      "Chip, register, address, value after reset where that is not 0.",
      "resets",
      "string, string, number, number",
      resets,
    ),
    table(
      "Chip, peripheral, offset of its enable register in RCC, bit.",
      "enables",
      "string, string, number, number",
      enables,
    ),
  ],
};
const wanted = files[process.argv[2] === "places" ? "places" : "rows"];
process.stdout.write(`${head}\n\n${wanted.join("\n")}`);
