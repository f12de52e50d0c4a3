// Where in a (valid) .tflite file everything stands: every offset, length, field list, shape, index, option, scale, zero
// point and data byte, by walking its tables. Mutations are made there, so they hit meaning and not padding.

export type SiteKind =
  | "offset"
  | "length"
  | "fieldList"
  | "shape"
  | "index"
  | "type"
  | "buffer"
  | "code"
  | "option"
  | "scale"
  | "zeroPoint"
  | "axis"
  | "data"
  | "flag"
  | "version";

export interface Site {
  readonly kind: SiteKind;
  readonly at: number;
  readonly size: 1 | 2 | 4 | 8;
}

type Visit = (at: number) => void;

/** Fields of a table: what to do at slot n. */
interface Layout {
  readonly [slot: number]: Visit;
}

export function sitesOf(bytes: Uint8Array): readonly Site[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sites: Site[] = [];
  const seen = new Set<number>();
  const add = (kind: SiteKind, at: number, size: Site["size"]): void => {
    if (seen.has(at)) return;
    seen.add(at);
    sites.push({ kind, at, size });
  };
  const scalar =
    (kind: SiteKind, size: Site["size"]): Visit =>
    (at) =>
      add(kind, at, size);
  const follow = (at: number): number => {
    add("offset", at, 4);
    return at + view.getUint32(at, true);
  };
  const table = (at: number, layout: Layout, other?: Visit): void => {
    add("offset", at, 4);
    const vtable = at - view.getInt32(at, true);
    const end = view.getUint16(vtable, true);
    for (let entry = 0; entry < end; entry += 2) add("fieldList", vtable + entry, 2);
    for (let slot = 0; 4 + 2 * slot < end; slot++) {
      const offset = view.getUint16(vtable + 4 + 2 * slot, true);
      if (offset) (layout[slot] ?? other)?.(at + offset);
    }
  };
  const child =
    (layout: Layout, other?: Visit): Visit =>
    (at) =>
      table(follow(at), layout, other);
  const each =
    (element: Visit, size: number, most = Number.POSITIVE_INFINITY): Visit =>
    (at) => {
      const start = follow(at);
      add("length", start, 4);
      const count = Math.min(most, view.getUint32(start, true));
      for (let i = 0; i < count; i++) element(start + 4 + size * i);
    };
  const text = each(() => undefined, 1);

  const quantization = child({
    2: each(scalar("scale", 4), 4),
    3: each(scalar("zeroPoint", 8), 8),
    4: scalar("flag", 1),
    6: scalar("axis", 4),
  });
  const tensor = child({
    0: each(scalar("shape", 4), 4),
    1: scalar("type", 1),
    2: scalar("buffer", 4),
    3: text,
    4: quantization,
    5: scalar("flag", 1),
  });
  const operator = child({
    0: scalar("code", 4),
    1: each(scalar("index", 4), 4),
    2: each(scalar("index", 4), 4),
    3: scalar("flag", 1),
    // Fields of options differ by operator: their first byte and their word are sites, whatever they mean.
    4: child({}, scalar("option", 1)),
    8: each(scalar("index", 4), 4),
  });
  const indices = each(scalar("index", 4), 4);
  const subgraph = child({ 0: each(tensor, 4), 1: indices, 2: indices, 3: each(operator, 4), 4: text });
  const model: Layout = {
    0: scalar("version", 4),
    1: each(child({ 0: scalar("code", 1), 1: text, 2: scalar("flag", 1), 3: scalar("code", 4) }), 4),
    2: each(subgraph, 4),
    4: each(child({ 0: each(scalar("data", 1), 1, 4096) }), 4),
  };
  table(follow(0), model);
  return sites;
}
