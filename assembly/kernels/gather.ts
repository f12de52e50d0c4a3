// Copies of rows whose places are known at run time only: GATHER, GATHER_ND. Indices are i32, or i64 of which the low word
// is used once the high word has been looked at; an index outside is moved to the nearest inside.

import { copy_bytes } from "./copy";

/** The index at p, forced to 0 … size − 1. */
// @ts-ignore: decorator
@inline
function index_inside(p: usize, indexBytes: i32, size: i32): i32 {
  let index = load<i32>(p);
  if (indexBytes == 8) {
    const high = load<i32>(p, 4);
    if (high != index >> 31) index = high < 0 ? 0 : 0x7fffffff;
  }
  return max(min(index, size - 1), 0);
}

/** dst[o][k] = src[o][indices[k]], rows of `row` bytes, `size` rows for each of the `outer` blocks of src. */
export function gather_rows(
  dst: usize, src: usize, indices: usize, indexBytes: i32, outer: i32, count: i32, size: i32, row: i32,
): void {
  do {
    let p = indices;
    let n = count;
    do {
      copy_bytes(dst, src + index_inside(p, indexBytes, size) * row, row);
      dst += row;
      p += indexBytes;
    } while (--n);
    src += size * row;
  } while (--outer);
}

/** dst[n] = the row of src at the n-th address: `depth` indices each; dimensions: (size, bytes per index) of each. */
export function gather_nd(
  dst: usize, src: usize, indices: usize, indexBytes: i32, addresses: i32, dimensions: usize, depth: i32, row: i32,
): void {
  do {
    let from = src;
    let d = dimensions;
    let i = depth;
    do {
      from += index_inside(indices, indexBytes, load<i32>(d)) * load<i32>(d, 4);
      indices += indexBytes;
      d += 8;
    } while (--i);
    copy_bytes(dst, from, row);
    dst += row;
  } while (--addresses);
}
