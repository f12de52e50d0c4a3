// One malformed file per error code of room import: built whole by the writer, then bent in one place.

import { describe, expect, it } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { writeFlatFile } from "../../host/export/flatbuffer.ts";
import type { error } from "../../host/import/errors.ts";
import { importModel } from "../../host/import/import.ts";
import { code, fileModel, int32, int32s, operator, quantization, subgraph, tensor } from "./file-model.ts";

function patched(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}

/** Byte position of the u32 offset in slot `slot` of the root table. */
function rootField(bytes: Uint8Array, slot: number): number {
  const view = new DataView(bytes.buffer);
  const root = view.getUint32(0, true);
  const vtable = root - view.getInt32(root, true);
  return root + view.getUint16(vtable + 4 + 2 * slot, true);
}

/** n tensors that share one shape of m entries: n·m numbers from n + m words. */
function unfolding(): Uint8Array {
  const many = 4000;
  const bytes = fileModel({ tensors: [tensor(Array.from({ length: 4 * many }, () => 1))] });
  const view = new DataView(bytes.buffer);
  const subgraphs = rootField(bytes, 2);
  const list = subgraphs + view.getUint32(subgraphs, true);
  const main = list + 4 + view.getUint32(list + 4, true);
  const vtable = main - view.getInt32(main, true);
  const tensors = main + view.getUint16(vtable + 4, true);
  const first = tensors + view.getUint32(tensors, true);
  const table = first + 4 + view.getUint32(first + 4, true);
  // A new list at the end of the file cannot point back: offsets only go forward. So it goes where the list was,
  // in a file with room before the table.
  const room = new Uint8Array(bytes.length + 4 * many + 4);
  room.set(bytes.subarray(0, first));
  const moved = 4 * many;
  room.set(bytes.subarray(first + 4), first + 4 + moved);
  const out = new DataView(room.buffer);
  out.setUint32(first, many, true);
  for (let i = 0; i < many; i++) out.setUint32(first + 4 + 4 * i, table + moved - (first + 4 + 4 * i), true);
  const tableVtable = table - view.getInt32(table, true);
  out.setInt32(table + moved, table + moved - (tableVtable > first ? tableVtable + moved : tableVtable), true);
  // Everything the subgraph and model point to beyond the list has moved.
  for (const [start, fields] of [
    [main, 5],
    [view.getUint32(0, true), 5],
  ] as const)
    for (let slot = 0; slot < fields; slot++) {
      const own = start - view.getInt32(start, true);
      const at = start + view.getUint16(own + 4 + 2 * slot, true);
      const target = at + view.getUint32(at, true);
      if (slot > 0 && target > first && target < bytes.length) out.setUint32(at, target + moved - at, true);
    }
  return room;
}

const VAR_HANDLE = [code(142), code(143), code(129)];
const handle = (name: string, output: number) => operator(0, [], [output], 111, [undefined, { string: name }]);

const malformed: Readonly<Record<keyof typeof error.rows, () => Uint8Array>> = {
  "unsupported-format": () => new TextEncoder().encode("this is a text and not a model at all"),
  "unsupported-version": () => fileModel({ version: 4 }),
  "bad-offset": () => patched(fileModel(), 0, 0xffff_fff0),
  "bad-length": () => {
    const bytes = fileModel();
    const at = rootField(bytes, 4);
    return patched(bytes, at + new DataView(bytes.buffer).getUint32(at, true), 0xffff_ffff);
  },
  "too-much-work": unfolding,
  "too-many": () => fileModel({ buffers: Array(16_385).fill([]) }),
  "too-large": () => {
    const variable = () => tensor([1, 2 ** 24 + 1], 9, 0, [...Array(5).fill(undefined), { scalar: "bool", value: 1 }]);
    return fileModel({ tensors: [tensor([1, 4]), tensor([2, 2]), variable(), variable(), variable(), variable()] });
  },
  "no-subgraph": () => fileModel({ subgraphs: [] }),
  "bad-reference": () => fileModel({ operators: [operator(7, [0], [1])] }),
  "unsupported-op": () => fileModel({ codes: [code(9999)] }),
  "custom-op": () => fileModel({ codes: [code(32, "Mystery")] }),
  "unsupported-type": () => fileModel({ tensors: [tensor([1, 4], 77), tensor([2, 2])] }),
  "wrong-options": () => fileModel({ operators: [operator(0, [0], [1], 1, [])] }),
  "unknown-option": () =>
    fileModel({
      codes: [code(0)],
      tensors: [tensor([1, 4]), tensor([1, 4])],
      operators: [operator(0, [0, 0], [1], 11, [{ scalar: "int8", value: 99 }])],
    }),
  sparse: () =>
    fileModel({ tensors: [tensor([1, 4], 9, 0, [...Array(6).fill(undefined), { table: [] }]), tensor([2, 2])] }),
  "unsupported-quantization": () =>
    fileModel({ tensors: [tensor([1, 4], 9, 0, [...Array(4).fill(undefined), quantization({ details: 2 })])] }),
  "bad-variable": () =>
    fileModel({
      codes: VAR_HANDLE,
      tensors: [tensor([1, 4]), tensor([], 13)],
      operators: [handle("v", 1)],
      outputs: [0],
    }),
};

function errorsOf(bytes: Uint8Array): readonly UserError[] {
  try {
    importModel(bytes);
  } catch (caught) {
    if (!(caught instanceof UserError)) throw caught;
    return [caught, ...caught.also];
  }
  return [];
}

describe("import", () => {
  it("accepts the file the others are bent from", () => {
    expect(importModel(fileModel()).operators.map(({ kind }) => kind)).toEqual(["reshape"]);
  });

  for (const [name, make] of Object.entries(malformed))
    it(`says import/${name}`, () => {
      const errors = errorsOf(make());
      expect(errors.map(({ code: found }) => found)).toContain(`import/${name}`);
      const own = errors.find(({ code: found }) => found === `import/${name}`)!;
      expect(own.exit).toBe(3);
      expect(own.message.length).toBeGreaterThan(10);
    });

  it("reports all problems of a file at once", () => {
    const bytes = fileModel({
      codes: [code(9999), code(32, "Mystery")],
      operators: [operator(0, [0], [1]), operator(1, [1], [2])],
      tensors: [tensor([1, 4]), tensor([-1]), tensor([2], 9, 0, [])],
      outputs: [2],
    });
    const found = errorsOf(bytes).map((e) => e.code);
    expect(found).toEqual(["import/unsupported-op", "import/custom-op", "graph/bad-shape"]);
  });

  it("says where: subgraph, operator and byte", () => {
    const [first] = errorsOf(fileModel({ codes: [code(9999)] }));
    expect(first?.at).toMatchObject({ subgraph: 0, operator: 0, byte: expect.any(Number) });
  });

  it("names an ONNX file for what it is", () => {
    const [first] = errorsOf(Uint8Array.of(8, 7, 18, 4, 116, 101, 115, 116, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(first?.message).toContain("ONNX");
  });

  it("refuses an initialiser that is not there, or runs itself", () => {
    const once = (index: number) => operator(2, [], [], 103, [int32(index)]);
    const parts = { codes: VAR_HANDLE, tensors: [tensor([1, 4])], outputs: [0] };
    expect(errorsOf(fileModel({ ...parts, operators: [once(5)] }))[0]?.code).toBe("import/bad-reference");
    const looped = subgraph({ tensors: [], inputs: [], outputs: [], operators: [once(1)] });
    const bytes = fileModel({ ...parts, subgraphs: [subgraph({ ...parts, operators: [once(1)] }), looped] });
    expect(errorsOf(bytes)[0]?.code).toBe("import/unsupported-op");
  });

  it("refuses every prefix of a file", () => {
    const bytes = fileModel();
    for (let size = 0; size < bytes.length - 4; size++) {
      const errors = errorsOf(bytes.subarray(0, size));
      expect(errors.length, `prefix of ${size}`).toBeGreaterThan(0);
    }
  });

  it("ends on a file whose offsets all lead to itself", () => {
    const bytes = writeFlatFile("TFL3", [{ scalar: "uint32", value: 3 }, int32s(...Array(64).fill(4))]);
    for (let at = 8; at + 4 <= bytes.length; at += 4)
      for (const value of [0, 4, 8, 0x7fff_ffff, 0xffff_fffc]) errorsOf(patched(bytes, at, value));
  });
});
