// An assembler for one function: instructions by the text of their row in room isa, labels, branches of the smallest size
// that reaches, literal pools.
//
// Every item has a size that only grows. Pools are placed first, as if every branch were of its largest size: a
// literal load reaches 1,020 bytes forward (narrow) or 4,095 (wide), so a pool is due before the oldest pending
// literal would be out of reach, after an unconditional branch if one comes by in time, else with a branch over it. Then
// branches grow from narrow to wide until all reach; pools only come nearer by that.
//
//   b<c> label   2 bytes: ±254     4: ±1 MB (v7-M), or b<!c> over b (v6-M: ±2 KB)    6: b<!c> over bl
//   b label      2 bytes: ±2 KB    4: ±16 MB (v7-M), or bl on v6-M (LR must have been saved)

import { invariant } from "../base/errors.ts";
import { type Core, encode, type Operands, type Row, thumbRows } from "../isa/isa.ts";
import { dataRanges, type Item, type Label, type Literal, layOut, type Placed } from "./assembler-items.ts";
import type { AssembledCode, CodeLine, Relocation } from "./object-code.ts";

export type { Label } from "./assembler-items.ts";

const always = 14;

/** Rows by their text, for each core the ones that it has. */
const rowsByText: ReadonlyMap<string, readonly Row[]> = (() => {
  const map = new Map<string, Row[]>();
  for (const row of thumbRows) map.set(row.text, [...(map.get(row.text) ?? []), row]);
  return map;
})();

const floatFeatures: ReadonlySet<string> = new Set(["fp", "fp5", "dp", "dp5"]);

export class Assembler {
  readonly #items: Placed[] = [];
  #usesFloat = false;
  /** WASM offset of what is being emitted. */
  offset = 0;
  #together = false;
  /** The next item is glued to the one before. */
  #glue = false;

  constructor(readonly core: Core) {}

  get wide(): boolean {
    return this.core.features.has("v7m");
  }

  /** The halfwords of the first form that exists on this core and can hold the operands. */
  tryForms(forms: readonly (readonly [string, Operands])[]): readonly number[] | undefined {
    for (const [text, operands] of forms) {
      const rows = rowsByText.get(text);
      invariant(rows, `no instruction row reads "${text}"`);
      for (const row of rows) {
        if (!this.core.features.has(row.feature)) continue;
        const halfwords = encode(row, operands);
        if (!halfwords) continue;
        this.#usesFloat ||= floatFeatures.has(row.feature);
        return halfwords;
      }
    }
    return undefined;
  }

  emit(...forms: readonly (readonly [string, Operands])[]): void {
    const halfwords = this.tryForms(forms);
    invariant(halfwords, `no encoding on ${this.core.name} for ${JSON.stringify(forms)}`);
    this.#add({ kind: "code", halfwords });
  }

  label(): Label {
    return { at: -1 };
  }

  bind(label: Label): void {
    this.#add({ kind: "label", label });
  }

  branch(to: Label, condition = always): void {
    this.#add({ kind: "branch", condition, to });
  }

  call(symbol: string): void {
    this.#add({ kind: "call", symbol });
  }

  /** register = value (+ address of symbol), from a literal pool. */
  literal(register: number, value: number, symbol = "", float = false): void {
    this.#add({ kind: "literal", register, float, word: { value: value | 0, symbol, at: -1 } });
  }

  /** Halfword offsets of `targets` from `base`, divided by 2: what TBH reads. */
  table(base: Label, targets: readonly Label[]): void {
    this.#add({ kind: "table", base, targets });
  }

  finish(): AssembledCode {
    const placed = this.#placePools();
    this.#relax(placed);
    return this.#write(placed);
  }

  #add(item: Item): void {
    this.#items.push({ item, glued: this.#glue, offset: this.offset, at: 0, size: this.#smallest(item) });
    this.#glue = this.#together;
  }

  /** What `write` emits stays in one piece: no literal pool between an IT and its instructions, a TBH and its table. */
  together(write: () => void): void {
    this.#together = true;
    write();
    this.#together = false;
    this.#glue = false;
  }

  #smallest(item: Item): number {
    switch (item.kind) {
      case "code":
        return item.halfwords.length * 2;
      case "label":
        return 0;
      case "branch":
        return 2;
      case "literal":
        return item.float || item.register > 7 ? 4 : 2;
      case "call":
        return 4;
      case "table":
        return item.targets.length * 2;
      case "pool":
        return 0; // depends on where it lies
    }
  }

  /** An upper bound, for placing pools. */
  #largest({ item, size }: Placed): number {
    if (item.kind === "branch") return item.condition === always ? 4 : this.wide ? 4 : 6;
    if (item.kind === "literal") return this.wide ? 4 : 2;
    return size;
  }

  #reach(item: Extract<Item, { kind: "literal" }>): number {
    return item.float || !this.wide ? 1020 : 4095;
  }

  #placePools(): Placed[] {
    const placed: Placed[] = [];
    let at = 0;
    let pending: Extract<Item, { kind: "literal" }>[] = [];
    let deadline = Number.POSITIVE_INFINITY;
    const flush = (over: boolean, offset: number): void => {
      const literals: Literal[] = [];
      // One word serves all its readers: their Literal objects are laid on one place by #write through `at`.
      for (const { word } of pending) literals.push(word);
      placed.push({ item: { kind: "pool", literals, over }, glued: false, offset, at: 0, size: 0 });
      at += 4 + literals.length * 4 + (over ? 4 : 0);
      pending = [];
      deadline = Number.POSITIVE_INFINITY;
    };
    for (const [i, next] of this.#items.entries()) {
      const size = this.#largest(next);
      let whole = size;
      for (let k = i + 1; this.#items[k]?.glued; k++) whole += this.#largest(this.#items[k]!);
      const poolBytes = 12 + pending.length * 4;
      const last = placed.at(-1)?.item;
      const isBarrier = last?.kind === "branch" && last.condition === always;
      const isDue = at + whole + poolBytes + (isBarrier ? 400 : 0) > deadline;
      if (pending.length && isDue && !next.glued) flush(!isBarrier, next.offset);
      placed.push(next);
      if (next.item.kind === "literal") {
        if (!pending.length) deadline = at + this.#reach(next.item);
        deadline = Math.min(deadline, at + this.#reach(next.item));
        pending.push(next.item);
      }
      at += size;
    }
    if (pending.length) flush(false, this.#items.at(-1)?.offset ?? 0);
    return placed;
  }

  #relax(placed: readonly Placed[]): void {
    for (let changed = true; changed; ) {
      changed = false;
      layOut(placed);
      for (const one of placed) {
        const needed = this.#needed(one);
        if (needed <= one.size) continue;
        one.size = needed;
        changed = true;
      }
    }
    layOut(placed);
  }

  #needed({ item, at, size }: Placed): number {
    if (item.kind === "literal") {
      const distance = item.word.at - ((at + 4) & ~3);
      if (size === 2 && distance <= 1020) return 2;
      invariant(distance <= this.#reach(item), "a literal pool is out of reach");
      return this.wide ? 4 : 2;
    }
    if (item.kind !== "branch") return size;
    const distance = item.to.at - (at + 4);
    if (item.condition === always) return Math.abs(distance) <= 2040 ? 2 : 4;
    if (Math.abs(distance) <= 250) return 2;
    if (this.wide) return 4;
    return Math.abs(distance) <= 2030 ? 4 : 6;
  }

  #write(placed: readonly Placed[]): AssembledCode {
    const last = placed.at(-1);
    const bytes = new Uint8Array(last ? last.at + last.size : 0);
    const relocations: Relocation[] = [];
    const lines: CodeLine[] = [];
    for (const one of placed) {
      if (one.size && lines.at(-1)?.offset !== one.offset) lines.push({ at: one.at, offset: one.offset });
      this.#writeOne(one, bytes, relocations);
    }
    return { bytes, relocations, lines, data: dataRanges(placed), usesFloat: this.#usesFloat };
  }

  #writeOne(one: Placed, bytes: Uint8Array, relocations: Relocation[]): void {
    const { item, at } = one;
    const put = (position: number, halfwords: readonly number[]): void => {
      for (const [i, halfword] of halfwords.entries()) {
        bytes[position + 2 * i] = halfword & 0xff;
        bytes[position + 2 * i + 1] = halfword >> 8;
      }
    };
    switch (item.kind) {
      case "code":
        return put(at, item.halfwords);
      case "branch":
        return put(at, this.#branchCode(item, one));
      case "call":
        relocations.push({ kind: "call", at, symbol: item.symbol, addend: 0 });
        return put(at, [0xf000, 0xf800]);
      case "literal":
        return put(at, this.#literalCode(item, one));
      case "table":
        return put(
          at,
          item.targets.map((target) => (target.at - item.base.at) / 2),
        );
      case "pool":
        return this.#writePool(one, item, put, relocations);
      default:
        return;
    }
  }

  #branchCode(item: Extract<Item, { kind: "branch" }>, { at, size }: Placed): readonly number[] {
    const { condition, to } = item;
    const form = (text: string, from: number): readonly number[] => {
      const halfwords = this.tryForms([[text, { label: to.at - (from + 4), c: condition }]]);
      invariant(halfwords, `a branch over ${to.at - from} bytes does not fit ${text}`);
      return halfwords;
    };
    if (condition === always)
      return size === 2 ? form("b.n <middle>", at) : this.wide ? form("b.w <far>", at) : form("bl <far>", at);
    if (size === 2) return form("b<cond>.n <short>", at);
    if (this.wide) return form("b<if>.w <farIf>", at);
    const over = this.tryForms([["b<cond>.n <short>", { label: size - 4, c: condition ^ 1 }]])!;
    return [...over, ...(size === 4 ? form("b.n <middle>", at + 2) : form("bl <far>", at + 2))];
  }

  #literalCode({ register, float, word }: Extract<Item, { kind: "literal" }>, { at, size }: Placed): readonly number[] {
    const distance = word.at - ((at + 4) & ~3);
    const halfwords = float
      ? this.tryForms([["vldr Sd, [pc<tail*4>]", { d: register, offset: distance }]])
      : size === 2
        ? this.tryForms([["ldr Rt, [pc, #<i*4>]", { t: register, i: distance / 4 }]])
        : this.tryForms([["ldr.w Rt, [pc<tail>]", { t: register, offset: distance }]]);
    invariant(halfwords, "a literal load has no encoding");
    return halfwords;
  }

  #writePool(
    one: Placed,
    item: Extract<Item, { kind: "pool" }>,
    put: (at: number, halfwords: readonly number[]) => void,
    relocations: Relocation[],
  ): void {
    if (item.over) put(one.at, this.tryForms([["b.n <middle>", { label: one.size - 4 }]])!);
    for (const { value, symbol, at } of item.literals) {
      put(at, symbol ? [0, 0] : [value & 0xffff, value >>> 16]);
      const known = relocations.some((relocation) => relocation.kind === "abs32" && relocation.at === at);
      if (symbol && !known) relocations.push({ kind: "abs32", at, symbol, addend: value });
    }
  }
}
