// Raw binary: the bytes of the image from its lowest to its highest load address, gaps filled as erased flash (0xFF).
// The format carries no address, so the reader must be told.

import { plainImage, segmentsFromChunks } from "../assemble.ts";
import { imageError } from "../errors.ts";
import type { Image } from "../image-types.ts";

/** A file larger than any flash here is a mistake (an image with a part in RAM), not a wish. */
export const binLimitBytes = 64 * 1024 * 1024;

export function readBin(bytes: Uint8Array, base: number): Image {
  if (bytes.length === 0) throw imageError("empty", { format: "binary" });
  if (bytes.length > binLimitBytes)
    throw imageError("too-large", { what: "the binary", bytes: bytes.length, limit: binLimitBytes });
  return plainImage(segmentsFromChunks([{ address: base, data: bytes, at: 0 }]), {});
}

export function writeBin(image: Image): { readonly base: number; readonly bytes: Uint8Array } {
  const loaded = image.segments.filter((segment) => segment.data.length > 0);
  const [first, last] = [loaded[0], loaded.at(-1)];
  if (!first || !last) throw imageError("empty", { format: "binary" });
  const base = first.loadAddress;
  const end = last.loadAddress + last.data.length;
  if (end - base > binLimitBytes) throw imageError("bin-span", { span: end - base, limit: binLimitBytes });
  const bytes = new Uint8Array(end - base).fill(0xff);
  for (const segment of loaded) bytes.set(segment.data, segment.loadAddress - base);
  return { base, bytes };
}
