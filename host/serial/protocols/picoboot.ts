// PICOBOOT: the USB boot loader in the ROM of RP2040 and RP2350 (RP2040 Datasheet 2.8.5; pico-sdk boot/picoboot.h). In: parts; out: flash
// as they say, read back. The interface is of class FF with one bulk endpoint each way.
//
//   command   0 magic 431FD10B │ 4 token │ 8 id │ 9 argument bytes │ 10 – │ 12 transfer bytes │ 16 arguments[16]
//   then the data (direction: bit 7 of the id), then an empty packet the other way; a stall instead: ask for the status (0x42)
//
// The first sector (boot stage and vectors) is erased first and written last: a flash that was interrupted holds no valid boot stage, and
// the ROM itself comes up as the boot loader again.

import type { Board } from "../../board/board.ts";
import { mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import {
  firstDifference,
  inSafeOrder,
  type SectorImage,
  sectorImages,
  sectorsOf,
  usedBytes,
  usedSize,
  verifyError,
} from "../flash-parts.ts";
import type { FlashOptions, FlashProtocol, FlashResult } from "../flash-types.ts";
import type { UsbDevice } from "../usb-device.ts";
import { nameOf, Stalled, UsbSession } from "./usb-session.ts";

export const picobootMagic = 0x431fd10b;
/** Product ids of the boot ROMs (vendor 2E8A), and the UF2 family of the chip that each is in. */
export const picobootChips: Readonly<Record<number, { readonly chip: string; readonly uf2Family: number }>> = {
  3: { chip: "RP2040", uf2Family: 0xe48bff56 },
  15: { chip: "RP2350", uf2Family: 0xe48bff59 },
};
export const raspberryPiVendor = 0x2e8a;
export const commandId = {
  exclusive: 1,
  reboot: 2,
  erase: 3,
  write: 5,
  exitXip: 6,
  reboot2: 0x0a,
  read: 0x84,
} as const;
type Command = keyof typeof commandId;

const statusNames = [
  ...["ok", "unknown command", "invalid command length", "invalid transfer length", "invalid address"],
  ...["bad alignment", "interleaved write", "rebooting", "unknown error", "invalid state", "not permitted"],
];

const eraseUnit = 4096;
const writeUnit = 256;
/** Sectors erased by one command: bounds what a silence can cost. A W25Q needs up to 0.4 s each (its data sheet, tSE). */
const eraseBatch = 16;
const eraseSecondsEach = 0.5;

interface Interface {
  readonly number: number;
  readonly input: number;
  readonly output: number;
}

function interfaceOf(device: UsbDevice): Interface | undefined {
  for (const { interfaceNumber, alternates } of device.configuration?.interfaces ?? []) {
    const [alternate] = alternates;
    if (alternate?.interfaceClass !== 0xff) continue;
    const bulk = (direction: "in" | "out") =>
      alternate.endpoints.find((endpoint) => endpoint.type === "bulk" && endpoint.direction === direction);
    const [input, output] = [bulk("in"), bulk("out")];
    if (input && output) return { number: interfaceNumber, input: input.endpointNumber, output: output.endpointNumber };
  }
  return undefined;
}

export const picoboot: FlashProtocol = {
  name: "picoboot",
  carrier: "usb",
  looksFor: "a PICOBOOT device (2e8a:0003, 2e8a:000f)",
  enter: "hold BOOTSEL while plugging the board in",
  claims: (device) => device.vendorId === raspberryPiVendor && device.productId in picobootChips,
  async flash(device, options) {
    checkChip(device, options);
    const found = interfaceOf(device);
    if (!found) throw error("nonsense", { what: `${nameOf(device)} has no PICOBOOT interface` });
    return UsbSession.run(device, found.number, options, (session) =>
      new Picoboot(session, found, options, device.productId).flash(),
    );
  },
};

function checkChip(device: UsbDevice, { board, force }: FlashOptions): void {
  const chip = picobootChips[device.productId];
  if (force || board.chip.uf2Family === undefined || chip?.uf2Family === board.chip.uf2Family) return;
  throw error("wrong-chip", { board: board.name, wanted: board.chip.title, found: chip?.chip ?? nameOf(device) });
}

class Picoboot {
  #token = 1;

  constructor(
    readonly session: UsbSession,
    readonly endpoints: Interface,
    readonly options: FlashOptions,
    readonly productId: number,
  ) {}

  async flash(): Promise<FlashResult> {
    const { board, parts, verify, writeAll, listener } = this.options;
    await this.session.controlOut("reset the interface", this.#request(0x41));
    await this.#command("exclusive", [1], 1);
    await this.#command("exitXip", [], 0);
    const wanted = sectorImages(parts, sectorsOf(uniform(board)), writeUnit);
    const total = usedSize(wanted);
    const changed = writeAll ? wanted : await this.#changed(wanted, total);
    const { erase, write } = inSafeOrder(changed, wanted);
    const writtenBytes = usedSize(write);
    await this.#erase(erase);
    if (write.length > 0) listener.stage("writing", writtenBytes);
    for (const sector of write) await this.#write(sector);
    if (verify !== false && erase.length > 0) {
      listener.stage("verifying", writtenBytes);
      for (const sector of erase) await this.#verify(sector);
    }
    if (this.options.start !== false) {
      listener.stage("resetting");
      await this.#reboot();
    }
    return { writtenBytes, skippedBytes: total - writtenBytes, verified: verify === false ? "none" : "read-back" };
  }

  async #changed(wanted: readonly SectorImage[], total: number): Promise<SectorImage[]> {
    this.options.listener.stage("comparing", total);
    const changed: SectorImage[] = [];
    for (const sector of wanted) {
      const found = await this.#read(sector);
      if (firstDifference(usedBytes(sector), found) !== undefined) changed.push(sector);
      this.options.listener.advance(found.length);
    }
    return changed;
  }

  async #erase(sectors: readonly SectorImage[]): Promise<void> {
    if (sectors.length === 0) return;
    this.options.listener.stage("erasing", sectors.length * eraseUnit);
    for (let i = 0; i < sectors.length; ) {
      let count = 1;
      while (count < eraseBatch && sectors[i + count]?.address === sectors[i]!.address + count * eraseUnit) count++;
      const bytes = count * eraseUnit;
      await this.#command("erase", words(sectors[i]!.address, bytes), 8, { seconds: 2 + count * eraseSecondsEach });
      this.options.listener.advance(bytes);
      i += count;
    }
  }

  /** The first page of a sector last: of the first sector it is the boot stage. */
  async #write(sector: SectorImage): Promise<void> {
    const data = usedBytes(sector);
    const address = sector.address + sector.used.from;
    if (data.length > writeUnit) await this.#program(address + writeUnit, data.subarray(writeUnit));
    await this.#program(address, data.subarray(0, writeUnit));
  }

  async #program(address: number, bytes: Uint8Array): Promise<void> {
    const data = new Uint8Array(bytes);
    await this.#command("write", words(address, data.length), 8, { data });
    this.options.listener.advance(data.length);
  }

  async #read(sector: SectorImage): Promise<Uint8Array> {
    const bytes = sector.used.to - sector.used.from;
    const found = await this.#command("read", words(sector.address + sector.used.from, bytes), 8, { bytes });
    if (found.length !== bytes) throw error("nonsense", { what: `${found.length} bytes of flash for ${bytes}` });
    return found;
  }

  async #verify(sector: SectorImage): Promise<void> {
    const found = await this.#read(sector);
    const at = firstDifference(usedBytes(sector), found);
    if (at !== undefined) throw verifyError(sector.address + sector.used.from, usedBytes(sector), found, at);
    this.options.listener.advance(found.length);
  }

  /** Into the application, after half a second, so that the answer still arrives (the SDK's tools wait as long). */
  async #reboot(): Promise<void> {
    if (this.productId === 3) await this.#command("reboot", words(0, 0, 500), 12);
    else await this.#command("reboot2", words(0, 500, 0, 0), 16);
  }

  #request(request: number) {
    const { number: index } = this.endpoints;
    return { requestType: "vendor", recipient: "interface", request, value: 0, index } as const;
  }

  async #command(
    name: Command,
    args: readonly number[],
    argumentBytes: number,
    { data, bytes = 0, seconds = 5 }: { data?: Uint8Array<ArrayBuffer>; bytes?: number; seconds?: number } = {},
  ): Promise<Uint8Array> {
    const { input, output } = this.endpoints;
    const { session } = this;
    const packet = new Uint8Array(32);
    const view = new DataView(packet.buffer);
    view.setUint32(0, picobootMagic, true);
    view.setUint32(4, this.#token++, true);
    packet.set([commandId[name], argumentBytes], 8);
    view.setUint32(12, data?.length ?? bytes, true);
    packet.set(args, 16);
    try {
      await session.bulkOut(name, output, packet);
      if (name === "read") {
        const found = await session.bulkIn(name, input, bytes);
        await session.bulkOut(`end of ${name}`, output, new Uint8Array(0));
        return found;
      }
      if (data) await session.bulkOut(name, output, data, seconds);
      await session.bulkIn(`end of ${name}`, input, 64, seconds);
      return new Uint8Array(0);
    } catch (cause) {
      if (cause instanceof Stalled) throw await this.#refusal(name);
      throw cause;
    }
  }

  async #refusal(name: Command) {
    const what = { exclusive: "let go of its drive", exitXip: "leave XIP", reboot2: "reboot" }[name as string] ?? name;
    try {
      const status = await this.session.controlIn("status", { ...this.#request(0x42) }, 16);
      const code = status.length === 16 ? new DataView(status.buffer, status.byteOffset, 16).getUint32(4, true) : -1;
      return error("refused", { what, status: statusNames[code] ?? `status ${code}` });
    } catch (cause) {
      if (cause instanceof Stalled) return error("refused", { what, status: "no status" });
      throw cause;
    }
  }
}

/** The ROM erases in 4 KB whatever the flash chip could. */
function uniform(board: Board) {
  const { flash } = mainMemories(board);
  return { base: flash.base, bytes: flash.bytes, sectors: [{ bytes: eraseUnit, count: flash.bytes / eraseUnit }] };
}

function words(...values: readonly number[]): number[] {
  return values.flatMap((value) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]);
}
