// A board with its boot loader, in memory: what the tests of flashing share. Time is virtual; images are pseudo-random.

import { UserError } from "../../host/base/errors.ts";
import { type Board, findBoard, mainMemories } from "../../host/board/board.ts";
import { type Image, imageOf } from "../../host/image/image.ts";
import { ChipFlash } from "../../host/serial/emulated/chip-flash.ts";
import { VirtualClock } from "../../host/serial/emulated/virtual-clock.ts";
import type { FlashListener } from "../../host/serial/flash-types.ts";

export interface Scene {
  readonly board: Board;
  readonly flash: ChipFlash;
  readonly clock: VirtualClock;
}

export function sceneOf(name: string, content?: Uint8Array): Scene {
  const board = findBoard(name);
  return { board, flash: new ChipFlash(mainMemories(board).flash, content), clock: new VirtualClock() };
}

/** From where the board's image begins (with its boot stage); the bytes depend on the seed only. */
export function randomImage(board: Board, bytes: number, seed = 1): Image {
  const start = board.image.bootStage === undefined ? board.image.start : board.image.start - 256;
  return imageOf([{ address: start, data: randomBytes(bytes, seed) }], {});
}

export function randomBytes(count: number, seed: number): Uint8Array {
  let state = Math.imul(seed, 2654435761) >>> 0 || 1;
  return Uint8Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  });
}

export function holdsImage(flash: ChipFlash, image: Image): boolean {
  return image.segments.every(({ loadAddress, data }) => {
    const found = flash.read(loadAddress, data.length);
    return found !== undefined && data.every((byte, i) => byte === found[i]);
  });
}

export interface Heard extends FlashListener {
  readonly stages: string[];
  readonly notes: string[];
  readonly advanced: Map<string, number>;
  readonly totals: Map<string, number>;
  traced: number;
}

export function listener(): Heard {
  const heard: Heard = {
    ...{ stages: [], notes: [], advanced: new Map(), totals: new Map(), traced: 0 },
    stage(name, total) {
      heard.stages.push(name);
      heard.advanced.set(name, 0);
      if (total !== undefined) heard.totals.set(name, total);
    },
    advance(bytes) {
      const name = heard.stages.at(-1)!;
      heard.advanced.set(name, heard.advanced.get(name)! + bytes);
    },
    note: (text) => void heard.notes.push(text),
    trace: () => void heard.traced++,
  };
  return heard;
}

export async function errorOf(run: Promise<unknown>): Promise<UserError> {
  try {
    await run;
  } catch (cause) {
    if (cause instanceof UserError) return cause;
    throw cause;
  }
  throw new Error("nothing was thrown");
}
