// Data movement (host/graph/movement.ts): nested loops around a contiguous run of `count` units of `unit` (1, 2, 4) bytes.
//
//   copy_strided_K   K loops, each (n, bytes from step to step in dst, in src), outermost first
//   copy_mapped_K    K loops, each (n, table of n pairs of i32: byte offset in dst, byte offset in src)
//
// unit, count and n are constants after specialisation, so each call becomes one nest without a test inside; all n ≥ 1.
// dst and src must not overlap.

// @ts-ignore: decorator
@inline
function move_unit(dst: usize, src: usize, unit: i32, k: i32): void {
  if (unit == 4) store<u32>(dst + (k << 2), load<u32>(src + (k << 2)));
  else if (unit == 2) store<u16>(dst + (k << 1), <u32>load<u16>(src + (k << 1)));
  else store<u8>(dst + k, <u32>load<u8>(src + k));
}

// @ts-ignore: decorator
@inline
function move_run(dst: usize, src: usize, unit: i32, count: i32): void {
  if (count < 8) {
    // short rows (the channels of a pixel) unrolled whole
    move_unit(dst, src, unit, 0);
    if (count > 1) move_unit(dst, src, unit, 1);
    if (count > 2) move_unit(dst, src, unit, 2);
    if (count > 3) move_unit(dst, src, unit, 3);
    if (count > 4) move_unit(dst, src, unit, 4);
    if (count > 5) move_unit(dst, src, unit, 5);
    if (count > 6) move_unit(dst, src, unit, 6);
    return;
  }
  let blocks = count >> 2;
  do {
    move_unit(dst, src, unit, 0);
    move_unit(dst, src, unit, 1);
    move_unit(dst, src, unit, 2);
    move_unit(dst, src, unit, 3);
    dst += unit << 2;
    src += unit << 2;
  } while (--blocks);
  if (count & 2) {
    move_unit(dst, src, unit, 0);
    move_unit(dst, src, unit, 1);
  }
  if (count & 1) move_unit(dst, src, unit, count & 2);
}

// @ts-ignore: decorator
@inline
export function copy_strided_1(dst: usize, src: usize, unit: i32, count: i32, n0: i32, d0: i32, s0: i32): void {
  do {
    move_run(dst, src, unit, count);
    dst += d0;
    src += s0;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_strided_2(
  dst: usize, src: usize, unit: i32, count: i32,
  n0: i32, d0: i32, s0: i32, n1: i32, d1: i32, s1: i32,
): void {
  do {
    copy_strided_1(dst, src, unit, count, n1, d1, s1);
    dst += d0;
    src += s0;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_strided_3(
  dst: usize, src: usize, unit: i32, count: i32,
  n0: i32, d0: i32, s0: i32, n1: i32, d1: i32, s1: i32, n2: i32, d2: i32, s2: i32,
): void {
  do {
    copy_strided_2(dst, src, unit, count, n1, d1, s1, n2, d2, s2);
    dst += d0;
    src += s0;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_strided_4(
  dst: usize, src: usize, unit: i32, count: i32,
  n0: i32, d0: i32, s0: i32, n1: i32, d1: i32, s1: i32, n2: i32, d2: i32, s2: i32, n3: i32, d3: i32, s3: i32,
): void {
  do {
    copy_strided_3(dst, src, unit, count, n1, d1, s1, n2, d2, s2, n3, d3, s3);
    dst += d0;
    src += s0;
  } while (--n0);
}

export function copy_strided_5(
  dst: usize, src: usize, unit: i32, count: i32,
  n0: i32, d0: i32, s0: i32, n1: i32, d1: i32, s1: i32, n2: i32, d2: i32, s2: i32, n3: i32, d3: i32, s3: i32,
  n4: i32, d4: i32, s4: i32,
): void {
  do {
    copy_strided_4(dst, src, unit, count, n1, d1, s1, n2, d2, s2, n3, d3, s3, n4, d4, s4);
    dst += d0;
    src += s0;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_mapped_1(dst: usize, src: usize, unit: i32, count: i32, n0: i32, t0: usize): void {
  do {
    move_run(dst + load<i32>(t0), src + load<i32>(t0, 4), unit, count);
    t0 += 8;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_mapped_2(
  dst: usize, src: usize, unit: i32, count: i32, n0: i32, t0: usize, n1: i32, t1: usize,
): void {
  do {
    copy_mapped_1(dst + load<i32>(t0), src + load<i32>(t0, 4), unit, count, n1, t1);
    t0 += 8;
  } while (--n0);
}

// @ts-ignore: decorator
@inline
export function copy_mapped_3(
  dst: usize, src: usize, unit: i32, count: i32, n0: i32, t0: usize, n1: i32, t1: usize, n2: i32, t2: usize,
): void {
  do {
    copy_mapped_2(dst + load<i32>(t0), src + load<i32>(t0, 4), unit, count, n1, t1, n2, t2);
    t0 += 8;
  } while (--n0);
}

export function copy_mapped_4(
  dst: usize, src: usize, unit: i32, count: i32,
  n0: i32, t0: usize, n1: i32, t1: usize, n2: i32, t2: usize, n3: i32, t3: usize,
): void {
  do {
    copy_mapped_3(dst + load<i32>(t0), src + load<i32>(t0, 4), unit, count, n1, t1, n2, t2, n3, t3);
    t0 += 8;
  } while (--n0);
}
