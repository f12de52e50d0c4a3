// Images of hand-made code and objects: addresses, what start-up finds, relocations, names, refusals. And of a real model: the same bytes
// each time, the contract's symbols, every board.

import { beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { type Board, findBoard, imageSpace, knownBoards } from "../../host/board/board.ts";
import { type FunctionCode, startupCode } from "../../host/codegen/codegen.ts";
import { findSymbol, type ImageSymbol, loadedBytes, readImage, writeImage } from "../../host/image/image.ts";
import { importModel } from "../../host/import/import.ts";
import { cores } from "../../host/isa/isa.ts";
import { type LinkInput, type LinkObject, link } from "../../host/link/link.ts";
import { type Built, build, simulate } from "../../host/pipeline.ts";
import { tinyModels } from "../import/tiny-models.ts";

const m4 = findBoard("cortex-m4");

function code(name: string, bytes: number[], more: Partial<FunctionCode> = {}): FunctionCode {
  const none = { relocations: [], lines: [], data: [], calls: [], usesFloat: false, frameBytes: 0 };
  return { name, bytes: Uint8Array.from(bytes), ...none, ...more };
}

const bxLr = [0x70, 0x47];
const call = (symbol: string) => ({
  bytes: [0x00, 0xf0, 0x00, 0xf8],
  more: { relocations: [{ kind: "call" as const, at: 0, symbol, addend: 0 }], calls: [symbol] },
});

function input(more: Partial<LinkInput> = {}): LinkInput {
  return {
    functions: [code("start", bxLr), code("fault", bxLr)],
    ...{ objects: [], labels: [], layers: [], entry: "start", fault: "fault" },
    ...more,
  };
}

const object = (
  name: string,
  region: LinkObject["region"],
  address: number,
  bytes: number,
  init: LinkObject["init"] = { kind: "none" },
): LinkObject => ({ name, region, address, bytes, init });

const word = (built: Uint8Array) => new DataView(built.buffer, built.byteOffset).getUint32(0, true);

function thrown(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("link", () => {
  it("makes the vector table: stack top, entry, and the fault handler for everything else", () => {
    const { image } = link(input(), m4);
    const vectors = Array.from({ length: 256 }, (_, i) => word(loadedBytes(image, 4 * i, 4)!));
    const [start, fault] = ["start", "fault"].map((name) => findSymbol(image, name)!.address | 1);
    expect(vectors.slice(0, 2)).toEqual([0x2008_0000, start]);
    expect(new Set(vectors.slice(2))).toEqual(new Set([fault]));
    expect(image.entry).toBe(start! & ~1);
  });

  it("leaves planned objects where they are and puts code behind the constants", () => {
    const data = Uint8Array.of(1, 2, 3);
    const { image, flashBytes, ramBytes } = link(
      input({
        objects: [object("c", "const", 0x500, 3, { kind: "data", data }), object("a", "arena", 0x2000_0010, 100)],
      }),
      m4,
    );
    expect(loadedBytes(image, 0x500, 3)).toEqual(data);
    expect(findSymbol(image, "start")!.address).toBe(0x504);
    expect(flashBytes).toBe(0x504 + 8); // two functions, each word-aligned
    expect(ramBytes).toBe(0x74);
    expect(image.regions.map(({ name }) => name)).toEqual(["c", "a", "thumbelina_stack"]);
  });

  it("relocates calls and words", () => {
    const { bytes, more } = call("far");
    const literal = { relocations: [{ kind: "abs32" as const, at: 4, symbol: "place", addend: 2 }] };
    const { image } = link(
      input({
        functions: [
          code("start", bytes, more),
          code("fault", bxLr),
          code("pad", new Array(0x1000).fill(0)),
          code("far", [...bxLr, 0, 0, 0, 0, 0, 0], literal),
        ],
        labels: [{ name: "place", address: 0x2000_0100, bytes: 4 }],
      }),
      m4,
    );
    const far = findSymbol(image, "far")!.address;
    expect(word(loadedBytes(image, far + 4, 4)!)).toBe(0x2000_0102);
    const at = findSymbol(image, "start")!.address;
    const [high, low] = [0, 2].map((offset) => word(loadedBytes(image, at + offset, 4)!) & 0xffff);
    expect((((high! & 0x3ff) << 11) | (low! & 0x7ff)) * 2).toBe(far - at - 4);
  });

  it("adds up the deepest stack, and refuses recursion and what is not defined", () => {
    const call2 = (a: string, b: string, frameBytes: number) => ({ frameBytes, calls: [a, b] });
    const functions = [
      code("start", bxLr, call2("left", "right", 8)),
      code("left", bxLr, { frameBytes: 100 }),
      code("right", bxLr, call2("left", "leaf", 40)),
      code("leaf", bxLr, { frameBytes: 99 }),
      code("fault", bxLr),
    ];
    const { stackBytes, stackPath } = link(input({ functions }), m4);
    expect(stackBytes).toBe(148);
    expect(stackPath).toEqual(["start", "right", "left"]);
    const knot = [...functions.slice(0, 3), code("leaf", bxLr, call2("right", "left", 0)), functions[4]!];
    expect(thrown(() => link(input({ functions: knot }), m4))).toMatchObject({
      ...{ code: "link/recursion", exit: 3, message: expect.stringContaining("right → leaf → right") },
    });
    const { bytes, more } = call("nowhere");
    const dangling = [code("start", bytes, { ...more, calls: [] }), code("fault", bxLr)];
    expect(thrown(() => link(input({ functions: dangling }), m4)).code).toBe("link/undefined-symbol");
  });

  it("refuses what does not fit, with both numbers and what takes the most", () => {
    const big = object("weights", "const", 0x400, 3 << 20, { kind: "zero" });
    expect(thrown(() => link(input({ objects: [big] }), m4))).toMatchObject({
      ...{ code: "link/does-not-fit", exit: 8 },
      message: expect.stringMatching(
        /3146\d\d\d bytes of flash are needed, cortex-m4 has 2097152; largest: weights 3145728/,
      ),
    });
    const deep = [code("start", bxLr, { frameBytes: 4096 }), code("fault", bxLr)];
    const arena = object("arena", "arena", 0x2000_0000, 0x80000 - 4092);
    const refused = thrown(() => link(input({ functions: deep, objects: [arena] }), m4));
    expect(refused.message).toBe(
      "524292 bytes of RAM are needed, cortex-m4 has 524288; largest: arena 520196, stack 4096",
    );
    expect(link(input({ functions: deep, objects: [{ ...arena, bytes: arena.bytes - 4 }] }), m4).stackBytes).toBe(4096);
  });

  it("keeps off reserved flash", () => {
    const feather = findBoard("feather-nrf52840");
    const { flash } = imageSpace(feather);
    expect([flash.base, flash.base + flash.bytes]).toEqual([0x26000, 0xf4000]);
    const large = object("weights", "const", 0x26200, 0xf4000 - 0x26200, { kind: "zero" });
    expect(thrown(() => link(input({ objects: [large] }), feather)).exit).toBe(8);
  });

  it("marks code and literals for disassemblers", () => {
    const pool = { data: [{ at: 2, bytes: 4 }] };
    const { image } = link(
      input({ functions: [code("start", [...bxLr, 1, 2, 3, 4, ...bxLr], pool), code("fault", bxLr)] }),
      m4,
    );
    const start = findSymbol(image, "start")!.address;
    const marks = image.symbols.filter(({ kind }: ImageSymbol) => kind === "mapping");
    expect(marks.map(({ name, address }) => [name, address - start])).toEqual([
      ...[
        ["$t", 0],
        ["$d", 2],
        ["$t", 6],
        ["$t", 8],
        ["$d", -start],
      ],
    ]);
  });
});

describe("start-up", () => {
  it("copies .data, clears .bss, and turns the FPU on only where it is used", () => {
    const names = ["thumbelina_reset", "thumbelina_invoke"];
    const enabled = (usesFloat: boolean) => startupCode(cores["cortex-m4"], usesFloat)[0]!.bytes.length;
    expect(enabled(true)).toBeGreaterThan(enabled(false));
    const functions = [...startupCode(cores["cortex-m4"], false), ...names.map((name) => code(name, bxLr))];
    const objects = [
      object("state_1", "state", 0x2000_0000, 8, { kind: "data", data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }),
      object("state_2", "state", 0x2000_0008, 4, { kind: "zero" }),
    ];
    const { image } = link(input({ functions, objects, entry: "thumbelina_start", fault: "thumbelina_fault" }), m4);
    expect(image.segments.map(({ address, bytes }) => [address, bytes]).at(-1)).toEqual([0x2000_0000, 12]);
    expect(image.sections.find(({ name }) => name === ".data")).toMatchObject({ address: 0x2000_0000, bytes: 12 });
  });
});

describe("an image of a model", () => {
  const graph = importModel(tinyModels["stream"]!());
  let built: Built;
  beforeAll(async () => {
    built = await build(graph, m4, { check: true });
  });

  it("has the symbols of the contract", () => {
    const { image } = built.linked;
    const symbols = Object.fromEntries(image.symbols.map(({ name, bytes, kind }) => [name, [kind, bytes]]));
    for (const name of ["thumbelina_invoke", "thumbelina_reset", "thumbelina_done", ...image.layers.map((l) => l.name)])
      expect([name, symbols[name]?.[0]]).toEqual([name, "function"]);
    expect(symbols).toMatchObject({
      thumbelina_input_0: ["object", 4],
      thumbelina_output_0: ["object", 4],
      thumbelina_arena: ["object", built.plan.arenaBytes],
      thumbelina_state: ["object", built.plan.stateBytes],
    });
    const done = findSymbol(image, "thumbelina_done")!.address;
    expect(word(loadedBytes(image, done, 4)!)).toBe(0xe7fe_be00); // BKPT #0, branch to itself
  });

  it("is the same bytes every time", async () => {
    const again = await build(importModel(tinyModels["stream"]!()), m4);
    expect(writeImage(again.linked.image, "elf")).toEqual(writeImage(built.linked.image, "elf"));
  });

  it("is read back from every format with the bytes it was written with", () => {
    const { image } = built.linked;
    const loaded = (bytes: Uint8Array) =>
      readImage(bytes, { base: 0 }).segments.flatMap(({ loadAddress, data }) => [loadAddress, ...data]);
    const elf = loaded(writeImage(image, "elf"));
    expect(elf.length).toBeGreaterThan(1000);
    expect(loaded(writeImage(image, "bin")).length).toBeGreaterThan(1000);
    expect(writeImage(image, "hex").length).toBeGreaterThan(1000);
  });

  it("does not depend on the FPU", () => {
    expect(built.object.functions.some(({ usesFloat }) => usesFloat)).toBe(false);
  });

  const runnable = knownBoards.filter((board: Board) => !board.flashOnly);
  it.each(runnable.map((board) => [board.name, board] as const))("runs on %s", async (_, board) => {
    const engine = simulate(await build(graph, board, { check: true }));
    engine.reset();
    const first = engine.invoke([Uint8Array.of(10, 20, 30, 40)]);
    const second = engine.invoke([Uint8Array.of(1, 2, 3, 4)]);
    engine.reset();
    const third = engine.invoke([Uint8Array.of(10, 20, 30, 40)]);
    expect(third.outputs).toEqual(first.outputs);
    expect(second.outputs).not.toEqual(first.outputs);
    expect(first.cycles).toBeGreaterThan(20);
    const { stackBytes, stackUsed } = engine.memoryUse();
    expect(stackUsed).toBeLessThanOrEqual(stackBytes);
  });
});
