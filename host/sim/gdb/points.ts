// Breakpoints and watchpoints that gdb set: type, address and size of its Z packets to those of the Machine. Breakpoints of both
// types are the machine's own, so that they cost nothing, never change memory, and work in flash.

import type { Machine } from "../machine.ts";

const accesses = { "2": "write", "3": "read", "4": "access" } as const;
const mostBreakpoints = 10_000;
const mostWatchpoints = 64;
const mostWatched = 65_536;

interface Watched {
  readonly access: (typeof accesses)[keyof typeof accesses];
  readonly address: number;
  readonly bytes: number;
  readonly remove: () => void;
}

export class Points {
  readonly #machine: Machine;
  readonly #breakpoints = new Set<number>();
  readonly #watchpoints = new Map<string, Watched>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** The answer to a Z or z packet. */
  set(type: string, address: number, bytes: number, insert: boolean): string {
    if (type === "0" || type === "1") return this.#breakpoint((address & ~1) >>> 0, insert);
    const access = accesses[type as keyof typeof accesses];
    if (!access) return "";
    const key = `${type},${address},${bytes}`;
    this.#watchpoints.get(key)?.remove();
    this.#watchpoints.delete(key);
    if (!insert) return "OK";
    if (this.#watchpoints.size >= mostWatchpoints || bytes === 0 || bytes > mostWatched) return "E28";
    const remove = this.#machine.addWatchpoint({ address, bytes, access });
    this.#watchpoints.set(key, { access, address, bytes, remove });
    return "OK";
  }

  #breakpoint(address: number, insert: boolean): string {
    if (insert && this.#breakpoints.size >= mostBreakpoints) return "E28";
    if (insert && !this.#breakpoints.has(address)) {
      this.#breakpoints.add(address);
      this.#machine.addBreakpoint(address);
    } else if (!insert && this.#breakpoints.delete(address)) this.#machine.removeBreakpoint(address);
    return "OK";
  }

  stopsAt(address: number): boolean {
    return this.#breakpoints.has(address);
  }

  /** gdb's word for what was hit, and the address it set: an access may begin before it. */
  hit(address: number, width: number, access: "read" | "write"): { readonly word: string; readonly address: number } {
    const hits = [...this.#watchpoints.values()].filter(
      (point) => address < point.address + point.bytes && address + width > point.address,
    );
    const exact = hits.find((point) => point.access === access) ?? hits.find((point) => point.access === "access");
    const word = exact?.access === "access" ? "awatch" : access === "read" ? "rwatch" : "watch";
    return { word, address: exact?.address ?? address };
  }

  clear(): void {
    for (const address of this.#breakpoints) this.#machine.removeBreakpoint(address);
    for (const { remove } of this.#watchpoints.values()) remove();
    this.#breakpoints.clear();
    this.#watchpoints.clear();
  }
}
