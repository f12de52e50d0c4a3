// The k greatest values of each row of `depth`, in falling order, and their indices; of equal values the lower index first.
// Selection without memory: each round finds the best value after the one found last, in the order (value falling, index
// rising). k is small where this operator occurs.

// @ts-ignore: decorator
@inline
function topk<T, V>(values: usize, indices: usize, x: usize, rows: i32, depth: i32, k: i32): void {
  for (; rows > 0; rows--) {
    let last = <V>0;
    let lastIndex = -1;
    for (let place = 0; place < k; place++) {
      let best = <V>0;
      let bestIndex = -1;
      for (let i = 0; i < depth; i++) {
        const value = <V>load<T>(x + i * sizeof<T>());
        if (place > 0 && (value > last || (value == last && i <= lastIndex))) continue;
        if (bestIndex >= 0 && value <= best) continue;
        best = value;
        bestIndex = i;
      }
      store<T>(values, <T>best);
      store<i32>(indices, bestIndex);
      last = best;
      lastIndex = bestIndex;
      values += sizeof<T>();
      indices += 4;
    }
    x += depth * sizeof<T>();
  }
}

export function topk_s8(values: usize, indices: usize, x: usize, rows: i32, depth: i32, k: i32): void {
  topk<i8, i32>(values, indices, x, rows, depth, k);
}

export function topk_s16(values: usize, indices: usize, x: usize, rows: i32, depth: i32, k: i32): void {
  topk<i16, i32>(values, indices, x, rows, depth, k);
}

export function topk_s32(values: usize, indices: usize, x: usize, rows: i32, depth: i32, k: i32): void {
  topk<i32, i32>(values, indices, x, rows, depth, k);
}

export function topk_f32(values: usize, indices: usize, x: usize, rows: i32, depth: i32, k: i32): void {
  topk<f32, f32>(values, indices, x, rows, depth, k);
}
