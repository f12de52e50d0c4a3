// RESIZE_BILINEAR of one image. rows, columns: one record of 12 bytes each per output row and column,
//
//   +0 i32 bytes to the nearer neighbour   +4 i32 bytes to the further one   +8 weight of the further one (1/1024; f32)
//
// Sums have 20 fraction bits: int8 fits 32 bits (weights are 0 to 1, so |sum| ≤ 2^27), int16 needs 64.

/** sum / 2^20 to nearest, halves away from zero. */
// @ts-ignore: decorator
@inline
function round_20(sum: i32): i32 {
  return (sum + (1 << 19) + (sum >> 31)) >> 20;
}

export function resize_bilinear_s8(
  output: usize, input: usize, rows: usize, height: i32, columns: usize, width: i32, channels: i32,
): void {
  do {
    const upper = input + load<i32>(rows);
    const lower = input + load<i32>(rows, 4);
    const y = load<i32>(rows, 8);
    let column = columns;
    let n = width;
    do {
      let a = upper + load<i32>(column);
      let b = upper + load<i32>(column, 4);
      let c = lower + load<i32>(column);
      let d = lower + load<i32>(column, 4);
      const x = load<i32>(column, 8);
      const wa = (1024 - y) * (1024 - x);
      const wb = (1024 - y) * x;
      const wc = y * (1024 - x);
      const wd = y * x;
      let k = channels;
      do {
        const upperSum = <i32>load<i8>(a) * wa + <i32>load<i8>(b) * wb;
        store<u8>(output, round_20(upperSum + <i32>load<i8>(c) * wc + <i32>load<i8>(d) * wd));
        a += 1;
        b += 1;
        c += 1;
        d += 1;
        output += 1;
      } while (--k);
      column += 12;
    } while (--n);
    rows += 12;
  } while (--height);
}

export function resize_bilinear_s16(
  output: usize, input: usize, rows: usize, height: i32, columns: usize, width: i32, channels: i32,
): void {
  do {
    const upper = input + load<i32>(rows);
    const lower = input + load<i32>(rows, 4);
    const y = load<i32>(rows, 8);
    let column = columns;
    let n = width;
    do {
      let a = upper + load<i32>(column);
      let b = upper + load<i32>(column, 4);
      let c = lower + load<i32>(column);
      let d = lower + load<i32>(column, 4);
      const x = load<i32>(column, 8);
      const wa = (1024 - y) * (1024 - x);
      const wb = (1024 - y) * x;
      const wc = y * (1024 - x);
      const wd = y * x;
      let k = channels;
      do {
        const upperSum = <i64>load<i16>(a) * <i64>wa + <i64>load<i16>(b) * <i64>wb;
        const sum = upperSum + <i64>load<i16>(c) * <i64>wc + <i64>load<i16>(d) * <i64>wd;
        store<u16>(output, <i32>((sum + (1 << 19) + (sum >> 63)) >> 20));
        a += 2;
        b += 2;
        c += 2;
        d += 2;
        output += 2;
      } while (--k);
      column += 12;
    } while (--n);
    rows += 12;
  } while (--height);
}

export function resize_bilinear_f32(
  output: usize, input: usize, rows: usize, height: i32, columns: usize, width: i32, channels: i32,
): void {
  do {
    const upper = input + load<i32>(rows);
    const lower = input + load<i32>(rows, 4);
    const y = load<f32>(rows, 8);
    const above: f32 = <f32>1 - y;
    let column = columns;
    let n = width;
    do {
      let a = upper + load<i32>(column);
      let b = upper + load<i32>(column, 4);
      let c = lower + load<i32>(column);
      let d = lower + load<i32>(column, 4);
      const x = load<f32>(column, 8);
      const left: f32 = <f32>1 - x;
      let k = channels;
      do {
        const upperSum: f32 = load<f32>(a) * above * left + load<f32>(c) * y * left;
        store<f32>(output, upperSum + load<f32>(b) * above * x + load<f32>(d) * y * x);
        a += 4;
        b += 4;
        c += 4;
        d += 4;
        output += 4;
      } while (--k);
      column += 12;
    } while (--n);
    rows += 12;
  } while (--height);
}
