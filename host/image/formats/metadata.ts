// Section .thumbelina: JSON { version: 1, target, layers, regions, lines? }. What comes back in is untrusted like the rest of the
// file.

import { imageError } from "../errors.ts";
import type { Image, ImageLayer, ImageRegion, ImageTarget } from "../image-types.ts";
import { packLines, unpackLines } from "../lines.ts";

type Metadata = Pick<Image, "target" | "layers" | "regions" | "lines">;

export function writeMetadata({ target, layers, regions, lines }: Metadata): Uint8Array {
  const packed = lines ? { lines: packLines(lines) } : {};
  return new TextEncoder().encode(JSON.stringify({ version: 1, target, layers, regions, ...packed }));
}

export function readMetadata(bytes: Uint8Array, at: number): Metadata {
  const fail = (what: string) => imageError("metadata", { what }, { byte: at });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw fail("not JSON");
  }
  const root = record(value);
  if (root?.["version"] !== 1) throw fail("version is not 1");
  const target = record(root["target"]);
  const [layers, regions] = [root["layers"], root["regions"]];
  if (!target || !Array.isArray(layers) || !Array.isArray(regions)) throw fail("target, layers or regions are missing");
  const known = { target: readTarget(target), layers: layers.map(readLayer), regions: regions.map(readRegion) };
  if (root["lines"] === undefined) return known;
  const packed = record(root["lines"]);
  const lines = packed && unpackLines(packed["files"], packed["deltas"]);
  if (!lines) throw fail("lines are not { files, deltas } with addresses that rise");
  return { ...known, lines };

  function readTarget(row: Record<string, unknown>): ImageTarget {
    const text = (key: string) => (typeof row[key] === "string" ? row[key] : undefined);
    const family = row["uf2Family"];
    return { board: text("board"), core: text("core"), ...(isU32(family) ? { uf2Family: family } : {}) };
  }
  function readLayer(value: unknown): ImageLayer {
    const { name, origin, address, bytes } = record(value) ?? {};
    if (typeof name !== "string" || !Number.isSafeInteger(origin) || !isU32(address) || !isU32(bytes))
      throw fail("a layer is not { name, origin, address, bytes }");
    return { name, origin: origin as number, address, bytes };
  }
  function readRegion(value: unknown): ImageRegion {
    const { name, region, address, bytes } = record(value) ?? {};
    if (typeof name !== "string" || typeof region !== "string" || !isU32(address) || !isU32(bytes))
      throw fail("a region is not { name, region, address, bytes }");
    return { name, region, address, bytes };
  }
}

const isU32 = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value < 2 ** 32;

const record = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
