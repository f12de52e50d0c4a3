// Wait states of code fetches and data reads, as the chip file describes its memory. One model a machine; a flag leaves it out.
// Both engines ask in the same order with the same clock, so their cycles agree.
//
//   wait-states   a fetch in the line already held is free; another line: a cache hit is free, a prefetched line costs what is
//                 left of its read, everything else `waits`. Data reads: their own cache, or `waits`; the flash serves one
//                 read at a time and data first (RM0090 3.5.2: D-Code before I-Code), so a prefetch under way is put off by as
//                 long. A prefetch that was done by then costs nothing more: the data read took that long itself.
//   xip-cache     set-associative, shared by fetches and reads; a miss reads one line over the serial bus

import { invariant } from "../base/errors.ts";
import type { Memory, WaitStates, XipCache } from "../board/board.ts";

export interface TimedMemory {
  /** Extra cycles to fetch the instruction of `size` bytes at `address`. */
  fetch(address: number, size: number, now: number): number;
  /** … to fetch a line that is not the one held, and leave it to the caller to hold it. */
  fetchLine(line: number, now: number): number;
  read(address: number): number;
  /** [0]: the line that the last fetch was in. */
  readonly held: Int32Array;
  /** A hit is: the line has a way, which becomes its set's most recent. Translated code does that itself. */
  readonly hits?: { readonly wayOf: Int8Array; readonly recent: Uint8Array; readonly setMask: number };
  /** To fetch these lines now, one after the other, and to read those, costs nothing and drops none of them. */
  holds(fetched: readonly number[], read: readonly number[]): boolean;
  /** The most that one line can cost. */
  readonly worst: number;
  /** Where a new line begins to matter: the translator asks once a line. */
  readonly lineBytes: number;
  readonly base: number;
  readonly bytes: number;
  reset(): void;
}

/** Fully associative cache of lines, least recently used first out. */
class LineCache {
  readonly #slotOf: Int16Array;
  readonly #lineIn: Int32Array;
  readonly #used: Float64Array;
  #clock = 0;

  constructor(lines: number, capacity: number) {
    this.#slotOf = new Int16Array(lines).fill(-1);
    this.#lineIn = new Int32Array(capacity).fill(-1);
    this.#used = new Float64Array(capacity);
  }

  /** True on a hit; on a miss the line comes in. */
  touch(line: number): boolean {
    if (this.#lineIn.length === 0) return false;
    let slot = this.#slotOf[line]!;
    const hit = slot >= 0;
    if (!hit) {
      slot = 0;
      for (let i = 1; i < this.#used.length; i++) if (this.#used[i]! < this.#used[slot]!) slot = i;
      const old = this.#lineIn[slot]!;
      if (old >= 0) this.#slotOf[old] = -1;
      this.#lineIn[slot] = line;
      this.#slotOf[line] = slot;
    }
    this.#used[slot] = ++this.#clock;
    return hit;
  }

  has(line: number): boolean {
    return this.#slotOf[line]! >= 0;
  }

  reset(): void {
    this.#slotOf.fill(-1);
    this.#lineIn.fill(-1);
    this.#used.fill(0);
  }
}

class WaitStateMemory implements TimedMemory {
  readonly lineBytes: number;
  readonly worst: number;
  readonly #instructions: LineCache;
  readonly #data: LineCache;
  readonly held = new Int32Array(1).fill(-1);
  #dataHeld = -1;
  #prefetched = -1;
  #readyAt = 0;

  constructor(
    readonly base: number,
    readonly bytes: number,
    readonly timing: WaitStates,
  ) {
    this.lineBytes = timing.lineBytes;
    this.worst = timing.waits;
    const lines = Math.ceil(bytes / timing.lineBytes);
    this.#instructions = new LineCache(lines, timing.instructionLines);
    this.#data = new LineCache(lines, timing.dataLines);
  }

  fetch(address: number, size: number, now: number): number {
    const first = Math.floor((address - this.base) / this.lineBytes);
    const last = Math.floor((address + size - 1 - this.base) / this.lineBytes);
    let waits = 0;
    for (let line = first; line <= last; line++) {
      if (line === this.held[0]) continue;
      waits += this.fetchLine(line, now + waits);
      this.held[0] = line;
    }
    return waits;
  }

  fetchLine(line: number, now: number): number {
    const { waits, prefetch } = this.timing;
    const prefetched = line === this.#prefetched;
    const cost = this.#instructions.touch(line)
      ? 0
      : prefetched
        ? Math.min(waits, Math.max(0, this.#readyAt - now))
        : waits;
    if (prefetch) {
      this.#prefetched = line + 1;
      this.#readyAt = now + cost + waits + 1;
    }
    return cost;
  }

  read(address: number): number {
    const line = Math.floor((address - this.base) / this.lineBytes);
    if (line === this.#dataHeld) return 0;
    this.#dataHeld = line;
    if (this.#data.touch(line)) return 0;
    this.#readyAt += this.timing.waits + 1;
    return this.timing.waits;
  }

  holds(fetched: readonly number[], read: readonly number[]): boolean {
    const isFree = (line: number, i: number) => this.#instructions.has(line) || (i === 0 && line === this.held[0]);
    return fetched.every(isFree) && read.every((line) => this.#data.has(line));
  }

  reset(): void {
    this.#readyAt = 0;
    this.held[0] = this.#dataHeld = this.#prefetched = -1;
    this.#instructions.reset();
    this.#data.reset();
  }
}

class XipMemory implements TimedMemory {
  readonly lineBytes: number;
  readonly worst: number;
  readonly held = new Int32Array(1).fill(-1);
  readonly hits: NonNullable<TimedMemory["hits"]>;
  readonly #tags: Int32Array;

  constructor(
    readonly base: number,
    readonly bytes: number,
    readonly timing: XipCache,
  ) {
    const { cacheBytes, ways, lineBytes, clockDivider, setupClocks, clocksPerByte } = timing;
    this.lineBytes = lineBytes;
    const sets = cacheBytes / ways / lineBytes;
    invariant(Number.isInteger(Math.log2(sets)), `a cache of ${sets} sets`);
    this.#tags = new Int32Array(sets * ways).fill(-1);
    const wayOf = new Int8Array(Math.ceil(bytes / lineBytes)).fill(-1);
    this.hits = { wayOf, recent: new Uint8Array(sets), setMask: sets - 1 };
    this.worst = clockDivider * (setupClocks + clocksPerByte * lineBytes);
  }

  fetch(address: number, size: number): number {
    const first = Math.floor((address - this.base) / this.lineBytes);
    const last = Math.floor((address + size - 1 - this.base) / this.lineBytes);
    let waits = 0;
    for (let line = first; line <= last; line++) {
      if (line === this.held[0]) continue;
      waits += this.fetchLine(line);
      this.held[0] = line;
    }
    return waits;
  }

  read(address: number): number {
    return this.fetchLine(Math.floor((address - this.base) / this.lineBytes));
  }

  holds(fetched: readonly number[], read: readonly number[]): boolean {
    const { wayOf } = this.hits;
    return fetched.every((line) => wayOf[line]! >= 0) && read.every((line) => wayOf[line]! >= 0);
  }

  /** A read's line too: one cache. Round-robin after the way last used: with two ways, least recently used. */
  fetchLine(line: number): number {
    const { wayOf, recent, setMask } = this.hits;
    const set = line & setMask;
    const way = wayOf[line]!;
    if (way >= 0) {
      recent[set] = way;
      return 0;
    }
    const { ways } = this.timing;
    const victim = (recent[set]! + 1) % ways;
    const old = this.#tags[set * ways + victim]!;
    if (old >= 0) wayOf[old] = -1;
    this.#tags[set * ways + victim] = line;
    wayOf[line] = recent[set] = victim;
    return this.worst;
  }

  reset(): void {
    this.held[0] = -1;
    this.#tags.fill(-1);
    this.hits.wayOf.fill(-1);
    this.hits.recent.fill(0);
  }
}

export function timedMemory(memory: Memory): TimedMemory | undefined {
  const { timing, base, bytes } = memory;
  if (!timing) return undefined;
  return timing.kind === "wait-states" ? new WaitStateMemory(base, bytes, timing) : new XipMemory(base, bytes, timing);
}
