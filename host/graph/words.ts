// Numbers → little-endian bytes, for the constants that lower() hands to kernels. `Words` appends values of mixed widths.

export class Words {
  readonly #bytes: number[] = [];

  int8(...values: readonly number[]): this {
    return this.row(values);
  }

  /** Bytes, as many as a weight row has (too many for arguments), and zeros up to a multiple of `align`. */
  row(values: readonly number[], align = 1): this {
    for (const value of values) this.#bytes.push(value & 255);
    for (let i = values.length; i % align !== 0; i++) this.#bytes.push(0);
    return this;
  }

  int16(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 255, (value >> 8) & 255);
    return this;
  }

  int32(...values: readonly number[]): this {
    for (const value of values) this.int16(value, value >> 16);
    return this;
  }

  int64(...values: readonly number[]): this {
    for (const value of values) this.int32(Number(BigInt.asIntN(32, BigInt(value))), Number(BigInt(value) >> 32n));
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

export function bytesOfInt32(values: readonly number[]): Uint8Array {
  return littleEndian(values, (view, at, value) => view.setInt32(at, value, true));
}

export function bytesOfFloat32(values: readonly number[]): Uint8Array {
  return littleEndian(values, (view, at, value) => view.setFloat32(at, value, true));
}

function littleEndian(values: readonly number[], set: (view: DataView, at: number, value: number) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    set(view, i * 4, value);
  });
  return new Uint8Array(view.buffer);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
