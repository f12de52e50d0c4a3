// The host form of columns.ts: int8 → int16 in natural order, eight at a time. A run of n values is read and written up to the next
// multiple of eight: what is read beyond belongs to a neighbour or to the zone that the wasm room leaves at the end of
// memory, what is written beyond is overwritten by the next run, or multiplied with weights that are zero. So runs
// are written in ascending order, and a column has room for seven values more.

// @ts-ignore: decorator
@inline
export function expandEights(dst: usize, src: usize, n: i32): void {
  const end = src + n;
  while (src < end) {
    v128.store(dst, v128.load8x8_s(src));
    src += 8;
    dst += 16;
  }
}

// @ts-ignore: decorator
@inline
export function fillEights(dst: usize, value: i32, n: i32): void {
  const eight = i16x8.splat(<i16>value);
  const end = dst + (n << 1);
  while (dst < end) {
    v128.store(dst, eight);
    dst += 16;
  }
}

/** A kernel row whose taps are neighbours, cut at both ends of the input row. */
// @ts-ignore: decorator
@inline
function gatherRow(dst: usize, row: usize, ix: i32, width: i32, depth: i32, kw: i32, zero: i32): void {
  const first = ix < 0 ? min(-ix, kw) : 0;
  const last = max(first, min(width - ix, kw));
  fillEights(dst, zero, first * depth);
  expandEights(dst + ((first * depth) << 1), row + (ix + first) * depth, (last - first) * depth);
  fillEights(dst + ((last * depth) << 1), zero, (kw - last) * depth);
}

/** Arguments as gatherColumn's (columns.ts). */
// @ts-ignore: decorator
@inline
export function gatherColumn(
  dst: usize, image: usize, iy: i32, ix: i32, height: i32, width: i32, pixel: i32, depth: i32,
  kh: i32, kw: i32, dh: i32, dw: i32, zero: i32, clipped: i32,
): void {
  let rows = kh;
  do {
    const outside = clipped != 0 && <u32>iy >= <u32>height;
    const row = image + iy * width * pixel;
    if (pixel == depth && (dw == 1 || kw == 1)) {
      if (outside) fillEights(dst, zero, kw * depth);
      else if (clipped != 0 && (ix < 0 || ix + kw > width)) gatherRow(dst, row, ix, width, depth, kw, zero);
      else expandEights(dst, row + ix * depth, kw * depth);
      dst += (kw * depth) << 1;
    } else {
      let taps = kw;
      let column = ix;
      do {
        if (outside || (clipped != 0 && <u32>column >= <u32>width)) fillEights(dst, zero, depth);
        else expandEights(dst, row + column * pixel, depth);
        dst += depth << 1;
        column += dw;
      } while (--taps);
    }
    iy += dh;
  } while (--rows);
}
