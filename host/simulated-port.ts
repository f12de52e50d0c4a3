// A simulated board as a Port: `sim:BOARD[@name]` runs what `flash` left in the board's flash, at the pace of the wall clock. In: an
// address; out: a Port whose bytes are those of the board's console. The flash is locked while the port is open, and kept.
//
//   .thumbelina/sim/BOARD.flash ─► Machine ─ slices ─► readable         write() ─► the console's receiver
//                      ▲ keep ◄──── flash that the program writes       RTS asserted and released: the reset pin
//
// The board is plugged in by its USB, where it has one, and by its UART: what its program speaks on is heard, so `sim:BOARD` and
// `sim-usb:BOARD` are one board. A 1200-baud touch over USB is the program's own business: what it restarts into its boot loader is lost.

import { type Board, mainMemories, withConsole } from "./board/board.ts";
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
        const info = { path, product: `simulated ${board.title}` };
        return new SimulatedPort(info, machine, { state, settings, uart: board.console });
      } catch (cause) {
        state.close();
        throw cause;
      }
    },
  };
}

function bootMachine(board: Board, bytes: Uint8Array, path: string): Machine {
  const machine = new Machine(board.consoles?.usb ? withConsole(board, "usb") : board, { wiring: "checked" });
  const { flash } = mainMemories(board);
  const at = board.image.start - flash.base;
  if (bytes.subarray(at, at + 8).every((byte) => byte === 0xff)) throw notFlashed(path, board.name);
  machine.poke(flash.base, bytes.slice());
  machine.reset("power-on");
  return machine;
}

/** Of simulated time: until its USB console is open, and from the touch to its boot loader (programs look when they wake). */
const [openSeconds, obeySeconds] = [1, 2] as const;

/** Whether the program in a board's flash restarts into its boot loader when its USB console is opened at 1200 baud and closed. */
export function touchSimulated(board: Board, bytes: Uint8Array): boolean {
  const machine = bootMachine(board, bytes, board.name);
  const { usbConsole } = machine;
  if (!usbConsole) return false;
  surround(machine, {});
  const run = (seconds: number, until: (reason: StopReason) => boolean): boolean => {
    for (const end = machine.world.seconds() + seconds; machine.world.seconds() < end; ) {
      const reason = machine.run({ cycles: Math.round(machine.world.clock("core") / 100) });
      if (until(reason)) return true;
      if (reason.kind !== "cycles") return false;
    }
    return false;
  };
  if (!run(openSeconds, () => usbConsole.open)) return false;
  usbConsole.setLine({ baud: 1200 });
  usbConsole.setLine({ dtr: false });
  return run(obeySeconds, ({ kind }) => kind === "boot-loader");
}

const endWords: Partial<Record<StopReason["kind"], string>> = {
  "boot-loader": "the program restarted into the boot loader",
  lockup: "the core locked up",
  exit: "the program ended",
  bkpt: "the program stopped at a BKPT",
};

interface SimulatedLine {
  readonly state: SimState;
  readonly settings: LineSettings;
  readonly uart: Board["console"];
}

class SimulatedPort implements Port {
  readonly #end: PortEnd;
  readonly #board: PacedMachine;
  readonly #state: SimState;
  readonly #uart: Board["console"];
  #settings: LineSettings;
  #inReset = false;
  #written: { readonly address: number; readonly bytes: number }[] = [];

  constructor(
    readonly info: PortInfo,
    machine: Machine,
    line: SimulatedLine,
  ) {
    this.#settings = line.settings;
    this.#state = line.state;
    this.#uart = line.uart;
    const usb = machine.usbConsole && machine.board.console?.uart;
    this.#board = new PacedMachine(machine, {
      lines: [line.uart?.uart, usb].filter((name) => name !== undefined),
      onBytes: (bytes) => this.#end.push(this.#garbled() ? bytes.map(noise) : bytes),
      onEnd: ({ kind }) => this.#leave(endWords[kind] ?? kind),
      afterSlice: () => this.#keep(),
    });
    this.#end = new PortEnd({ pause: () => this.#board.hold(), resume: () => this.#board.release() });
    machine.flashGuard = (operation) => {
      this.#written.push(operation);
      return undefined;
    };
    machine.usbConsole?.setLine({ baud: line.settings.baud });
    this.#board.start();
  }

  /** Open at the other end: undefined where the program speaks on its UART. */
  get #usb(): Machine["usbConsole"] {
    const { usbConsole } = this.#board.machine;
    return usbConsole?.open ? usbConsole : undefined;
  }

  get readable(): ReadableStream<Uint8Array> {
    return this.#end.readable;
  }

  /** At another speed than the board's UART, bytes are not those that were sent. */
  #garbled(): boolean {
    const baud = this.#usb ? undefined : this.#uart?.baud;
    return baud !== undefined && Math.abs(this.#settings.baud / baud - 1) > 0.03;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#end.state !== "open") throw portLost(this.info.path, this.#end.reason);
    const line = this.#usb ? this.#board.machine.board.console?.uart : this.#uart?.uart;
    this.#board.send(this.#garbled() ? bytes.map(noise) : bytes, line);
  }

  async configure(settings: LineSettings): Promise<void> {
    this.#settings = settings;
    this.#board.machine.usbConsole?.setLine({ baud: settings.baud });
  }

  async setSignals({ dtr, rts }: Signals): Promise<boolean> {
    if (this.#end.state !== "open") return false;
    const usb = this.#usb;
    if (usb) {
      usb.setLine({ ...(dtr === undefined ? {} : { dtr }), ...(rts === undefined ? {} : { rts }) });
      return true;
    }
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
    this.#state.close();
  }

  /** The program's own writes to flash. */
  #keep(): void {
    const { machine } = this.#board;
    const { flash } = mainMemories(machine.board);
    for (const { address, bytes } of this.#written) {
      this.#state.bytes.set(machine.peek(address, bytes), address - flash.base);
      this.#state.keep(address - flash.base, bytes);
    }
    this.#written = [];
  }
}

const noise = (byte: number): number => byte ^ 0xa5;
