// STM32's USB boot loader: DFU 1.1 (USB DFU 1.1a, table 6.1) with ST's extension DfuSe (UM0424, AN3156). In: parts; out: flash as they
// say, read back where the chip allows reading. Everything goes over control transfers of one interface (class FE, subclass 1).
//
//   set pointer   DNLOAD block 0, 21 addr32      erase sector   DNLOAD block 0, 41 addr32
//   write         DNLOAD block 2+n at pointer + n·transferSize           read   UPLOAD likewise       leave   DNLOAD of no bytes
//   every DNLOAD begins at the first GETSTATUS, which says how long to wait; the state is dnIDLE again when it is done
//
// The name of an alternate setting is the chip's memory map (memory-layout.ts): what it says against the board is the check of the chip.
// The first sector is erased first and written last: an interrupted flash leaves no vectors behind that would run.

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
import type { UsbAlternate, UsbDevice } from "../usb-device.ts";
import { DfuRequests } from "./dfu-requests.ts";
import { type MemoryLayout, parseMemoryLayout } from "./memory-layout.ts";
import { nameOf, Stalled, UsbSession } from "./usb-session.ts";

export const stVendor = 0x0483;
export const dfuProduct = 0xdf11;

interface Target {
  readonly interfaceNumber: number;
  readonly alternate: number;
  readonly layout: MemoryLayout;
}

const isDfu = ({ interfaceClass, interfaceSubclass }: UsbAlternate) =>
  interfaceClass === 0xfe && interfaceSubclass === 1;

export const dfuse: FlashProtocol = {
  name: "dfu",
  carrier: "usb",
  looksFor: "an STM32 in DFU mode (0483:df11)",
  enter: "hold BOOT0 while pressing NRST, with the board's USB plugged in",
  claims: ({ vendorId, productId }) => vendorId === stVendor && productId === dfuProduct,
  async flash(device, options) {
    const target = targetOf(device, options);
    return UsbSession.run(device, target.interfaceNumber, options, async (session) => {
      await session.selectAlternate(target.interfaceNumber, target.alternate);
      const requests = new DfuRequests(session, options.clock, target.interfaceNumber);
      await requests.prepare();
      return flashWith(requests, target.layout, options);
    });
  },
};

/** The alternate setting whose memory holds the parts. */
function targetOf(device: UsbDevice, { board, parts, force }: FlashOptions): Target {
  const { flash } = mainMemories(board);
  const found: string[] = [];
  for (const { interfaceNumber, alternates } of device.configuration?.interfaces ?? [])
    for (const alternate of alternates.filter(isDfu)) {
      const layout = parseMemoryLayout(alternate.interfaceName ?? "");
      if (!layout || layout.base !== flash.base) continue;
      found.push(`${layout.bytes / 1024} KB of flash`);
      const holds = parts.every(({ address, data }) => address + data.length <= layout.base + layout.bytes);
      if (holds && (force || sameFlash(layout, board)))
        return { interfaceNumber, alternate: alternate.alternateSetting, layout };
    }
  if (found.length === 0) throw error("nonsense", { what: `${nameOf(device)} names no flash at the board's address` });
  const wanted = `${board.chip.title} with ${flash.bytes / 1024} KB of flash`;
  throw error("wrong-chip", { board: board.name, wanted, found: found.join(", ") });
}

function sameFlash(layout: MemoryLayout, board: FlashOptions["board"]): boolean {
  const { flash } = mainMemories(board);
  const sectors = sectorsOf(flash);
  return (
    layout.bytes === flash.bytes &&
    layout.sectors.length === sectors.length &&
    sectors.every(
      ({ address, bytes }, i) => layout.sectors[i]!.address === address && layout.sectors[i]!.bytes === bytes,
    )
  );
}

async function flashWith(dfu: DfuRequests, layout: MemoryLayout, options: FlashOptions): Promise<FlashResult> {
  const { board, parts, writeAll, verify, listener } = options;
  const { flash } = mainMemories(board);
  const wanted = sectorImages(parts, layout.sectors, flash.writeBytes ?? 4);
  const total = usedSize(wanted);
  let readable = layout.readable;
  let changed = wanted;
  if (!writeAll && readable) {
    listener.stage("comparing", total);
    const differing = await changedSectors(dfu, wanted, options);
    if (differing) changed = differing;
    else {
      readable = false;
      listener.note(
        "the chip's flash cannot be read (read protection): everything is written, nothing can be verified",
      );
    }
  }
  const { erase, write } = inSafeOrder(changed, wanted);
  const writtenBytes = usedSize(write);
  if (erase.length > 0)
    listener.stage(
      "erasing",
      erase.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  for (const sector of erase) {
    await dfu.erase(sector.address);
    listener.advance(sector.bytes);
  }
  if (write.length > 0) listener.stage("writing", writtenBytes);
  for (const sector of write) {
    await dfu.write(sector.address + sector.used.from, usedBytes(sector), listener.advance);
  }
  const proven = verify !== false && readable;
  if (proven) {
    if (erase.length > 0) listener.stage("verifying", writtenBytes);
    for (const sector of erase) await verifySector(dfu, sector, options);
  }
  if (options.start !== false) {
    listener.stage("resetting");
    await dfu.leave(board.image.start);
  }
  return { writtenBytes, skippedBytes: total - writtenBytes, verified: proven ? "read-back" : "none" };
}

/** Undefined: the chip lets nobody read. */
async function changedSectors(
  dfu: DfuRequests,
  wanted: readonly SectorImage[],
  { listener }: FlashOptions,
): Promise<SectorImage[] | undefined> {
  const changed: SectorImage[] = [];
  for (const sector of wanted) {
    try {
      const found = await dfu.read(sector.address + sector.used.from, usedBytes(sector).length);
      if (firstDifference(usedBytes(sector), found) !== undefined) changed.push(sector);
      listener.advance(found.length);
    } catch (cause) {
      if (!(cause instanceof Stalled)) throw cause;
      await dfu.recover();
      return undefined;
    }
  }
  return changed;
}

async function verifySector(dfu: DfuRequests, sector: SectorImage, { listener }: FlashOptions): Promise<void> {
  const expected = usedBytes(sector);
  const address = sector.address + sector.used.from;
  const found = await dfu.read(address, expected.length);
  const at = firstDifference(expected, found);
  if (at !== undefined) throw verifyError(address, expected, found, at);
  listener.advance(found.length);
}
