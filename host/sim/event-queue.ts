// Things that happen at a cycle: peripherals and host code schedule, the runner serves them between instructions.

export interface Scheduled {
  readonly cycle: number;
  readonly run: (now: number) => void;
}

export class EventQueue {
  /** Sorted, soonest last. */
  readonly #queue: Scheduled[] = [];

  constructor(readonly onChange: () => void) {}

  get next(): number {
    return this.#queue.at(-1)?.cycle ?? Number.POSITIVE_INFINITY;
  }

  /** Returns the function that cancels. */
  at(cycle: number, run: (now: number) => void): () => void {
    const event = { cycle, run };
    const index = this.#queue.findIndex((other) => other.cycle <= cycle);
    this.#queue.splice(index < 0 ? this.#queue.length : index, 0, event);
    this.onChange();
    return () => {
      const at = this.#queue.indexOf(event);
      if (at >= 0) this.#queue.splice(at, 1);
    };
  }

  advance(now: number): void {
    while (this.next <= now) this.#queue.pop()!.run(now);
  }
}
