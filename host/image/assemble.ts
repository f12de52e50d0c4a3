// From loose chunks (address, bytes) of a file to the sorted, non-overlapping segments that Image promises.
// Adjacent chunks become one segment. Work and memory are linear in the file's size (plus the sort).

import { imageError } from "./errors.ts";
import type { Image, ImageTarget, Segment } from "./image-types.ts";

export interface Chunk {
  readonly address: number;
  readonly data: Uint8Array;
  /** Offset in the file, for the error. */
  readonly at: number;
}

export function segmentsFromChunks(chunks: readonly Chunk[]): Segment[] {
  const sorted = chunks.filter((chunk) => chunk.data.length > 0).sort((a, b) => a.address - b.address);
  const segments: Segment[] = [];
  for (let first = 0; first < sorted.length; ) {
    let next = first + 1;
    let end = checkedEnd(sorted[first]!);
    for (; next < sorted.length; next++) {
      const chunk = sorted[next]!;
      if (chunk.address < end)
        throw imageError("overlap", { address: chunk.address, bytes: chunk.data.length }, { byte: chunk.at });
      if (chunk.address > end) break;
      end = checkedEnd(chunk);
    }
    const address = sorted[first]!.address;
    const data = new Uint8Array(end - address);
    for (; first < next; first++) data.set(sorted[first]!.data, sorted[first]!.address - address);
    const flags = { write: false, execute: true };
    segments.push({ loadAddress: address, address, data, bytes: data.length, flags });
  }
  return segments;
}

function checkedEnd(chunk: Chunk): number {
  const end = chunk.address + chunk.data.length;
  if (end > 2 ** 32)
    throw imageError("past-4g", { address: chunk.address, bytes: chunk.data.length }, { byte: chunk.at });
  return end;
}

/** An image of a format that knows bytes only. */
export function plainImage(segments: readonly Segment[], target: ImageTarget, entry?: number): Image {
  return { target, entry, segments, sections: [], symbols: [], layers: [], regions: [] };
}
