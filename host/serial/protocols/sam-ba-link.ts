// Commands of SAM-BA monitors with Arduino's extension: ASCII, ended by #, numbers in hexadecimal. In: what to do; out: the answer, or
// undefined when none came whole.
//
//   N#  \n\r    V#  text \n\r    I#  chip \n\r (nRF)    wADDR,4#  4 bytes    WADDR,VALUE#  –    SADDR,LEN# bytes…  –    K#  – (reset)
//   XADDR#  X\n\r: erase from there on        YSRC,0#  Y\n\r, YDST,LEN#  Y\n\r: from a RAM buffer into flash        ZADDR,LEN#  ZCRC#\n\r

import type { FlashLink } from "../flash-link.ts";

const shortWait = 500;
const lineEnd = 0x0d;
const longestText = 200;
/** What a monitor may still wait for after a lost byte: the rest of a buffer. */
export const bufferBytes = 4096;
const fillerBytes = 256;

const hex = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, "0");

export class SamBaLink {
  constructor(readonly link: FlashLink) {}

  async #say(command: string): Promise<void> {
    await this.link.send(new TextEncoder().encode(`${command}#`));
  }

  /** Printable text up to \n\r. */
  async #text(milliseconds: number): Promise<string | undefined> {
    const end = this.link.now() + milliseconds;
    const bytes: number[] = [];
    while (bytes.length < longestText) {
      const byte = await this.link.readByte(Math.max(0, end - this.link.now()));
      if (byte === undefined) return undefined;
      if (byte === lineEnd) return String.fromCharCode(...bytes.filter((each) => each >= 0x20 && each < 0x7f));
      bytes.push(byte);
    }
    return undefined;
  }

  async #ask(command: string, milliseconds = shortWait): Promise<string | undefined> {
    await this.#say(command);
    return this.#text(milliseconds);
  }

  /** Binary mode; the monitor answers an empty line. */
  async normal(): Promise<boolean> {
    await this.link.drain(20, 300);
    return (await this.#ask("N")) === "";
  }

  /** The monitor listens for a command: # ends any half of one, and fills what is left of a buffer. */
  async resync(): Promise<boolean> {
    if (await this.normal()) return true;
    for (let filled = 0; filled <= bufferBytes; filled += fillerBytes) {
      await this.link.send(new Uint8Array(fillerBytes).fill(0x23));
      await this.#say("N");
      if ((await this.#text(50)) !== undefined && (await this.normal())) return true;
    }
    return this.normal();
  }

  version(): Promise<string | undefined> {
    return this.#ask("V");
  }

  chipName(): Promise<string | undefined> {
    return this.#ask("I");
  }

  async word(address: number): Promise<number | undefined> {
    await this.#say(`w${hex(address)},4`);
    const bytes = await this.link.read(4, shortWait);
    return bytes && new DataView(bytes.buffer).getUint32(0, true);
  }

  writeWord(address: number, value: number): Promise<void> {
    return this.#say(`W${hex(address)},${hex(value)}`);
  }

  async erase(address: number, milliseconds: number): Promise<boolean> {
    return (await this.#ask(`X${hex(address)}`, milliseconds)) === "X";
  }

  /** Bytes into the buffer, the buffer into flash. The pause keeps command and data in packets of their own (BOSSA, Samba.cpp). */
  async write(buffer: number, address: number, data: Uint8Array, milliseconds: number): Promise<boolean> {
    await this.#say(`S${hex(buffer)},${hex(data.length)}`);
    await this.link.sleep(2);
    await this.link.send(data);
    if ((await this.#ask(`Y${hex(buffer)},0`)) !== "Y") return false;
    return (await this.#ask(`Y${hex(address)},${hex(data.length)}`, milliseconds)) === "Y";
  }

  /** CRC-16 (XMODEM) of what is in flash. */
  async crc(address: number, bytes: number): Promise<number | undefined> {
    const answer = await this.#ask(`Z${hex(address)},${hex(bytes)}`, 2000);
    const [, digits] = /^Z([0-9A-F]{8})#$/i.exec(answer ?? "") ?? [];
    return digits === undefined ? undefined : Number.parseInt(digits, 16);
  }

  reset(): Promise<void> {
    return this.#say("K");
  }
}
