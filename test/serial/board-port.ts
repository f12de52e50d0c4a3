// A simulated board as a Port that runs as fast as it can, in its own time: what `sim:` is, without the clock on the wall.

import { type LineSettings, type Port, PortEnd, type Signals } from "../../host/serial/serial.ts";
import type { Machine } from "../../host/sim/sim.ts";

export interface BoardPortOptions {
  readonly sliceSeconds?: number;
  /** What the line does to bytes on their way. */
  readonly toBoard?: (bytes: Uint8Array) => Uint8Array;
  readonly fromBoard?: (bytes: Uint8Array) => Uint8Array;
  readonly afterSlice?: (milliseconds: number) => void;
}

export class BoardPort implements Port {
  readonly info = { path: "board" };
  readonly #end: PortEnd;
  readonly #running: Promise<void>;
  #held = false;
  #bytes: number[] = [];
  /** Everything that left the board. */
  readonly sent: number[] = [];

  constructor(
    readonly machine: Machine,
    private readonly options: BoardPortOptions = {},
  ) {
    const hold = (held: boolean) => () => void (this.#held = held);
    this.#end = new PortEnd({ pause: hold(true), resume: hold(false) });
    machine.onUart = (uart, byte) => {
      if (uart === machine.board.console?.uart) this.#bytes.push(byte);
    };
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const { sliceSeconds = 0.005, fromBoard = (bytes) => bytes, afterSlice = () => {} } = this.options;
    const cycles = Math.round(sliceSeconds * this.machine.board.clockHz);
    while (this.#end.state === "open") {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#held) continue;
      const { kind } = this.machine.run({ cycles });
      const bytes = fromBoard(Uint8Array.from(this.#bytes));
      this.#bytes = [];
      for (const byte of bytes) this.sent.push(byte);
      this.#end.push(bytes);
      afterSlice(1000 * sliceSeconds);
      if (kind !== "cycles") this.#end.end("lost", kind);
    }
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.machine.send(this.options.toBoard?.(bytes) ?? bytes);
  }

  async configure(_: LineSettings): Promise<void> {}

  async setSignals(_: Signals): Promise<boolean> {
    return false;
  }

  onState(listener: Parameters<Port["onState"]>[0]): () => void {
    return this.#end.onState(listener);
  }

  async close(): Promise<void> {
    this.#end.end("closed");
    await this.#running;
  }
}
