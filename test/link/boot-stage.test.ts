// What boot ROMs read before the vectors. RP2350: the IMAGE_DEF block, walked by its datasheet's rules. RP2040: the boot stage, its CRC by
// the ROM's rule, and that the ROM's way of starting it (copied to RAM, LR = 0) ends in the reset handler with VTOR and the stack set.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { crc32Mpeg2 } from "../../host/base/crc.ts";
import { findBoard } from "../../host/board/board.ts";
import { findSymbol, loadedBytes, readImage, writeImage } from "../../host/image/image.ts";
import { importModel } from "../../host/import/import.ts";
import { build } from "../../host/pipeline.ts";
import { Machine } from "../../host/sim/sim.ts";
import { corpus, corpusPath } from "../corpus.ts";
import { tinyModels } from "../import/tiny-models.ts";

const pico = findBoard("pico");
const { image } = (await build(importModel(tinyModels["stream"]!()), pico)).linked;
const stage = loadedBytes(image, 0x1000_0000, 256)!;
const ssi = 0x1800_0000;

describe("boot stage", () => {
  it("is 252 bytes and their CRC", () => {
    const view = new DataView(stage.buffer, stage.byteOffset);
    expect(view.getUint32(252, true)).toBe(crc32Mpeg2(stage.subarray(0, 252)));
    // CRC RevEng catalogue: CRC-32/MPEG-2 of "123456789"
    expect(crc32Mpeg2(new TextEncoder().encode("123456789"))).toBe(0x0376e6e7);
  });

  it.skipIf(!corpus)("has the checksum that the SDK's tool gives", () => {
    const vectors = JSON.parse(readFileSync(corpusPath("vectors", "rp2040", "boot2_crc.json"), "utf8"));
    for (const { data, crc32_mpeg2 } of vectors)
      expect(crc32Mpeg2(Uint8Array.from(Buffer.from(data, "hex")))).toBe(Number(crc32_mpeg2));
  });

  it("starts the image from RAM, and returns to a caller", () => {
    const machine = new Machine(pico);
    machine.load(image);
    const writes: number[] = [];
    machine.onWrite(ssi, 0x100, (address, _, value) => writes.push(address - ssi, value));
    machine.poke(0x2004_1f00, stage);
    machine.setRegister(14, 0);
    machine.pc = 0x2004_1f00;
    const reset = findSymbol(image, "thumbelina_start")!.address;
    expect(machine.run({ cycles: 1000, until: [reset] })).toMatchObject({ kind: "breakpoint", address: reset });
    expect(machine.getRegister(13)).toBe(0x2004_2000);
    expect(machine.busRead(0xe000_ed08, 4)).toBe(0x1000_0100);
    expect(writes).toEqual([
      ...[8, 0, 0x14, 4, 0, 0x001f_0300, 0xf4, 0x0300_0218, 4, 0, 8, 1], // off, divider, frames, command 03h, NDF, on
    ]);
    machine.setRegister(14, 0x2000_0101);
    machine.pc = 0x2004_1f00;
    expect(machine.run({ cycles: 1000, until: [0x2000_0100] })).toMatchObject({ kind: "breakpoint" });
  });

  it("is in the UF2 file, page for page", () => {
    const read = readImage(writeImage(image, "uf2"), { uf2Family: 0xe48bff56 });
    expect(read.segments[0]!.loadAddress).toBe(0x1000_0000);
    expect(read.segments[0]!.data.subarray(0, 256)).toEqual(stage);
  });
});

describe("IMAGE_DEF", () => {
  it("is a block of the RP2350 Datasheet 5.9.1: secure Arm program, vectors where they are", async () => {
    const { linked } = await build(importModel(tinyModels["stream"]!()), findBoard("pico2"));
    const bytes = loadedBytes(linked.image, 0x1000_0000, 512)!;
    const words = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 512));
    expect(words[0]).toBe(0xffffded3);
    const items = new Map<number, readonly number[]>();
    let at = 1;
    for (; (words[at]! & 0x7f) !== 0x7f; at += (words[at]! >> 8) & 0xff)
      items.set(words[at]! & 0xff, [...words.subarray(at, at + 2)]);
    expect(words[at]).toBe(0xff | ((at - 1) << 8));
    expect([...words.subarray(at + 1, at + 3)]).toEqual([0, 0xab123579]);
    expect(items.get(0x42)![0]! >>> 16).toBe(0x1021); // 5.9.3.1: EXE, secure, Arm, RP2350
    const vectors = items.get(0x03)![1]!;
    const [stack, reset] = new Uint32Array(loadedBytes(linked.image, vectors, 8)!.slice().buffer);
    expect(stack).toBe(0x2008_2000);
    expect(reset).toBe(findSymbol(linked.image, "thumbelina_start")!.address | 1);
    expect(readImage(writeImage(linked.image, "uf2"), { uf2Family: 0xe48bff59 }).segments[0]!.loadAddress).toBe(
      0x1000_0000,
    );
  });
});
