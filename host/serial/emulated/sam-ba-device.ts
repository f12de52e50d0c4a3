// Arduino's SAM-BA monitors as devices: the SAMD21's (ArduinoCore-samd, sam_ba_monitor.c), whose addresses are the chip's, and the Nano
// 33 BLE's, whose flash begins with the application, whose buffer begins with 0, and which cannot be read.
//
//   text … # ─► obey;   S: then LEN bytes go into RAM        command text is at most 64 characters: more is dropped
//
// The boot loader's own flash is locked: erasing and writing there does nothing.

import { crc16 } from "../../base/crc.ts";
import { BootLoader, type DeviceEvents, erase, holds, program } from "./emulated-device.ts";

export interface SamBaChip {
  readonly version: string;
  /** Answer to I#; undefined: no such command. */
  readonly name?: string;
  /** Flash address that the monitor calls 0. */
  readonly origin: number;
  readonly applicationStart: number;
  /** Address and size of the RAM that S may fill. */
  readonly ram: { readonly base: number; readonly bytes: number };
  readonly registers: ReadonlyMap<number, number>;
  /** R, O, H, W answer; false: nothing can be read back. */
  readonly readable: boolean;
  /** Erased at once by X (row of 256 bytes), or page by page when it is written. */
  readonly erase: { readonly unit: number; readonly milliseconds: number; readonly when: "asked" | "written" };
  readonly pageMilliseconds: number;
}

/** The chips' data sheets: DS40001882 table 37-42 (row erase 6 ms, page 2.5 ms); nRF52840 PS 6.14 (85 ms, 41 µs a word). */
export const samd21Zero: SamBaChip = {
  version: "v2.0 [Arduino:XYZ] Mar 19 2018 09:45:14",
  origin: 0,
  applicationStart: 0x2000,
  ram: { base: 0x20000000, bytes: 0x8000 },
  registers: new Map([
    [0xe000ed00, 0x410cc601], // CPUID
    [0x41002018, 0x10010305], // DSU.DID: SAMD21G18A, die D
    [0x41004014, 1], // NVMCTRL.INTFLAG: ready
    [0x00804004, 0xffffffff], // user row: nothing locked
    [0x00804006, 0xffffffff],
    [0x00804007, 0xffffffff],
  ]),
  readable: true,
  erase: { unit: 256, milliseconds: 6, when: "asked" },
  pageMilliseconds: 2.5,
};

export const nano33: SamBaChip = {
  version: "Arduino Bootloader (SAM-BA extended) 2.0 [Arduino:IKXYZ]",
  name: "nRF52840-QIAA",
  origin: 0x10000,
  applicationStart: 0x10000,
  ram: { base: 0, bytes: 0x2000 },
  registers: new Map(),
  readable: false,
  erase: { unit: 4096, milliseconds: 85, when: "written" },
  pageMilliseconds: 0.656, // 64 bytes
};

const longestCommand = 64;
const pageBytes = 64;

export class SamBaDevice extends BootLoader {
  #text = "";
  #source = 0;
  #stay = false;
  #wanted: { address: number; bytes: number } | undefined;
  readonly #ram: Uint8Array;

  constructor(
    private readonly chip: SamBaChip,
    flash: Uint8Array,
    events: DeviceEvents = {},
    slowness = 1,
  ) {
    super(flash, 0, events, slowness);
    this.#ram = new Uint8Array(chip.ram.bytes);
  }

  /** Reset pressed twice: into the boot loader though there is an application. */
  doubleReset(): void {
    this.#stay = true;
    this.reset();
  }

  protected start(): void {
    const stay = this.#stay;
    this.#stay = false;
    this.#text = "";
    this.#wanted = undefined;
    this.#source = 0;
    const at = this.chip.applicationStart;
    const stack = new DataView(this.flash.buffer, this.flash.byteOffset).getUint32(at, true);
    // A vector table begins with a stack pointer in RAM.
    if (stack >>> 28 === 2 && !stay) this.run(at);
  }

  protected take(byte: number): void {
    if (this.#wanted) {
      const at = this.#wanted.address++ - this.chip.ram.base;
      if (at >= 0 && at < this.#ram.length) this.#ram[at] = byte;
      if (--this.#wanted.bytes === 0) this.#wanted = undefined;
    } else if (byte === 0x23) {
      const text = this.#text;
      this.#text = "";
      this.#command(text);
    } else if (this.#text.length < longestCommand) this.#text += String.fromCharCode(byte);
  }

  #say(text: string): void {
    this.answer(new TextEncoder().encode(text));
  }

  #command(text: string): void {
    const [first = "", second = ""] = text.slice(1).split(",");
    const number = (digits: string) => (/^[0-9a-fA-F]{1,8}$/.test(digits) ? Number.parseInt(digits, 16) : 0);
    const [address, value] = [number(first), number(second)];
    switch (text[0]) {
      case "N":
        return this.#say("\n\r");
      case "V":
        return this.#say(`${this.chip.version}\n\r`);
      case "I":
        return this.chip.name === undefined ? undefined : this.#say(`${this.chip.name}\n\r`);
      case "K":
        return this.chip.name === undefined ? undefined : this.reset();
      case "S":
        this.#wanted = value > 0 ? { address, bytes: value } : undefined;
        return;
      case "w":
        return this.chip.readable ? this.#read(address, 4) : undefined;
      case "h":
        return this.chip.readable ? this.#read(address, 2) : undefined;
      case "o":
        return this.chip.readable ? this.#read(address, 1) : undefined;
      case "R":
        return this.chip.readable ? this.#read(address, Math.min(value, 0x10000)) : undefined;
      case "W":
        return address === 0xe000ed0c && value === 0x05fa0004 ? this.reset() : this.#writeRam(address, value);
      case "X":
        return this.#erase(address);
      case "Y":
        return this.#write(address, value);
      case "Z":
        return this.#sum(address, value);
    }
  }

  #read(address: number, bytes: number): void {
    const register = this.chip.registers.get(address);
    if (register !== undefined) {
      const word = new Uint8Array(4);
      new DataView(word.buffer).setUint32(0, register, true);
      return this.answer(word.subarray(0, bytes));
    }
    const { base } = this.chip.ram;
    if (holds(this, address, bytes)) return this.answer(this.flash.subarray(address, address + bytes));
    const inRam = address >= base && address + bytes <= base + this.#ram.length;
    this.answer(inRam ? this.#ram.subarray(address - base, address - base + bytes) : new Uint8Array(bytes));
  }

  #writeRam(address: number, value: number): void {
    const at = address - this.chip.ram.base;
    if (at >= 0 && at + 4 <= this.#ram.length) new DataView(this.#ram.buffer).setUint32(at, value, true);
  }

  #erase(relative: number): void {
    const { unit, milliseconds, when } = this.chip.erase;
    const address = relative + this.chip.origin;
    if (when === "asked" && address >= this.chip.applicationStart && holds(this, address, 1)) {
      const bytes = this.flash.length - address;
      this.work((bytes / unit) * milliseconds);
      erase(this, address, bytes);
    }
    this.#say("X\n\r");
  }

  #write(address: number, bytes: number): void {
    if (bytes === 0) this.#source = address;
    else {
      const to = address + this.chip.origin;
      const from = this.#source - this.chip.ram.base;
      const inRam = from >= 0 && from + bytes <= this.#ram.length;
      if (inRam && holds(this, to, bytes) && to >= this.chip.applicationStart) {
        const { unit, milliseconds, when } = this.chip.erase;
        if (when === "written" && to % unit === 0) {
          this.work(Math.ceil(bytes / unit) * milliseconds);
          erase(this, to, Math.ceil(bytes / unit) * unit);
        }
        this.work((bytes / pageBytes) * this.chip.pageMilliseconds);
        program(this, to, this.#ram.subarray(from, from + bytes));
      }
    }
    this.#say("Y\n\r");
  }

  #sum(relative: number, bytes: number): void {
    const address = relative + this.chip.origin;
    const crc = holds(this, address, bytes) ? crc16(this.flash.subarray(address, address + bytes)) : 0;
    this.#say(`Z${crc.toString(16).toUpperCase().padStart(8, "0")}#\n\r`);
  }
}
