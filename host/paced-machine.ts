// A simulated board that runs as fast as a real one: slices of its own time against the clock on the wall, with the event loop's turn
// in between. In: a Machine and where its console's bytes go; out: running until `stop`, or why it ended by itself.
//
//   wall   ├─────┤ wait ├─────┤ wait           a machine that cannot keep up runs as fast as it can: the pace begins anew
//   board  ├slice┤      ├slice┤                held: no slice runs (nobody reads, or reset is asserted)

import type { Machine, StopReason } from "./sim/sim.ts";

const turnMilliseconds = 10;
/** Of simulated time in one go, and the longest time to be made up for. */
const longestSlice = 0.05;

export interface Pacing {
  /** UARTs and USB devices that are listened to. Default: the board's console. */
  readonly lines?: readonly string[];
  /** Real milliseconds. Default: the wall's. */
  readonly now?: () => number;
  /** The console's bytes of a slice. */
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onEnd: (reason: StopReason) => void;
  /** After every slice. */
  readonly afterSlice?: () => void;
}

export class PacedMachine {
  #timer: NodeJS.Timeout | undefined;
  #wallStart = 0;
  #boardStart = 0;
  #holds = 0;
  #asleep = false;
  #bytes: number[] = [];
  readonly #now: () => number;

  constructor(
    readonly machine: Machine,
    private readonly pacing: Pacing,
  ) {
    this.#now = pacing.now ?? (() => performance.now());
    const lines = pacing.lines ?? [machine.board.console?.uart];
    machine.onUart = (uart, byte) => {
      if (lines.includes(uart)) this.#bytes.push(byte);
    };
    machine.onSemihosting = (bytes) => {
      for (const byte of bytes) this.#bytes.push(byte);
    };
  }

  start(): void {
    this.#anchor();
    this.#timer ??= setInterval(() => this.#turn(), turnMilliseconds);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  hold(): void {
    this.#holds++;
  }

  release(): void {
    this.#holds = Math.max(0, this.#holds - 1);
    this.#anchor();
  }

  /** Bytes for a line's receiver, by default the console's. */
  send(bytes: Uint8Array, line?: string): void {
    this.#asleep = false;
    this.machine.send(bytes, line);
  }

  reset(): void {
    this.#asleep = false;
    this.machine.reset("pin");
  }

  #anchor(): void {
    this.#wallStart = this.#now();
    this.#boardStart = this.machine.world.seconds();
  }

  #turn(): void {
    if (this.#holds > 0 || this.#asleep) return;
    const { machine, pacing } = this;
    const behind = this.#boardStart + (this.#now() - this.#wallStart) / 1000 - machine.world.seconds();
    if (behind <= 0) return;
    const slice = Math.min(behind, longestSlice);
    const reason = machine.run({ cycles: Math.max(1, Math.round(slice * machine.world.clock("core"))) });
    if (behind > 5 * longestSlice) this.#anchor();
    if (this.#bytes.length > 0) {
      const bytes = Uint8Array.from(this.#bytes);
      this.#bytes = [];
      pacing.onBytes(bytes);
    }
    pacing.afterSlice?.();
    if (reason.kind === "asleep") this.#asleep = true;
    else if (reason.kind !== "cycles" && reason.kind !== "stopped" && this.#timer) {
      this.stop();
      pacing.onEnd(reason);
    }
  }
}
