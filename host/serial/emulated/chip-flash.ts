// The flash of a simulated chip as its boot loaders see it: erase is by whole sector and sets every bit, programming only clears bits,
// in whole aligned units. In: the memory of the chip file and what the flash held before; every change is told to the owner, who keeps
// it (a file, so that the next command finds it). The emulated boot loaders of this folder all write through it.

import type { Memory } from "../../board/board.ts";
import { type Sector, sectorsOf } from "../flash-parts.ts";

export type ChipFlashProblem = "outside" | "unaligned" | "not-erased";

export class ChipFlash {
  readonly sectors: readonly Sector[];
  readonly bytes: Uint8Array;
  /** Smallest write. */
  readonly unit: number;
  /** Told after each change: offset from the base, and how many bytes. */
  onChange: ((offset: number, bytes: number) => void) | undefined;
  /** For tests: how often each sector was erased. */
  readonly erasures: number[];
  readonly #base: number;

  /** `content`: what the flash holds; shorter ones are erased behind. Default: all erased. */
  constructor(memory: Pick<Memory, "base" | "bytes" | "sectors" | "writeBytes">, content?: Uint8Array) {
    this.#base = memory.base;
    this.unit = memory.writeBytes ?? 1;
    this.sectors = sectorsOf(memory);
    this.erasures = this.sectors.map(() => 0);
    this.bytes = new Uint8Array(memory.bytes).fill(0xff);
    if (content) this.bytes.set(content.subarray(0, memory.bytes));
  }

  get base(): number {
    return this.#base;
  }

  sectorAt(address: number): Sector | undefined {
    return this.sectors.find((sector) => sector.address <= address && address < sector.address + sector.bytes);
  }

  holds(address: number, bytes: number): boolean {
    return address >= this.#base && bytes >= 0 && address + bytes <= this.#base + this.bytes.length;
  }

  /** The sector that begins at an address; `done`: bytes until the power went (default all). */
  erase(address: number, done?: number): ChipFlashProblem | undefined {
    const sector = this.sectorAt(address);
    if (!sector) return "outside";
    if (sector.address !== address) return "unaligned";
    const offset = address - this.#base;
    const bytes = Math.min(done ?? sector.bytes, sector.bytes);
    this.bytes.fill(0xff, offset, offset + bytes);
    this.erasures[sector.index] = (this.erasures[sector.index] ?? 0) + 1;
    this.onChange?.(offset, bytes);
    return undefined;
  }

  eraseAll(): void {
    for (const { address } of this.sectors) this.erase(address);
  }

  /** Nothing is written when there is a problem. */
  program(address: number, data: Uint8Array): ChipFlashProblem | undefined {
    if (!this.holds(address, data.length)) return "outside";
    if (address % this.unit !== 0 || data.length % this.unit !== 0) return "unaligned";
    const offset = address - this.#base;
    for (let i = 0; i < data.length; i++) if ((~this.bytes[offset + i]! & data[i]!) !== 0) return "not-erased";
    this.bytes.set(data, offset);
    this.onChange?.(offset, data.length);
    return undefined;
  }

  /** A copy; undefined: not in this flash. */
  read(address: number, bytes: number): Uint8Array<ArrayBuffer> | undefined {
    if (!this.holds(address, bytes)) return undefined;
    return new Uint8Array(this.bytes.subarray(address - this.#base, address - this.#base + bytes));
  }
}
