// The RP2040's boot ROM as programs use it (RP2040 Datasheet 2.8.3): a table of functions by two-letter codes, looked up through the pointer
// at 0x18, each answered by the host. The vendor's ROM code itself is not here.
//
//   0x10 'M' 'u' 1 version   0x14 → function table   0x16 → data table   0x18 → rom_table_lookup      entries: code u16, pointer u16; 0 ends
//
// Flash calls keep the chip's real order: connect_internal_flash, flash_exit_xip, erase or program, flash_flush_cache, then back to
// execute in place (flash_enter_cmd_xip, or SSI set up again). In between the flash cannot be read: a caller that lies in flash, or that
// lets interrupts in, crashes here as it does on silicon. Times: W25Q16JV 8.6, typical.

import { Fault } from "../../faults.ts";
import type { Peripheral, PeripheralPorts, RomCall } from "../peripheral.ts";

const at = { functions: 0x80, data: 0x100, code: 0x200 } as const;
const flashBase = 0x10000000;
const sectorBytes = 4096;
const pageBytes = 256;
const eraseSeconds = 0.045;
const blockSeconds = 0.15;
const pageSeconds = 0.0004;

const code = (letters: string) => letters.charCodeAt(0) | (letters.charCodeAt(1) << 8);

export class BootRom implements Peripheral {
  /** No registers: it only fills the ROM. */
  readonly bytes = 0;
  #serial = false;
  #connected = false;

  constructor(readonly ports: PeripheralPorts) {
    const table = new DataView(new ArrayBuffer(at.data - at.functions));
    const calls: Readonly<Record<string, (call: RomCall) => void>> = {
      IF: () => {
        this.#connected = true;
      },
      EX: (call) => this.#exitXip(call),
      RE: (call) => this.#erase(call),
      RP: (call) => this.#program(call),
      FC: () => {},
      CX: () => this.#enterXip(),
      UB: () => ports.bootLoader(),
    };
    let place: number = at.code;
    for (const [index, [letters, run]] of Object.entries(calls).entries()) {
      table.setUint16(4 * index, code(letters), true);
      table.setUint16(4 * index + 2, place | 1, true);
      ports.romCall(place, run);
      place += 8;
    }
    ports.romCall(place, (call) => this.#lookUp(call));
    const header = Uint8Array.of(
      0x4d,
      0x75,
      1,
      3,
      at.functions,
      0,
      at.data & 0xff,
      at.data >> 8,
      (place | 1) & 0xff,
      place >> 8,
    );
    ports.rom(0x10, header);
    ports.rom(at.functions, new Uint8Array(table.buffer));
    // SSIENR written 1: whoever sets up the SSI has brought execute in place back.
    ports.world.onSignal("ssi.enabled", (on) => on && this.#enterXip());
  }

  reset(): void {
    this.#serial = this.#connected = false;
  }

  read(): number {
    return 0;
  }

  write(): void {}

  /** r0: table, r1: code; the entry's pointer, 0 if there is none. */
  #lookUp(call: RomCall): void {
    const wanted = call.get(1) & 0xffff;
    for (let entry = call.get(0); ; entry += 4) {
      const [low = 0, high = 0, pointerLow = 0, pointerHigh = 0] = this.ports.readMemory(entry, 4);
      const found = low | (high << 8);
      if (found !== 0 && found !== wanted) continue;
      return call.set(0, found === 0 ? 0 : pointerLow | (pointerHigh << 8));
    }
  }

  #exitXip(call: RomCall): void {
    if (!this.#connected) this.ports.note("boot ROM: flash_exit_xip before connect_internal_flash");
    this.#serial = true;
    this.#mustNotNeedFlash(call);
  }

  #enterXip(): void {
    this.#serial = this.#connected = false;
  }

  /** While the flash is not readable, neither the caller nor a handler may be in it. */
  #mustNotNeedFlash({ returnAddress, interruptsMasked }: RomCall): void {
    const where = returnAddress >>> 24;
    if (!interruptsMasked) this.ports.note("boot ROM: interrupts are on while the flash cannot be read");
    if (where < 0x10 || where > 0x14) return;
    this.ports.note("boot ROM: the caller is in flash, which cannot be read now");
    throw new Fault("fetch-bus");
  }

  #ready(call: RomCall): boolean {
    if (!this.#serial) this.ports.note("boot ROM: flash_exit_xip must come first");
    else this.#mustNotNeedFlash(call);
    return this.#serial;
  }

  /** r0 offset, r1 bytes, r2 block bytes, r3 block command. */
  #erase(call: RomCall): void {
    if (!this.#ready(call)) return;
    const flash = this.ports.flashAt(flashBase)!;
    const end = call.get(0) + call.get(1);
    const blockBytes = call.get(2);
    for (let offset = call.get(0); offset < end; ) {
      const whole = blockBytes > sectorBytes && offset % blockBytes === 0 && offset + blockBytes <= end;
      const bytes = whole ? blockBytes : sectorBytes;
      for (let done = 0; done < bytes; done += sectorBytes)
        if (flash.erase(flashBase + offset + done) !== undefined) return;
      this.ports.stall(whole ? blockSeconds : eraseSeconds);
      offset += bytes;
    }
  }

  /** r0 offset, r1 source, r2 bytes. */
  #program(call: RomCall): void {
    if (!this.#ready(call)) return;
    const source = this.ports.readMemory(call.get(1), call.get(2));
    const flash = this.ports.flashAt(flashBase)!;
    for (let offset = 0; offset < source.length; offset += pageBytes) {
      const page = source.subarray(offset, offset + pageBytes);
      if (flash.program(flashBase + call.get(0) + offset, page) !== undefined) return;
      this.ports.stall(pageSeconds);
    }
  }
}
