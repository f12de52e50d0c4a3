// The frames of ST's USART boot loader (AN3155): single bytes ACK 79 and NACK 1F, commands as code and complement, addresses with
// their XOR. In: what to do; out: how the chip answered. No retries here: after a fault the caller lets `resync` find a common beginning.
//
//   command   code, code ^ FF                  ─► ACK
//   address   b3 b2 b1 b0, b3^b2^b1^b0         ─► ACK          (big-endian)
//   WRITE     31, address, N−1, N bytes, XOR   ─► ACK after programming
//   READ      11, address, N−1, (N−1) ^ FF     ─► ACK, N bytes
//   ERASE 44  count−1, sectors (u16 BE), XOR   ─► ACK after erasing; 43: the same in single bytes

import type { FlashLink } from "../flash-link.ts";

const ACK = 0x79;
const NACK = 0x1f;
const INIT = 0x7f;

const GET = 0x00;
const GET_VERSION = 0x01;
const GET_ID = 0x02;
const READ = 0x11;
const GO = 0x21;
const WRITE = 0x31;
export const ERASE = 0x43;
export const EXTENDED_ERASE = 0x44;

export type Stm32Answer = "ack" | "nack" | "silence";

/** An answer takes the line's turnaround and what the ROM thinks; a bridge may hold it 16 ms, a busy host more. */
const shortWait = 250;
/** A page of 256 bytes is programmed in about 5 ms (DS 9716, word programming 16 µs); slower parts exist. */
const writeWait = 1000;

const xor = (bytes: Uint8Array, start = 0): number => bytes.reduce((sum, byte) => sum ^ byte, start);

export class Stm32Link {
  /** How the last exchange ended: what a message can say. */
  last: Stm32Answer = "silence";

  constructor(readonly link: FlashLink) {}

  /** The next ACK or NACK; other bytes are noise. */
  async answer(milliseconds = shortWait): Promise<Stm32Answer> {
    const end = this.link.now() + milliseconds;
    for (let wait = milliseconds; ; wait = Math.max(0, end - this.link.now())) {
      const byte = await this.link.readByte(wait);
      if (byte === undefined) return (this.last = "silence");
      if (byte === ACK) return (this.last = "ack");
      if (byte === NACK) return (this.last = "nack");
    }
  }

  /** The ROM listens for a command: freshly started (7F → ACK), or because what it was fed is no command (NACK). */
  async resync(): Promise<boolean> {
    for (let attempt = 0; attempt < 3; attempt++) if (await this.#knock()) return true;
    // It may be waiting for the rest of a page: 257 bytes at most. Zeros after an odd start fail its checksum.
    for (let filled = 0; filled < 320; filled += 32) {
      await this.link.send(new Uint8Array(32));
      if ((await this.answer(50)) === "silence") continue;
      for (let attempt = 0; attempt < 3; attempt++) if (await this.#knock()) return true;
    }
    return false;
  }

  async #knock(): Promise<boolean> {
    await this.link.drain(20, 200);
    await this.link.send([INIT]);
    return (await this.answer()) !== "silence";
  }

  /** The very first byte: the ROM measures its length to find the baud. */
  async start(): Promise<boolean> {
    await this.link.send([INIT]);
    return (await this.answer()) !== "silence";
  }

  async #command(code: number): Promise<boolean> {
    await this.link.send([code, code ^ 0xff]);
    return (await this.answer()) === "ack";
  }

  async #address(address: number): Promise<boolean> {
    const bytes = Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address, 0);
    bytes[4] = xor(bytes);
    await this.link.send(bytes);
    return (await this.answer()) === "ack";
  }

  /** Version of the boot loader; two option bytes follow it. */
  async version(): Promise<number | undefined> {
    if (!(await this.#command(GET_VERSION))) return undefined;
    const bytes = await this.link.read(3, shortWait);
    return bytes && (await this.answer()) === "ack" ? bytes[0] : undefined;
  }

  /** Which commands there are. */
  async commands(): Promise<ReadonlySet<number> | undefined> {
    const bytes = await this.#counted(GET);
    return bytes && new Set(bytes.subarray(1));
  }

  async productId(): Promise<number | undefined> {
    const bytes = await this.#counted(GET_ID);
    return bytes?.length === 2 ? bytes[0]! * 256 + bytes[1]! : undefined;
  }

  async #counted(code: number): Promise<Uint8Array | undefined> {
    if (!(await this.#command(code))) return undefined;
    const count = await this.link.readByte(shortWait);
    if (count === undefined) return undefined;
    const bytes = await this.link.read(count + 1, shortWait);
    return bytes && (await this.answer()) === "ack" ? bytes : undefined;
  }

  async read(address: number, count: number): Promise<Uint8Array | undefined> {
    if (!(await this.#command(READ)) || !(await this.#address(address))) return undefined;
    await this.link.send([count - 1, (count - 1) ^ 0xff]);
    if ((await this.answer()) !== "ack") return undefined;
    const bytes = await this.link.read(count, shortWait);
    if (!bytes) this.last = "silence";
    return bytes;
  }

  /** 1 to 256 bytes, words. */
  async write(address: number, data: Uint8Array): Promise<boolean> {
    if (!(await this.#command(WRITE)) || !(await this.#address(address))) return false;
    const frame = new Uint8Array(data.length + 2);
    frame[0] = data.length - 1;
    frame.set(data, 1);
    frame[data.length + 1] = xor(data, data.length - 1);
    await this.link.send(frame);
    return (await this.answer(writeWait)) === "ack";
  }

  /** One sector, whose time depends on its size. */
  async erase(code: number, sector: number, milliseconds: number): Promise<boolean> {
    if (!(await this.#command(code))) return false;
    const list = code === EXTENDED_ERASE ? Uint8Array.of(0, 0, sector >> 8, sector, 0) : Uint8Array.of(0, sector, 0);
    list[list.length - 1] = xor(list);
    await this.link.send(list);
    return (await this.answer(milliseconds)) === "ack";
  }

  async go(address: number): Promise<boolean> {
    return (await this.#command(GO)) && (await this.#address(address));
  }
}
