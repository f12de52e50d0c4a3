// Mutations of a model file at its sites. About half change values that leave a file well formed (data, scales, zero
// points, options, dimensions by a little); the others break structure: wild offsets, lengths, indices, types.

import { type Site, type SiteKind, sitesOf } from "./sites.ts";
import { generator } from "./tiny-models.ts";

export interface Mutator {
  /** A new mutant, and what was done to it. */
  next(): { readonly bytes: Uint8Array; readonly what: string };
}

/** How often a site of this kind is chosen. */
const weights: Readonly<Record<SiteKind, number>> = {
  data: 18,
  scale: 18,
  zeroPoint: 8,
  option: 14,
  shape: 15,
  index: 14,
  type: 3,
  buffer: 3,
  code: 2,
  axis: 2,
  flag: 3,
  offset: 7,
  length: 5,
  fieldList: 5,
  version: 0.2,
};

const wild = [0, 1, 2, 3, 4, 8, 255, 256, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff];

export function mutator(original: Uint8Array, seed: number): Mutator {
  const random = generator(seed);
  const below = (n: number): number => Math.floor(n * random());
  const byKind = new Map<SiteKind, Site[]>();
  for (const site of sitesOf(original)) {
    if (!byKind.has(site.kind)) byKind.set(site.kind, []);
    byKind.get(site.kind)!.push(site);
  }
  const kinds = [...byKind.keys()];
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  const chooseKind = (): SiteKind => {
    let rest = total * random();
    return kinds.find((kind) => (rest -= weights[kind]) < 0) ?? kinds[0]!;
  };
  return {
    next: () => {
      const bytes = new Uint8Array(original);
      const view = new DataView(bytes.buffer);
      const done: string[] = [];
      const times = random() < 0.8 ? 1 : 2 + below(3);
      for (let i = 0; i < times; i++) {
        const sites = byKind.get(chooseKind())!;
        const site = sites[below(sites.length)]!;
        const value = mutateSite(view, site, random);
        done.push(`${site.kind} at ${site.at} = ${value}`);
      }
      // Now and then a file that is cut, or longer than it was.
      if (random() < 0.01) return { bytes: bytes.slice(0, below(bytes.length)), what: `${done.join("; ")}; cut` };
      return { bytes, what: done.join("; ") };
    },
  };
}

function mutateSite(view: DataView, { kind, at, size }: Site, random: () => number): number {
  const below = (n: number): number => Math.floor(n * random());
  const old = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
  const nudged = old + [-2, -1, 1, 2][below(4)]!;
  const value = ((): number => {
    switch (kind) {
      case "data":
        return below(256);
      case "zeroPoint":
        return random() < 0.7 ? below(256) - 128 : wild[below(wild.length)]!;
      case "option":
        return random() < 0.7 ? below(6) : below(256);
      case "shape":
        return random() < 0.6 ? nudged : random() < 0.5 ? below(64) : wild[below(wild.length)]!;
      case "index":
        return random() < 0.8 ? below(12) - 1 : wild[below(wild.length)]!;
      case "type":
        return below(20);
      case "code":
        return random() < 0.7 ? below(160) : wild[below(wild.length)]!;
      case "flag":
        return random() < 0.7 ? below(2) : below(130);
      case "buffer":
      case "axis":
        return random() < 0.7 ? below(8) : wild[below(wild.length)]!;
      case "fieldList":
        return random() < 0.7 ? 2 * below(16) : below(65_536);
      default:
        return random() < 0.5 ? nudged : random() < 0.5 ? 4 * below(view.byteLength / 4) : wild[below(wild.length)]!;
    }
  })();
  if (kind === "scale") return mutateScale(view, at, random);
  if (size === 1) view.setUint8(at, value & 255);
  else if (size === 2) view.setUint16(at, value & 65_535, true);
  else if (size === 4) view.setUint32(at, value >>> 0, true);
  else view.setBigInt64(at, BigInt(value), true);
  return value;
}

function mutateScale(view: DataView, at: number, random: () => number): number {
  const odd = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 3e38];
  const near = view.getFloat32(at, true) * 2 ** (8 * random() - 4);
  const value = random() < 0.85 ? near : random() < 0.5 ? 10 ** (76 * random() - 38) : odd[Math.floor(6 * random())]!;
  view.setFloat32(at, value, true);
  return value;
}
