// Runs an ELF on a board and keeps what can be compared.

import { createHash } from "node:crypto";
import { findBoard } from "../../host/board/board.ts";
import { readImage } from "../../host/image/image.ts";
import { Machine, type MachineOptions, type StopReason } from "../../host/sim/sim.ts";

export interface Outcome {
  readonly output: string;
  readonly stop: StopReason;
  readonly instructions: number;
  readonly cycles: number;
  readonly registers: readonly number[];
  /** Of all RAM (its first 256 KB). */
  readonly memoryHash: string;
}

export function runProgram(elf: Uint8Array, boardName: string, options: MachineOptions = {}, limit = 400e6): Outcome {
  const board = findBoard(boardName);
  const machine = new Machine(board, options);
  let output = "";
  machine.onUart = (_, byte) => {
    output += String.fromCharCode(byte);
  };
  machine.onSemihosting = (bytes) => {
    output += new TextDecoder().decode(bytes);
  };
  machine.load(readImage(elf));
  const stop = machine.run({ cycles: limit });
  const ram = board.chip.memories.find(({ name }) => name === "ram")!;
  return {
    output,
    stop,
    instructions: machine.instructions,
    cycles: machine.cycles,
    registers: Array.from(machine.cpu.x),
    memoryHash: createHash("sha256")
      .update(machine.peek(ram.base, Math.min(ram.bytes, 0x40000)))
      .digest("hex"),
  };
}
