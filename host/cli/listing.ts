// The code of an Image as lines: instructions, literal pools and data between them, labels of functions. In: any Image and a core's
// decoder; out: plain data that `disasm` prints. What is code is told by the mapping symbols $t and $d (AAELF32 5.5.5); where there
// are none, by walking: words that an LDR literal reads, and the vector table at the board's image start, are data.

import { type Board, coreOf } from "../board/board.ts";
import { type Image, type ImageSymbol, SymbolIndex } from "../image/image.ts";
import {
  bind,
  type Core,
  cores,
  type Decoded,
  type Decoder,
  decoderFor,
  disassemble,
  isWide,
  thumbRows,
} from "../isa/isa.ts";

export interface Line {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Where a branch goes or a literal lies. */
  readonly target?: { readonly address: number; readonly name?: string; readonly value?: number };
}

export interface Block {
  /** Undefined before the first symbol. */
  readonly symbol?: ImageSymbol;
  readonly address: number;
  readonly lines: readonly Line[];
}

interface Step {
  readonly line: Line;
  readonly itAfter: number;
}

interface Range {
  readonly address: number;
  readonly data: Uint8Array;
}

/** M7 knows every row that other cores have but those of v8-M; without a board each core is tried in turn. */
function coreForImage(image: Image, board: Board | undefined): Core {
  if (board) return cores[coreOf(board.chip)];
  const named = image.target.core as keyof typeof cores | undefined;
  if (named && named in cores) return cores[named];
  if (image.target.needs?.includes("v8m")) return cores["cortex-m33"];
  return cores["cortex-m7"];
}

export function* listImage(image: Image, board?: Board): Generator<Block> {
  const decoder = decoderFor(thumbRows, coreForImage(image, board));
  const index = new SymbolIndex(image);
  const marks = image.symbols.filter(({ kind }) => kind === "mapping").toSorted((a, b) => a.address - b.address);
  const labels = labelsOf(image);
  for (const range of codeRanges(image)) {
    const walk = new Walk(range, decoder, index, marks, vectorBytes(range, board, marks.length > 0));
    let block: { symbol?: ImageSymbol; address: number; lines: Line[] } = { address: range.address, lines: [] };
    for (const line of walk.lines()) {
      const symbol = labels.get(line.address);
      if (symbol) {
        if (block.lines.length > 0) yield block;
        block = { symbol, address: line.address, lines: [] };
      }
      block.lines.push(line);
    }
    if (block.lines.length > 0) yield block;
  }
}

/** One name for an address: functions before labels, global before local. */
function labelsOf(image: Image): ReadonlyMap<number, ImageSymbol> {
  const rank = (symbol: ImageSymbol) => (symbol.kind === "function" ? 0 : 2) + (symbol.binding === "local" ? 1 : 0);
  const labels = new Map<number, ImageSymbol>();
  for (const symbol of image.symbols) {
    if (symbol.kind === "mapping" || symbol.kind === "absolute") continue;
    const known = labels.get(symbol.address);
    if (!known || rank(symbol) < rank(known)) labels.set(symbol.address, symbol);
  }
  return labels;
}

/** Code sections at their run addresses; without sections, the segments that may be executed. */
function codeRanges(image: Image): Range[] {
  const segments = image.segments.filter(({ data, flags }) => data.length > 0 && flags.execute);
  const sections = image.sections.filter(({ kind, bytes }) => kind === "code" && bytes > 0);
  if (sections.length === 0) return segments.map(({ address, data }) => ({ address, data }));
  return sections.flatMap(({ address, bytes }) => {
    const segment = image.segments.find((s) => s.address <= address && address + bytes <= s.address + s.data.length);
    if (!segment) return [];
    return { address, data: segment.data.subarray(address - segment.address, address - segment.address + bytes) };
  });
}

/** Bytes of a vector table at the image's start: as long as words are 0 or Thumb addresses in it, up to the lowest handler. */
function vectorBytes({ address, data }: Range, board: Board | undefined, marked: boolean): number {
  if (marked || board?.image.start !== address) return 0;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let end = Math.min(data.length & ~3, 4 * (16 + board.chip.interrupts));
  for (let at = 4; at < end; at += 4) {
    const word = view.getUint32(at, true);
    const handler = word - 1 - address;
    if (word !== 0 && ((word & 1) === 0 || handler < 0 || handler >= data.length)) end = at;
    else if (handler > at && handler < end) end = handler & ~3;
  }
  return end;
}

class Walk {
  readonly #view: DataView;
  /** Addresses of words that instructions read. */
  readonly #literals = new Set<number>();
  #mark = 0;

  constructor(
    readonly range: Range,
    readonly decoder: Decoder,
    readonly index: SymbolIndex,
    readonly marks: readonly ImageSymbol[],
    readonly vectors: number,
  ) {
    this.#view = new DataView(range.data.buffer, range.data.byteOffset, range.data.length);
    this.#mark = Math.max(
      0,
      marks.findLastIndex(({ address }) => address <= range.address),
    );
  }

  *lines(): Generator<Line> {
    const { range } = this;
    const end = range.address + range.data.length;
    let it = 0;
    for (let address = range.address; address < end; ) {
      const line = this.#isCode(address) ? this.#instruction(address, it) : this.#data(address);
      it = line.itAfter;
      yield line.line;
      address += line.line.bytes.length;
    }
  }

  #isCode(address: number): boolean {
    const { marks, range, vectors } = this;
    if (address - range.address < vectors || this.#literals.has(address)) return false;
    while (this.#mark + 1 < marks.length && marks[this.#mark + 1]!.address <= address) this.#mark++;
    const mark = marks[this.#mark];
    return mark === undefined || mark.address > address || mark.name.startsWith("$t");
  }

  #bytes(address: number, count: number): Uint8Array {
    const at = address - this.range.address;
    return this.range.data.subarray(at, at + count);
  }

  #wordAt(address: number): number | undefined {
    const at = address - this.range.address;
    return at >= 0 && at + 4 <= this.range.data.length ? this.#view.getUint32(at, true) : undefined;
  }

  #data(address: number): Step {
    const left = this.range.address + this.range.data.length - address;
    const next = this.marks[this.#mark + 1]?.address ?? Number.POSITIVE_INFINITY;
    const room = Math.min(left, next > address ? next - address : left);
    if ((address & 3) === 0 && room >= 4) {
      const value = this.#wordAt(address)!;
      const name = nameOf(this.index, value & ~1);
      const text = `.word\t0x${value.toString(16).padStart(8, "0")}`;
      const target = name === undefined ? {} : { target: { address: value, name } };
      return { line: { address, bytes: this.#bytes(address, 4), text, ...target }, itAfter: 0 };
    }
    const bytes = this.#bytes(address, (address & 1) === 0 && room >= 2 ? 2 : 1);
    const value = bytes.length === 2 ? bytes[0]! | (bytes[1]! << 8) : bytes[0]!;
    const text = bytes.length === 2 ? `.short\t0x${hex(value, 4)}` : `.byte\t0x${hex(value, 2)}`;
    return { line: { address, bytes, text }, itAfter: 0 };
  }

  #instruction(address: number, it: number): Step {
    const at = address - this.range.address;
    if ((address & 1) === 1 || at + 2 > this.range.data.length) return this.#data(address);
    const first = this.#view.getUint16(at, true);
    const wide = isWide(first);
    if (wide && at + 4 > this.range.data.length) return this.#data(address);
    const second = wide ? this.#view.getUint16(at + 2, true) : 0;
    const decoded = this.decoder.decode(first, second, it !== 0);
    const bytes = this.#bytes(address, wide ? 4 : 2);
    if (!decoded) {
      const text = wide ? `.inst.w\t0x${hex(first, 4)}${hex(second, 4)}` : `.inst.n\t0x${hex(first, 4)}`;
      return { line: { address, bytes, text: `${text}\t@ undefined` }, itAfter: 0 };
    }
    const text = disassemble(decoded, { address, condition: it === 0 ? 14 : it >> 4 });
    const target = this.#target(address, decoded, text);
    return { line: { address, bytes, text, ...(target ? { target } : {}) }, itAfter: nextIt(decoded, it) };
  }

  #target(address: number, { operands, row }: Decoded, text: string): Line["target"] {
    if (operands["label"] !== undefined) {
      const to = (address + 4 + operands["label"]) >>> 0;
      const name = nameOf(this.index, to);
      return name === undefined ? { address: to } : { address: to, name };
    }
    const literal = /\[pc, #(-?\d+)\]/.exec(text);
    if (!literal) return undefined;
    const to = (((address + 4) & ~3) + Number(literal[1])) >>> 0;
    const words = row.cycles.endsWith("load-double") || row.cycles === "load-double" ? 2 : 1;
    for (let i = 0; i < words; i++) if (to + 4 * i > address) this.#literals.add(to + 4 * i);
    const value = this.#wordAt(to);
    if (value === undefined) return { address: to };
    const name = nameOf(this.index, value & ~1);
    return { address: to, value, ...(name === undefined ? {} : { name }) };
  }
}

function nameOf(index: SymbolIndex, address: number): string | undefined {
  const symbol = index.at(address >>> 0);
  if (!symbol) return undefined;
  const offset = (address >>> 0) - symbol.address;
  return offset === 0 ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

/** ITAdvance (DDI 0403E A7.3.3), or what an IT instruction sets. */
function nextIt({ row, operands }: Decoded, it: number): number {
  if (row.cycles === "it") {
    const effect = bind(row.effect, operands).find((candidate) => candidate.do === "system");
    const [first, mask] = effect?.do === "system" ? effect.args : [];
    if (first?.is === "const" && mask?.is === "const") return (first.value << 4) | mask.value;
  }
  return (it & 7) === 0 ? 0 : (it & 0xe0) | ((it << 1) & 0x1f);
}
