// The little CBOR (RFC 8949) that management requests need: reading a map of text keys, in place; writing maps of texts and numbers.
// Requests are untrusted: every read is bounded by `end`, nesting is skipped with a counter and not by recursion.

/** Place of an item's payload and its value, of the item read last. */
export let major: u32 = 0;
export let value: u32 = 0;
/** Indefinite length. */
export let open: bool = false;

/** Reads one head; returns the address behind it, 0: truncated or not supported (64-bit lengths). */
export function head(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const first = <u32>load<u8>(at++);
  major = first >> 5;
  const info = first & 31;
  open = info == 31;
  if (info < 24 || open) {
    value = open ? 0 : info;
    return at;
  }
  const bytes: usize = info == 24 ? 1 : info == 25 ? 2 : info == 26 ? 4 : 0;
  if (!bytes || end - at < bytes) return 0;
  value = 0;
  for (let i: usize = 0; i < bytes; i++) value = (value << 8) | <u32>load<u8>(at + i);
  return at + bytes;
}

/** Items left in each container that is open while one item is skipped; OPEN: until a break. */
@external("ram", "cbor_levels 32") declare const levels: usize;
const LEVELS: u32 = 8;
const OPEN: u32 = 0xffff_ffff;

/** The address behind one whole item, 0: malformed or nested deeper than 8. */
export function skip(at: usize, end: usize): usize {
  let depth: u32 = 0;
  while (at) {
    at = head(at, end);
    if (!at) return 0;
    let count: u32 = 0;
    if (major == 7 && open) {
      if (!depth || load<u32>(levels + ((depth - 1) << 2)) != OPEN) return 0;
      depth--;
    } else if (major == 6) continue; // a tag: its item follows
    else if (major == 4 || major == 5 || open) {
      if (value > 4096) return 0;
      count = open ? OPEN : value << (major == 5 ? 1 : 0);
    } else if (major == 2 || major == 3) {
      if (end - at < value) return 0;
      at += value;
    }
    if (count) {
      if (depth == LEVELS) return 0;
      store<u32>(levels + (depth++ << 2), count);
      continue;
    }
    if (!depth) return at;
    depth = climb(depth);
    if (!depth) return at;
  }
  return 0;
}

/** An item inside `depth` containers has ended: how many of them are still open. */
function climb(depth: u32): u32 {
  for (; depth; depth--) {
    const top = levels + ((depth - 1) << 2);
    const left = load<u32>(top);
    if (left == OPEN) return depth;
    store<u32>(top, left - 1);
    if (left > 1) return depth;
  }
  return 0;
}

/** Finds the text key `key` (ends in zero) in the map at `at`; returns its value's address, 0: not there. */
export function find(at: usize, end: usize, key: usize): usize {
  at = head(at, end);
  if (!at || major != 5) return 0;
  const unknown = open;
  for (let left = value; unknown || left; left--) {
    at = head(at, end);
    if (!at || major != 3 || open || end - at < value) return 0;
    const length: usize = value;
    let same = <u32>load<u8>(key + length) == 0;
    for (let i: usize = 0; same && i < length; i++) same = <u32>load<u8>(key + i) == <u32>load<u8>(at + i);
    at += length;
    if (same) return at;
    at = skip(at, end);
    if (!at) return 0;
  }
  return 0;
}

// ---- writing: each returns the address behind what it wrote

function writeHead(at: usize, kind: u32, size: u32): usize {
  if (size < 24) {
    store<u8>(at, (kind << 5) | size);
    return at + 1;
  }
  const bytes: u32 = size < 0x100 ? 1 : size < 0x10000 ? 2 : 4;
  store<u8>(at++, (kind << 5) | (bytes == 1 ? 24 : bytes == 2 ? 25 : 26));
  for (let i = bytes; i--; ) store<u8>(at++, size >> (i << 3));
  return at;
}

export function writeMap(at: usize, pairs: u32): usize {
  return writeHead(at, 5, pairs);
}

/** A text that ends in zero. */
export function writeText(at: usize, from: usize): usize {
  let length: u32 = 0;
  while (<u32>load<u8>(from + length)) length++;
  at = writeHead(at, 3, length);
  memory.copy(at, from, length);
  return at + length;
}

export function writeNumber(at: usize, number: u32): usize {
  return writeHead(at, 0, number);
}
