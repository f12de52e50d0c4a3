// A simulated board whose core does nothing (a branch to itself), for tests of its peripherals register by register.

import { type Board, findBoard } from "../../host/board/board.ts";
import { Machine } from "../../host/sim/sim.ts";

const loop = 0xe7fe; // b .

export class IdleMachine {
  readonly machine: Machine;
  readonly output: number[] = [];

  constructor(board: string | Board, wiring: "checked" | "ignored" = "checked") {
    const found = typeof board === "string" ? findBoard(board) : board;
    this.machine = new Machine(found, { wiring });
    this.machine.onUart = (_, byte) => this.output.push(byte);
    const { start } = found.image;
    const data = new Uint8Array(0x200);
    const view = new DataView(data.buffer);
    const ram = found.chip.memories.find(({ kind, base }) => kind === "ram" && base !== start)!;
    for (let i = 0; i < 64; i++) view.setUint32(4 * i, i === 0 ? ram.base + ram.bytes : start + 0x101, true);
    view.setUint16(0x100, loop, true);
    const segment = {
      loadAddress: start,
      address: start,
      data,
      bytes: data.length,
      flags: { write: false, execute: true },
    };
    this.machine.load({ target: {}, segments: [segment], sections: [], symbols: [], layers: [], regions: [] });
  }

  read(address: number): number {
    return this.machine.busRead(address, 4);
  }

  write(address: number, value: number): void {
    this.machine.busWrite(address, value >>> 0, 4);
  }

  /** The next run of the machine counts from here: at the core clock of this moment. */
  pass(seconds: number): void {
    const { world } = this.machine;
    const end = world.seconds() + seconds;
    // the core clock may change on the way
    while (world.seconds() < end - 1e-12) {
      const cycles = Math.ceil((end - world.seconds()) * world.clock("core"));
      if (this.machine.run({ cycles: Math.max(1, Math.min(cycles, 20_000)) }).kind !== "cycles") return;
    }
  }

  get text(): string {
    return String.fromCharCode(...this.output);
  }
}
