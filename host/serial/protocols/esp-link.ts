// Requests and responses of the ESP boot ROM (Espressif, "Serial Protocol"), in SLIP frames. In: a command and its data; out: the value
// and data of the response, or how it failed. One request is under way at a time.
//
//   request    00 cmd size:u16 checksum:u32 data…          response   01 cmd size:u16 value:u32 data… status:4
//   *_DATA     data = length:u32 sequence:u32 0 0 bytes; checksum = EF ^ every byte of `bytes`
//
// Of the four status bytes two count: failed, reason. All numbers are little-endian.

import type { FlashLink } from "../flash-link.ts";
import { slipEncode } from "../slip.ts";

export const espCommands = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  sync: 0x08,
  readRegister: 0x0a,
  spiSetParameters: 0x0b,
  spiAttach: 0x0d,
  changeBaud: 0x0f,
  deflateBegin: 0x10,
  deflateData: 0x11,
  deflateEnd: 0x12,
  flashMd5: 0x13,
  securityInfo: 0x14,
} as const;

const reasons: Readonly<Record<number, string>> = {
  5: "the message is invalid",
  6: "it could not do it",
  7: "the checksum is wrong",
  8: "writing the flash failed",
  9: "reading the flash failed",
  10: "the length is wrong",
  11: "inflating failed",
};

export type EspAnswer =
  | { readonly kind: "done"; readonly value: number; readonly data: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "silence" };

export const words = (...values: readonly number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value >>> 0, true);
  return bytes;
};

const checksum = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0xef);

/** A response is short: the longest, an MD5, has 44 bytes. */
const longestResponse = 512;
const headerBytes = 8;
const statusBytes = 4;

export class EspLink {
  constructor(readonly link: FlashLink) {}

  async request(command: number, data: Uint8Array, milliseconds = 3000, check = 0): Promise<EspAnswer> {
    const frame = new Uint8Array(headerBytes + data.length);
    const view = new DataView(frame.buffer);
    view.setUint8(1, command);
    view.setUint16(2, data.length, true);
    view.setUint32(4, check, true);
    frame.set(data, headerBytes);
    await this.link.send(slipEncode(frame));
    const answer = await this.link.frame((frame) => parse(frame, command), milliseconds, longestResponse);
    return answer ?? { kind: "silence" };
  }

  /** One block of FLASH_DATA or FLASH_DEFL_DATA. */
  block(command: number, sequence: number, bytes: Uint8Array, milliseconds: number): Promise<EspAnswer> {
    const data = new Uint8Array(16 + bytes.length);
    data.set(words(bytes.length, sequence, 0, 0));
    data.set(bytes, 16);
    return this.request(command, data, milliseconds, checksum(bytes));
  }

  /** The ROM answers eight times; what is left of them must not be taken for later answers. */
  async sync(): Promise<boolean> {
    const data = new Uint8Array(36).fill(0x55);
    data.set([7, 7, 0x12, 0x20]);
    const answer = await this.request(espCommands.sync, data, 100);
    if (answer.kind === "silence") return false;
    return this.link.drain(50, 1000);
  }

  async register(address: number): Promise<number | undefined> {
    const answer = await this.request(espCommands.readRegister, words(address));
    return answer.kind === "done" ? answer.value : undefined;
  }
}

/** Undefined: not a response to this command. */
function parse(frame: Uint8Array, command: number): EspAnswer | undefined {
  if (frame.length < headerBytes + 2 || frame[0] !== 1 || frame[1] !== command) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const rest = frame.subarray(headerBytes);
  if (view.getUint16(2, true) !== rest.length) return undefined;
  const dataBytes = Math.max(0, rest.length - statusBytes);
  const [failed, reason = 0] = rest.subarray(dataBytes);
  if (failed) return { kind: "failed", reason: reasons[reason] ?? `reason ${reason}` };
  return { kind: "done", value: view.getUint32(4, true), data: rest.subarray(0, dataBytes) };
}
