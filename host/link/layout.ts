// Addresses: what the plan has placed stays where it is; code and the initial values of .data go behind the constants.
//
//   flash  boot stage? │ vectors │ constants (plan) │ code │ initial values of .data
//          image.start ─┘
//   RAM    state, arena (plan) │ …  stack ◄ top

import { type Board, imageSpace } from "../board/board.ts";
import type { FunctionCode } from "../codegen/codegen.ts";
import { type LinkInput, type LinkObject, roundUp } from "./link-types.ts";

/** State with initial values is one run of .data (gaps hold zeros); state that starts at zero is .bss before it, or inside that run. */
export interface InitialState {
  readonly data: { readonly address: number; readonly bytes: Uint8Array };
  readonly zero: { readonly address: number; readonly bytes: number };
}

export interface Layout {
  readonly start: number;
  readonly vectorBytes: number;
  readonly constants: readonly LinkObject[];
  readonly inRam: readonly LinkObject[];
  readonly functions: readonly { readonly code: FunctionCode; readonly address: number }[];
  readonly codeStart: number;
  readonly codeEnd: number;
  readonly initial: InitialState;
  readonly flashEnd: number;
  readonly flashLimit: number;
  readonly ramBase: number;
  readonly ramEnd: number;
  readonly stackTop: number;
}

export function layOut(input: LinkInput, board: Board): Layout {
  const { flash, flashReserved: vectorBytes, ram } = imageSpace(board);
  const constants = input.objects.filter(({ region }) => region === "const");
  const inRam = input.objects.filter(({ region }) => region !== "const");
  const codeStart = roundUp(endOf(constants, flash.base + vectorBytes), 4);
  const placed: { code: FunctionCode; address: number }[] = [];
  let at = codeStart;
  for (const code of input.functions) {
    placed.push({ code, address: at });
    at = roundUp(at + code.bytes.length, 4); // literal pools are word-aligned in their function
  }
  const initial = initialState(inRam);
  return {
    start: flash.base,
    vectorBytes,
    constants,
    inRam,
    functions: placed,
    codeStart,
    codeEnd: at,
    initial,
    flashEnd: at + initial.data.bytes.length,
    flashLimit: flash.base + flash.bytes,
    ramBase: ram.base,
    ramEnd: roundUp(endOf(inRam, ram.base), 4),
    stackTop: ram.base + ram.bytes,
  };
}

const endOf = (objects: readonly LinkObject[], from: number) =>
  objects.reduce((most, { address, bytes }) => Math.max(most, address + bytes), from);

function initialState(inRam: readonly LinkObject[]): InitialState {
  const initialised = inRam.filter(({ init }) => init.kind !== "none");
  const none = { data: { address: 0, bytes: new Uint8Array(0) }, zero: { address: 0, bytes: 0 } };
  if (!initialised.length) return none;
  const sorted = [...initialised].sort((a, b) => a.address - b.address);
  const firstData = sorted.findIndex(({ init }) => init.kind === "data");
  const [zero, data] = firstData < 0 ? [sorted, []] : [sorted.slice(0, firstData), sorted.slice(firstData)];
  const run = (objects: readonly LinkObject[]) => {
    const address = (objects[0]?.address ?? 0) & ~3;
    return { address, bytes: objects.length ? roundUp(endOf(objects, 0), 4) - address : 0 };
  };
  const { address: from, bytes: length } = run(data);
  const bytes = new Uint8Array(length);
  for (const { address, init } of data) if (init.kind === "data") bytes.set(init.data, address - from);
  return { zero: run(zero), data: { address: from, bytes } };
}
