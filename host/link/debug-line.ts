// Source lines for debuggers: DWARF 4 with one compile unit and its line table (DWARF4.pdf 6.2, 7.21). gdb then shows and breaks at
// lines of assembly/, which it finds relative to where it was started: paths are as in the repository.
//
//   .debug_info     unit header │ DIE 1: producer, language, name, comp_dir, low_pc, high_pc, stmt_list
//   .debug_abbrev   the form of that DIE
//   .debug_line     header, files │ per run of code with lines: set_address, rows, end_sequence
//
// A row is one byte where it can be: a special opcode moves the address by 2·a and the line by l, −5 ≤ l < 9.

import type { ImageLine, Section } from "../image/image.ts";

const lineBase = -5;
const lineRange = 14;
const opcodeBase = 13;
const unitBytes = 2; // the smallest instruction
const standardLengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
const op = { copy: 1, advancePc: 2, advanceLine: 3, setFile: 4 };
const extended = { endSequence: 1, setAddress: 2 };
/** DW_LANG_Mips_Assembler: gdb has no AssemblyScript, and in assembly its expressions are C's. */
const language = 0x8001;

/** Attributes of the compile unit: DW_AT, DW_FORM. */
const attributes = [
  [0x25, 0x08],
  [0x13, 0x05],
  [0x03, 0x08],
  [0x1b, 0x08],
  [0x11, 0x01],
  [0x12, 0x06],
  [0x10, 0x17],
];

/** `lines` ends with a row of no line behind the last code. */
export function debugSections(lines: readonly ImageLine[], codeStart: number, codeEnd: number): Section[] {
  if (!lines.some(({ line }) => line > 0)) return [];
  const abbrev = [1, 0x11, 0, ...attributes.flat(), 0, 0, 0];
  const about = [...text("thumbelina"), ...u16(language), ...text("assembly"), ...text(".")];
  const entry = [1, ...about, ...u32(codeStart), ...u32(codeEnd - codeStart), ...u32(0)];
  const info = sized([...u16(4), ...u32(0), 4, ...entry]);
  return [section(".debug_abbrev", abbrev), section(".debug_info", info), section(".debug_line", lineTable(lines))];
}

function section(name: string, bytes: readonly number[]): Section {
  return { name, kind: "debug", address: 0, bytes: bytes.length, align: 1, data: Uint8Array.from(bytes) };
}

function lineTable(lines: readonly ImageLine[]): number[] {
  const files = [...new Set(lines.filter(({ line }) => line > 0).map(({ file }) => file))];
  const header = [
    ...[unitBytes, 1, 1, lineBase & 0xff, lineRange, opcodeBase, ...standardLengths],
    0, // no directories: files are relative to comp_dir
    ...files.flatMap((file) => [...text(file), 0, 0, 0]),
    0,
  ];
  return sized([...u16(4), ...sized(header), ...program(lines, files)]);
}

function program(lines: readonly ImageLine[], files: readonly string[]): number[] {
  const code: number[] = [];
  const numbers = new Map(files.map((file, i) => [file, i + 1]));
  let state: { address: number; file: number; line: number } | undefined;
  for (const { address, file: name, line } of lines) {
    if (line === 0) {
      if (state) code.push(...advance(address - state.address), 0, 1, extended.endSequence);
      state = undefined;
      continue;
    }
    if (!state) {
      state = { address, file: 1, line: 1 };
      code.push(0, 5, extended.setAddress, ...u32(address));
    }
    const file = numbers.get(name)!;
    if (file !== state.file) code.push(op.setFile, ...uleb(file));
    code.push(...row(address - state.address, line - state.line));
    state = { address, file, line };
  }
  return code;
}

const advance = (bytes: number) => [op.advancePc, ...uleb(bytes / unitBytes)];

/** One row of the table, `bytes` and `lines` after the one before. */
function row(bytes: number, lines: number): number[] {
  const step = lines - lineBase + lineRange * (bytes / unitBytes) + opcodeBase;
  if (lines >= lineBase && lines < lineBase + lineRange && step <= 255) return [step];
  const far = bytes > 0 ? advance(bytes) : [];
  const special = lines >= lineBase && lines < lineBase + lineRange;
  if (special) return [...far, lines - lineBase + opcodeBase];
  return [...far, op.advanceLine, ...sleb(lines), op.copy];
}

// --- numbers --------------------------------------------------------------------------------------------------------

const u16 = (value: number) => [value & 0xff, (value >> 8) & 0xff];
const u32 = (value: number) => [...u16(value), ...u16(value >>> 16)];
const sized = (bytes: readonly number[]) => [...u32(bytes.length), ...bytes];
const text = (words: string) => [...new TextEncoder().encode(words), 0];

function uleb(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)];
}

function sleb(value: number): number[] {
  return value >= -64 && value < 64 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...sleb(value >> 7)];
}
