// Which function an address belongs to, as a small number. In: the Image's symbols; code without a symbol is given one at the
// address it was called at (`sub_08000124`), so that stripped images have a profile too.

import { type Image, SymbolIndex } from "../image/image.ts";

export interface CodeFunction {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
}

export class Functions {
  readonly list: CodeFunction[] = [];
  readonly #index: SymbolIndex | undefined;
  readonly #numbers = new Map<string, number>();

  constructor(image: Image | undefined) {
    this.#index = image && new SymbolIndex(image);
  }

  /** −1: no symbol covers it. */
  numberAt(address: number): number {
    const symbol = this.#index?.at(address >>> 0);
    return symbol ? this.#number(symbol) : -1;
  }

  /** For the target of a call. */
  numberOfTarget(address: number): number {
    const known = this.numberAt(address);
    if (known >= 0) return known;
    const start = address >>> 0;
    return this.#number({ name: `sub_${start.toString(16).padStart(8, "0")}`, address: start, bytes: 0 });
  }

  nameOf = (number: number): string => this.list[number]?.name ?? "(no symbol)";

  startOf = (number: number): number | undefined => this.list[number]?.address;

  #number({ name, address, bytes }: CodeFunction): number {
    const key = `${address} ${name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.list.push({ name, address, bytes }) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
