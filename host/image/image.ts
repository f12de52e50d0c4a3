// Room image: bytes ⇄ Image. The kind of a file is decided by its content, never by its name.

import { plainImage, segmentsFromChunks } from "./assemble.ts";
import { imageError } from "./errors.ts";
import { readBin, writeBin } from "./formats/bin.ts";
import { readElf } from "./formats/elf-read.ts";
import { isElf } from "./formats/elf-types.ts";
import { writeElf } from "./formats/elf-write.ts";
import { readHex, writeHex } from "./formats/hex.ts";
import { isUf2, readUf2, writeUf2 } from "./formats/uf2.ts";
import type { Image, ImageTarget } from "./image-types.ts";

export type {
  Image,
  ImageLayer,
  ImageLine,
  ImageRegion,
  ImageSymbol,
  ImageTarget,
  Section,
  Segment,
} from "./image-types.ts";
export { lineAt } from "./lines.ts";
export { describeAddress, findSymbol, loadedBytes, SymbolIndex } from "./symbols.ts";

export type ImageFormat = "elf" | "uf2" | "hex" | "bin";

/** Undefined: nothing that names itself; perhaps a raw binary. */
export function sniffImage(bytes: Uint8Array): Exclude<ImageFormat, "bin"> | undefined {
  if (isElf(bytes)) return "elf";
  if (isUf2(bytes)) return "uf2";
  const first = bytes.subarray(0, 64).find((byte) => byte > 32);
  return first === 0x3a ? "hex" : undefined;
}

export interface ReadOptions {
  /** Where a raw binary starts; without it, unknown contents are an error. */
  readonly base?: number;
  /** Take the blocks of this family from a UF2 file. */
  readonly uf2Family?: number;
  /** Instead of looking at the content. */
  readonly format?: ImageFormat;
  /** Hears what was left out of the file, and why. */
  readonly note?: (text: string) => void;
}

export function readImage(bytes: Uint8Array, options: ReadOptions = {}): Image {
  switch (options.format ?? sniffImage(bytes)) {
    case "elf":
      return readElf(bytes);
    case "uf2":
      return readUf2(bytes, options.uf2Family, options.note);
    case "hex":
      return readHex(bytes);
    default:
      if (options.base === undefined) throw imageError("unknown-format", { bytes: bytes.length }, { byte: 0 });
      return readBin(bytes, options.base);
  }
}

/** An image of bytes at addresses, and nothing else. */
export function imageOf(
  parts: readonly { readonly address: number; readonly data: Uint8Array }[],
  target: ImageTarget,
): Image {
  return plainImage(segmentsFromChunks(parts.map(({ address, data }) => ({ address, data, at: 0 }))), target);
}

export function writeImage(image: Image, format: ImageFormat): Uint8Array {
  switch (format) {
    case "elf":
      return writeElf(image);
    case "uf2":
      return writeUf2(image);
    case "hex":
      return writeHex(image);
    case "bin":
      return writeBin(image).bytes;
  }
}
