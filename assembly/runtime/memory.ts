// memory.copy and memory.fill: words while both ends allow it, else bytes. Overlapping copies go from the end that is safe.

export function memory_copy(to: usize, from: usize, n: i32): void {
  if (n <= 0 || to == from) return;
  if (to < from) forward(to, from, n);
  else backward(to, from, n);
}

// @ts-ignore: decorator
@inline
function forward(to: usize, from: usize, n: i32): void {
  if (((to | from) & 3) == 0) {
    for (; n >= 4; n -= 4) {
      store<i32>(to, load<i32>(from));
      to += 4;
      from += 4;
    }
  }
  for (; n > 0; n--) {
    store<u8>(to, <i32>load<u8>(from));
    to++;
    from++;
  }
}

// @ts-ignore: decorator
@inline
function backward(to: usize, from: usize, n: i32): void {
  to += n;
  from += n;
  if (((to | from) & 3) == 0) {
    for (; n >= 4; n -= 4) {
      to -= 4;
      from -= 4;
      store<i32>(to, load<i32>(from));
    }
  }
  for (; n > 0; n--) {
    to--;
    from--;
    store<u8>(to, <i32>load<u8>(from));
  }
}

export function memory_fill(to: usize, value: i32, n: i32): void {
  if ((to & 3) == 0) {
    const word = (value & 0xff) * 0x01010101;
    for (; n >= 4; n -= 4) {
      store<i32>(to, word);
      to += 4;
    }
  }
  for (; n > 0; n--) {
    store<u8>(to, value);
    to++;
  }
}
