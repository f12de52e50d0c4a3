// What a UART makes of bytes that were sent at another baud: the line's levels at the sender's bit times, sampled 16 times a bit by the
// reader, from a falling edge, in the middle of bits (8N1). A stop bit that is low is a framing error: the byte counts, and the next start
// is looked for when the line is high again.

export function misread(bytes: Uint8Array, sentBaud: number, readBaud: number): Uint8Array {
  const level = (seconds: number): number => {
    const bit = Math.floor(seconds * sentBaud);
    const byte = bytes[Math.floor(bit / 10)];
    const place = bit % 10;
    return byte === undefined || place === 9 ? 1 : place === 0 ? 0 : (byte >> (place - 1)) & 1;
  };
  const step = 1 / (16 * readBaud);
  const samples = Math.floor((10 * bytes.length) / sentBaud / step);
  const read: number[] = [];
  for (let at = 0; at < samples; ) {
    if (level(at * step) === 1 || level((at + 8) * step) === 1) {
      at++;
      continue;
    }
    let value = 0;
    for (let bit = 0; bit < 8; bit++) value |= level((at + 8 + 16 * (bit + 1)) * step) << bit;
    read.push(value);
    at += 16 * 9 + 8;
    while (at < samples && level(at * step) === 0) at++;
  }
  return Uint8Array.from(read);
}
