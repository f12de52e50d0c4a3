// Drives as boot loaders and debug probes show them, on a ChipFlash: no file system, only what is written to a file and what happens then.
//
//   Uf2BootDrive    takes UF2 blocks of its family as they arrive, skips all others, and goes when it has every block
//   ProbeDrive      takes a .bin or .hex whole, goes, programs, and comes back with FAIL.TXT if it could not
//
// Hostile on request: full, read-only, gone in the middle, staying, failing.

import { type Board, mainMemories } from "../../board/board.ts";
import { readImage } from "../../image/image.ts";
import { error } from "../errors.ts";
import type { Drive } from "../flash-types.ts";
import type { Clock } from "../port.ts";
import type { ChipFlash } from "./chip-flash.ts";

export interface DriveFaults {
  /** Bytes that fit. */
  readonly full?: number;
  readonly readOnly?: boolean;
  /** Unplugged after that many bytes. */
  readonly vanishAt?: number;
  /** It takes the file and does nothing. */
  readonly stays?: boolean;
  /** The probe's FAIL.TXT. */
  readonly fail?: string;
  /** The system reports an error for the last write, because the drive has gone already. */
  readonly lateError?: boolean;
  /** It never comes back. */
  readonly staysAway?: boolean;
}

export interface BootDriveOptions {
  readonly board: Board;
  readonly clock: Clock;
  readonly faults?: DriveFaults;
  /** Another board's text, for tests. */
  readonly id?: string;
  readonly onRun?: () => void;
}

const pieceBytes = 4096;
const encode = (text: string) => new TextEncoder().encode(text);

abstract class BootDrive implements Drive {
  readonly label: string;
  readonly path: string;
  protected readonly files = new Map<string, Uint8Array>();
  #gone = false;

  constructor(
    protected readonly flash: ChipFlash,
    protected readonly options: BootDriveOptions,
  ) {
    this.label = options.board.boot.drive?.labels[0] ?? "BOOT";
    this.path = `simulated drive ${this.label}`;
  }

  async readFile(name: string): Promise<Uint8Array | undefined> {
    return this.#gone ? undefined : this.files.get(name);
  }

  async writeFile(name: string, bytes: Uint8Array, onBytes?: (bytes: number) => void): Promise<void> {
    const { faults = {} } = this.options;
    if (this.#gone) throw this.#lost();
    if (faults.readOnly) throw error("drive-read-only", { drive: this.path });
    if (bytes.length > (faults.full ?? Number.POSITIVE_INFINITY))
      throw error("drive-full", { drive: this.path, bytes: bytes.length });
    const end = Math.min(bytes.length, faults.vanishAt ?? bytes.length);
    for (let at = 0; at < end; at += pieceBytes) {
      const piece = bytes.subarray(at, Math.min(at + pieceBytes, end));
      if (!faults.stays) this.take(at, piece);
      onBytes?.(piece.length);
    }
    if (end < bytes.length) {
      this.#gone = true;
      throw this.#lost();
    }
    if (faults.stays) return;
    this.finish(name, bytes);
    if (faults.lateError) throw this.#lost();
  }

  async waitGone(milliseconds: number): Promise<boolean> {
    if (!this.#gone) await this.options.clock.sleep(milliseconds);
    return this.#gone;
  }

  async waitBack(milliseconds: number): Promise<boolean> {
    if (this.options.faults?.staysAway) {
      await this.options.clock.sleep(milliseconds);
      return false;
    }
    this.#gone = false;
    return true;
  }

  protected go(): void {
    this.#gone = true;
  }

  #lost() {
    return error("lost", { path: this.path, reason: "input/output error" });
  }

  /** Bytes as they arrive. */
  protected abstract take(offset: number, bytes: Uint8Array): void;
  protected abstract finish(name: string, bytes: Uint8Array): void;
}

/** Blocks as github.com/microsoft/uf2 and the RP2040's ROM (virtual_disk.c) take them: what is not for this chip is ignored. */
export class Uf2BootDrive extends BootDrive {
  readonly #seen = new Set<number>();
  readonly #erased = new Set<number>();
  #rest = new Uint8Array(0);
  #total = 0;

  constructor(flash: ChipFlash, options: BootDriveOptions) {
    super(flash, options);
    const id = options.id ?? options.board.boot.drive?.ids[0] ?? "unknown";
    this.files.set(
      "INFO_UF2.TXT",
      encode(`UF2 Bootloader v3.0\r\nModel: ${options.board.title}\r\nBoard-ID: ${id}\r\n`),
    );
  }

  protected take(_: number, bytes: Uint8Array): void {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    let at = 0;
    for (; at + 512 <= all.length; at += 512) this.#block(all.subarray(at, at + 512));
    this.#rest = all.slice(at);
  }

  protected finish(): void {
    if (this.#total === 0 || this.#seen.size < this.#total) return;
    this.go();
    this.options.onRun?.();
  }

  #block(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 512);
    const word = (offset: number) => view.getUint32(offset, true);
    if (word(0) !== 0x0a324655 || word(4) !== 0x9e5d5157 || word(508) !== 0x0ab16f30) return;
    const [flags, address, size, number, total] = [word(8), word(12), word(16), word(20), word(24)];
    if ((flags & 0x2001) !== 0x2000 || word(28) !== this.options.board.chip.uf2Family) return;
    if (size !== 256 || number >= total || address % 256 !== 0 || !this.flash.holds(address, size)) return;
    if (this.options.board.reserved.some((region) => region.name === "bootloader" && inside(address, region))) return;
    this.#total = total;
    const sector = this.flash.sectorAt(address)!;
    if (!this.#erased.has(sector.index)) this.flash.erase(sector.address);
    this.#erased.add(sector.index);
    const before = this.flash.read(address, size)!;
    this.flash.program(
      address,
      bytes.subarray(32, 32 + size).map((byte, i) => byte & before[i]!),
    );
    this.#seen.add(number);
  }
}

const inside = (address: number, { base, bytes }: { base: number; bytes: number }) =>
  base <= address && address < base + bytes;

export class ProbeDrive extends BootDrive {
  constructor(flash: ChipFlash, options: BootDriveOptions) {
    super(flash, options);
    const id = options.id ?? options.board.boot.drive?.ids[0] ?? "0000";
    this.files.set("DETAILS.TXT", encode(`# DAPLink Firmware\r\nUnique ID: ${id}00000000000000000000000097969901\r\n`));
    this.files.set(
      "MBED.HTM",
      encode(`<meta http-equiv="refresh" content="0; url=http://mbed.org/device/?code=${id}"/>`),
    );
  }

  protected take(): void {}

  protected finish(name: string, bytes: Uint8Array): void {
    this.go();
    this.files.delete("FAIL.TXT");
    const failure = this.options.faults?.fail ?? this.#program(name, bytes);
    if (failure !== undefined) this.files.set("FAIL.TXT", encode(`error: ${failure}\r\ntype: target\r\n`));
    else this.options.onRun?.();
  }

  /** Undefined: done. */
  #program(name: string, bytes: Uint8Array): string | undefined {
    const { flash } = mainMemories(this.options.board);
    try {
      const isHex = /\.hex$/i.test(name);
      const image = readImage(bytes, { format: isHex ? "hex" : "bin", base: flash.base });
      const parts = image.segments.map(({ loadAddress, data }) => ({ address: loadAddress, data }));
      if (parts.some(({ address, data }) => !this.flash.holds(address, data.length)))
        return "The image is for another address space.";
      const touched = this.flash.sectors.filter((sector) =>
        parts.some(
          ({ address, data }) => address < sector.address + sector.bytes && sector.address < address + data.length,
        ),
      );
      for (const sector of touched) this.flash.erase(sector.address);
      for (const { address, data } of parts) this.#write(address, data);
      return undefined;
    } catch {
      return "The hex file cannot be decoded. Checksum calculation failure occurred.";
    }
  }

  #write(address: number, data: Uint8Array): void {
    const { unit } = this.flash;
    const from = Math.floor(address / unit) * unit;
    const padded = new Uint8Array(Math.ceil((address + data.length - from) / unit) * unit).fill(0xff);
    padded.set(data, address - from);
    this.flash.program(from, padded);
  }
}
