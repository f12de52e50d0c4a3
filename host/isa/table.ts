// Reads a table of instructions, one a line: `bits | text | cycle class | effect`. The syntax of bits is row.ts's, of effects
// read-effect.ts's. In the text, `Rd` `Sd` `Dd` are registers numbered by a field, `{s}` the flag-setting s, `<kind>` an
// operand of operands.ts, `<i>` a field as it is, `<i*4>` scaled; all else stands for itself. Text is as objdump prints it.

import { invariant } from "../base/errors.ts";
import { type CycleClass, cycleClasses, type Feature } from "./core.ts";
import type { Effect, Expr, Flag } from "./effect.ts";
import { readEffect } from "./read-effect.ts";
import type { Field, Row, TextPart } from "./row.ts";

export type RowDraft = Omit<Row, "id">;

function readBits(source: string): Pick<Row, "size" | "mask" | "match" | "fields"> {
  const bits = source.replaceAll(" ", "");
  invariant(bits.length === 16 || bits.length === 32, `${bits.length} bits in row ${source}`);
  const places = new Map<string, number[]>();
  let mask = 0;
  let match = 0;
  [...bits].forEach((bit, i) => {
    const place = bits.length - 1 - i;
    if (bit === "0" || bit === "1") {
      mask += 2 ** place;
      match += bit === "1" ? 2 ** place : 0;
    } else {
      places.set(bit, [...(places.get(bit) ?? []), place]);
    }
  });
  // D, N, M and I beside d, n, m and i are the least significant bits of those fields (Vd:D, imm4:i)
  for (const letter of "DNMI") {
    const high = places.get(letter.toLowerCase());
    if (!high || !places.has(letter)) continue;
    high.push(...(places.get(letter) ?? []));
    places.delete(letter);
  }
  const fields: Field[] = [...places].map(([letter, at]) => ({ letter, bits: at }));
  return { size: bits.length === 16 ? 2 : 4, mask, match, fields };
}

function readText(source: string): TextPart[] {
  return source
    .split(/(\b[RSD][a-z]\b|\{s\}|<[^>]+>)/)
    .filter((part) => part !== "")
    .map((part): TextPart => {
      if (part === "{s}") return { kind: "s", letter: "S", scale: 1 };
      if (/^[RSD][a-z]$/.test(part)) return { kind: part.charAt(0), letter: part.charAt(1), scale: 1 };
      const [, kind, scale] = /^<(\w+)(?:\*(\d))?>$/.exec(part) ?? [];
      if (!kind) return part;
      return {
        kind: kind.length === 1 ? "number" : kind,
        letter: kind.length === 1 ? kind : "i",
        scale: Number(scale ?? 1),
      };
    });
}

/** Every expression of an effect, the written targets left out. */
export function* expressions(effects: readonly Effect[]): Generator<Expr> {
  for (const effect of effects) {
    if (effect.do === "let" || effect.do === "set") yield* within(effect.value);
    else if (effect.do === "store" || effect.do === "storeExclusive") {
      yield* within(effect.address);
      yield* within(effect.value);
    } else if (effect.do === "if") {
      yield* within(effect.when);
      yield* expressions(effect.body);
      yield* expressions(effect.otherwise);
    } else if (effect.do === "each") {
      yield* within(effect.list);
      yield* expressions(effect.body);
    } else if (effect.do === "branch") yield* within(effect.target);
    else for (const arg of effect.args) yield* within(arg);
  }
}

function* within(expr: Expr): Generator<Expr> {
  yield expr;
  if (expr.is === "load") yield* within(expr.address);
  else if (expr.is === "apply") for (const arg of expr.args) yield* within(arg);
  else if (expr.is === "reg" || expr.is === "single" || expr.is === "double") yield* within(expr.index);
}

function flagsWritten(effects: readonly Effect[]): Flag[] {
  const flags = new Set<Flag>();
  for (const effect of effects) {
    if (effect.do === "set" && effect.target.is === "flag") flags.add(effect.target.flag);
    if (effect.do === "if") for (const flag of flagsWritten([...effect.body, ...effect.otherwise])) flags.add(flag);
    if (effect.do === "each") for (const flag of flagsWritten(effect.body)) flags.add(flag);
  }
  return [...flags];
}

function flagsRead(effects: readonly Effect[]): Flag[] {
  const flags = new Set<Flag>();
  for (const expr of expressions(effects)) {
    if (expr.is === "flag") flags.add(expr.flag);
    if (expr.is === "apply" && expr.op === "condition") for (const flag of "NZCV") flags.add(flag as Flag);
  }
  return [...flags];
}

function readRow(feature: Feature, line: string): RowDraft {
  const [bits, text, cycles, ...rest] = line.split("|").map((column) => column.trim());
  invariant(bits && text && cycles && rest.length > 0, `a row has four columns: ${line}`);
  invariant(cycleClasses.includes(cycles as CycleClass), `unknown cycle class ${cycles}: ${line}`);
  const [mnemonic = "", ...operands] = text.split(" ");
  const effect = readEffect(rest.join("|"));
  const texts = { mnemonic: readText(mnemonic), operands: readText(operands.join(" ")) };
  return {
    ...readBits(bits),
    name: /^[a-z0-9]+/.exec(mnemonic)?.[0] ?? "",
    text,
    ...texts,
    parts: [...texts.mnemonic, ...texts.operands].filter((part) => typeof part !== "string"),
    feature,
    cycles: cycles as CycleClass,
    effect,
    flagsRead: flagsRead(effect),
    flagsWritten: flagsWritten(effect),
    float: /^(fp|dp)/.test(feature),
  };
}

/** Lines starting with # are captions. */
export function table(feature: Feature, lines: string): readonly RowDraft[] {
  const rows = lines.split("\n").map((line) => line.trim());
  return rows.filter((line) => line !== "" && !line.startsWith("#")).map((line) => readRow(feature, line));
}
