// Image → ELF32 executable. Loaded bytes are stored once; sections point into the segment that holds their load address, so
// gdb, objdump and size see names where the loader sees segments. Symbols: locals first, as the format demands.

import type { Image, ImageSymbol, Section, Segment } from "../image-types.ts";
import { buildAttributes } from "./elf-attributes.ts";
import {
  elfMagic,
  fileHeaderBytes,
  flagsEabi5,
  machineArm,
  metadataSection,
  programHeaderBytes,
  sectionFlag,
  sectionHeaderBytes,
  sectionType,
  segmentFlag,
  symbolBytes,
} from "./elf-types.ts";
import { writeMetadata } from "./metadata.ts";

interface OutSection {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  offset: number;
  readonly bytes: number;
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entry: number;
  /** Bytes that are not part of a segment. */
  readonly data?: Uint8Array;
}

/** String table under construction: offset 0 is the empty name. */
class Strings {
  readonly #parts: Uint8Array[] = [Uint8Array.of(0)];
  readonly #offsets = new Map<string, number>([["", 0]]);
  #length = 1;

  add(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const offset = this.#length;
    const bytes = new TextEncoder().encode(`${text}\0`);
    this.#parts.push(bytes);
    this.#offsets.set(text, offset);
    this.#length += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

export function writeElf(image: Image): Uint8Array {
  const headerBytes = fileHeaderBytes + programHeaderBytes * image.segments.length;
  const segmentOffsets = layoutSegments(image.segments, headerBytes);
  const sections = outSections(image, segmentOffsets);
  const names = new Strings();
  const nameOffsets = [...sections.map((section) => section.name), ".shstrtab"].map((name) => names.add(name));
  sections.push(plain(".shstrtab", sectionType.strtab, names.bytes()));

  const last = image.segments.at(-1);
  let end = last ? segmentOffsets.at(-1)! + last.data.length : headerBytes;
  for (const section of sections) {
    if (!section.data) continue;
    section.offset = alignUp(end, 4);
    end = section.offset + section.data.length;
  }
  const sectionTable = alignUp(end, 4);
  const out = new Uint8Array(sectionTable + sectionHeaderBytes * sections.length);
  const view = new DataView(out.buffer);
  writeFileHeader(view, image, sectionTable, sections.length);
  writeProgramHeaders(view, image.segments, segmentOffsets);
  for (const [i, segment] of image.segments.entries()) out.set(segment.data, segmentOffsets[i]);
  for (const [i, section] of sections.entries()) {
    if (section.data) out.set(section.data, section.offset);
    const { type, flags, address, offset, bytes, link, info, align, entry } = section;
    const fields = [nameOffsets[i]!, type, flags, address, offset, bytes, link, info, align, entry];
    writeWords(view, sectionTable + i * sectionHeaderBytes, fields);
  }
  return out;
}

const alignUp = (value: number, align: number) => Math.ceil(value / align) * align;

/** File offset ≡ address (mod 4), so that loaders which map pages are content; no page alignment: this is no Unix. */
function layoutSegments(segments: readonly Segment[], start: number): number[] {
  let end = start;
  return segments.map((segment) => {
    const offset = alignUp(end, 4) + (segment.address % 4);
    end = offset + segment.data.length;
    return offset;
  });
}

function outSections(image: Image, segmentOffsets: readonly number[]): OutSection[] {
  const out: OutSection[] = [plain("", sectionType.null, undefined, 0)];
  const named = image.sections.length > 0 ? image.sections : image.segments.map(nameless);
  for (const section of named) out.push(placedSection(image, segmentOffsets, section));
  const allocated = out.slice();
  const attributes = buildAttributes(image.target.core);
  if (attributes) out.push(plain(".ARM.attributes", sectionType.armAttributes, attributes));
  out.push(plain(metadataSection, sectionType.progbits, writeMetadata(image)));
  if (image.symbols.length > 0) {
    const strings = new Strings();
    const { bytes, locals } = symbolTable(image.symbols, allocated, strings);
    const link = out.length + 1;
    out.push({ ...plain(".symtab", sectionType.symtab, bytes), link, info: locals, align: 4, entry: symbolBytes });
    out.push(plain(".strtab", sectionType.strtab, strings.bytes()));
  }
  return out;
}

function nameless(segment: Segment, i: number): Section {
  const kind = segment.flags.execute ? "code" : segment.flags.write ? "data" : "const";
  const bytes = segment.data.length || segment.bytes;
  return { name: `.load${i}`, kind: segment.data.length ? kind : "zero", address: segment.address, bytes, align: 4 };
}

function plain(name: string, type: number, data: Uint8Array | undefined, align = 1): OutSection {
  const bytes = data?.length ?? 0;
  return { name, type, flags: 0, address: 0, offset: 0, bytes, link: 0, info: 0, align, entry: 0, data };
}

function placedSection(image: Image, segmentOffsets: readonly number[], section: Section): OutSection {
  const { name, kind, address, bytes, align } = section;
  if (kind === "debug") return { ...plain(name, sectionType.progbits, section.data), align };
  const flags =
    sectionFlag.alloc |
    (kind === "code" ? sectionFlag.execute : 0) |
    (kind === "code" || kind === "const" ? 0 : sectionFlag.write);
  const base = { name, flags, address, bytes, link: 0, info: 0, align, entry: 0 };
  const at = image.segments.findIndex(
    (segment) => segment.address <= address && address + bytes <= segment.address + segment.data.length,
  );
  // Also what a file of others names without bytes of its own: an empty .data, a section that no segment loads.
  if (kind === "zero" || kind === "none" || at < 0) return { ...base, type: sectionType.nobits, offset: 0 };
  const offset = segmentOffsets[at]! + address - image.segments[at]!.address;
  return { ...base, type: sectionType.progbits, offset };
}

function symbolTable(symbols: readonly ImageSymbol[], sections: readonly OutSection[], strings: Strings) {
  const locals = symbols.filter((symbol) => symbol.binding === "local");
  const rows = [...locals, ...symbols.filter((symbol) => symbol.binding !== "local")];
  const bytes = new Uint8Array(symbolBytes * (rows.length + 1));
  const view = new DataView(bytes.buffer);
  for (const [i, symbol] of rows.entries()) {
    const at = symbolBytes * (i + 1);
    const type = symbol.kind === "function" ? 2 : symbol.kind === "object" ? 1 : 0;
    const bind = symbol.binding === "local" ? 0 : symbol.binding === "global" ? 1 : 2;
    const value = symbol.kind === "function" ? symbol.address + 1 : symbol.address;
    writeWords(view, at, [strings.add(symbol.name), value, symbol.bytes]);
    view.setUint8(at + 12, bind * 16 + type);
    const home = sections.findIndex(
      ({ flags, address, bytes }) => flags !== 0 && address <= symbol.address && symbol.address < address + bytes,
    );
    view.setUint16(at + 14, home < 0 || symbol.kind === "absolute" ? 0xfff1 : home, true);
  }
  return { bytes, locals: locals.length + 1 };
}

function writeWords(view: DataView, at: number, words: readonly number[]): void {
  for (const [i, word] of words.entries()) view.setUint32(at + 4 * i, word, true);
}

function writeFileHeader(view: DataView, image: Image, sectionTable: number, sectionCount: number): void {
  view.setUint32(0, elfMagic, true);
  view.setUint32(4, 0x00010101, true); // 32-bit, little-endian, version 1
  view.setUint16(16, 2, true);
  view.setUint16(18, machineArm, true);
  const entry = image.entry === undefined ? 0 : image.entry | 1;
  writeWords(view, 20, [1, entry, fileHeaderBytes, sectionTable, flagsEabi5]);
  const halves = [fileHeaderBytes, programHeaderBytes, image.segments.length, sectionHeaderBytes, sectionCount];
  for (const [i, half] of [...halves, sectionCount - 1].entries()) view.setUint16(40 + 2 * i, half, true);
}

function writeProgramHeaders(view: DataView, segments: readonly Segment[], offsets: readonly number[]): void {
  for (const [i, { address, loadAddress, data, bytes, flags }] of segments.entries()) {
    const allow = segmentFlag.read | (flags.write ? segmentFlag.write : 0) | (flags.execute ? segmentFlag.execute : 0);
    writeWords(view, fileHeaderBytes + i * programHeaderBytes, [
      ...[1, offsets[i]!, address, loadAddress],
      ...[data.length, bytes, allow, 4],
    ]);
  }
}
