// What an assembler lays out: pieces of code whose size or content depends on where they come to lie.

export interface Label {
  /** Byte offset, once laid out. */
  at: number;
}

export type Item =
  | { readonly kind: "code"; readonly halfwords: readonly number[] }
  | { readonly kind: "label"; readonly label: Label }
  | { readonly kind: "branch"; readonly condition: number; readonly to: Label }
  | { readonly kind: "literal"; readonly register: number; readonly float: boolean; readonly word: Literal }
  | { readonly kind: "call"; readonly symbol: string }
  | { readonly kind: "table"; readonly base: Label; readonly targets: readonly Label[] }
  | { readonly kind: "pool"; readonly literals: Literal[]; readonly over: boolean };

export interface Literal {
  readonly value: number;
  readonly symbol: string;
  at: number;
}

export interface Placed {
  readonly item: Item;
  /** Nothing may come between the item before and this one. */
  readonly glued: boolean;
  readonly offset: number;
  at: number;
  size: number;
}

/** Addresses from sizes; a pool starts word-aligned, after its branch over, and holds each distinct word once. */
export function layOut(placed: readonly Placed[]): void {
  let at = 0;
  for (const one of placed) {
    one.at = at;
    if (one.item.kind === "label") one.item.label.at = at;
    if (one.item.kind === "pool") one.size = layOutPool(one.item, at);
    at += one.size;
  }
}

function layOutPool({ literals, over }: Extract<Item, { kind: "pool" }>, start: number): number {
  const places = new Map<string, number>();
  let at = (start + (over ? 2 : 0) + 3) & ~3;
  for (const literal of literals) {
    const key = `${literal.symbol} ${literal.value}`;
    const known = places.get(key);
    literal.at = known ?? at;
    if (known !== undefined) continue;
    places.set(key, at);
    at += 4;
  }
  return at - start;
}

/** Literal pools (without a branch over them and what aligns them) and jump tables. */
export function dataRanges(placed: readonly Placed[]): { readonly at: number; readonly bytes: number }[] {
  return placed.flatMap(({ item, at, size }) => {
    if (item.kind === "table") return size ? [{ at, bytes: size }] : [];
    if (item.kind !== "pool" || !item.literals.length) return [];
    const first = Math.min(...item.literals.map((literal) => literal.at));
    return [{ at: first, bytes: at + size - first }];
  });
}
