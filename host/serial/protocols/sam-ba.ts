// Arduino's SAM-BA boot loaders (SAMD21 boards, Nano 33 BLE) over their serial port. In: a Port to a board in its boot loader; out: the
// image, proven by CRC, and the board reset. Reading back is slow on the one and broken on the other, so CRCs decide everything.
//
//   check: which blocks of 4 KB are right, blank, wrong? ─► all right: done · some wrong: erase all, write all · else: write the blank
//     ▲                                                                            │
//     └──────────────────────── at most `rounds` times ────────────────────────────┘
//
// The monitor erases from an address to the end of flash, never less. Commands carry no checksum, so what was written is only believed
// after the last write. Interrupted, the next run writes the blocks that are still blank.

import { crc16 } from "../../base/crc.ts";
import { mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import { type FlashLink, isLost, withLink } from "../flash-link.ts";
import type { FlashOptions, FlashPart, FlashProtocol, FlashResult } from "../flash-types.ts";
import { bufferBytes, SamBaLink } from "./sam-ba-link.ts";

const rounds = 4;
const connectAttempts = 3;
/** DSU.DID of SAM D chips; the Cortex-M's AIRCR and its request for a reset (DDI 0419, B3.2.6). */
const deviceIdRegister = 0x41002018;
const resetRegister = 0xe000ed0c;
const resetRequest = 0x05fa0004;

export const samBa: FlashProtocol = {
  name: "sam-ba",
  looksFor: "Arduino's SAM-BA boot loader on the serial port",
  enter: "press reset twice within half a second; the board's light pulses",
  carrier: "port",
  flash: (port, options) => withLink(port, options, (link) => run(link, options)),
};

type Block = FlashPart & { readonly state?: "right" | "blank" | "wrong" };

async function run(link: FlashLink, options: FlashOptions): Promise<FlashResult> {
  const monitor = new SamBaLink(link);
  link.stage("connecting");
  await link.configure({ baud: options.baud ?? 115200 });
  const extension = await connect(monitor);
  await identify(monitor, extension, options);
  const blocks = blocksOf(options);
  const total = blocks.reduce((sum, { data }) => sum + data.length, 0);
  const canCheck = extension.includes("Z") && options.verify !== false;
  let writtenBytes = 0;
  for (let round = 0; ; round++) {
    const checked =
      canCheck && !(options.writeAll && round === 0)
        ? await check(monitor, blocks, round === 0 ? "comparing" : "verifying", options)
        : blocks;
    const missing = checked.filter(({ state }) => state !== "right");
    if (missing.length === 0 || (!canCheck && round > 0)) break;
    if (round === rounds) throw await wrong(monitor, missing[0]!, options);
    const patch = missing.every(({ state }) => state === "blank");
    if (!patch) await erase(monitor, blocks[0]!, canCheck, options);
    const written = await writeBlocks(monitor, patch ? missing : blocks, options);
    writtenBytes = Math.min(total, writtenBytes + written);
  }
  if (options.start !== false) {
    link.stage("resetting");
    await restart(monitor, extension, options);
  }
  return { writtenBytes, skippedBytes: total - writtenBytes, verified: canCheck ? "crc" : "none" };
}

/** Native USB leaves with the boot loader; a line stays, and nobody answers on it. */
async function restart(monitor: SamBaLink, extension: string, { listener }: FlashOptions): Promise<void> {
  try {
    for (let attempt = 0; attempt < rounds; attempt++) {
      if (extension.includes("K")) await monitor.reset();
      else await monitor.writeWord(resetRegister, resetRequest);
      await monitor.link.sleep(50);
      if (!(await monitor.normal())) return;
    }
    listener.note("the boot loader stays: press reset to start the application");
  } catch (cause) {
    if (!isLost(cause)) throw cause;
  }
}

/** The letters of Arduino's extension: which commands there are. */
async function connect(monitor: SamBaLink): Promise<string> {
  let version: string | undefined;
  for (let attempt = 0; attempt < connectAttempts; attempt++) {
    if (!(await monitor.resync())) continue;
    version = (await monitor.version()) ?? version;
    const [, letters] = /\[Arduino:([A-Z]+)\]/.exec(version ?? "") ?? [];
    if (letters && ["X", "Y"].every((letter) => letters.includes(letter))) return letters;
  }
  if (version !== undefined)
    throw error("refused", { what: "be flashed", status: `it lacks Arduino's extension (${version})` });
  throw error("no-answer", { what: "to N#, SAM-BA's greeting", seconds: 3 }, undefined, monitor.link.heard());
}

async function identify(monitor: SamBaLink, extension: string, { board, force }: FlashOptions): Promise<void> {
  const { title, bootId, bootIdMask = 0xffffffff } = board.chip;
  const named = extension.includes("I");
  if (force || (!named && bootId === undefined)) return;
  let found = "";
  // What differs is asked again: a bit may have been lost.
  for (let attempt = 0; attempt < 2; attempt++) {
    if (named) {
      found = await ask(monitor, "tell its chip", () => monitor.chipName());
      if (found.toLowerCase().startsWith(title.toLowerCase())) return;
    } else {
      const id = await ask(monitor, "tell its device id", () => monitor.word(deviceIdRegister));
      if ((id & bootIdMask) >>> 0 === (bootId! & bootIdMask) >>> 0) return;
      found = `device ${hex(id)}`;
    }
    await monitor.resync();
  }
  throw error("wrong-chip", { board: board.name, wanted: named ? title : `device ${hex(bootId!)}`, found });
}

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

/** Asks again after a fault. */
async function ask<T>(monitor: SamBaLink, what: string, question: () => Promise<T | undefined>): Promise<T> {
  for (let round = 0; round < rounds; round++) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (!(await monitor.resync())) break;
  }
  throw error("no-answer", { what: `when asked to ${what}`, seconds: 3 });
}

const wire = ({ board }: FlashOptions) => board.boot.samBa ?? { origin: 0, buffer: mainMemories(board).ram.base };

/** From the image's start to its end in whole blocks: erasing takes all of it. */
function blocksOf({ board, parts }: FlashOptions): Block[] {
  const unit = mainMemories(board).flash.writeBytes ?? 4;
  const { start } = board.image;
  const end = parts.reduce((last, { address, data }) => Math.max(last, address + data.length), start);
  const whole = new Uint8Array(Math.ceil((end - start) / unit) * unit).fill(0xff);
  for (const { address, data } of parts) {
    if (address < start)
      throw error("outside-flash", {
        ...{ board: board.name, address, bytes: data.length },
        where: "before the place where the boot loader puts applications",
      });
    whole.set(data, address - start);
  }
  const blocks: Block[] = [];
  for (let at = 0; at < whole.length; at += bufferBytes)
    blocks.push({ address: start + at, data: whole.subarray(at, at + bufferBytes) });
  return blocks;
}

async function check(
  monitor: SamBaLink,
  blocks: readonly Block[],
  stage: "comparing" | "verifying",
  options: FlashOptions,
): Promise<Block[]> {
  const total = blocks.reduce((sum, { data }) => sum + data.length, 0);
  monitor.link.stage(stage, total);
  const checked: Block[] = [];
  // One wrong block means that all will be erased: the others need not be asked about.
  for (const block of blocks) {
    const known = checked.at(-1)?.state === "wrong";
    checked.push({ ...block, state: known ? "wrong" : await stateOf(monitor, block, options) });
    options.listener.advance(block.data.length);
  }
  return checked;
}

/** Sixteen bits are few: the first half must agree too. */
async function stateOf(monitor: SamBaLink, { address, data }: FlashPart, options: FlashOptions) {
  const at = address - wire(options).origin;
  const half = data.subarray(0, data.length >>> 1);
  const crcOf = (bytes: number) => ask(monitor, "sum its flash", () => monitor.crc(at, bytes));
  const [whole, first] = [await crcOf(data.length), await crcOf(half.length)];
  const is = (wholeData: Uint8Array) =>
    whole === crc16(wholeData) && first === crc16(wholeData.subarray(0, half.length));
  if (is(data)) return "right";
  return is(new Uint8Array(data.length).fill(0xff)) ? "blank" : "wrong";
}

/** The Nano's monitor erases pages when it writes them: there the vector table goes first, so that half an image is never started. */
async function erase(monitor: SamBaLink, first: Block, canCheck: boolean, options: FlashOptions): Promise<void> {
  const { board } = options;
  const { flash } = mainMemories(board);
  const { start } = board.image;
  monitor.link.stage("erasing");
  // 85 ms a page of 4 KB on the nRF52840, 6 ms a row of 256 bytes on the SAMD21.
  const wait = 2000 + (flash.base + flash.bytes - start) / 32;
  await ask(monitor, "erase its flash", async () =>
    (await monitor.erase(start - wire(options).origin, wait)) ? true : undefined,
  );
  if (!canCheck || (await stateOf(monitor, first, options)) === "blank") return;
  const { origin, buffer } = wire(options);
  const blank = new Uint8Array(first.data.length).fill(0xff);
  await ask(monitor, "erase its first page", async () =>
    (await monitor.write(buffer, start - origin, blank, 2000)) ? true : undefined,
  );
}

async function writeBlocks(monitor: SamBaLink, blocks: readonly Block[], options: FlashOptions): Promise<number> {
  const { origin, buffer } = wire(options);
  const bytes = blocks.reduce((sum, { data }) => sum + data.length, 0);
  monitor.link.stage("writing", bytes);
  // The block with the vector table comes last: a board that restarts halfway must find no application to start.
  for (const { address, data } of blocks.toReversed()) {
    await ask(monitor, `write at ${hex(address)}`, async () =>
      (await monitor.write(buffer, address - origin, data, 2000)) ? true : undefined,
    );
    options.listener.advance(data.length);
  }
  return bytes;
}

async function wrong(monitor: SamBaLink, { address, data }: FlashPart, options: FlashOptions) {
  const found = await ask(monitor, "sum its flash", () => monitor.crc(address - wire(options).origin, data.length));
  return error("verify-digest", { address, bytes: data.length, wanted: hex(crc16(data)), found: hex(found) });
}
