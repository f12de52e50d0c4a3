// The boards there are: what an image may be built for, run on, and flashed to.

import { type Board, knownBoards, mainMemories } from "../../board/board.ts";
import { cores } from "../../isa/isa.ts";
import type { Command } from "../command.ts";
import { tableText } from "../table.ts";

export const command: Command = {
  usage: "boards",
  options: {},
  examples: [["thumbelina boards --json", "everything that is known of each, for scripts"]],
  run(_, terminal) {
    if (terminal.json) {
      terminal.out(JSON.stringify({ ok: true, boards: knownBoards.map(boardFacts) }));
      return 0;
    }
    const head = ["board", "core", "MHz", "flash", "RAM", "console", "boot", "title"];
    terminal.out(tableText(head, knownBoards.map(boardRow), terminal));
    const approximate = Object.values(cores).filter((core) => core.approximate !== undefined);
    for (const { approximate: why, name } of approximate)
      terminal.note(`≈ ${name}: cycles are an approximation, ${why}`);
    terminal.note(
      "? clock assumed; flash and RAM are those an image is linked for, in KB, without what a boot loader keeps",
    );
    return 0;
  },
};

function boardRow(board: Board): string[] {
  const facts = boardFacts(board);
  return [
    board.name,
    facts.core + (facts.approximateCycles === undefined ? "" : " ≈"),
    `${board.clockHz / 1e6}${board.clockAssumed ? " ?" : ""}`,
    kilobytes(facts.flash.bytes),
    kilobytes(facts.ram.bytes),
    board.console ? `${board.console.uart} ${board.console.baud}` : "none",
    board.boot.protocol,
    board.title,
  ];
}

const kilobytes = (bytes: number) => `${bytes / 1024}`;

function boardFacts(board: Board) {
  const { chip, name, title, clockHz, clockAssumed = false, console, boot, reserved, aliases = [], image } = board;
  const { flash, ram } = mainMemories(board);
  const end = Math.min(
    flash.base + flash.bytes,
    ...reserved.map(({ base }) => base).filter((base) => base > image.start),
  );
  const core = Object.hasOwn(cores, chip.core) ? cores[chip.core as keyof typeof cores] : undefined;
  return {
    name,
    title,
    aliases,
    chip: chip.name,
    core: chip.core,
    features: [...(core?.features ?? [])],
    ...(core?.approximate === undefined ? {} : { approximateCycles: core.approximate }),
    clockHz,
    clockAssumed,
    flash: { address: image.start, bytes: end - image.start },
    ram: { address: ram.base, bytes: ram.bytes },
    memoryTiming: chip.memories.find(({ timing }) => timing)?.timing,
    console: console ?? null,
    boot: boot.protocol,
    simulated: !board.flashOnly,
  };
}
