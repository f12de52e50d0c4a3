// UF2 (github.com/microsoft/uf2, README): 512-byte blocks, each complete in itself, any order.
//
//   0 0x0A324655  4 0x9E5D5157  8 flags  12 address  16 size  20 block no  24 blocks  28 family  32 data[476]  508 0x0AB16F30
//
// Flags: 1 not for main flash, 0x1000 file container, 0x2000 family present, 0x4000 MD5, 0x8000 extension tags.
// A boot loader drops what it cannot use; a file reader must not flash half an image, so: a damaged block is an error,
// a block of another family is skipped whole with its numbering, and a set that is not complete is an error.

import { type Chunk, plainImage, segmentsFromChunks } from "../assemble.ts";
import { imageError } from "../errors.ts";
import type { Image } from "../image-types.ts";

const magicFirst = 0x0a324655;
const magicSecond = 0x9e5d5157;
const magicEnd = 0x0ab16f30;
const blockBytes = 512;
const notMainFlash = 0x1;
const fileContainer = 0x1000;
const familyPresent = 0x2000;
/** "Payload 256 is always right": the page of every supported flash. */
const payloadBytes = 256;

export function isUf2(bytes: Uint8Array): boolean {
  if (bytes.length < 8) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return view.getUint32(0, true) === magicFirst || view.getUint32(4, true) === magicSecond;
}

interface Block {
  readonly number: number;
  readonly total: number;
  readonly family: number | undefined;
  readonly flash: boolean;
  readonly chunk: Chunk;
}

export function readUf2(bytes: Uint8Array, wanted?: number, note: (text: string) => void = () => {}): Image {
  if (bytes.length % blockBytes !== 0 || bytes.length === 0)
    throw imageError(
      "truncated",
      { what: "a UF2 block", need: blockBytes, have: bytes.length % blockBytes },
      { byte: bytes.length - (bytes.length % blockBytes) },
    );
  const blocks: Block[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) blocks.push(readBlock(bytes, at));
  const named = blocks.filter((block) => block.family !== undefined);
  const families = [...new Set(named.map((block) => block.family!))];
  if (wanted === undefined && families.length > 1) throw imageError("uf2-family", { wanted, found: families });
  if (wanted !== undefined && families.length > 0 && !families.includes(wanted))
    throw imageError("uf2-family", { wanted, found: families });
  const family = wanted ?? families[0];
  // A block without a family is for any device (README, "Family ID").
  const mine = blocks.filter((block) => block.family === undefined || block.family === family);
  for (const other of families.filter((candidate) => candidate !== family)) {
    const count = named.filter((block) => block.family === other).length;
    note(`${count} UF2 block${count === 1 ? "" : "s"} of family 0x${other.toString(16)} skipped: for other chips`);
  }
  const unique = checkComplete(mine);
  const chunks = unique.filter((block) => block.flash).map((block) => block.chunk);
  const aside = unique.length - chunks.length;
  if (aside > 0)
    note(`${aside === 1 ? "1 UF2 block that is" : `${aside} UF2 blocks that are`} not for main flash skipped`);
  if (chunks.length === 0) throw imageError("empty", { format: "UF2" });
  return plainImage(segmentsFromChunks(chunks), families.length ? { uf2Family: family } : {});
}

function readBlock(bytes: Uint8Array, at: number): Block {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, blockBytes);
  const field = (offset: number) => view.getUint32(offset, true);
  const fail = (what: string, offset: number) => imageError("uf2-block", { what }, { byte: at + offset });
  const magics = [
    ["first", 0, magicFirst],
    ["second", 4, magicSecond],
    ["end", 508, magicEnd],
  ] as const;
  for (const [which, offset, value] of magics)
    if (field(offset) !== value) throw imageError("uf2-magic", { which, found: field(offset) }, { byte: at + offset });
  const flags = field(8);
  const [address, size, number, total] = [field(12), field(16), field(20), field(24)];
  if (size > 476) throw fail(`payload of ${size} bytes, at most 476 fit`, 16);
  if (number >= total) throw fail(`block ${number} of ${total}`, 20);
  if (address % 4 !== 0) throw fail(`address 0x${address.toString(16)} is not word-aligned`, 12);
  return {
    number,
    total,
    family: flags & familyPresent && !(flags & fileContainer) ? field(28) : undefined,
    flash: (flags & (notMainFlash | fileContainer)) === 0,
    chunk: { address, data: bytes.subarray(at + 32, at + 32 + size), at },
  };
}

/** Every number once; a block that comes again must be the same block. */
function checkComplete(blocks: readonly Block[]): Block[] {
  const seen = new Map<number, Block>();
  const total = blocks[0]?.total ?? 0;
  for (const block of blocks) {
    const at = { byte: block.chunk.at };
    if (block.total !== total)
      throw imageError("uf2-block", { what: `block says ${block.total} blocks, others say ${total}` }, at);
    const before = seen.get(block.number);
    if (before && !sameBlock(before, block))
      throw imageError("uf2-block", { what: `block ${block.number} comes twice with different contents` }, at);
    seen.set(block.number, block);
  }
  if (seen.size !== total) {
    let first = 0;
    while (seen.has(first)) first++;
    throw imageError("uf2-incomplete", { missing: total - seen.size, total, first });
  }
  return [...seen.values()];
}

function sameBlock(a: Block, b: Block): boolean {
  const sameData = a.chunk.data.length === b.chunk.data.length && a.chunk.data.every((x, i) => x === b.chunk.data[i]);
  return a.chunk.address === b.chunk.address && a.flash === b.flash && sameData;
}

/** Whole pages of 256 bytes, zeros where the image has nothing (as elf2uf2 and uf2conv pad). */
export function writeUf2(image: Image, family = image.target.uf2Family): Uint8Array {
  const pages = new Map<number, Uint8Array>();
  for (const segment of image.segments) {
    for (let i = 0; i < segment.data.length; ) {
      const address = segment.loadAddress + i;
      const base = address - (address % payloadBytes);
      const length = Math.min(base + payloadBytes - address, segment.data.length - i);
      let page = pages.get(base);
      if (!page) pages.set(base, (page = new Uint8Array(payloadBytes)));
      page.set(segment.data.subarray(i, i + length), address - base);
      i += length;
    }
  }
  if (pages.size === 0) throw imageError("empty", { format: "UF2" });
  const sorted = [...pages].sort(([a], [b]) => a - b);
  const out = new Uint8Array(sorted.length * blockBytes);
  for (const [number, [address, page]] of sorted.entries()) {
    const view = new DataView(out.buffer, number * blockBytes, blockBytes);
    const flags = family === undefined ? 0 : familyPresent;
    const fields = [magicFirst, magicSecond, flags, address, payloadBytes, number, sorted.length, family ?? 0];
    for (const [i, value] of fields.entries()) view.setUint32(4 * i, value, true);
    out.set(page, number * blockBytes + 32);
    view.setUint32(508, magicEnd, true);
  }
  return out;
}
