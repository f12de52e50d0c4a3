// The drive of a UF2 boot loader (RP2040, RP2350, Adafruit's nRF52840; github.com/microsoft/uf2). In: parts; out: one UF2 file, copied.
// The board restarts as soon as it has every block, so the drive disappears in the middle of the copy: that is the only sign of success,
// and the error that the operating system reports for it is none. Nothing can be read back.
//
//   INFO_UF2.TXT   UF2 Bootloader v3.0 / Model: Raspberry Pi RP2 / Board-ID: RPI-RP2

import { UserError } from "../../base/errors.ts";
import { imageOf, writeImage } from "../../image/image.ts";
import { error } from "../errors.ts";
import { type Drive, type FlashOptions, type FlashProtocol, startsAnyway } from "../flash-types.ts";
import { printable } from "./usb-session.ts";

const infoFile = "INFO_UF2.TXT";
/** Pages of flash are erased while the file is copied; the last may take a while to arrive through the system's cache. */
const vanishSeconds = 20;

export const uf2Drive: FlashProtocol = {
  name: "uf2",
  carrier: "drive",
  looksFor: "a drive with INFO_UF2.TXT",
  enter: "hold BOOTSEL while plugging the board in (a board with a reset button only: press it twice, quickly)",
  claims: async (drive) => (await drive.readFile(infoFile)) !== undefined,
  async flash(drive, options) {
    const { board, parts, listener, abort, force } = options;
    await checkBoard(drive, options);
    startsAnyway(options);
    const uf2 = writeImage(imageOf(parts, { uf2Family: board.chip.uf2Family }), "uf2");
    if (abort?.aborted) throw error("stopped", { stage: "connecting" });
    if (force) listener.note("a boot loader skips blocks of other families whatever --force says");
    listener.stage("writing", uf2.length);
    await copy(drive, "THUMBELN.UF2", uf2, listener.advance);
    if (!(await drive.waitGone(1000 * vanishSeconds)))
      throw error("drive-stays", { drive: drive.path, seconds: vanishSeconds });
    const writtenBytes = parts.reduce((sum, { data }) => sum + data.length, 0);
    return { writtenBytes, skippedBytes: 0, verified: "accepted-by-drive" };
  },
};

async function checkBoard(drive: Drive, { board, force }: FlashOptions): Promise<void> {
  const info = new TextDecoder().decode((await drive.readFile(infoFile)) ?? new Uint8Array(0));
  const id = printable(/^Board-ID:\s*([^\r\n]*)/im.exec(info)?.[1] ?? "no Board-ID", 80);
  const wanted = board.boot.drive?.ids;
  if (force || wanted === undefined || wanted.some((beginning) => id.startsWith(beginning))) return;
  throw error("wrong-chip", { board: board.name, wanted: wanted.join(" or "), found: id });
}

/** The drive may go when it has all bytes, and before the system has closed the file; earlier it is lost. */
export async function copy(
  drive: Drive,
  name: string,
  bytes: Uint8Array,
  advance: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  try {
    await drive.writeFile(name, bytes, (more) => {
      sent += more;
      advance(more);
    });
  } catch (cause) {
    if (!(cause instanceof UserError) || cause.code !== "serial/lost") throw cause;
    if (sent >= bytes.length) return;
    const reason = `after ${sent} of ${bytes.length} bytes`;
    throw error("lost", { path: drive.path, reason });
  }
}
