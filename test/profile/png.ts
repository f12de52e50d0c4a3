// PNG bytes → pixels: 8 bits a channel, RGB or RGBA, no interlace, which is what browsers write. PNG (Third Edition), 5.2 to 5.3, 9.2.
//
//   signature │ length type data crc │ …        IDAT data, joined and inflated: one filter byte, then a row of pixels, each row

import { inflateSync } from "node:zlib";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xrrggbb. */
  readonly at: (x: number, y: number) => number;
}

export function readPng(bytes: Buffer): Picture {
  if (bytes.readBigUInt64BE(0) !== 0x89504e470d0a1a0an) throw new Error("no PNG");
  let header: Buffer | undefined;
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at) + 12) {
    const type = bytes.toString("latin1", at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at));
    if (type === "IHDR") header = content;
    if (type === "IDAT") data.push(content);
  }
  const [width, height] = [header!.readUInt32BE(0), header!.readUInt32BE(4)];
  const [depth, colour, interlace] = [header![8], header![9], header![12]];
  if (depth !== 8 || (colour !== 2 && colour !== 6) || interlace) throw new Error(`a PNG of kind ${depth} ${colour}`);
  const channels = colour === 6 ? 4 : 3;
  const pixels = unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  return { width, height, at: (x, y) => pixels.readUIntBE((y * width + x) * channels, 3) };
}

function unfiltered(raw: Buffer, stride: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : out[y * stride + i - channels]!;
      const above = y === 0 ? 0 : out[(y - 1) * stride + i]!;
      const corner = y === 0 || i < channels ? 0 : out[(y - 1) * stride + i - channels]!;
      const guess = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter!]!;
      out[y * stride + i] = raw[y * (stride + 1) + 1 + i]! + guess;
    }
  }
  return out;
}

function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [above - corner, left - corner, left + above - 2 * corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
