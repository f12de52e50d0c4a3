// Ctrl-C as a question that a long run asks, instead of the end of the process: the run prints what it has, then exits with 130.

export interface Interrupt {
  readonly requested: boolean;
  /** Ctrl-C ends the process again. */
  release(): void;
}

export function catchInterrupt(onRequest: () => void = () => {}): Interrupt {
  const others = process.listeners("SIGINT");
  let requested = false;
  const listener = () => {
    // The second time somebody means it.
    if (requested) process.exit(130);
    requested = true;
    onRequest();
  };
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", listener);
  return {
    get requested() {
      return requested;
    },
    release() {
      process.removeListener("SIGINT", listener);
      for (const other of others) process.on("SIGINT", other);
    },
  };
}
