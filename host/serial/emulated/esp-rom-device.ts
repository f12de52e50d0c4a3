// The boot ROM of ESP32 chips on UART0 (Espressif, "Serial Protocol"), as a device: SLIP frames in, responses out, a SPI flash behind.
// EN and IO0 hang on RTS and DTR, as on development boards: EN rising with IO0 low starts the ROM, else the application.
//
// Invariants: at most one frame (16 KB and its header) is held; what is inflated beyond the announced size is refused.

import { md5 } from "@noble/hashes/legacy.js";
import { Unzlib } from "fflate";
import type { LineSettings, Signals } from "../port.ts";
import { SlipDecoder, slipEncode } from "../slip.ts";
import { BootLoader, type DeviceEvents, erase, holds, program } from "./emulated-device.ts";

/** Reasons of failure (the ROM's). */
const invalid = 5;
const failed = 6;
const badChecksum = 7;
const badInflate = 11;

const sectorBytes = 0x1000;
/** W25Q32JV data sheet 9.6: sector erase typically 45 ms, page program 0.4 ms per 256 bytes. */
const sectorMilliseconds = 45;
const pageMilliseconds = 0.4;
/** Reading and hashing: about 1 MB/s. */
const hashBytesPerMillisecond = 1000;

/** A download: FLASH_BEGIN or FLASH_DEFL_BEGIN, then its blocks. */
interface Download {
  readonly end: number;
  readonly blocks: number;
  readonly inflate: Unzlib | undefined;
  next: number;
  address: number;
  broken: boolean;
}

export interface EspChip {
  /** Word at 0x40001000; the first ESP32: 0x00f01d83. */
  readonly magic: number;
  /** What GET_SECURITY_INFO tells; undefined: the ROM does not know the command. */
  readonly chipId?: number;
}

export class EspRomDevice extends BootLoader {
  #decoder = new SlipDecoder(0x4100);
  #baud = 115200;
  #attached = false;
  #download: Download | undefined;
  #reset = false;
  #io0Low = true;

  constructor(
    private readonly chip: EspChip,
    flash: Uint8Array,
    events: DeviceEvents = {},
    slowness = 1,
  ) {
    super(flash, 0, events, slowness);
  }

  override get line(): Partial<LineSettings> {
    return { baud: this.#baud };
  }

  override setSignals({ dtr, rts }: Signals): void {
    if (dtr !== undefined) this.#io0Low = dtr;
    if (rts === undefined || rts === this.#reset) return;
    this.#reset = rts;
    if (!rts) this.reset();
  }

  override receive(bytes: Uint8Array): void {
    if (!this.#reset) super.receive(bytes);
  }

  protected start(): void {
    this.#decoder = new SlipDecoder(0x4100);
    this.#baud = 115200;
    this.#attached = false;
    this.#download = undefined;
    if (!this.#io0Low) this.run(0x1000);
  }

  protected take(byte: number): void {
    const frame = this.#decoder.push(byte);
    if (!frame || frame.length < 8 || frame[0] !== 0) return;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    if (view.getUint16(2, true) !== frame.length - 8) return;
    this.#request(frame[1]!, frame.subarray(8), view.getUint32(4, true));
  }

  #respond(command: number, reason: number, value = 0, data: Uint8Array = new Uint8Array()): void {
    const frame = new Uint8Array(12 + data.length);
    const view = new DataView(frame.buffer);
    frame[0] = 1;
    frame[1] = command;
    view.setUint16(2, data.length + 4, true);
    view.setUint32(4, value, true);
    frame.set(data, 8);
    frame[8 + data.length] = reason ? 1 : 0;
    frame[9 + data.length] = reason;
    this.answer(slipEncode(frame));
  }

  #request(command: number, data: Uint8Array, checksum: number): void {
    const word = (i: number): number =>
      data.length >= 4 * i + 4 ? new DataView(data.buffer, data.byteOffset).getUint32(4 * i, true) : 0;
    switch (command) {
      case 0x08: {
        for (let i = 0; i < 8; i++) this.#respond(command, data.length === 36 ? 0 : invalid, 0x20120707);
        return;
      }
      case 0x02:
      case 0x10:
        return this.#begin(command, data, word);
      case 0x03:
      case 0x11:
        return this.#block(command, data, word, checksum);
      case 0x04:
      case 0x12: {
        this.#respond(command, this.#download ? 0 : failed);
        if (this.#download && word(0) === 0) this.#reboot();
        return;
      }
      case 0x09:
        return this.#respond(command, data.length === 16 ? 0 : invalid);
      case 0x0a:
        return this.#respond(command, data.length === 4 ? 0 : invalid, this.#register(word(0)));
      case 0x0b:
        return this.#respond(command, data.length === 24 ? 0 : invalid);
      case 0x0d:
        this.#attached = true;
        return this.#respond(command, data.length === 8 ? 0 : invalid);
      case 0x0f:
        this.#respond(command, word(0) > 0 ? 0 : invalid);
        // The answer leaves at the old baud, the next byte comes at the new one.
        if (word(0) > 0) this.#baud = word(0);
        return;
      case 0x13:
        return this.#hash(command, word(0), word(1));
      case 0x14:
        return this.#securityInfo(command);
      default:
        return this.#respond(command, invalid);
    }
  }

  /** IO0 is released by the time a host asks for a reboot. */
  #reboot(): void {
    this.#io0Low = false;
    this.reset();
    this.#io0Low = true;
  }

  #register(address: number): number {
    if (address === 0x40001000) return this.chip.magic;
    // SPI_W0 after the command 9F: JEDEC id of a 4 MB Winbond flash.
    return address === 0x3ff42080 ? 0x164020 : 0;
  }

  #securityInfo(command: number): void {
    const { chipId } = this.chip;
    if (chipId === undefined) return this.#respond(command, invalid);
    const info = new Uint8Array(20);
    new DataView(info.buffer).setUint32(12, chipId, true);
    this.#respond(command, 0, 0, info);
  }

  #begin(command: number, data: Uint8Array, word: (i: number) => number): void {
    const [size, blocks, blockBytes, address] = [word(0), word(1), word(2), word(3)];
    this.#download = undefined;
    const whole = data.length === 16 || data.length === 20;
    const fits = size === 0 || holds(this, address, size);
    if (!this.#attached || !whole || !fits || blockBytes > 0x4000) return this.#respond(command, failed);
    const from = Math.floor(address / sectorBytes) * sectorBytes;
    const to = Math.ceil((address + size) / sectorBytes) * sectorBytes;
    this.work(((to - from) / sectorBytes) * sectorMilliseconds);
    if (size > 0) erase(this, from, to - from);
    const download: Download = {
      end: address + size,
      blocks,
      inflate: command === 0x10 ? new Unzlib((bytes) => this.#program(download, bytes)) : undefined,
      next: 0,
      address,
      broken: false,
    };
    this.#download = download;
    this.#respond(command, 0);
  }

  #block(command: number, data: Uint8Array, word: (i: number) => number, checksum: number): void {
    const download = this.#download;
    const bytes = data.subarray(16);
    if (!download || (download.inflate !== undefined) !== (command === 0x11)) return this.#respond(command, failed);
    if (data.length < 16 || word(0) !== bytes.length) return this.#respond(command, invalid);
    if (bytes.reduce((sum, byte) => sum ^ byte, 0xef) !== checksum) return this.#respond(command, badChecksum);
    if (word(1) !== download.next || download.next >= download.blocks) return this.#respond(command, failed);
    download.next++;
    if (!download.inflate) this.#program(download, bytes);
    else
      try {
        download.inflate.push(bytes, download.next === download.blocks);
      } catch {
        download.broken = true;
      }
    this.#respond(command, download.broken ? badInflate : 0);
  }

  #program(download: Download, bytes: Uint8Array): void {
    // Uncompressed blocks are padded, so the last one may pass the end.
    const room = Math.ceil(download.end / 0x4000) * 0x4000 - download.address;
    if (bytes.length > room || !holds(this, download.address, bytes.length)) {
      download.broken = true;
      return;
    }
    this.work((bytes.length / 256) * pageMilliseconds);
    program(this, download.address, bytes);
    download.address += bytes.length;
  }

  #hash(command: number, address: number, bytes: number): void {
    if (!this.#attached || !holds(this, address, bytes)) return this.#respond(command, failed);
    this.work(bytes / hashBytesPerMillisecond);
    const digest = md5(this.flash.subarray(address, address + bytes));
    const text = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#respond(command, 0, 0, new TextEncoder().encode(text));
  }
}
