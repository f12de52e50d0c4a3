// GDB remote serial protocol, framing (gdb manual, "Overview" of the Remote Protocol): bytes ⇄ packets.
//
//   $ data # c c        c c: sum of data modulo 256, two hex digits       + acknowledges, − asks again; 0x03 alone interrupts
//   in data:  } x  is the byte x XOR 0x20 (binary data)
//
// What comes from the other side may be anything: packets are bounded, a wrong sum is answered with −, the rest is dropped.

export const packetBytes = 0x4000;

export type Incoming =
  | { readonly kind: "packet"; readonly text: string }
  | { readonly kind: "interrupt" }
  /** Our last packet did not arrive. */
  | { readonly kind: "again" }
  /** A packet with a wrong sum, or too long. */
  | { readonly kind: "bad" };

const code = { interrupt: 3, hash: 35, dollar: 36, minus: 45, brace: 125 } as const;

/** One character a byte, so that binary data and text are handled alike. */
export class PacketReader {
  #inside = false;
  #bytes: number[] = [];
  #sum: number[] | undefined;

  *read(bytes: Uint8Array): Generator<Incoming> {
    for (const byte of bytes) {
      if (this.#sum) yield* this.#checksum(byte);
      else if (!this.#inside) yield* this.#between(byte);
      else if (byte === code.hash) this.#sum = [];
      else if (byte === code.dollar) this.#bytes = [];
      else if (this.#bytes.length <= packetBytes) this.#bytes.push(byte);
    }
  }

  *#between(byte: number): Generator<Incoming> {
    if (byte === code.dollar) {
      this.#inside = true;
      this.#bytes = [];
    } else if (byte === code.interrupt) yield { kind: "interrupt" };
    else if (byte === code.minus) yield { kind: "again" };
  }

  *#checksum(byte: number): Generator<Incoming> {
    const digits = this.#sum!;
    digits.push(byte);
    if (digits.length < 2) return;
    const bytes = this.#bytes;
    this.#inside = false;
    this.#sum = undefined;
    this.#bytes = [];
    const sum = bytes.reduce((total, value) => (total + value) & 0xff, 0);
    const wanted = Number.parseInt(String.fromCharCode(...digits), 16);
    if (sum !== wanted || bytes.length > packetBytes) yield { kind: "bad" };
    else yield { kind: "packet", text: unescaped(bytes) };
  }
}

function unescaped(bytes: readonly number[]): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++)
    text += String.fromCharCode(bytes[i] === code.brace ? (bytes[++i] ?? 0) ^ 0x20 : bytes[i]!);
  return text;
}

/** `$data#cc` with what must be escaped escaped. */
export function packet(text: string): Uint8Array {
  const body: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i) & 0xff;
    // # $ } and * (which would start a run length)
    if (byte === 35 || byte === 36 || byte === 125 || byte === 42) body.push(125, byte ^ 0x20);
    else body.push(byte);
  }
  const sum = body.reduce((total, byte) => (total + byte) & 0xff, 0);
  const digits = sum.toString(16).padStart(2, "0");
  return Uint8Array.from([36, ...body, 35, digits.charCodeAt(0), digits.charCodeAt(1)]);
}

export const hexOf = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => (byte & 0xff).toString(16).padStart(2, "0")).join("");

/** Undefined unless it is pairs of hex digits. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export const bytesOfText = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff);

export function hexNumber(text: string): number | undefined {
  return /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
}
