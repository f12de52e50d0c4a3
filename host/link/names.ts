// What tools see of an image: sections, symbols, layers, regions. Mapping symbols say where code ($t) and where data ($d) begins
// (AAELF32, "Mapping symbols"): disassemblers go by them.

import type { ImageLayer, ImageRegion, ImageSymbol, Section } from "../image/image.ts";
import { bootStageMarks } from "./boot-stage.ts";
import type { Layout } from "./layout.ts";
import type { LinkInput, LinkObject } from "./link-types.ts";

export function sectionsOf(layout: Layout, stackBytes: number, bootStageBytes: number): Section[] {
  const { start, vectorBytes, constants, codeStart, codeEnd, initial, inRam, stackTop } = layout;
  const untouched = inRam.filter(({ init, region }) => init.kind === "none" && region !== "kept");
  const kept = inRam.filter(({ region }) => region === "kept");
  const rows: Section[] = [
    { name: ".boot", kind: "code", address: start - bootStageBytes, bytes: bootStageBytes, align: 4 },
    { name: ".vectors", kind: "const", address: start, bytes: vectorBytes, align: 4 },
    { name: ".rodata", kind: "const", ...span(constants), align: 16 },
    { name: ".text", kind: "code", address: codeStart, bytes: codeEnd - codeStart, align: 4 },
    { name: ".kept", kind: "none", ...span(kept), align: 4 },
    { name: ".data", kind: "data", address: initial.data.address, bytes: initial.data.bytes.length, align: 4 },
    { name: ".bss", kind: "zero", ...initial.zero, align: 4 },
    { name: ".noinit", kind: "none", ...span(untouched), align: 4 },
    { name: ".stack", kind: "none", address: stackTop - stackBytes, bytes: stackBytes, align: 4 },
  ];
  return rows.filter(({ bytes }) => bytes > 0);
}

function span(objects: readonly LinkObject[]): { readonly address: number; readonly bytes: number } {
  if (!objects.length) return { address: 0, bytes: 0 };
  const address = Math.min(...objects.map((object) => object.address));
  return { address, bytes: Math.max(...objects.map((object) => object.address + object.bytes)) - address };
}

export function symbolsOf(input: LinkInput, layout: Layout, bootStageBytes: number): ImageSymbol[] {
  const mark = (name: "$t" | "$d", address: number): ImageSymbol => {
    return { name, address, bytes: 0, kind: "mapping", binding: "local" };
  };
  const placed = [...layout.functions];
  const { bootStage } = input;
  if (bootStage && bootStageBytes) placed.unshift({ code: bootStage, address: layout.start - bootStageBytes });
  const marks = placed.flatMap(({ code, address }) => [
    ...(code.data[0]?.at === 0 ? [] : [mark("$t", address)]),
    ...code.data.flatMap(({ at, bytes }, i) => {
      const end = at + bytes;
      const goesOn = end < code.bytes.length && code.data[i + 1]?.at !== end;
      return [mark("$d", address + at), ...(goesOn ? [mark("$t", address + end)] : [])];
    }),
  ]);
  const functions = placed.map(({ code, address }): ImageSymbol => {
    return { name: code.name, address, bytes: code.bytes.length, kind: "function", binding: "global" };
  });
  const objects = input.labels.map((label): ImageSymbol => ({ ...label, kind: "object", binding: "global" }));
  const padding = bootStageMarks(input, layout.start, bootStageBytes);
  return [...marks, ...padding, mark("$d", layout.start), ...functions, ...objects];
}

export function layersOf(input: LinkInput, layout: Layout): ImageLayer[] {
  const byName = new Map(layout.functions.map((placed) => [placed.code.name, placed]));
  return input.layers.map(({ name, origin }) => {
    const { code, address } = byName.get(name)!;
    return { name, origin, address, bytes: code.bytes.length };
  });
}

export function regionsOf(input: LinkInput, { stackTop }: Layout, stackBytes: number): ImageRegion[] {
  const objects = input.objects.map(({ name, region, address, bytes }) => ({ name, region, address, bytes }));
  const stack = { name: "thumbelina_stack", region: "stack", address: stackTop - stackBytes, bytes: stackBytes };
  return [...objects, stack];
}
