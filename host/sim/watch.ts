// Watchpoints and write listeners: one Watcher for the data port while there is anything to watch.

import type { Width } from "./bus.ts";
import type { Watcher } from "./port.ts";
import type { StopReason } from "./stop-reason.ts";

export interface Watchpoint {
  readonly address: number;
  readonly bytes: number;
  readonly access: "read" | "write" | "access";
}

export type WriteListener = (address: number, width: Width, value: number) => void;

export class Watches {
  readonly #points = new Set<Watchpoint>();
  readonly #listeners = new Set<{ readonly from: number; readonly to: number; readonly listener: WriteListener }>();

  constructor(
    /** The watcher to use from now on; undefined: nothing is watched. */
    readonly install: (watcher: Watcher | undefined) => void,
    readonly stop: (reason: StopReason) => void,
  ) {}

  addPoint(point: Watchpoint): () => void {
    return this.#add(this.#points, point);
  }

  addListener(address: number, bytes: number, listener: WriteListener): () => void {
    return this.#add(this.#listeners, { from: address, to: address + bytes, listener });
  }

  #add<T>(set: Set<T>, item: T): () => void {
    set.add(item);
    this.#update();
    return () => {
      set.delete(item);
      this.#update();
    };
  }

  #update(): void {
    if (this.#points.size + this.#listeners.size === 0) return this.install(undefined);
    this.install({
      onRead: (address, width) => this.#hit(address, width, "read"),
      onWrite: (address, width, value) => {
        this.#hit(address, width, "write");
        for (const { from, to, listener } of this.#listeners)
          if (address < to && address + width > from) listener(address, width, value);
      },
    });
  }

  #hit(address: number, width: Width, access: "read" | "write"): void {
    for (const point of this.#points) {
      const wanted = point.access === "access" || point.access === access;
      if (wanted && address < point.address + point.bytes && address + width > point.address)
        this.stop({ kind: "watchpoint", address, width, access });
    }
  }
}
