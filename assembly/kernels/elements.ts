// Elements of a type that is an argument: constant after specialisation, so one access remains of each function. The codes are
// those of host/graph/ops/element-codes.ts.

export const S8 = 0, U8 = 1, S16 = 2, U16 = 3, S32 = 4, U32 = 5, F32 = 6, S64 = 7, BOOL = 8;

// @ts-ignore: decorator
@inline
export function element_size(type: i32): i32 {
  if (type == S8 || type == U8 || type == BOOL) return 1;
  if (type == S16 || type == U16) return 2;
  return type == S64 ? 8 : 4;
}

/** An integer of at most 32 bits, or the low word of 64. */
// @ts-ignore: decorator
@inline
export function load_integer(p: usize, type: i32): i32 {
  if (type == S8) return <i32>load<i8>(p);
  if (type == U8 || type == BOOL) return <i32>load<u8>(p);
  if (type == S16) return <i32>load<i16>(p);
  if (type == U16) return <i32>load<u16>(p);
  return load<i32>(p);
}

/** Wraps to the type's width; 64 bits are sign-extended. */
// @ts-ignore: decorator
@inline
export function store_integer(p: usize, type: i32, value: i32): void {
  const size = element_size(type);
  if (size == 1) store<u8>(p, value);
  else if (size == 2) store<u16>(p, value);
  else store<i32>(p, value);
  if (size == 8) store<i32>(p, value >> 31, 4);
}
