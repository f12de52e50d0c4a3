// SLIP (RFC 1055): frames in a stream of bytes. ESP ROMs and Nordic's serial DFU use it with END on both sides of a frame.
//
//   C0 payload C0        C0 in the payload → DB DC, DB → DB DD
//
// Invariant: the decoder holds at most `longest` bytes; longer frames and broken escapes are dropped whole.

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

export function slipEncode(payload: Uint8Array): Uint8Array {
  const escapes = payload.reduce((sum, byte) => sum + (byte === END || byte === ESC ? 1 : 0), 0);
  const frame = new Uint8Array(payload.length + escapes + 2);
  let at = 0;
  frame[at++] = END;
  for (const byte of payload) {
    if (byte === END || byte === ESC) {
      frame[at++] = ESC;
      frame[at++] = byte === END ? ESC_END : ESC_ESC;
    } else frame[at++] = byte;
  }
  frame[at] = END;
  return frame;
}

export class SlipDecoder {
  #bytes: number[] = [];
  #inside = false;
  #escaped = false;
  #broken = false;

  constructor(private readonly longest: number) {}

  /** The frame that this byte ends. Bytes outside frames are noise. */
  push(byte: number): Uint8Array | undefined {
    if (byte === END) return this.#end();
    if (!this.#inside || this.#broken) return undefined;
    if (this.#escaped) {
      this.#escaped = false;
      if (byte === ESC_END) this.#bytes.push(END);
      else if (byte === ESC_ESC) this.#bytes.push(ESC);
      else this.#broken = true;
    } else if (byte === ESC) this.#escaped = true;
    else this.#bytes.push(byte);
    if (this.#bytes.length > this.longest) this.#broken = true;
    return undefined;
  }

  /** An END after nothing begins a frame: two frames may share one END, or have two between them. */
  #end(): Uint8Array | undefined {
    const frame = this.#inside && !this.#broken && !this.#escaped && this.#bytes.length > 0;
    const bytes = this.#bytes;
    this.#bytes = [];
    this.#inside = true;
    this.#escaped = this.#broken = false;
    return frame ? Uint8Array.from(bytes) : undefined;
  }
}
