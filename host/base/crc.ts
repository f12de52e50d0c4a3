// CRC-32, twice. As in IEEE 802.3, zip and MCUboot's image tools: reflected, polynomial 0x04C11DB7, start and final XOR of all ones;
// and CRC-32/MPEG-2: the same polynomial from the most significant bit, no final XOR (the RP2040's boot ROM).

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** An unsigned 32-bit number. `previous`: the CRC of the bytes before, to go on. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

export function crc32Mpeg2(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

/** CRC-16 of polynomial 0x1021 from the most significant bit: start 0 is XMODEM (SMP, SAM-BA), 0xffff CCITT-FALSE (Nordic's DFU). */
export function crc16(bytes: Uint8Array | readonly number[], start = 0): number {
  let crc = start;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}
