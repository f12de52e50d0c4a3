// An image into memory, and where a board starts it.

import type { Board } from "../board/board.ts";
import { mainMemories } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import type { Bus } from "./bus.ts";
import { simError } from "./errors.ts";

export function loadImage(bus: Bus, image: Image, board: string): void {
  for (const { loadAddress, data } of image.segments) {
    if (data.length === 0) continue;
    const range = bus.find(loadAddress);
    const offset = loadAddress - (range?.base ?? 0);
    if (!range?.data || offset + data.length > range.bytes)
      throw simError("outside-memory", { address: loadAddress, bytes: data.length, board });
    range.data.set(data, offset);
  }
}

/**
 * From the vector table at the board's image start, as the boot stage does it; an image without one (a harness for a judge)
 * starts at its entry with the stack at the top of RAM.
 */
export function startOf(
  bus: Bus,
  board: Board,
  image: Image | undefined,
): { readonly sp: number; readonly pc: number } {
  const { start } = board.image;
  const table = bus.find(start);
  const word = (address: number) => (table?.view ? table.view.getUint32(address - table.base, true) : 0xffffffff);
  const [sp, reset] = [word(start), word(start + 4)];
  const stackFits = bus.find(sp - 4)?.memory?.kind === "ram";
  if (stackFits && (reset & 1) === 1 && bus.find(reset)?.memory) return { sp, pc: (reset & ~1) >>> 0 };
  if (image?.entry !== undefined && bus.find(image.entry)?.memory) {
    const { ram } = mainMemories(board);
    return { sp: ram.base + ram.bytes, pc: image.entry };
  }
  if (image) throw simError("no-start", { address: start, board: board.name });
  return { sp: 0, pc: start };
}
