// Index of the first greatest (most = 1) or least value along the middle one of three dimensions, outer · size · inner; the
// index is written `bytes` wide, 4 or 8.

// @ts-ignore: decorator
@inline
function arg<T, V>(most: i32, out: usize, x: usize, outer: i32, size: i32, inner: i32, bytes: i32): void {
  const step = inner * sizeof<T>();
  for (; outer > 0; outer--) {
    for (let j = 0; j < inner; j++) {
      let from = x + j * sizeof<T>();
      let best = <V>load<T>(from);
      let index = 0;
      for (let i = 1; i < size; i++) {
        from += step;
        const value = <V>load<T>(from);
        if (most ? value > best : value < best) {
          best = value;
          index = i;
        }
      }
      store<i32>(out, index);
      if (bytes == 8) store<i32>(out, 0, 4);
      out += bytes;
    }
    x += size * step;
  }
}

export function arg_extremum_s8(most: i32, out: usize, x: usize, outer: i32, size: i32, inner: i32, bytes: i32): void {
  arg<i8, i32>(most, out, x, outer, size, inner, bytes);
}

export function arg_extremum_s16(most: i32, out: usize, x: usize, outer: i32, size: i32, inner: i32, bytes: i32): void {
  arg<i16, i32>(most, out, x, outer, size, inner, bytes);
}

export function arg_extremum_s32(most: i32, out: usize, x: usize, outer: i32, size: i32, inner: i32, bytes: i32): void {
  arg<i32, i32>(most, out, x, outer, size, inner, bytes);
}

export function arg_extremum_f32(most: i32, out: usize, x: usize, outer: i32, size: i32, inner: i32, bytes: i32): void {
  arg<f32, f32>(most, out, x, outer, size, inner, bytes);
}
