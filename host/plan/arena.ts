// Places blocks of known lifetime in one arena: two blocks that are alive at the same step never share a byte.
//
//   in    blocks {bytes, align, first, last}: alive at steps first … last, both included
//   out   an offset per block, and the bytes of the arena
//
//   offset ▲  ┌────┐      ┌──┐      the arena is as tall as the tallest column; `floor`, the largest sum of what is alive at
//          │  │ b  ├──────┤  │      one step, is a bound no placement beats
//          │ ┌┴────┴─┐ c  │d │
//          │ │ a     │────┴──┤
//          └─┴───────┴───────┴─► step
//
// Offset assignment is NP-hard; greedy by size comes within a few percent (Pisarchyk & Lee, "Efficient Memory Management
// for Deep Neural Net Inference", 2020). Here several orders are tried, then a bounded, seeded search over orders of the
// best one, until the floor is reached. Same blocks, same answer.

export interface Block {
  readonly bytes: number;
  readonly align: number;
  readonly first: number;
  readonly last: number;
}

export interface Placement {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Pair visits the local search may spend: about 0.2 s. */
const searchBudget = 6_000_000;

export function placeBlocks(blocks: readonly Block[]): Placement {
  const floor = peakOf(blocks).bytes;
  const neighbours = conflicts(blocks);
  let best: { readonly order: readonly number[]; readonly placement: Placement } | undefined;
  for (const compare of orders) {
    const order = blocks.map((_, i) => i).sort((a, b) => compare(blocks[a]!, blocks[b]!) || a - b);
    const placement = placeInOrder(blocks, neighbours, order);
    if (!best || placement.bytes < best.placement.bytes) best = { order, placement };
    if (best.placement.bytes <= floor) return best.placement;
  }
  return best ? search(blocks, neighbours, best.order, best.placement, floor) : { offsets: [], bytes: 0 };
}

/** Bytes alive at each step from `start` to the last. */
export function liveBytes(blocks: readonly Block[], start: number): number[] {
  const end = blocks.reduce((most, { last }) => Math.max(most, last), start);
  const change = new Array<number>(end - start + 2).fill(0);
  for (const { bytes, first, last } of blocks) {
    change[first - start]! += bytes;
    change[last - start + 1]! -= bytes;
  }
  let live = 0;
  return change.slice(0, -1).map((delta) => (live += delta));
}

/** The step at which most bytes are alive, the first of several. */
export function peakOf(blocks: readonly Block[]): { readonly step: number; readonly bytes: number } {
  const start = blocks.reduce((least, { first }) => Math.min(least, first), 0);
  const live = liveBytes(blocks, start);
  const bytes = live.reduce((most, value) => Math.max(most, value), 0);
  return { step: start + Math.max(0, live.indexOf(bytes)), bytes };
}

type Compare = (a: Block, b: Block) => number;
const bySize: Compare = (a, b) => b.bytes - a.bytes;
const duration = ({ first, last }: Block) => last - first + 1;
const orders: readonly Compare[] = [
  bySize,
  (a, b) => duration(b) - duration(a) || bySize(a, b),
  (a, b) => b.bytes * duration(b) - a.bytes * duration(a),
  (a, b) => a.first - b.first || bySize(a, b),
  (a, b) => b.last - a.last || bySize(a, b),
];

function conflicts(blocks: readonly Block[]): readonly (readonly number[])[] {
  const byFirst = blocks.map((_, i) => i).sort((a, b) => blocks[a]!.first - blocks[b]!.first);
  const found: number[][] = blocks.map(() => []);
  byFirst.forEach((a, at) => {
    for (let next = at + 1; next < byFirst.length; next++) {
      const b = byFirst[next]!;
      if (blocks[b]!.first > blocks[a]!.last) break;
      found[a]!.push(b);
      found[b]!.push(a);
    }
  });
  return found;
}

/** Each block in turn goes into the smallest gap that holds it between its placed neighbours, else on top. */
function placeInOrder(
  blocks: readonly Block[],
  neighbours: readonly (readonly number[])[],
  order: readonly number[],
): Placement {
  const offsets = new Array<number>(blocks.length).fill(-1);
  let height = 0;
  for (const index of order) {
    const { bytes, align } = blocks[index]!;
    const taken = neighbours[index]!.filter((other) => offsets[other]! >= 0).sort((a, b) => offsets[a]! - offsets[b]!);
    let end = 0;
    let chosen = -1;
    let smallest = Number.POSITIVE_INFINITY;
    for (const other of taken) {
      const start = roundUp(end, align);
      const gap = offsets[other]! - start;
      if (gap >= bytes && gap < smallest) [chosen, smallest] = [start, gap];
      end = Math.max(end, offsets[other]! + blocks[other]!.bytes);
    }
    const offset = chosen >= 0 ? chosen : roundUp(end, align);
    offsets[index] = offset;
    height = Math.max(height, offset + bytes);
  }
  return { offsets, bytes: height };
}

/** Moves a block that reaches the top to an earlier place in the order, or swaps two; keeps what is not worse. */
function search(
  blocks: readonly Block[],
  neighbours: readonly (readonly number[])[],
  start: readonly number[],
  first: Placement,
  floor: number,
): Placement {
  const cost = blocks.length + neighbours.reduce((sum, list) => sum + list.length, 0);
  const random = xorshift(0x9e3779b9);
  let [order, current, best] = [start, first, first];
  for (let tries = Math.min(4000, Math.floor(searchBudget / cost)); tries > 0 && best.bytes > floor; tries--) {
    const top = order.filter((i) => current.offsets[i]! + blocks[i]!.bytes === current.bytes);
    const moved = random() % 2 === 0 ? top[random() % top.length]! : order[random() % order.length]!;
    const candidate = order.filter((i) => i !== moved);
    candidate.splice(random() % (order.indexOf(moved) + 1), 0, moved);
    const placement = placeInOrder(blocks, neighbours, candidate);
    if (placement.bytes > current.bytes) continue;
    [order, current] = [candidate, placement];
    if (placement.bytes < best.bytes) best = placement;
  }
  return best;
}

/** Marsaglia's xorshift32: the search is the same on every machine. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

export function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
