// Room image: each format written and read back, and one malformed file per error code.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { type Image, lineAt, readImage, SymbolIndex, sniffImage, writeImage } from "../../host/image/image.ts";

const code = Uint8Array.from({ length: 600 }, (_, i) => (i * 37 + 11) & 0xff);
const data = Uint8Array.from({ length: 33 }, (_, i) => i + 1);

const sample: Image = {
  target: { board: "pico", core: "cortex-m0plus", uf2Family: 0xe48bff56 },
  entry: 0x10000200,
  segments: [
    {
      loadAddress: 0x10000100,
      address: 0x10000100,
      data: code,
      bytes: code.length,
      flags: { write: false, execute: true },
    },
    {
      loadAddress: 0x10000400,
      address: 0x20000000,
      data,
      bytes: data.length + 100,
      flags: { write: true, execute: false },
    },
  ],
  sections: [
    { name: ".text", kind: "code", address: 0x10000100, bytes: 400, align: 4 },
    { name: ".rodata", kind: "const", address: 0x10000290, bytes: 200, align: 4 },
    { name: ".data", kind: "data", address: 0x20000000, bytes: data.length, align: 4 },
    { name: ".bss", kind: "zero", address: 0x20000024, bytes: 97, align: 4 },
  ],
  symbols: [
    { name: "$t", address: 0x10000200, bytes: 0, kind: "mapping", binding: "local" },
    { name: "layer_00_conv", address: 0x10000200, bytes: 64, kind: "function", binding: "global" },
    { name: "table", address: 0x20000000, bytes: 33, kind: "object", binding: "global" },
  ],
  layers: [{ name: "layer_00_conv", origin: 0, address: 0x10000200, bytes: 64 }],
  regions: [{ name: "weights", region: "const", address: 0x10000290, bytes: 200 }],
  lines: [
    { address: 0x10000200, file: "assembly/kernels/conv2d.ts", line: 41 },
    { address: 0x10000206, file: "assembly/kernels/requantize.ts", line: 9 },
    { address: 0x10000210, file: "", line: 0 },
    { address: 0x10000212, file: "assembly/kernels/conv2d.ts", line: 43 },
  ],
};

const errorOf = (run: () => unknown): UserError => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
};

describe("ELF", () => {
  test("comes back whole: segments, sections, symbols, layers, regions, target", () => {
    expect(readImage(writeImage(sample, "elf"))).toEqual(sample);
  });

  test("knows the source line of an address", () => {
    expect(lineAt(sample, 0x10000208)?.line).toBe(9);
    expect(lineAt(sample, 0x10000210)).toBeUndefined();
    expect(lineAt(sample, 0x10000100)).toBeUndefined();
    expect(lineAt(sample, 0x20000000)?.line).toBe(43);
    expect(lineAt({}, 0x10000208)).toBeUndefined();
  });

  test.each([
    ["no table", 3],
    ["files that are no text", { files: [1], deltas: [] }],
    ["half a row", { files: ["a"], deltas: [1, 0] }],
    ["an address that does not rise", { files: ["a"], deltas: [8, 0, 1, 0, 0, 1] }],
    ["an address past 4 GB", { files: ["a"], deltas: [2 ** 32, 0, 1] }],
    ["a file that is not in the table", { files: ["a"], deltas: [8, 1, 1] }],
    ["a line below 0", { files: ["a"], deltas: [8, 0, -1] }],
  ])("refuses source lines with %s", (_, lines) => {
    const text = new TextDecoder("latin1").decode(writeImage(sample, "elf"));
    const packed = /"lines":(\{[^}]*\})/.exec(text)!;
    const broken = JSON.stringify(lines).padEnd(packed[1]!.length);
    const bytes = Uint8Array.from(text.replace(packed[1]!, broken), (character) => character.charCodeAt(0));
    expect(errorOf(() => readImage(bytes)).code).toBe("image/metadata");
  });

  test("names functions by address", () => {
    const index = new SymbolIndex(sample);
    expect(index.at(0x10000204)?.name).toBe("layer_00_conv");
    expect(index.at(0x10000240)).toBeUndefined();
  });
});

describe("UF2, HEX and raw binary", () => {
  test("UF2 keeps bytes in whole pages, and the family", () => {
    const image = readImage(writeImage(sample, "uf2"));
    expect(image.target.uf2Family).toBe(0xe48bff56);
    // 0x10000100–0x10000358 fills three pages, the data page at 0x10000400 follows without a gap.
    expect(image.segments.map((segment) => [segment.loadAddress, segment.data.length])).toEqual([[0x10000100, 1024]]);
    expect(image.segments[0]!.data.subarray(0, 600)).toEqual(code);
    expect(image.segments[0]!.data.subarray(768, 801)).toEqual(data);
  });

  test("HEX keeps bytes and entry", () => {
    const image = readImage(writeImage(sample, "hex"));
    expect(image.entry).toBe(sample.entry);
    expect(image.segments.map((segment) => segment.data)).toEqual([code, data]);
    expect(image.segments.map((segment) => segment.loadAddress)).toEqual([0x10000100, 0x10000400]);
  });

  test("HEX records cross a 64 KB line: on with a linear base, around inside a segment", () => {
    const record = (...bytes: number[]) => {
      const sum = -bytes.reduce((total, byte) => total + byte, 0) & 255;
      return `:${Buffer.from([...bytes, sum])
        .toString("hex")
        .toUpperCase()}\n`;
    };
    const crossing = record(4, 0xff, 0xfe, 0, 1, 2, 3, 4);
    const read = (base: string) =>
      readImage(new TextEncoder().encode(`${base}${crossing}${record(0, 0, 0, 1)}`)).segments.map(
        ({ loadAddress, data: found }) => [loadAddress, [...found]],
      );
    expect(read("")).toEqual([[0xfffe, [1, 2, 3, 4]]]);
    expect(read(record(2, 0, 0, 4, 0x08, 0x01))).toEqual([[0x0801fffe, [1, 2, 3, 4]]]);
    expect(read(record(2, 0, 0, 4, 0xff, 0xff))).toEqual([
      [0, [3, 4]],
      [0xfffffffe, [1, 2]],
    ]);
    expect(read(record(2, 0, 0, 2, 0x10, 0))).toEqual([
      [0x10000, [3, 4]],
      [0x1fffe, [1, 2]],
    ]);
  });

  test("a raw binary fills gaps as erased flash", () => {
    const bytes = writeImage(sample, "bin");
    expect(bytes.length).toBe(0x300 + 33);
    expect(bytes[600]).toBe(0xff);
    expect(readImage(bytes, { base: 0x10000100 }).segments[0]!.loadAddress).toBe(0x10000100);
  });

  test("any segments survive HEX", () => {
    const segment = fc.record({
      gap: fc.integer({ min: 1, max: 200000 }),
      data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        (start, parts) => {
          let at = start;
          const segments = parts.map(({ gap, data }) => {
            const loadAddress = (at += gap);
            at += data.length;
            return {
              loadAddress,
              address: loadAddress,
              data,
              bytes: data.length,
              flags: { write: false, execute: true },
            };
          });
          const image = { ...sample, segments, sections: [] };
          expect(readImage(writeImage(image, "hex")).segments).toEqual(segments);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("malformed files", () => {
  const elf = writeImage(sample, "elf");
  const patched = (edits: readonly (readonly [number, number])[], base = elf) => {
    const copy = base.slice();
    for (const [at, value] of edits) new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };
  const ascii = (text: string) => new TextEncoder().encode(text);
  const uf2 = writeImage(sample, "uf2");
  const sectionTable = new DataView(elf.buffer).getUint32(32, true);
  const symtab = sectionTable + 40 * (elf[48]! - 3);

  const cases: readonly (readonly [string, () => unknown])[] = [
    ["image/unknown-format", () => readImage(ascii("hello"))],
    ["image/empty", () => readImage(ascii(":00000001FF\n"))],
    ["image/truncated", () => readImage(elf.subarray(0, 40))],
    ["image/truncated", () => readImage(uf2.subarray(0, 700))],
    ["image/overlap", () => readImage(patched([[52 + 32 + 12, 0x10000100]]))],
    ["image/past-4g", () => readImage(patched([[52 + 12, 0xfffffff0]]))],
    ["image/elf-kind", () => readImage(patched([[4, 0x00010102]]))],
    ["image/elf-machine", () => readImage(patched([[16, 0x00f30002]]))],
    ["image/elf-table", () => readImage(patched([[symtab + 24, 0]]))],
    ["image/elf-table", () => readImage(patched([[sectionTable + 40, 0x7fffffff]]))],
    ["image/uf2-magic", () => readImage(patched([[508, 0]], uf2))],
    ["image/uf2-block", () => readImage(patched([[16, 477]], uf2))],
    ["image/uf2-family", () => readImage(uf2, { uf2Family: 1 })],
    ["image/uf2-incomplete", () => readImage(uf2.subarray(512))],
    ["image/hex-record", () => readImage(ascii(":0000000"))],
    ["image/hex-checksum", () => readImage(ascii(":0400000001020304F3\n:00000001FF\n"))],
    ["image/too-large", () => readImage(new Uint8Array(64 * 1024 * 1024 + 1), { base: 0 })],
    [
      "image/bin-span",
      () =>
        writeImage(
          { ...sample, segments: [sample.segments[0]!, { ...sample.segments[1]!, loadAddress: 0x20000000 }] },
          "bin",
        ),
    ],
  ];
  test.each(cases)("%s", (name, run) => {
    expect(errorOf(run).code).toBe(name);
  });

  test("image/metadata", () => {
    const text = new TextDecoder("latin1").decode(elf);
    const at = text.indexOf('{"version":1');
    const copy = elf.slice();
    copy[at] = 0x20;
    expect(errorOf(() => readImage(copy)).code).toBe("image/metadata");
  });

  test("any cut and any flipped byte of an ELF is an image or a typed error", () => {
    const outcome = (bytes: Uint8Array) => {
      try {
        readImage(bytes);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    };
    for (let length = 0; length < elf.length; length += 7) outcome(elf.subarray(0, length));
    for (let at = 0; at < elf.length; at++)
      for (const value of [0, 0xff, elf[at]! ^ 0x80]) {
        const copy = elf.slice();
        copy[at] = value;
        outcome(copy);
      }
  });

  test("the format is read from the content", () => {
    expect(sniffImage(elf)).toBe("elf");
    expect(sniffImage(uf2)).toBe("uf2");
    expect(sniffImage(writeImage(sample, "hex"))).toBe("hex");
    expect(sniffImage(code)).toBeUndefined();
  });
});
