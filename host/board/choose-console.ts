// Which line of a board is its console: what the board file has as its own, or another that it names (`consoles`). In: a board and "uart" or
// "usb"; out: the same board with that line, its driver in the place of kind `console`. Firmware and simulator see nothing but the result.

import type { Board } from "./board-types.ts";
import { boardError } from "./errors.ts";

export const consoleNames = ["uart", "usb"] as const;
export type ConsoleName = (typeof consoleNames)[number];

/** What kind of line the board's own console is. */
export function consoleOf({ chip, console }: Board): ConsoleName | undefined {
  if (!console) return undefined;
  return chip.uarts.some(({ name }) => name === console.uart) ? "uart" : "usb";
}

export function withConsole(board: Board, name: ConsoleName): Board {
  const own = consoleOf(board);
  if (own === name) return board;
  const other = board.consoles?.[name];
  if (!other || !board.hal)
    throw boardError("no-console", {
      ...{ board: board.name, name },
      known: [...(own ? [own] : []), ...Object.keys(board.consoles ?? {})],
    });
  const { driver, ...line } = other;
  return { ...board, console: line, hal: { ...board.hal, console: driver } };
}
