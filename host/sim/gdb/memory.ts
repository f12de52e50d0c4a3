// Memory for gdb: as a debugger sees it (no faults, flash can be written), devices and the system region by aligned accesses with
// their side effects. Also the map that tells gdb where flash is, so that it erases and programs there.

import { UserError } from "../../base/errors.ts";
import type { Board } from "../../board/board.ts";
import { Fault } from "../faults.ts";
import type { Machine } from "../machine.ts";

/** What is there from `address` on, at most `bytes`; undefined where there is nothing. */
export function readMemory(machine: Machine, address: number, bytes: number): Uint8Array | undefined {
  for (let count = bytes; count > 0; count >>= 1) {
    const found = quietly(() => machine.peek(address, count));
    if (found) return found;
  }
  const width = bytes >= 4 && address % 4 === 0 ? 4 : bytes >= 2 && address % 2 === 0 ? 2 : 1;
  const value = quietly(() => machine.busRead(address, width));
  if (value === undefined) return undefined;
  return Uint8Array.from({ length: width }, (_, i) => (value >>> (8 * i)) & 0xff);
}

export function writeMemory(machine: Machine, address: number, bytes: Uint8Array): boolean {
  if (bytes.length === 0) return true;
  return quietly(() => machine.poke(address, bytes) ?? true) ?? false;
}

export function eraseMemory(machine: Machine, address: number, bytes: number): boolean {
  const inside = machine.board.chip.memories.some(
    (memory) => memory.base <= address && address + bytes <= memory.base + memory.bytes,
  );
  return inside && writeMemory(machine, address, new Uint8Array(bytes).fill(0xff));
}

/** Undefined where the machine says that nothing answers. */
function quietly<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch (cause) {
    if (cause instanceof UserError || cause instanceof Fault) return undefined;
    throw cause;
  }
}

export function memoryMap({ chip }: Board): string {
  const places = chip.memories.flatMap((memory) =>
    [memory.base, ...(memory.aliases ?? [])].map((base) => {
      const range = `start="0x${base.toString(16)}" length="0x${memory.bytes.toString(16)}"`;
      if (memory.kind !== "flash") return `<memory type="${memory.kind}" ${range}/>`;
      const block = Math.min(4096, ...(memory.sectors ?? []).map(({ bytes }) => bytes));
      return `<memory type="flash" ${range}><property name="blocksize">0x${block.toString(16)}</property></memory>`;
    }),
  );
  const devices = chip.peripherals.map(
    ({ base, bytes }) => `<memory type="ram" start="0x${base.toString(16)}" length="0x${bytes.toString(16)}"/>`,
  );
  const system = '<memory type="ram" start="0xe0000000" length="0x100000"/>';
  return `<?xml version="1.0"?><!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd"><memory-map>${places.join("")}${devices.join("")}${system}</memory-map>`;
}
