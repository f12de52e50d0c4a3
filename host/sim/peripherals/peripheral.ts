// What every simulated peripheral is given and gives. A model is a row of the table in models.ts, named by a chip's `devices`; it sees
// the processor only through its interrupt lines, and the outside only through the World (pins, buses, feeds).
// Nothing happens per cycle: values are computed from the time at which they are asked for, and what must happen is scheduled.
// Faults that tests inject are levels in the World: `fault.<device>` (see Machine.inject), each model says which it knows.

import type { Device } from "../bus.ts";
import type { FlashArray } from "../flash-array.ts";
import type { World } from "../world.ts";

export interface PeripheralPorts {
  readonly name: string;
  /** Level of the device's interrupt lines, by index into `interrupts` of the chip's row. */
  irq(line: number, high: boolean): void;
  /** Non-maskable. */
  nmi(high: boolean): void;
  /** DMA. Throws Fault where there is no memory. */
  readMemory(address: number, bytes: number): Uint8Array;
  writeMemory(address: number, bytes: Uint8Array): void;
  /** Registers of other devices, for DMA engines: with the side effects of a bus access. */
  readBus(address: number, width: 1 | 2 | 4): number;
  writeBus(address: number, value: number, width: 1 | 2 | 4): void;
  /** The whole chip, with the cause that the power controller then reports. */
  resetChip(cause: "watchdog" | "software" | "pin" | "lockup"): void;
  /** Numbers and words of the chip's row (`options`). */
  readonly options: Readonly<Record<string, number | string>>;
  readonly world: World;
  /** The program broke a rule of the hardware: kept for the user (Machine.notes). */
  note(text: string): void;
  /** The flash memory that holds an address; its controller's model sets `onStore`. */
  flashAt(address: number): FlashArray | undefined;
  /** The core stands still for so long (a flash that cannot be read while it is written). */
  stall(seconds: number): void;
  /** Boot ROM: bytes of a table, and routines that the host answers. */
  rom(address: number, bytes: Uint8Array): void;
  romCall(address: number, run: (call: RomCall) => void): void;
  /** What a program leaves behind for the board's boot loader to stay in it, after a software reset. */
  readonly loaderMagic: number | undefined;
  /** The boot ROM's loader takes over: the run ends, a reset starts the program again. */
  bootLoader(): void;
}

/** A call of a ROM routine: arguments and result in r0–r3. */
export interface RomCall {
  get(register: 0 | 1 | 2 | 3): number;
  set(register: 0 | 1 | 2 | 3, value: number): void;
  /** LR: who called. */
  readonly returnAddress: number;
  /** PRIMASK. */
  readonly interruptsMasked: boolean;
}

export interface Peripheral extends Device {
  /** Extent in the address space. */
  readonly bytes: number;
  /** Chip reset; `cause` powerOn also forgets what survives others. */
  reset(cause: ResetCause): void;
}

export type ResetCause = "power-on" | "pin" | "watchdog" | "software" | "lockup";
