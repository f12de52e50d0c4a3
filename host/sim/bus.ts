// What answers at which address: a table of ranges, made once from the chip. Memory answers with bytes (aliases share them),
// a device with two functions. Nothing here knows alignment, privilege or the MPU: port.ts does, before it asks the bus.

import type { Chip, Memory } from "../board/board.ts";
import { Fault } from "./faults.ts";

export type Width = 1 | 2 | 4;

/** A peripheral, by offset from its base. */
export interface Device {
  read(offset: number, width: Width): number;
  write(offset: number, value: number, width: Width): void;
  /** Reading there changes nothing, not even when the device asks to be served: translated code may do it (polling). Absent: no. */
  quiet?(offset: number): boolean;
}

export interface Range {
  readonly base: number;
  readonly bytes: number;
  /** Set for memory; `memory` says which, `view` is its DataView. */
  readonly data?: Uint8Array;
  readonly view?: DataView;
  readonly memory?: Memory;
  readonly writable: boolean;
  readonly device?: Device;
  /** What a store into memory that is not writable means (flash being programmed); absent: a bus fault. */
  readonly onStore?: (address: number, value: number, width: Width) => boolean;
}

/** The chip's memories, empty; their aliases share the bytes. `onStore` answers stores into those that are not RAM. */
export function memoryRanges(
  chip: Chip,
  onStore: (memory: Memory, offset: number, value: number, width: Width) => boolean,
): Range[] {
  return chip.memories.flatMap((memory) => {
    const data = new Uint8Array(memory.bytes);
    const view = new DataView(data.buffer);
    const writable = memory.kind === "ram";
    return [memory.base, ...(memory.aliases ?? [])].map((base) => ({
      ...{ base, bytes: memory.bytes, data, view, memory, writable },
      ...(!writable && {
        onStore: (address: number, value: number, width: Width) => onStore(memory, address - base, value, width),
      }),
    }));
  });
}

const unmodelled = (fixed: ReadonlyMap<number, number>, base: number): Device => ({
  read: (offset) => fixed.get(base + offset) ?? 0,
  write: () => {},
});

export class Bus {
  readonly ranges: readonly Range[];
  #last: Range;

  /** `devices` come before the chip's unmodelled peripheral ranges that they lie in. */
  constructor(chip: Chip, memories: readonly Range[], devices: readonly Range[]) {
    const fixed = new Map((chip.fixed ?? []).map(({ address, value }) => [address, value]));
    const rest = chip.peripherals.map(({ base, bytes }) => ({
      base,
      bytes,
      writable: true,
      device: unmodelled(fixed, base),
    }));
    this.ranges = [...memories, ...devices, ...rest];
    this.#last = this.ranges[0]!;
  }

  /** The range that holds an address (unsigned). */
  find(address: number): Range | undefined {
    const last = this.#last;
    if (address >= last.base && address < last.base + last.bytes) return last;
    for (const range of this.ranges)
      if (address >= range.base && address < range.base + range.bytes) return (this.#last = range);
    return undefined;
  }

  read(at: number, width: Width): number {
    const address = at >>> 0;
    const range = this.find(address);
    if (!range || address + width > range.base + range.bytes) throw new Fault("data-bus", address);
    const offset = address - range.base;
    if (range.device) return range.device.read(offset, width);
    return this.readPlain(range, address, width);
  }

  /** From a range that is memory and holds the whole access, at any alignment. */
  readPlain(range: Range, address: number, width: Width): number {
    const view = range.view!;
    const offset = address - range.base;
    return width === 4
      ? view.getInt32(offset, true)
      : width === 2
        ? view.getUint16(offset, true)
        : view.getUint8(offset);
  }

  write(at: number, value: number, width: Width): void {
    const address = at >>> 0;
    const range = this.find(address);
    if (!range || address + width > range.base + range.bytes) throw new Fault("data-bus", address);
    const offset = address - range.base;
    if (!range.writable) {
      if (!range.onStore?.(address, value, width)) throw new Fault("data-bus", address);
    } else if (range.device) range.device.write(offset, value, width);
    else this.writePlain(range, address, value, width);
  }

  writePlain(range: Range, address: number, value: number, width: Width): void {
    const offset = address - range.base;
    if (width === 4) range.view!.setInt32(offset, value, true);
    else if (width === 2) range.view!.setInt16(offset, value, true);
    else range.view!.setInt8(offset, value);
  }
}
