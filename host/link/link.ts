// Room link: machine code and the objects of a plan → an Image for one board.
//
//   flash  image.start │ vectors │ constants (where the plan put them) │ code │ initial values of .data
//   RAM    base        │ state, arena (where the plan put them) │ .data │ .bss │ …  stack ◄ top
//
// The plan has given every object its address; what is placed here is code, and the words that code asks for by name.
// Same input, same bytes: nothing here depends on time, paths or the order of a hash.

import { type Board, mainMemories } from "../board/board.ts";
import type { FunctionCode } from "../codegen/codegen.ts";
import type { Image, ImageSymbol, Section, Segment } from "../image/image.ts";
import { error } from "./errors.ts";
import { relocate } from "./relocate.ts";
import { stackUse } from "./stack.ts";

/** A named range of memory: an object of the plan, or words that code refers to. */
export interface LinkObject {
  readonly name: string;
  /** const: in flash as planned. state, arena: in RAM as planned. */
  readonly region: "const" | "state" | "arena";
  readonly address: number;
  readonly bytes: number;
  /** Initial bytes; zero: cleared by start-up; none: left as it is. */
  readonly init:
    | { readonly kind: "data"; readonly data: Uint8Array }
    | { readonly kind: "zero" }
    | { readonly kind: "none" };
}

export interface LinkInput {
  readonly functions: readonly FunctionCode[];
  readonly objects: readonly LinkObject[];
  /** Names for places in those objects: `thumbelina_input_0` and the like. */
  readonly labels: readonly { readonly name: string; readonly address: number; readonly bytes: number }[];
  readonly layers: readonly { readonly name: string; readonly origin: number }[];
  readonly entry: string;
  readonly fault: string;
}

export interface Linked {
  readonly image: Image;
  readonly flashBytes: number;
  /** Plan's objects and .data, without the stack. */
  readonly ramBytes: number;
  readonly stackBytes: number;
  readonly stackPath: readonly string[];
  readonly codeBytes: number;
}

const roundUp = (n: number, to: number) => Math.ceil(n / to) * to;

export function link(input: LinkInput, board: Board): Linked {
  const { flash, ram } = mainMemories(board);
  const { start } = board.image;
  const inFlash = input.objects.filter(({ region }) => region === "const");
  const inRam = input.objects.filter(({ region }) => region !== "const");
  const vectorBytes = 4 * (16 + board.chip.interrupts);
  const end = (objects: readonly LinkObject[], from: number) =>
    objects.reduce((max, o) => Math.max(max, o.address + o.bytes), from);
  const codeStart = roundUp(end(inFlash, start + vectorBytes), 4);
  const ramEnd = roundUp(end(inRam, ram.base), 4);

  const addresses = placeFunctions(input.functions, codeStart);
  const codeEnd = roundUp(addresses.end, 4);
  const data = dataObjects(inRam);
  const stack = stackUse(input.functions, input.entry);
  const stackTop = ram.base + ram.bytes;
  const symbols = new Map([...addresses.of].map(([name, address]) => [name, address | 1] as const));
  for (const [name, value] of startupSymbols(data, codeEnd)) symbols.set(name, value);
  for (const { name, address } of input.labels) symbols.set(name, address);

  const flashEnd = codeEnd + data.bytes.length;
  checkFit(input, board, {
    flashEnd,
    flashLimit: flash.base + flash.bytes,
    start,
    ramEnd,
    ramBase: ram.base,
    stackTop,
    stackBytes: stack.bytes,
  });
  const code = new Uint8Array(codeEnd - codeStart);
  for (const fn of input.functions) {
    const address = addresses.of.get(fn.name)!;
    code.set(relocate(fn, address, symbols), address - codeStart);
  }
  const vectors = vectorTable(vectorBytes, stackTop, symbols.get(input.entry)!, symbols.get(input.fault)!);
  const image: Image = {
    target: {
      board: board.name,
      core: board.chip.core,
      ...(board.chip.uf2Family ? { uf2Family: board.chip.uf2Family } : {}),
    },
    entry: addresses.of.get(input.entry)!,
    segments: segmentsOf(start, vectors, inFlash, codeStart, code, data, codeEnd),
    sections: sectionsOf(start, vectors, inFlash, codeStart, code, inRam),
    symbols: symbolsOf(input, addresses.of),
    layers: input.layers.map(({ name, origin }) => {
      const fn = input.functions.find((candidate) => candidate.name === name)!;
      return { name, origin, address: addresses.of.get(name)!, bytes: fn.bytes.length };
    }),
    regions: input.objects.map(({ name, region, address, bytes }) => ({ name, region, address, bytes })),
  };
  return {
    image,
    flashBytes: flashEnd - start,
    ramBytes: ramEnd - ram.base,
    stackBytes: stack.bytes,
    stackPath: stack.path,
    codeBytes: code.length,
  };
}

/** Functions in their order, each word-aligned: literal pools need it. */
function placeFunctions(functions: readonly FunctionCode[], start: number) {
  const of = new Map<string, number>();
  let at = start;
  for (const { name, bytes } of functions) {
    at = roundUp(at, 4);
    of.set(name, at);
    at += bytes.length;
  }
  return { of, end: at };
}

interface InitialData {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly zeroStart: number;
  readonly zeroEnd: number;
}

/** State with initial values is one run of .data (gaps hold zeros); state that starts at zero is cleared around it. */
function dataObjects(inRam: readonly LinkObject[]): InitialData {
  const state = inRam.filter(({ region }) => region === "state");
  const initialised = state.filter(({ init }) => init.kind !== "none");
  if (!initialised.length) return { start: 0, bytes: new Uint8Array(0), zeroStart: 0, zeroEnd: 0 };
  const from = Math.min(...initialised.map(({ address }) => address));
  const to = roundUp(Math.max(...initialised.map(({ address, bytes }) => address + bytes)), 4);
  if (initialised.every(({ init }) => init.kind === "zero"))
    return { start: 0, bytes: new Uint8Array(0), zeroStart: from, zeroEnd: to };
  const bytes = new Uint8Array(to - from);
  for (const { address, init } of initialised) if (init.kind === "data") bytes.set(init.data, address - from);
  return { start: from, bytes, zeroStart: 0, zeroEnd: 0 };
}

function startupSymbols({ start, bytes, zeroStart, zeroEnd }: InitialData, load: number): [string, number][] {
  return [
    ["__data_start", start],
    ["__data_end", start + bytes.length],
    ["__data_load", load],
    ["__bss_start", zeroStart],
    ["__bss_end", zeroEnd],
  ];
}

interface Fit {
  readonly flashEnd: number;
  readonly flashLimit: number;
  readonly start: number;
  readonly ramEnd: number;
  readonly ramBase: number;
  readonly stackTop: number;
  readonly stackBytes: number;
}

function checkFit(input: LinkInput, board: Board, fit: Fit): void {
  const largest = (rows: readonly { name: string; bytes: number }[]) =>
    [...rows].sort((a, b) => b.bytes - a.bytes).slice(0, 5);
  const facts = { board: board.name };
  if (fit.flashEnd > fit.flashLimit) {
    const rows = [
      ...input.functions.map(({ name, bytes }) => ({ name, bytes: bytes.length })),
      ...input.objects.filter((o) => o.region === "const"),
    ];
    const contributors = largest(rows).map(({ name, bytes }) => ({ name, bytes }));
    throw error("does-not-fit", {
      ...facts,
      memory: "flash",
      needed: fit.flashEnd - fit.start,
      available: fit.flashLimit - fit.start,
      largest: contributors,
    });
  }
  const needed = fit.ramEnd - fit.ramBase + fit.stackBytes;
  if (fit.ramBase + needed > fit.stackTop) {
    const rows = [
      ...input.objects.filter((o) => o.region !== "const").map(({ name, bytes }) => ({ name, bytes })),
      { name: "stack", bytes: fit.stackBytes },
    ];
    throw error("does-not-fit", {
      ...facts,
      memory: "RAM",
      needed,
      available: fit.stackTop - fit.ramBase,
      largest: largest(rows),
    });
  }
}

/** Initial SP, reset, then every exception to the fault handler. */
function vectorTable(bytes: number, stackTop: number, entry: number, fault: number): Uint8Array {
  const words = new Uint32Array(bytes / 4).fill(fault);
  words[0] = stackTop;
  words[1] = entry;
  return new Uint8Array(words.buffer);
}

function segmentsOf(
  start: number,
  vectors: Uint8Array,
  inFlash: readonly LinkObject[],
  codeStart: number,
  code: Uint8Array,
  data: InitialData,
  dataLoad: number,
): Segment[] {
  // One segment from the vectors to the end of the code: gaps between objects are zeros.
  const bytes = new Uint8Array(codeStart + code.length - start);
  bytes.set(vectors, 0);
  for (const { address, init } of inFlash) if (init.kind === "data") bytes.set(init.data, address - start);
  bytes.set(code, codeStart - start);
  const segments: Segment[] = [
    { loadAddress: start, address: start, data: bytes, bytes: bytes.length, flags: { write: false, execute: true } },
  ];
  if (data.bytes.length)
    segments.push({
      loadAddress: dataLoad,
      address: data.start,
      data: data.bytes,
      bytes: data.bytes.length,
      flags: { write: true, execute: false },
    });
  return segments;
}

function sectionsOf(
  start: number,
  vectors: Uint8Array,
  inFlash: readonly LinkObject[],
  codeStart: number,
  code: Uint8Array,
  inRam: readonly LinkObject[],
): Section[] {
  const sections: Section[] = [{ name: ".vectors", kind: "const", address: start, bytes: vectors.length, align: 4 }];
  const span = (objects: readonly LinkObject[]) => {
    const from = Math.min(...objects.map(({ address }) => address));
    return { address: from, bytes: Math.max(...objects.map(({ address, bytes }) => address + bytes)) - from };
  };
  if (inFlash.length) sections.push({ name: ".rodata", kind: "const", ...span(inFlash), align: 16 });
  sections.push({ name: ".text", kind: "code", address: codeStart, bytes: code.length, align: 4 });
  const kinds = [
    [".data", "data", inRam.filter(({ init }) => init.kind === "data")],
    [".bss", "zero", inRam.filter(({ init }) => init.kind === "zero")],
    [".noinit", "none", inRam.filter(({ init }) => init.kind === "none")],
  ] as const;
  for (const [name, kind, objects] of kinds)
    if (objects.length) sections.push({ name, kind, ...span(objects), align: 4 });
  return sections;
}

function symbolsOf(input: LinkInput, addresses: ReadonlyMap<string, number>): ImageSymbol[] {
  const functions = input.functions.map(
    ({ name, bytes }): ImageSymbol => ({
      name,
      address: addresses.get(name)!,
      bytes: bytes.length,
      kind: "function",
      binding: "global",
    }),
  );
  const objects = input.labels.map(
    ({ name, address, bytes }): ImageSymbol => ({ name, address, bytes, kind: "object", binding: "global" }),
  );
  return [...functions, ...objects];
}
