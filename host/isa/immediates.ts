// Constants that instructions hold in compressed form (DDI 0403E A5.3.2, A6.4.1).
//
//   i:imm3:imm8  0000 abcdefgh  00000000 00000000 00000000 abcdefgh
//                0001 abcdefgh  00000000 abcdefgh 00000000 abcdefgh
//                0010 abcdefgh  abcdefgh 00000000 abcdefgh 00000000
//                0011 abcdefgh  abcdefgh abcdefgh abcdefgh abcdefgh
//                rrrr rbcdefgh  1bcdefgh rotated right by rrrrr

export const widthMask = (bits: number): number => (bits === 32 ? -1 : 2 ** bits - 1);

/** ThumbExpandImm_C: `carry` is 2 when the constant leaves C alone. */
export function expandConstant(bits: number): { value: number; carry: 0 | 1 | 2 } {
  const byte = bits & 0xff;
  if (bits < 0x400) {
    const value = [byte, byte * 0x00010001, byte * 0x01000100, byte * 0x01010101][bits >> 8] as number;
    return { value: value | 0, carry: 2 };
  }
  const value = ((byte & 0x7f) | 0x80) >>> 0;
  const rotation = bits >> 7;
  const rotated = (value >>> rotation) | (value << (32 - rotation));
  return { value: rotated | 0, carry: rotated < 0 ? 1 : 0 };
}

/** The i:imm3:imm8 that expands to a value, if any. */
export function compressConstant(value: number): number | undefined {
  const byte = value & 0xff;
  for (const [pattern, code] of [
    [1, 0],
    [0x00010001, 0x100],
    [0x01010101, 0x300],
  ] as const) {
    if (((byte * pattern) | 0) === (value | 0)) return code | byte;
  }
  const high = (value >>> 8) & 0xff;
  if (((high * 0x01000100) | 0) === (value | 0)) return 0x200 | high;
  const lead = Math.clz32(value);
  const rotation = lead + 8;
  const top = (value << lead) >>> 24;
  if (rotation > 31 || ((top << (32 - rotation)) | 0) !== (value | 0)) return undefined;
  return (rotation << 7) | (top & 0x7f);
}

/** VFPExpandImm (DDI 0403E A6.4.1): aBbbbbbc defgh000 … as the upper bits of a single or double. */
export const expandFloat =
  (exponentBits: number) =>
  (i: number): number => {
    const run = i & 0x40 ? widthMask(exponentBits - 3) : 0;
    const exponent = (((i & 0x40) ^ 0x40) << (exponentBits - 7)) | (run << 2) | ((i >> 4) & 3);
    return ((i & 0x80) << 24) | (exponent << (31 - exponentBits)) | ((i & 15) << (27 - exponentBits));
  };
