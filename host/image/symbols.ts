// Questions about addresses: which function is this, where is that symbol, which bytes lie here.

import type { Image, ImageLine, ImageSymbol } from "./image-types.ts";
import { lineAt } from "./lines.ts";

/** Functions by address; code that has only labels (assembly) counts where no sized function covers it. */
export class SymbolIndex {
  readonly #sorted: readonly ImageSymbol[];
  readonly #image: Image;

  constructor(image: Image) {
    this.#image = image;
    const rank = { function: 0, object: 1, label: 2, mapping: 3, absolute: 4 };
    this.#sorted = image.symbols
      .filter((symbol) => symbol.kind === "function" || symbol.kind === "label")
      .toSorted((a, b) => a.address - b.address || rank[b.kind] - rank[a.kind] || a.bytes - b.bytes);
  }

  /** The last function that starts at or before the address and, if its size is known, covers it. */
  at(address: number): ImageSymbol | undefined {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    // A few steps back: a local label inside a function must not hide it.
    for (let i = low - 1; i >= 0 && i > low - 16; i--) {
      const symbol = this.#sorted[i]!;
      if (symbol.kind === "function" && symbol.bytes > 0 && address < symbol.address + symbol.bytes) return symbol;
    }
    const nearest = this.#sorted[low - 1];
    return nearest && nearest.bytes === 0 && address - nearest.address < 65536 ? nearest : undefined;
  }

  lineAt(address: number): ImageLine | undefined {
    return lineAt(this.#image, address);
  }

  functions(): readonly ImageSymbol[] {
    return this.#sorted.filter((symbol) => symbol.kind === "function");
  }
}

/** `main+0x1c (0x0800011c)`, or the bare address; with the line it was written on where the image says. */
export function describeAddress(index: SymbolIndex, address: number): string {
  const symbol = index.at(address);
  const line = index.lineAt(address >>> 0);
  const place = line ? `, ${line.file}:${line.line}` : "";
  const bare = `0x${(address >>> 0).toString(16).padStart(8, "0")}${place}`;
  if (!symbol) return bare;
  const offset = address - symbol.address;
  return offset === 0 ? `${symbol.name} (${bare})` : `${symbol.name}+0x${offset.toString(16)} (${bare})`;
}

export function findSymbol(image: Image, name: string): ImageSymbol | undefined {
  return image.symbols.find((symbol) => symbol.name === name && symbol.kind !== "mapping");
}

/** Bytes that a loader puts at an address, undefined where there are none (all) of them. */
export function loadedBytes(image: Image, address: number, bytes: number): Uint8Array | undefined {
  for (const { loadAddress, data } of image.segments)
    if (loadAddress <= address && address + bytes <= loadAddress + data.length)
      return data.subarray(address - loadAddress, address - loadAddress + bytes);
  return undefined;
}
