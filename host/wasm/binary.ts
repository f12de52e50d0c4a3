// The little of the WebAssembly binary format that is written here by hand: data segments. They are appended to the module
// that Binaryen emits, one per initialised object, so that megabytes of weights never pass through text or expression trees.
//
//   11 │ size │ count │ 0x00 │ 0x41 address 0x0b │ length │ bytes │ …       section 11, active segments of memory 0
//
// (WebAssembly core 2.0, 5.5.14; LEB128 in 5.2.2.) A data section may follow custom sections; no other section comes after it.

import type { PlannedObject } from "../plan/plan.ts";

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value ? low | 0x80 : low);
  } while (value);
  return bytes;
}

export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = value & 0x7f;
    value >>= 7;
    if ((value === 0 && !(low & 0x40)) || (value === -1 && low & 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const pageBytes = 65536;

/** Pages of memory that hold the objects, and `beyond` bytes after the last. */
export function pagesOf(objects: readonly PlannedObject[], beyond = 0): number {
  const end = objects.reduce((most, { address, bytes }) => Math.max(most, address + bytes), 1);
  return Math.ceil((end + beyond) / pageBytes);
}

/** The module with one data segment per object whose initial value is data. */
export function withData(module: Uint8Array, objects: readonly PlannedObject[]): Uint8Array {
  const parts: (readonly number[] | Uint8Array)[] = [];
  let count = 0;
  for (const { address, init } of objects) {
    if (init.kind !== "data" || init.data.length === 0) continue;
    parts.push([0x00, 0x41, ...signed(address | 0), 0x0b, ...unsigned(init.data.length)], init.data);
    count++;
  }
  if (count === 0) return module;
  const head = unsigned(count);
  const size = parts.reduce((sum, part) => sum + part.length, head.length);
  const sized = [11, ...unsigned(size), ...head];
  const bytes = new Uint8Array(module.length + sized.length + size - head.length);
  let at = 0;
  for (const part of [module, sized, ...parts]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
