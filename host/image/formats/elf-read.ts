// ELF bytes → Image. The file is untrusted: every offset is checked against the file before it is used, every count is
// bounded by the file's size, and names are bounded in sum, so work and memory are linear in the file.

import { plainImage } from "../assemble.ts";
import { imageError } from "../errors.ts";
import type { Image, ImageSymbol, Section, Segment } from "../image-types.ts";
import { readNeeds } from "./elf-attributes.ts";
import {
  fileHeaderBytes,
  machineArm,
  metadataSection,
  programHeaderBytes,
  sectionFlag,
  sectionHeaderBytes,
  sectionType,
  segmentFlag,
  symbolBytes,
} from "./elf-types.ts";
import { readMetadata } from "./metadata.ts";

interface RawSection {
  readonly at: number;
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
  readonly link: number;
  readonly align: number;
}

class ElfFile {
  readonly view: DataView;
  #nameBytes = 0;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u16 = (at: number) => this.view.getUint16(at, true);
  u32 = (at: number) => this.view.getUint32(at, true);

  range(what: string, at: number, bytes: number, from: number): Uint8Array {
    if (at + bytes > this.bytes.length)
      throw imageError("truncated", { what, need: bytes, have: Math.max(0, this.bytes.length - at) }, { byte: from });
    return this.bytes.subarray(at, at + bytes);
  }

  /** A NUL-terminated name; many names may share one long tail, so their sum is bounded, not each. */
  name(table: Uint8Array, offset: number, from: number): string {
    if (offset === 0 || table.length === 0) return "";
    const end = offset < table.length ? table.indexOf(0, offset) : -1;
    if (end < 0) throw imageError("elf-table", { what: "a name lies outside its string table" }, { byte: from });
    this.#nameBytes += end - offset;
    const limit = 4 * this.bytes.length + 65536;
    if (this.#nameBytes > limit)
      throw imageError("too-large", { what: "the sum of all names", bytes: this.#nameBytes, limit }, { byte: from });
    return new TextDecoder().decode(table.subarray(offset, end));
  }
}

export function readElf(bytes: Uint8Array): Image {
  const file = new ElfFile(bytes);
  checkHeader(file);
  const segments = readSegments(file);
  const raw = readSectionHeaders(file);
  const metadata = raw.find((section) => section.name === metadataSection);
  const known = metadata
    ? readMetadata(file.range(metadataSection, metadata.offset, metadata.bytes, metadata.at), metadata.offset)
    : { target: {}, layers: [], regions: [] };
  const sections = raw.flatMap((section) => imageSection(file, section) ?? []);
  if (segments.length === 0) throw imageError("empty", { format: "ELF" });
  const entry = (file.u32(24) & ~1) >>> 0;
  const attributes = raw.find((section) => section.type === sectionType.armAttributes);
  const needs =
    attributes && readNeeds(file.range(attributes.name, attributes.offset, attributes.bytes, attributes.at));
  const target = needs && known.target.core === undefined ? { ...known.target, needs } : known.target;
  return { ...plainImage(segments, {}, entry), ...known, target, sections, symbols: readSymbols(file, raw) };
}

function checkHeader(file: ElfFile): void {
  file.range("the ELF header", 0, fileHeaderBytes, 0);
  const kind = (what: string, byte: number) => imageError("elf-kind", { what }, { byte });
  if (file.bytes[4] !== 1) throw kind(`class ${file.bytes[4]}`, 4);
  if (file.bytes[5] !== 1) throw kind(`data encoding ${file.bytes[5]}`, 5);
  if (file.bytes[6] !== 1) throw kind(`version ${file.bytes[6]}`, 6);
  if (file.u16(18) !== machineArm) throw imageError("elf-machine", { machine: file.u16(18) }, { byte: 18 });
  if (file.u16(16) !== 2) throw kind(`type ${file.u16(16)} (2 is an executable)`, 16);
}

function readSegments(file: ElfFile): Segment[] {
  const [start, size, count] = [file.u32(28), file.u16(42), file.u16(44)];
  if (count === 0) return [];
  if (size < programHeaderBytes)
    throw imageError("elf-table", { what: `program headers of ${size} bytes` }, { byte: 42 });
  file.range("the program headers", start, size * count, 28);
  const segments: (Segment & { at: number })[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + i * size;
    const [type, offset, address, loadAddress] = [0, 4, 8, 12].map((field) => file.u32(at + field));
    const [fileBytes, memoryBytes, flags] = [16, 20, 24].map((field) => file.u32(at + field));
    if (type !== 1 || memoryBytes === 0) continue;
    if (fileBytes! > memoryBytes!)
      throw imageError("elf-table", { what: `segment ${i} has more bytes in the file than in memory` }, { byte: at });
    const data = file.range(`segment ${i}`, offset!, fileBytes!, at);
    for (const base of [address!, loadAddress!])
      if (base + memoryBytes! > 2 ** 32)
        throw imageError("past-4g", { address: base, bytes: memoryBytes! }, { byte: at });
    const allow = { write: (flags! & segmentFlag.write) !== 0, execute: (flags! & segmentFlag.execute) !== 0 };
    segments.push({ loadAddress: loadAddress!, address: address!, data, bytes: memoryBytes!, flags: allow, at });
  }
  return checkedOrder(segments);
}

function checkedOrder(segments: readonly (Segment & { at: number })[]): Segment[] {
  const sorted = segments.toSorted((a, b) => a.loadAddress - b.loadAddress || a.data.length - b.data.length);
  let end = 0;
  for (const { loadAddress, data, at } of sorted) {
    if (data.length === 0) continue;
    if (loadAddress < end) throw imageError("overlap", { address: loadAddress, bytes: data.length }, { byte: at });
    end = loadAddress + data.length;
  }
  return sorted.map(({ at: _, ...segment }) => segment);
}

function readSectionHeaders(file: ElfFile): RawSection[] {
  const [start, size, count, names] = [file.u32(32), file.u16(46), file.u16(48), file.u16(50)];
  if (start === 0 || count === 0) return [];
  if (size < sectionHeaderBytes)
    throw imageError("elf-table", { what: `section headers of ${size} bytes` }, { byte: 46 });
  file.range("the section headers", start, size * count, 32);
  const field = (i: number, offset: number) => file.u32(start + i * size + offset);
  let table: Uint8Array = new Uint8Array(0);
  if (names !== 0) {
    if (names >= count) throw imageError("elf-table", { what: `no section ${names} for the names` }, { byte: 50 });
    table = file.range("the section names", field(names, 16), field(names, 20), start + names * size);
  }
  return Array.from({ length: count }, (_, i) => ({
    at: start + i * size,
    name: file.name(table, field(i, 0), start + i * size),
    type: field(i, 4),
    flags: field(i, 8),
    address: field(i, 12),
    offset: field(i, 16),
    bytes: field(i, 20),
    link: field(i, 24),
    align: field(i, 32),
  }));
}

function imageSection(file: ElfFile, raw: RawSection): Section | undefined {
  const base = { name: raw.name, address: raw.address, bytes: raw.bytes, align: Math.max(1, raw.align) };
  if ((raw.flags & sectionFlag.alloc) === 0) {
    if (raw.type !== sectionType.progbits || raw.name === metadataSection) return undefined;
    return { ...base, kind: "debug", address: 0, data: file.range(raw.name, raw.offset, raw.bytes, raw.at) };
  }
  if (raw.type === sectionType.nobits) return { ...base, kind: raw.name.startsWith(".noinit") ? "none" : "zero" };
  if (raw.flags & sectionFlag.execute) return { ...base, kind: "code" };
  return { ...base, kind: raw.flags & sectionFlag.write ? "data" : "const" };
}

const symbolKinds: Record<number, ImageSymbol["kind"]> = { 0: "label", 1: "object", 2: "function" };
const symbolBindings: Record<number, ImageSymbol["binding"]> = { 0: "local", 1: "global", 2: "weak" };

function readSymbols(file: ElfFile, sections: readonly RawSection[]): ImageSymbol[] {
  const table = sections.find((section) => section.type === sectionType.symtab);
  if (!table) return [];
  const rows = file.range(".symtab", table.offset, table.bytes, table.at);
  const strings = sections[table.link];
  if (strings?.type !== sectionType.strtab)
    throw imageError(
      "elf-table",
      { what: `.symtab links to section ${table.link}, no string table` },
      { byte: table.at },
    );
  const names = file.range(".strtab", strings.offset, strings.bytes, strings.at);
  const symbols: ImageSymbol[] = [];
  for (let at = table.offset; at + symbolBytes <= table.offset + rows.length; at += symbolBytes) {
    const info = file.bytes[at + 12]!;
    const kind = symbolKinds[info & 15];
    const binding = symbolBindings[info >> 4];
    // Section index 0: undefined. 0xFFF1 (absolute) is kept: linker scripts define stack and heap limits so.
    if (!kind || !binding || file.u16(at + 14) === 0) continue;
    const name = file.name(names, file.u32(at), at);
    if (name === "") continue;
    const value = file.u32(at + 4);
    const mapping = kind === "label" && /^\$[atd](\.|$)/.test(name);
    symbols.push({
      name,
      address: kind === "function" ? (value & ~1) >>> 0 : value,
      bytes: file.u32(at + 8),
      kind: mapping ? "mapping" : kind === "label" && file.u16(at + 14) === 0xfff1 ? "absolute" : kind,
      binding,
    });
  }
  return symbols;
}
