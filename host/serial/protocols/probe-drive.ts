// The drive of a debug probe that programs the chip with the file it is given: ST-LINK/V2-1 and V3 (Nucleo), DAPLink (micro:bit). In: parts;
// out: one file, copied; the probe disappears, programs, comes back, and says in FAIL.TXT what went wrong (DAPLink, "MSD user guide").
//
// A raw binary lies at the start of the flash for both probes; parts that begin elsewhere go as Intel HEX.

import { mainMemories } from "../../board/board.ts";
import { imageOf, writeImage } from "../../image/image.ts";
import { error } from "../errors.ts";
import { type Drive, type FlashOptions, type FlashProtocol, startsAnyway } from "../flash-types.ts";
import { copy } from "./uf2-drive.ts";
import { printable } from "./usb-session.ts";

/** Programming 1 MB over SWD takes an ST-LINK/V2-1 half a minute. */
const vanishSeconds = 60;
const backSeconds = 30;

export const probeDrive: FlashProtocol = {
  name: "drive",
  carrier: "drive",
  looksFor: "the drive of an ST-LINK or DAPLink",
  enter: "plug the probe's USB (on a Nucleo the one marked ST-LINK) in again",
  claims: async (drive) =>
    (await drive.readFile("DETAILS.TXT")) !== undefined || (await drive.readFile("MBED.HTM")) !== undefined,
  async flash(drive, options) {
    const { board, parts, listener, abort } = options;
    await checkBoard(drive, options);
    startsAnyway(options);
    const image = imageOf(parts, {});
    const isAtBase = parts[0]?.address === mainMemories(board).flash.base;
    const file = writeImage(image, isAtBase ? "bin" : "hex");
    if (abort?.aborted) throw error("stopped", { stage: "connecting" });
    listener.stage("writing", file.length);
    await copy(drive, isAtBase ? "FIRMWARE.BIN" : "FIRMWARE.HEX", file, listener.advance);
    listener.stage("verifying");
    const went = await drive.waitGone(1000 * vanishSeconds);
    const back = went && (await drive.waitBack(1000 * backSeconds));
    const failure = went && !back ? undefined : await drive.readFile("FAIL.TXT");
    if (failure) throw error("probe-refused", { drive: drive.path, text: failureText(failure) });
    if (!went) throw error("drive-stays", { drive: drive.path, seconds: vanishSeconds });
    if (!back) listener.note(`${drive.path} did not come back: whether the probe reports a failure cannot be read`);
    const writtenBytes = parts.reduce((sum, { data }) => sum + data.length, 0);
    return { writtenBytes, skippedBytes: 0, verified: back ? "accepted-by-drive" : "none" };
  },
};

const failureText = (bytes: Uint8Array): string => {
  const text = printable(new TextDecoder().decode(bytes.subarray(0, 4096)), 300);
  return text === "" ? "FAIL.TXT, which is empty" : text;
};

/** By the label, the probe's board number (DAPLink: DETAILS.TXT, first digits of the unique id) or the page it links to (ST-LINK). */
async function checkBoard(drive: Drive, { board, force }: FlashOptions): Promise<void> {
  const wanted = board.boot.drive;
  if (force || wanted === undefined || wanted.labels.includes(drive.label.toUpperCase())) return;
  const text = async (name: string) => new TextDecoder().decode((await drive.readFile(name)) ?? new Uint8Array(0));
  const unique = /^Unique ID:\s*([0-9a-f]{4})/im.exec(await text("DETAILS.TXT"))?.[1];
  const code = /[?&](?:code|auth)=([0-9a-f]{4})/i.exec(await text("MBED.HTM"))?.[1];
  const found = [unique, code].filter((id) => id !== undefined);
  if (found.some((id) => wanted.ids.includes(id))) return;
  const words = [printable(drive.label, 40), ...found].filter((word) => word !== "").join(", ");
  throw error("wrong-chip", { board: board.name, wanted: wanted.labels.join(" or "), found: words || "nothing" });
}
