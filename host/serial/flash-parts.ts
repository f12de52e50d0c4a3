// What of an image goes into a board's flash. In: an Image; out: parts, sorted, each inside flash that an application may write, or
// `serial/outside-flash`. Also the erase units of the chip, and which of them a set of parts touches.
//
//   flash   │ reserved: boot loader │ image.start …… application …… │ reserved │      a boot stage lies in a reserved region
//                                   ▲ parts                                        right before image.start, and is the image's own

import type { Board, Memory } from "../board/board.ts";
import { mainMemories } from "../board/board.ts";
import type { Image } from "../image/image.ts";
import { error } from "./errors.ts";
import type { FlashPart } from "./flash-types.ts";

export interface Sector {
  readonly index: number;
  readonly address: number;
  readonly bytes: number;
}

export function partsOf(image: Image, board: Board, force = false): FlashPart[] {
  const built = image.target.board ?? boardSaid(image);
  if (built !== undefined && built !== board.name && !force)
    throw error("wrong-board", { image: built, board: board.name });
  const parts = image.segments
    .filter(({ data }) => data.length > 0)
    .map(({ loadAddress, data }) => ({ address: loadAddress, data }));
  for (const part of parts) checkPart(part, board);
  return parts;
}

/** UF2, HEX and raw files name no board, but the words of our firmware's boot line lie side by side (assembly/firmware/lines.ts). */
function boardSaid({ segments }: Image): string | undefined {
  for (const { data } of segments) {
    const [, name] = /\{"boot":\{"board":"\0([\w-]{1,60})\0/.exec(new TextDecoder("latin1").decode(data)) ?? [];
    if (name !== undefined) return name;
  }
  return undefined;
}

/** Never forced: bytes outside flash cannot be written, and a boot loader must not be. */
function checkPart({ address, data }: FlashPart, board: Board): void {
  const { flash } = mainMemories(board);
  const fail = (where: string) => error("outside-flash", { board: board.name, address, bytes: data.length, where });
  const end = address + data.length;
  if (address < flash.base || end > flash.base + flash.bytes) throw fail("outside the flash");
  for (const { name, base, bytes } of board.reserved) {
    const ownBootStage = board.image.bootStage !== undefined && base + bytes === board.image.start;
    if (!ownBootStage && address < base + bytes && base < end) throw fail(`in the region "${name}"`);
  }
}

/** The chip's erase units from its base up; a flash whose units are not known is one of 4 KB units. */
export function sectorsOf(memory: Pick<Memory, "base" | "bytes" | "sectors">): Sector[] {
  const runs = memory.sectors ?? [{ bytes: 4096, count: Math.floor(memory.bytes / 4096) }];
  const sectors: Sector[] = [];
  let address = memory.base;
  for (const { bytes, count } of runs)
    for (let i = 0; i < count; i++, address += bytes) sectors.push({ index: sectors.length, address, bytes });
  return sectors;
}

export interface SectorImage extends Sector {
  /** The whole sector as it shall be: parts' bytes, erased flash (0xFF) elsewhere. */
  readonly data: Uint8Array;
  /** From the first to behind the last byte that parts give, in units of `unit`. */
  readonly used: { readonly from: number; readonly to: number };
}

/** The sectors that parts touch, as they shall be. `unit`: the chip's smallest write. */
export function sectorImages(parts: readonly FlashPart[], sectors: readonly Sector[], unit: number): SectorImage[] {
  const images: SectorImage[] = [];
  for (const sector of sectors) {
    const end = sector.address + sector.bytes;
    const touching = parts.filter(({ address, data }) => address < end && sector.address < address + data.length);
    if (touching.length === 0) continue;
    const data = new Uint8Array(sector.bytes).fill(0xff);
    let [from, to] = [sector.bytes, 0];
    for (const part of touching) {
      const first = Math.max(part.address, sector.address);
      const last = Math.min(part.address + part.data.length, end);
      data.set(part.data.subarray(first - part.address, last - part.address), first - sector.address);
      from = Math.min(from, first - sector.address);
      to = Math.max(to, last - sector.address);
    }
    const used = { from: Math.floor(from / unit) * unit, to: Math.ceil(to / unit) * unit };
    images.push({ ...sector, data, used });
  }
  return images;
}

/** The bytes of a sector that an image gives. */
export const usedBytes = ({ data, used: { from, to } }: SectorImage): Uint8Array => data.subarray(from, to);

export const usedSize = (sectors: readonly SectorImage[]): number =>
  sectors.reduce((sum, { used: { from, to } }) => sum + to - from, 0);

/** What to erase, in this order, and then to write in the other of the two orders: the first sector of an image holds its vectors (or
 *  boot stage), so it is erased before all others and written after them, and a cut never leaves a board that runs half an image. */
export function inSafeOrder(changed: readonly SectorImage[], wanted: readonly SectorImage[]) {
  const [first] = wanted;
  if (changed.length === 0 || !first) return { erase: [], write: [] };
  const others = changed.filter((sector) => sector !== first);
  return { erase: [first, ...others], write: [...others, first] };
}

/** Undefined: equal. */
export function firstDifference(expected: Uint8Array, found: Uint8Array): number | undefined {
  if (found.length < expected.length) return found.length;
  for (let i = 0; i < expected.length; i++) if (expected[i] !== found[i]) return i;
  return undefined;
}

export function verifyError(address: number, expected: Uint8Array, found: Uint8Array, at: number) {
  const few = (bytes: Uint8Array) => [...bytes.subarray(at, at + 8)];
  return error("verify", { address: address + at, expected: few(expected), found: few(found) });
}
