// ESP32 boot ROM over its UART: compressed writing, proven by MD5. In: a Port to the chip; out: the regions whose MD5 differs, erased,
// written and proven, and the chip reset. Only commands of the ROM: no stub is loaded, so flash can be hashed but not read.
//
//   reset into the ROM ─► SYNC ─► which chip? ─► attach flash ─► [baud up] ─► MD5 of each region of 64 KB: the same? done · else
//        DEFL_BEGIN (erases) ─► DEFL_DATA… ─► MD5;   any failure: SYNC, and the region again, at most `rounds` times
//
// Resetting: DTR pulls IO0, RTS pulls EN, both inverted (esptool's "classic" circuit). A line without them must be in the ROM already.

import { md5 } from "@noble/hashes/legacy.js";
import { zlibSync } from "fflate";
import { type Board, mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";
import { type FlashLink, withLink } from "../flash-link.ts";
import { sectorImages, sectorsOf } from "../flash-parts.ts";
import type { FlashOptions, FlashPart, FlashProtocol, FlashResult } from "../flash-types.ts";
import { type EspAnswer, EspLink, espCommands, words } from "./esp-link.ts";

const romBaud = 115200;
/** What the ROM takes at once. */
const blockBytes = 0x400;
const regionBytes = 0x10000;
const rounds = 3;
const connectAttempts = 5;
const syncsPerAttempt = 5;
/** UART_DATE of the ESP32's ROM area: its value tells ESP32 and ESP32-S2 from all others. */
const magicRegister = 0x40001000;
const esp32Magic = 0x00f01d83;

export const espRom: FlashProtocol = {
  name: "esp-rom",
  looksFor: "the ESP32 boot ROM on the serial port",
  enter: "hold BOOT (IO0), press and release EN (reset), then release BOOT",
  carrier: "port",
  flash: (port, options) => withLink(port, options, (link) => run(link, options)),
};

async function run(link: FlashLink, options: FlashOptions): Promise<FlashResult> {
  const rom = new EspLink(link);
  link.stage("connecting");
  await connect(rom);
  const chip = await identify(rom, options);
  await attach(rom, options);
  await raiseBaud(rom, options);
  const regions = regionsOf(options);
  const changed = options.writeAll ? regions : await changedRegions(rom, regions, options);
  const writtenBytes = total(changed);
  if (changed.length > 0) link.stage("writing", writtenBytes);
  for (const region of changed) {
    await writeRegion(rom, region, chip, options);
    options.listener.advance(region.data.length);
  }
  if (options.start !== false) {
    link.stage("resetting");
    await restart(rom, options);
  }
  const skippedBytes = total(regions) - writtenBytes;
  return { writtenBytes, skippedBytes, verified: options.verify === false ? "none" : "md5" };
}

async function changedRegions(rom: EspLink, regions: readonly FlashPart[], options: FlashOptions) {
  options.listener.stage("comparing", total(regions));
  const changed: FlashPart[] = [];
  for (const region of regions) {
    if ((await digest(rom, region, options)) !== hex(md5(region.data))) changed.push(region);
    options.listener.advance(region.data.length);
  }
  return changed;
}

const total = (parts: readonly FlashPart[]) => parts.reduce((sum, { data }) => sum + data.length, 0);
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const address = (value: number) => `0x${value.toString(16)}`;

/** Neighbouring sectors together, cut at multiples of 64 KB; each region begins with a sector, so erasing it takes nothing else. */
function regionsOf({ board, parts }: FlashOptions): FlashPart[] {
  const { flash } = mainMemories(board);
  const regions: { address: number; sectors: Uint8Array[]; end: number }[] = [];
  for (const sector of sectorImages(parts, sectorsOf(flash), 4)) {
    const last = regions.at(-1);
    const data = sector.data.subarray(0, sector.used.to);
    if (last && last.end === sector.address && sector.address % regionBytes !== 0) last.sectors.push(data);
    else regions.push({ address: sector.address, sectors: [data], end: 0 });
    regions.at(-1)!.end = sector.address + data.length;
  }
  return regions.map(({ address, sectors }) => ({ address, data: join(sectors) }));
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Into the ROM by the modem lines, where there are any; then SYNC until it answers. */
async function connect(rom: EspLink): Promise<void> {
  const { link } = rom;
  await link.configure({ baud: romBaud });
  for (let attempt = 0; attempt < connectAttempts; attempt++) {
    if (await link.port.setSignals({ dtr: false, rts: true })) {
      await link.sleep(100);
      await link.port.setSignals({ dtr: true, rts: false });
      await link.sleep(50);
      await link.port.setSignals({ dtr: false });
    }
    await link.drain(20, 300);
    for (let sync = 0; sync < syncsPerAttempt; sync++) if (await rom.sync()) return;
  }
  throw error("no-answer", { what: "to SYNC of the ESP32 boot ROM", seconds: 5 }, undefined, link.heard());
}

/** True: the first ESP32, whose FLASH_BEGIN has four words. Others tell their id in the security information. */
async function identify(rom: EspLink, { board, force }: FlashOptions): Promise<{ readonly classic: boolean }> {
  const wanted = board.chip.bootId;
  let id = await chipId(rom);
  // What differs is asked again: a bit may have been lost.
  if (id !== wanted) id = await chipId(rom);
  if (id === undefined) throw error("no-answer", { what: "which chip it is", seconds: 3 });
  if (wanted !== undefined && id !== wanted && !force)
    throw error("wrong-chip", { board: board.name, wanted: address(wanted), found: `chip ${address(id)}` });
  return { classic: id === esp32Magic };
}

async function chipId(rom: EspLink): Promise<number | undefined> {
  const security = await rom.request(espCommands.securityInfo, new Uint8Array());
  const magic = await rom.register(magicRegister);
  const view = security.kind === "done" ? security.data : new Uint8Array();
  // flags u32, count u8, 7 key purposes, chip id u32
  return view.length >= 16 ? new DataView(view.buffer, view.byteOffset).getUint32(12, true) : magic;
}

/** Asks again after a fault. */
async function ask(rom: EspLink, options: FlashOptions, what: string, question: () => Promise<EspAnswer>) {
  let last: EspAnswer = { kind: "silence" };
  for (let round = 0; round < rounds; round++) {
    last = await question();
    if (last.kind === "done") return last;
    await recover(rom, options);
  }
  throw failure(what, last);
}

const failure = (what: string, answer: EspAnswer) =>
  answer.kind === "failed"
    ? error("refused", { what, status: answer.reason })
    : error("no-answer", { what: `when asked to ${what}`, seconds: 3 });

/** What did not obey may be out of step, or may have restarted. */
async function recover(rom: EspLink, { board }: FlashOptions): Promise<void> {
  for (let sync = 0; sync < syncsPerAttempt; sync++) if (await rom.sync()) return;
  await connect(rom);
  for (const [command, data] of attaching(board)) await rom.request(command, data);
}

/** Commands that make the flash known to the ROM: id, total, block, sector, page, status mask. */
function attaching(board: Board): readonly (readonly [number, Uint8Array])[] {
  const { flash } = mainMemories(board);
  return [
    [espCommands.spiAttach, words(0, 0)],
    [espCommands.spiSetParameters, words(0, flash.bytes, 0x10000, 0x1000, 0x100, 0xffff)],
  ];
}

async function attach(rom: EspLink, options: FlashOptions): Promise<void> {
  for (const [command, data] of attaching(options.board))
    await ask(rom, options, "attach the flash", () => rom.request(command, data));
}

/** Both ends change after the answer, which comes at the old baud. Not understood at the new one: begin again at the old. */
async function raiseBaud(rom: EspLink, options: FlashOptions): Promise<void> {
  const { baud = romBaud, listener } = options;
  if (baud === romBaud) return;
  const { link } = rom;
  if ((await rom.request(espCommands.changeBaud, words(baud, 0))).kind === "done") {
    await link.configure({ baud });
    await link.sleep(50);
    await link.drain(20, 300);
    for (let sync = 0; sync < syncsPerAttempt; sync++) if (await rom.sync()) return;
  }
  listener.note(`${baud} baud does not work here: ${romBaud} it is`);
  await connect(rom);
  await attach(rom, options);
}

/** MD5 of the region as it is in the flash. The ROM answers in hexadecimal. */
async function digest(rom: EspLink, { address, data }: FlashPart, options: FlashOptions): Promise<string> {
  const wait = 3000 + data.length / 32;
  const answer = await ask(rom, options, "hash its flash", () =>
    rom.request(espCommands.flashMd5, words(address, data.length, 0, 0), wait),
  );
  return new TextDecoder("latin1").decode(answer.data.subarray(0, 32)).toLowerCase();
}

async function writeRegion(
  rom: EspLink,
  region: FlashPart,
  chip: { readonly classic: boolean },
  options: FlashOptions,
) {
  const wanted = hex(md5(region.data));
  let found: string | undefined;
  let last: EspAnswer = { kind: "silence" };
  for (let round = 0; round < rounds; round++) {
    last = await sendRegion(rom, region, chip);
    if (last.kind === "done") {
      if (options.verify === false) return;
      found = await digest(rom, region, options);
      if (found === wanted) return;
    } else await recover(rom, options);
  }
  if (last.kind !== "done") throw failure(`write at ${address(region.address)}`, last);
  throw error("verify-digest", { address: region.address, bytes: region.data.length, wanted, found: found ?? "" });
}

/** The ROM's inflater cannot go back, so a lost block ends the region's round. */
async function sendRegion(rom: EspLink, { address, data }: FlashPart, { classic }: { readonly classic: boolean }) {
  const packed = zlibSync(data, { level: 9 });
  const blocks = Math.ceil(packed.length / blockBytes);
  // The ROM wants the size in whole blocks, and erases it at once: 30 s per MB at worst (esptool's figures).
  const size = Math.ceil(data.length / blockBytes) * blockBytes;
  const begin = words(size, blocks, blockBytes, address, ...(classic ? [] : [0]));
  let answer = await rom.request(espCommands.deflateBegin, begin, 3000 + data.length / 32);
  for (let block = 0; block < blocks && answer.kind === "done"; block++) {
    const bytes = packed.subarray(block * blockBytes, (block + 1) * blockBytes);
    // A block can inflate to all that is left.
    answer = await rom.block(espCommands.deflateData, block, bytes, 3000 + data.length / 24);
  }
  return answer;
}

/** EN low and high again; without modem lines the ROM is asked to reboot, and need not answer. */
async function restart(rom: EspLink, { listener }: FlashOptions): Promise<void> {
  const { link } = rom;
  if (await link.port.setSignals({ dtr: false, rts: true })) {
    await link.sleep(100);
    await link.port.setSignals({ rts: false });
    return;
  }
  await rom.request(espCommands.flashBegin, words(0, 0, blockBytes, 0));
  const answer = await rom.request(espCommands.flashEnd, words(0), 500);
  if (answer.kind !== "done") listener.note("press EN (reset) to start the application: this line cannot");
}
