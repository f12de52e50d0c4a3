// The rules of flash, for the controllers' models: erase is by whole sector and sets every bit; programming only clears bits, in
// whole aligned units (`writeBytes` of the chip's memory). A broken rule is refused or done as silicon does it, and noted.
//
// The guard sees every operation before it happens and says how many of its bytes are done (undefined: all): fewer is a power cut
// in the middle (an erase: the first bytes are erased, the rest is as it was).

import type { Memory } from "../board/board.ts";
import type { Width } from "./bus.ts";

export interface FlashOperation {
  readonly kind: "erase" | "program";
  readonly address: number;
  readonly bytes: number;
}

export type FlashProblem = "outside" | "unaligned" | "not-erased";

export interface FlashPorts {
  readonly memory: Memory;
  readonly data: Uint8Array;
  /** Code in this range has changed. */
  readonly onChange: (address: number, bytes: number) => void;
  readonly note: (text: string) => void;
  readonly guard: (operation: FlashOperation) => number | undefined;
  readonly onCut: () => void;
}

const hex = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;

export class FlashArray {
  readonly #p: FlashPorts;
  /** What a store of the core into the flash means: the controller's model says; without one it is a bus fault. */
  onStore: ((address: number, value: number, width: Width) => void) | undefined;

  constructor(ports: FlashPorts) {
    this.#p = ports;
  }

  get base(): number {
    return this.#p.memory.base;
  }

  get bytes(): number {
    return this.#p.memory.bytes;
  }

  /** Erase unit that holds an address; its index counts from the base. */
  sectorAt(address: number): { readonly index: number; readonly base: number; readonly bytes: number } | undefined {
    const { memory } = this.#p;
    let base = memory.base;
    let index = 0;
    for (const run of memory.sectors ?? []) {
      const at = Math.floor((address - base) / run.bytes);
      if (address >= base && at < run.count)
        return { index: index + at, base: base + at * run.bytes, bytes: run.bytes };
      base += run.bytes * run.count;
      index += run.count;
    }
    return undefined;
  }

  sector(index: number): { readonly index: number; readonly base: number; readonly bytes: number } | undefined {
    let { base } = this.#p.memory;
    let left = index;
    for (const run of this.#p.memory.sectors ?? []) {
      if (left < run.count) return { index, base: base + left * run.bytes, bytes: run.bytes };
      left -= run.count;
      base += run.count * run.bytes;
    }
    return undefined;
  }

  /** The sector that begins at an address. */
  erase(address: number): FlashProblem | undefined {
    const sector = this.sectorAt(address);
    if (!sector) return this.#refuse("outside", `erase of ${hex(address)}: no sector there`);
    if (sector.base !== address)
      return this.#refuse("unaligned", `erase of ${hex(address)}: the sector begins at ${hex(sector.base)}`);
    const done = this.#ask({ kind: "erase", address, bytes: sector.bytes });
    const at = address - this.base;
    this.#p.data.fill(0xff, at, at + done);
    this.#p.onChange(address, sector.bytes);
    if (done < sector.bytes) this.#p.onCut();
    return undefined;
  }

  /** "and": bits only go from 1 to 0. "once": a unit that is not erased is refused (flash with ECC). */
  program(address: number, bytes: Uint8Array, rule: "and" | "once" = "and"): FlashProblem | undefined {
    const { memory, data } = this.#p;
    const unit = memory.writeBytes ?? 1;
    const at = address - memory.base;
    if (at < 0 || at + bytes.length > memory.bytes)
      return this.#refuse("outside", `programming ${bytes.length} bytes at ${hex(address)}: outside ${memory.name}`);
    if (at % unit !== 0 || bytes.length % unit !== 0)
      return this.#refuse("unaligned", `programming ${bytes.length} bytes at ${hex(address)}: units are ${unit} bytes`);
    if (rule === "once" && data.subarray(at, at + bytes.length).some((byte) => byte !== 0xff))
      return this.#refuse("not-erased", `programming ${hex(address)}, which is not erased`);
    const done = this.#ask({ kind: "program", address, bytes: bytes.length });
    let lost = 0;
    for (let i = 0; i < done; i++) {
      data[at + i]! &= bytes[i]!;
      if (data[at + i] !== bytes[i]) lost++;
    }
    this.#p.onChange(address, bytes.length);
    if (lost > 0)
      this.#p.note(`flash: programming ${hex(address)} needs an erase first: ${lost} bytes have bits to set`);
    if (done < bytes.length) this.#p.onCut();
    return undefined;
  }

  #refuse(problem: FlashProblem, words: string): FlashProblem {
    this.#p.note(`flash: ${words}`);
    return problem;
  }

  #ask(operation: FlashOperation): number {
    const done = this.#p.guard(operation) ?? operation.bytes;
    return Math.max(0, Math.min(operation.bytes, done));
  }
}
