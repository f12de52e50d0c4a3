// Where the instructions of each function start: a walk over the code section that skips immediates (WebAssembly core 2.0,
// 5.4, without SIMD and reference types). `end` and `else` are not counted: they are no instructions of their own.

export interface FunctionCode {
  /** Index among the module's own functions. */
  readonly index: number;
  readonly offsets: readonly number[];
}

export function functionCode(bytes: Uint8Array): FunctionCode[] {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const skip = (opcode: number) => {
    if (opcode === 0x0e) for (let count = leb() + 1; count > 0; count--) leb();
    else if (opcode >= 0x02 && opcode <= 0x04) leb();
    else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10 || (opcode >= 0x20 && opcode <= 0x24)) leb();
    else if (opcode >= 0x28 && opcode <= 0x3e) [leb(), leb()];
    else if (opcode >= 0x3f && opcode <= 0x42) leb();
    else if (opcode === 0x43) at += 4;
    else if (opcode === 0xfc) leb();
    else if (opcode >= 0xfd || opcode === 0x44) throw new Error(`unexpected opcode ${opcode}`);
  };
  while (bytes[at] !== 10) {
    at++;
    const size = leb();
    at += size;
  }
  at++;
  leb();
  return Array.from({ length: leb() }, (_, index) => {
    const size = leb();
    const end = at + size;
    for (let groups = leb(); groups > 0; groups--) [leb(), at++];
    const offsets: number[] = [];
    while (at < end) {
      const start = at;
      const opcode = bytes[at++]!;
      if (opcode !== 0x0b && opcode !== 0x05) offsets.push(start);
      skip(opcode);
    }
    return { index, offsets };
  });
}
