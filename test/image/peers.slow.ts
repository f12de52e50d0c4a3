// Image files between programs: what we write, others read as the same bytes at the same addresses, and the other way round. Judges are
// bincopy (Intel HEX, SREC's author too) and uf2utils, two Python packages; and the conditions under which microsoft's uf2conv.py unpacks a
// UF2 file (github.com/microsoft/uf2, utils/uf2conv.py, convert_from_uf2), each named beside its check. The bytes that uf2conv.py itself
// wrote for seven chip families are in the corpus, and ours are equal to them (judges.slow.ts).

import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { knownBoards } from "../../host/board/board.ts";
import { type Image, imageOf, readImage, writeImage } from "../../host/image/image.ts";
import { timeFormat } from "../bench/image-bench.ts";
import { corpus } from "../corpus.ts";
import { randomBytes } from "../serial/flash-scene.ts";

const there = spawnSync("python3", ["-c", "import bincopy, uf2utils"]).status === 0;
if (!there && process.env["CI_JUDGES"] === "1") throw new Error("bincopy or uf2utils is missing");
if (!there) process.stderr.write("skipped: bincopy or uf2utils is not installed\n");

const folder = mkdtempSync(join(tmpdir(), "thumbelina-image-peers-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

type Parts = readonly { readonly address: number; readonly data: Uint8Array }[];

const partsOf = ({ segments }: Image): Parts =>
  segments.map(({ loadAddress, data }) => ({ address: loadAddress, data }));
const hexOf = (data: Uint8Array) => Buffer.from(data).toString("hex");
const plain = (parts: Parts) => parts.map(({ address, data }) => ({ address, data: hexOf(data) }));

/** Prints, as JSON, the runs of bytes that a package finds in a file. */
function asked(program: string, file: string): { readonly address: number; readonly data: string }[] {
  const lines = ["import json, sys", ...program.split("\n")].join("\n");
  return JSON.parse(execFileSync("python3", ["-c", lines, path(file)], { encoding: "utf8", maxBuffer: 1 << 28 }));
}

const bincopy = `import bincopy
f = bincopy.BinFile(sys.argv[1])
print(json.dumps([{"address": s.address, "data": bytes(s.data).hex()} for s in f.segments]))`;

const uf2utils = `from uf2utils.file import UF2File
f = UF2File(sys.argv[1])
print(json.dumps([{"address": b.header.address, "data": bytes(b.payload).hex(), "family": b.header.board_family,
  "number": b.header.block_number, "total": b.header.total_blocks, "flags": int(b.header.flags)} for b in f]))`;

/** One run; two with a gap; over a 64 KB boundary at an odd address; a byte. */
const shapes = (start: number): readonly (readonly [string, Parts])[] => [
  ["one run", [{ address: start, data: randomBytes(5000, 1) }]],
  ["a gap", [100, 5000].map((at, i) => ({ address: start + 256 * at, data: randomBytes(700, i + 2) }))],
  ["over 64 KB", [{ address: (start & ~0xffff) + 0x1fff1, data: randomBytes(3001, 4) }]],
  ["a byte", [{ address: start + 3, data: Uint8Array.of(0x5a) }]],
];

const starts = [...new Set(knownBoards.map(({ image }) => image.start))].map((start) => ({
  ...{ start, text: `0x${start.toString(16)}` },
}));

describe.skipIf(!there)("Intel HEX and bincopy", () => {
  test.each(starts)("at $text: the same bytes, both ways", ({ start }) => {
    for (const [shape, parts] of shapes(start)) {
      writeFileSync(path("ours.hex"), writeImage(imageOf(parts, {}), "hex"));
      expect(asked(bincopy, "ours.hex"), shape).toEqual(plain(parts));
      const write = `import bincopy
f = bincopy.BinFile(sys.argv[1])
open(sys.argv[1] + ".theirs", "w").write(f.as_ihex())
print("[]")`;
      asked(write, "ours.hex");
      const read = readImage(new Uint8Array(readFileSync(path("ours.hex.theirs"))));
      expect(plain(partsOf(read)), shape).toEqual(plain(parts));
    }
  });
});

describe.skipIf(!there || !corpus)("the corpus's HEX files and bincopy", () => {
  test("what both take is the same", () => {
    const hex = join(corpus ?? "", "vectors/hex");
    const read = (file: string) => plain(partsOf(readImage(new Uint8Array(readFileSync(join(hex, file))))));
    const good = readdirSync(hex).filter((file) => file.endsWith(".hex") && !file.startsWith("bad_"));
    expect(good.length).toBeGreaterThanOrEqual(5);
    for (const file of good) {
      copyFileSync(join(hex, file), path(file));
      expect(read(file), file).toEqual(asked(bincopy, file));
    }
  });
});

describe("UF2 by the conditions of uf2conv.py", () => {
  test.each(starts)("at $text: it would unpack what we packed", ({ start }) => {
    for (const [shape, parts] of shapes(start)) {
      const file = writeImage(imageOf(parts, { uf2Family: 0xe48bff56 }), "uf2");
      const unpacked = unpack(file);
      for (const { address, data } of parts)
        expect(
          hexOf(unpacked.bytes.subarray(address - unpacked.start, address - unpacked.start + data.length)),
          shape,
        ).toBe(hexOf(data));
    }
  });

  /** What convert_from_uf2 does with a file, and what it asserts. */
  function unpack(file: Uint8Array) {
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const out: number[] = [];
    let [start, next] = [-1, -1];
    for (let at = 0; at < file.length; at += 512) {
      const word = (i: number) => view.getUint32(at + 4 * i, true);
      expect([word(0), word(1)], "Invalid UF2 magic").toEqual([0x0a324655, 0x9e5d5157]);
      if (word(2) & 1) continue; // NO-flash flag
      expect(word(4), "Invalid UF2 data size").toBeLessThanOrEqual(476);
      if (next < 0) start = next = word(3);
      const padding = word(3) - next;
      expect(padding, "Block out of order").toBeGreaterThanOrEqual(0);
      expect(padding, "More than 10M of padding needed").toBeLessThanOrEqual(10 * 1024 * 1024);
      expect(padding % 4, "Non-word padding size").toBe(0);
      for (let i = 0; i < padding; i++) out.push(0);
      out.push(...file.subarray(at + 32, at + 32 + word(4)));
      next = word(3) + word(4);
    }
    return { start, bytes: Uint8Array.from(out) };
  }
});

describe.skipIf(!there)("UF2 and uf2utils", () => {
  test("numbers, family, pages and bytes are as it reads them", () => {
    for (const [shape, parts] of shapes(0x10000000)) {
      writeFileSync(path("ours.uf2"), writeImage(imageOf(parts, { uf2Family: 0xe48bff56 }), "uf2"));
      const blocks = asked(uf2utils, "ours.uf2") as unknown as readonly Uf2Block[];
      expect(
        blocks.map(({ number }) => number),
        shape,
      ).toEqual(blocks.map((_, i) => i));
      for (const { address, data, family, total, flags } of blocks)
        expect([address % 256, data.length, family, total, flags], shape).toEqual([
          0,
          512,
          0xe48bff56,
          blocks.length,
          0x2000,
        ]);
      for (const { address, data } of parts)
        for (const [i, byte] of data.entries()) {
          const block = blocks.find((each) => each.address <= address + i && address + i < each.address + 256)!;
          const at = 2 * (address + i - block.address);
          if (Number.parseInt(block.data.slice(at, at + 2), 16) !== byte) expect.fail(`${shape}: byte ${i}`);
        }
    }
  });

  test("a file that it writes is read by us", () => {
    const data = randomBytes(4096, 9);
    writeFileSync(path("data.bin"), data);
    const write = `from uf2utils.file import UF2File
from uf2utils.family import Family
f = UF2File()
f.header.family = Family.byName("rp2350-arm-s")
f.append_payload(open(sys.argv[1], "rb").read(), 0x10010000)
f.to_file(sys.argv[1] + ".uf2")
print("[]")`;
    asked(write, "data.bin");
    const image = readImage(new Uint8Array(readFileSync(path("data.bin.uf2"))), { uf2Family: 0xe48bff59 });
    expect(plain(partsOf(image))).toEqual([{ address: 0x10010000, data: hexOf(data) }]);
  });
});

interface Uf2Block {
  readonly address: number;
  readonly data: string;
  readonly family: number;
  readonly number: number;
  readonly total: number;
  readonly flags: number;
}

test("1 MB of UF2 is written, and read, in less than 100 ms", () => {
  const { writeMs, readMs } = timeFormat("uf2", 1 << 20, 10);
  expect(writeMs).toBeLessThan(100);
  expect(readMs).toBeLessThan(100);
});
