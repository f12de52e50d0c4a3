// A simulated board as a Port: `sim:BOARD[@name]` runs what `flash` left in the board's flash, at the pace of the wall clock. In: an
// address; out: a Port whose bytes are those of the board's console. The flash is locked while the port is open, and kept.
//
//   .thumbelina/sim/BOARD.flash ─► Machine ─ slices ─► readable         write() ─► the console's receiver
//                      ▲ keep ◄──── flash that the program writes       RTS asserted and released: the reset pin
//
// A 1200-baud touch restarts it into its boot loader: the port is lost, and `flash` finds the board there. `sim-usb:BOARD` is the same
// board, plugged by its USB.

import { type Board, mainMemories } from "./board/board.ts";
import { surround } from "./board-surroundings.ts";
import { PacedMachine } from "./paced-machine.ts";
import {
  type LineSettings,
  nodeSimState,
  notFlashed,
  type Port,
  PortEnd,
  type PortInfo,
  type PortOpener,
  parseSimulatedAddress,
  portLost,
  type Signals,
  type SimState,
} from "./serial/serial.ts";
import { type Feed, Machine, type StopReason } from "./sim/sim.ts";

export interface SimulatedPortOptions {
  /** Where `.thumbelina` is. */
  readonly folder: string;
  readonly boardNamed: (name: string) => Board;
  /** What sensors see, by input. */
  readonly feeds?: Readonly<Record<string, Feed>>;
}

export function simulatedOpeners(options: SimulatedPortOptions): readonly PortOpener[] {
  return [simulatedOpener("sim", options), simulatedOpener("sim-usb", options)];
}

function simulatedOpener(scheme: "sim" | "sim-usb", options: SimulatedPortOptions): PortOpener {
  return {
    scheme,
    async open(path, settings) {
      const address = parseSimulatedAddress(path);
      const board = options.boardNamed(address!.board);
      const { openSimState } = await nodeSimState();
      const state = openSimState(options.folder, board, address?.name);
      try {
        const machine = bootMachine(board, state.bytes, path);
        surround(machine, options.feeds ?? {});
        return new SimulatedPort({ path, product: `simulated ${board.title}` }, machine, state, settings);
      } catch (cause) {
        state.close();
        throw cause;
      }
    },
  };
}

function bootMachine(board: Board, bytes: Uint8Array, path: string): Machine {
  const machine = new Machine(board, { wiring: "checked" });
  const { flash } = mainMemories(board);
  const at = board.image.start - flash.base;
  if (bytes.subarray(at, at + 8).every((byte) => byte === 0xff)) throw notFlashed(path, board.name);
  machine.poke(flash.base, bytes.slice());
  machine.reset("power-on");
  return machine;
}

const endWords: Partial<Record<StopReason["kind"], string>> = {
  "boot-loader": "the program restarted into the boot loader",
  lockup: "the core locked up",
  exit: "the program ended",
  bkpt: "the program stopped at a BKPT",
};

class SimulatedPort implements Port {
  readonly #end: PortEnd;
  readonly #board: PacedMachine;
  #settings: LineSettings;
  #inReset = false;
  #dtr = false;
  #written: { readonly address: number; readonly bytes: number }[] = [];

  constructor(
    readonly info: PortInfo,
    machine: Machine,
    private readonly state: SimState,
    settings: LineSettings,
  ) {
    this.#settings = settings;
    this.#board = new PacedMachine(machine, {
      onBytes: (bytes) => this.#end.push(this.#garbled() ? bytes.map(noise) : bytes),
      onEnd: ({ kind }) => this.#leave(endWords[kind] ?? kind),
      afterSlice: () => this.#keep(),
    });
    this.#end = new PortEnd({ pause: () => this.#board.hold(), resume: () => this.#board.release() });
    machine.flashGuard = (operation) => {
      this.#written.push(operation);
      return undefined;
    };
    this.#board.start();
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  /** At another speed than the board's console, bytes are not those that were sent. */
  #garbled(): boolean {
    const baud = this.#board.machine.board.console?.baud;
    return baud !== undefined && Math.abs(this.#settings.baud / baud - 1) > 0.03;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end.state !== "open") throw portLost(this.info.path, this.#end.reason);
    this.#board.send(this.#garbled() ? bytes.map(noise) : bytes);
  }

  async configure(settings: LineSettings): Promise<void> {
    this.#settings = settings;
  }

  async setSignals({ dtr, rts }: Signals): Promise<boolean> {
    if (this.#end.state !== "open") return false;
    if (dtr === false && this.#dtr && this.#settings.baud === 1200) this.#leave(endWords["boot-loader"]!);
    this.#dtr = dtr ?? this.#dtr;
    if (rts === true && !this.#inReset) this.#board.hold();
    if (rts === false && this.#inReset) {
      this.#board.reset();
      this.#board.release();
    }
    this.#inReset = rts ?? this.#inReset;
    return true;
  }

  onState(listener: Parameters<Port["onState"]>[0]): () => void {
    return this.#end.onState(listener);
  }

  async close(): Promise<void> {
    this.#end.end("closed");
    this.#release();
  }

  #leave(reason: string): void {
    this.#end.end("lost", reason);
    this.#release();
  }

  #release(): void {
    this.#board.stop();
    this.#keep();
    this.state.close();
  }

  /** The program's own writes to flash. */
  #keep(): void {
    const { machine } = this.#board;
    const { flash } = mainMemories(machine.board);
    for (const { address, bytes } of this.#written) {
      this.state.bytes.set(machine.peek(address, bytes), address - flash.base);
      this.state.keep(address - flash.base, bytes);
    }
    this.#written = [];
  }
}

const noise = (byte: number): number => byte ^ 0xa5;
