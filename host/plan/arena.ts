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

/** Pairs of blocks that may be looked at, about 0.1 s each: to try further orders after the first, and by the search. */
const ordersBudget = 30_000_000;
const searchBudget = 12_000_000;

export function placeBlocks(blocks: readonly Block[]): Placement {
  const floor = peakOf(blocks).bytes;
  let best: { readonly order: readonly number[]; readonly placement: Placement } | undefined;
  for (const [tried, compare] of orders.entries()) {
    if (tried * blocks.length ** 2 > ordersBudget) break;
    const order = blocks.map((_, i) => i).sort((a, b) => compare(blocks[a]!, blocks[b]!) || a - b);
    const placement = placeInOrder(blocks, order);
    if (!best || placement.bytes < best.placement.bytes) best = { order, placement };
    if (best.placement.bytes <= floor) return best.placement;
  }
  return best ? search(blocks, best.order, best.placement, floor) : { offsets: [], bytes: 0 };
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

/**
 * Each block in turn goes into the smallest gap that holds it between the placed blocks alive at the same time, else on
 * top of them.
 */
function placeInOrder(blocks: readonly Block[], order: readonly number[]): Placement {
  const offsets = new Array<number>(blocks.length).fill(0);
  /** Blocks that have a place, by offset. */
  const placed: number[] = [];
  let height = 0;
  for (const index of order) {
    const offset = lowestFit(blocks, offsets, placed, blocks[index]!);
    offsets[index] = offset;
    height = Math.max(height, offset + blocks[index]!.bytes);
    let at = placed.length;
    while (at > 0 && offsets[placed[at - 1]!]! > offset) at--;
    placed.splice(at, 0, index);
  }
  return { offsets, bytes: height };
}

function lowestFit(
  blocks: readonly Block[],
  offsets: readonly number[],
  placed: readonly number[],
  { bytes, align, first, last }: Block,
): number {
  let end = 0;
  let chosen = -1;
  let smallest = Number.POSITIVE_INFINITY;
  for (const index of placed) {
    const other = blocks[index]!;
    if (other.first > last || other.last < first) continue;
    const offset = offsets[index]!;
    const start = roundUp(end, align);
    const gap = offset - start;
    if (gap >= bytes && gap < smallest) [chosen, smallest] = [start, gap];
    end = Math.max(end, offset + other.bytes);
  }
  return chosen >= 0 ? chosen : roundUp(end, align);
}

/** Moves a block that reaches the top to an earlier place in the order, or swaps two; keeps what is not worse. */
function search(blocks: readonly Block[], start: readonly number[], first: Placement, floor: number): Placement {
  const cost = blocks.length ** 2;
  const random = xorshift(0x9e3779b9);
  let [order, current, best] = [start, first, first];
  for (let tries = Math.min(4000, Math.floor(searchBudget / cost)); tries > 0 && best.bytes > floor; tries--) {
    const top = order.filter((i) => current.offsets[i]! + blocks[i]!.bytes === current.bytes);
    const moved = random() % 2 === 0 ? top[random() % top.length]! : order[random() % order.length]!;
    const candidate = order.filter((i) => i !== moved);
    candidate.splice(random() % (order.indexOf(moved) + 1), 0, moved);
    const placement = placeInOrder(blocks, candidate);
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
