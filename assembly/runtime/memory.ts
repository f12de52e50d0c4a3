// memory.copy and memory.fill: words while both ends allow it, else bytes. Overlapping copies go from the end that is safe.
// And accesses of any alignment for cores that fault on them (ARMv6-M): one access where the address allows it, else bytes.

export function load16_any(p: usize): i32 {
  if ((p & 1) == 0) return <i32>load<u16>(p);
  return <i32>load<u8>(p) | (<i32>load<u8>(p, 1) << 8);
}

export function load32_any(p: usize): i32 {
  if ((p & 3) == 0) return load<i32>(p);
  return <i32>load<u8>(p) | (<i32>load<u8>(p, 1) << 8) | (<i32>load<u8>(p, 2) << 16) | (<i32>load<u8>(p, 3) << 24);
}

export function store16_any(p: usize, value: i32): void {
  if ((p & 1) == 0) {
    store<u16>(p, value);
    return;
  }
  store<u8>(p, value);
  store<u8>(p, value >> 8, 1);
}

export function store32_any(p: usize, value: i32): void {
  if ((p & 3) == 0) {
    store<i32>(p, value);
    return;
  }
  store<u8>(p, value);
  store<u8>(p, value >> 8, 1);
  store<u8>(p, value >> 16, 2);
  store<u8>(p, value >> 24, 3);
}

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
