// Decoded code: bytes → Ops, kept by address, dropped when the bytes change. Instructions outside IT blocks are found in a table
// of 4 KB pages; those inside (reached by falling in, or by an exception return) in a map by address and ITSTATE.

import { type Core, type Decoded, type Decoder, decoderFor, isWide, thumbRows } from "../isa/isa.ts";
import type { Bus, Range } from "./bus.ts";
import { Fault } from "./faults.ts";
import { makeOp, type Op } from "./op.ts";

const pageBytes = 4096;

export class Code {
  readonly #decoder: Decoder;
  readonly #pages = new Map<number, (Op | undefined)[]>();
  readonly #inIt = new Map<number, Op>();
  readonly #marks = new Map<Range, Uint8Array>();
  /** Grows with every drop: whoever keeps Ops elsewhere compares it. */
  generation = 0;

  constructor(
    readonly bus: Bus,
    readonly core: Core,
    /** Compiles `op.run`. */
    readonly prepare: (op: Op) => void,
    /** Code was decoded from this range for the first time; its marks, one byte a halfword. */
    readonly onNewRange: (range: Range, marks: Uint8Array) => void,
    /** Ops that somebody holds are stale. */
    readonly onDrop: () => void,
  ) {
    this.#decoder = decoderFor(thumbRows, core);
  }

  /** The instruction at an address; throws Fault where there is none. */
  at(address: number, it: number): Op {
    if (it !== 0) return this.#inItBlock(address, it);
    const page = this.#pages.get(address >>> 12);
    const known = page?.[(address & (pageBytes - 1)) >>> 1];
    return known ?? this.#decode(address, it);
  }

  #inItBlock(address: number, it: number): Op {
    const key = (address >>> 0) * 256 + it;
    const known = this.#inIt.get(key);
    if (known) return known;
    const op = this.#make(address, it);
    this.#inIt.set(key, op);
    return op;
  }

  #decode(address: number, it: number): Op {
    const op = this.#make(address, it);
    let page = this.#pages.get(address >>> 12);
    if (!page) this.#pages.set(address >>> 12, (page = new Array(pageBytes / 2).fill(undefined)));
    page[(address & (pageBytes - 1)) >>> 1] = op;
    return op;
  }

  #make(address: number, it: number): Op {
    const first = this.#fetch(address);
    const second = isWide(first) ? this.#fetch(address + 2) : 0;
    const decoded = this.#decoder.decode(first, second, it !== 0);
    if (!decoded) throw new Fault("undefined");
    const op = makeOp(address, decoded, it, this.core);
    this.prepare(op);
    this.#mark(address, op.size);
    return op;
  }

  /** An instruction that cannot be fetched: throws when it runs, so that the fault has its place in the order. */
  faulting(address: number, fault: Fault): Op {
    const nop = this.#decoder.decode(0xbf00, 0, false)!;
    const op = makeOp(address, nop, 0, this.core);
    op.run = () => {
      throw fault;
    };
    return op;
  }

  /** Decodes without keeping anything: for people who look. */
  peek(address: number): { readonly decoded: Decoded; readonly size: 2 | 4 } {
    const first = this.#fetch(address);
    const second = isWide(first) ? this.#fetch(address + 2) : 0;
    const decoded = this.#decoder.decode(first, second, false);
    if (!decoded) throw new Fault("undefined");
    return { decoded, size: decoded.row.size };
  }

  /** Halfword of code: from memory only, never from a device. */
  #fetch(address: number): number {
    const range = this.bus.find(address >>> 0);
    if (!range?.view) throw new Fault("fetch-bus");
    return range.view.getUint16((address >>> 0) - range.base, true);
  }

  #mark(address: number, size: number): void {
    const range = this.bus.find(address >>> 0)!;
    let marks = this.#marks.get(range);
    if (!marks) {
      this.#marks.set(range, (marks = new Uint8Array(range.bytes / 2 + 2)));
      this.onNewRange(range, marks);
    }
    const at = ((address >>> 0) - range.base) >>> 1;
    for (let i = 0; i < size / 2; i++) marks[at + i] = 1;
  }

  /** A store or a loader wrote here: true if decoded code was hit, and then all of it is dropped. */
  written(address: number, bytes: number): boolean {
    const range = this.bus.find(address >>> 0);
    if (!range?.data) return false;
    for (const [marked, marks] of this.#marks) {
      if (marked.data !== range.data) continue;
      const at = (address >>> 0) - range.base;
      for (let i = at >>> 1; i <= (at + bytes - 1) >>> 1; i++)
        if (marks[i] !== 0) {
          this.drop();
          return true;
        }
    }
    return false;
  }

  /** Forgets everything (also when breakpoints or the MPU change). */
  drop(): void {
    this.#pages.clear();
    this.#inIt.clear();
    for (const marks of this.#marks.values()) marks.fill(0);
    this.generation++;
    this.onDrop();
  }
}
