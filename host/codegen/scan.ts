// Walking over instructions without translating them: what a loop assigns, and past code that cannot be reached.

import { Reader } from "./cursor.ts";
import { error } from "./errors.ts";
import type { Module, Signature, WasmFunction } from "./module-types.ts";

/** Reads a block type: empty, one result, or a type index. */
export function blockSignature(reader: Reader, module: Module): Signature {
  const byte = reader.bytes[reader.at]!;
  if (byte === 0x40) {
    reader.at++;
    return { params: [], results: [] };
  }
  if (byte & 0x40) return { params: [], results: [reader.valueType()] };
  return module.types[Number(reader.s64())]!;
}

/** Skips the immediates of the instruction whose opcode was just read. Returns the local that it assigns, or −1. */
function skipImmediates(reader: Reader, opcode: number): number {
  if (opcode >= 0x02 && opcode <= 0x04) reader.s64();
  else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) reader.u32();
  else if (opcode === 0x0e) {
    reader.list(() => reader.u32());
    reader.u32();
  } else if (opcode === 0x11) {
    reader.u32();
    reader.u32();
  } else if (opcode === 0x1c) reader.list(() => reader.byte());
  else if (opcode === 0x21 || opcode === 0x22) return reader.u32();
  else if (opcode >= 0x20 && opcode <= 0x26) reader.u32();
  else if (opcode >= 0x28 && opcode <= 0x3e) {
    reader.u32();
    reader.u32();
  } else if (opcode === 0x3f || opcode === 0x40) reader.byte();
  else if (opcode === 0x41 || opcode === 0x42) reader.s64();
  else if (opcode === 0x43) reader.at += 4;
  else if (opcode === 0x44) reader.at += 8;
  else if (opcode === 0xd0) reader.byte();
  else if (opcode === 0xd2) reader.u32();
  else if (opcode === 0xfc) skipPrefixed(reader);
  return -1;
}

function skipPrefixed(reader: Reader): void {
  const sub = reader.u32();
  if (sub < 8) return;
  reader.u32();
  if (sub === 8 || sub === 10 || sub === 12 || sub === 14) reader.u32();
}

/** Opcodes whose immediates are known here: the MVP, sign extension, reference types, the 0xfc prefix. */
function isKnown(opcode: number): boolean {
  if (opcode <= 0x05 || (opcode >= 0x0b && opcode <= 0x11) || (opcode >= 0x1a && opcode <= 0x1c)) return true;
  if (opcode >= 0x20 && opcode <= 0xc4) return opcode !== 0x27;
  return (opcode >= 0xd0 && opcode <= 0xd2) || opcode === 0xfc;
}

/** Reads the opcode of the next instruction; vectors, threads, exceptions, tail calls have no machine code. */
function readOpcode(reader: Reader, wasm: WasmFunction): number {
  const byte = reader.at;
  const opcode = reader.byte();
  if (isKnown(opcode)) return opcode;
  throw error("unsupported-opcode", { opcode, function: wasm.name }, { symbol: wasm.name, byte });
}

/** Past one instruction, nested ones included (block … end is one). */
export function skipInstruction(reader: Reader, wasm: WasmFunction): void {
  let depth = 0;
  do {
    const opcode = readOpcode(reader, wasm);
    skipImmediates(reader, opcode);
    if (opcode >= 0x02 && opcode <= 0x04) depth++;
    else if (opcode === 0x0b) depth--;
  } while (depth > 0);
}

/** Offset of each loop instruction → locals assigned anywhere inside it. */
export function assignedInLoops(bytes: Uint8Array, wasm: WasmFunction): ReadonlyMap<number, ReadonlySet<number>> {
  const reader = new Reader(bytes, wasm.start, wasm.end);
  const found = new Map<number, Set<number>>();
  const frames: (Set<number> | undefined)[] = [undefined];
  while (frames.length) {
    const at = reader.at;
    const opcode = readOpcode(reader, wasm);
    const local = skipImmediates(reader, opcode);
    if (local >= 0) for (const frame of frames) frame?.add(local);
    if (opcode === 0x03) {
      const assigned = new Set<number>();
      found.set(at, assigned);
      frames.push(assigned);
    } else if (opcode === 0x02 || opcode === 0x04) frames.push(undefined);
    else if (opcode === 0x0b) frames.pop();
  }
  return found;
}
