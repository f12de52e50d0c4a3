// Room board: name or JSON → Board.

import type { CoreName } from "../isa/isa.ts";
import { type Board, type Chip, chipCores } from "./board-types.ts";
import { boardError } from "./errors.ts";
import { knownBoards } from "./known-boards.ts";
import { readBoard } from "./read-board.ts";

export type {
  Board,
  Chip,
  ChipDevice,
  DriverUse,
  FixedRegister,
  Hal,
  HalKind,
  Memory,
  MemoryTiming,
  MicrophoneKind,
  Reserved,
  SectorRun,
  Uart,
  WaitStates,
  XipCache,
} from "./board-types.ts";
export { bootStageBytes, chipCores } from "./board-types.ts";
export { boardRules, checkBoard } from "./check-board.ts";
export { type ConsoleName, consoleNames, consoleOf, withConsole } from "./choose-console.ts";
export { withMicrophone } from "./choose-microphone.ts";
export { knownBoards } from "./known-boards.ts";

/** The core that code is compiled for. */
export function coreOf({ title, core }: Pick<Chip, "title" | "core">): CoreName {
  const known = chipCores.find((name) => name === core);
  if (!known) throw boardError("no-core", { chip: title, core });
  return known;
}

export function knownChips(): readonly Chip[] {
  return [...new Set(knownBoards.map((board) => board.chip))];
}

/** A known board by its name or an alias of it. */
export function findBoard(name: string): Board {
  const board = knownBoards.find((candidate) => candidate.name === name || candidate.aliases?.includes(name));
  if (!board) throw boardError("unknown", { name, known: knownBoards.map((candidate) => candidate.name) });
  return board;
}

/** A board of a user's JSON file (untrusted). */
export function parseBoard(json: string): Board {
  return readBoard(json, knownChips());
}

/** The memory an image is loaded into, and the RAM whose top is the initial stack. */
export function mainMemories(board: Board) {
  const { memories } = board.chip;
  const flash = memories.find(({ base, bytes }) => base <= board.image.start && board.image.start < base + bytes);
  const ram = memories.find((memory) => memory.kind === "ram" && memory !== flash);
  if (!flash || !ram) throw boardError("rule", { board: board.name, problem: "no flash or RAM" });
  return { flash, ram };
}

/** What an image may fill, in the words of a plan's memory map: flash from its start to the next reserved region, the vector table
 *  at its beginning, and RAM, whose top is the stack. */
export function imageSpace(board: Board) {
  const { flash, ram } = mainMemories(board);
  const { start } = board.image;
  const end = flash.base + flash.bytes;
  const limit = board.reserved.reduce((least, { base }) => (base >= start ? Math.min(least, base) : least), end);
  return {
    flash: { base: start, bytes: limit - start },
    flashReserved: Math.ceil((4 * (16 + board.chip.interrupts)) / 16) * 16,
    ram: { base: ram.base, bytes: ram.bytes },
  };
}
