// What can be wrong with an image file. Offsets are in `at.byte`, HEX lines in `at.line`.

import { defineErrors } from "../base/errors.ts";

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

const list = (values: readonly number[]) => values.slice(0, 8).map(hex).join(", ") + (values.length > 8 ? " …" : "");

export const imageError = defineErrors("image", {
  "unknown-format": {
    exit: 3,
    message: (_facts: { bytes: number }) => "not an ELF, UF2 or Intel HEX file",
    hint: () => "a raw binary needs the address of its first byte: give --base, or --board whose image start is used",
  },
  empty: { exit: 3, message: (f: { format: string }) => `the ${f.format} file loads no bytes` },
  truncated: {
    exit: 3,
    message: (f: { what: string; need: number; have: number }) =>
      `${f.what} needs ${f.need} bytes, the file has ${f.have} left`,
  },
  overlap: {
    exit: 3,
    message: (f: { address: number; bytes: number }) => `bytes at ${hex(f.address)} (${f.bytes}) are given twice`,
  },
  "past-4g": {
    exit: 3,
    message: (f: { address: number; bytes: number }) =>
      `${f.bytes} bytes at ${hex(f.address)} pass the end of the address space`,
  },
  "too-large": {
    exit: 3,
    message: (f: { what: string; bytes: number; limit: number }) =>
      `${f.what} is ${f.bytes} bytes, the limit is ${f.limit}`,
  },
  "elf-kind": { exit: 3, message: (f: { what: string }) => `not a 32-bit little-endian executable ELF: ${f.what}` },
  "elf-machine": {
    exit: 11,
    message: (f: { machine: number }) => `the ELF is for machine ${f.machine}, not Arm (40)`,
  },
  "elf-table": { exit: 3, message: (f: { what: string }) => `ELF: ${f.what}` },
  "uf2-magic": {
    exit: 3,
    message: (f: { which: string; found: number }) => `UF2: ${f.which} magic is ${hex(f.found)}`,
  },
  "uf2-block": { exit: 3, message: (f: { what: string }) => `UF2: ${f.what}` },
  "uf2-family": {
    exit: 11,
    message: (f: { wanted: number | undefined; found: readonly number[] }) =>
      f.wanted === undefined
        ? `the UF2 file holds several families: ${list(f.found)}`
        : `the UF2 file has no block of family ${hex(f.wanted)}, only ${list(f.found)}`,
    hint: (f) =>
      f.wanted === undefined ? "name the board, so that its family is taken" : "was the file made for another board?",
  },
  "uf2-incomplete": {
    exit: 3,
    message: (f: { missing: number; total: number; first: number }) =>
      f.missing === 1
        ? `UF2: block ${f.first} of ${f.total} is missing`
        : `UF2: ${f.missing} of ${f.total} blocks are missing, the first is block ${f.first}`,
  },
  "hex-record": { exit: 3, message: (f: { what: string }) => `Intel HEX: ${f.what}` },
  "hex-checksum": {
    exit: 3,
    message: (f: { found: number; expected: number }) =>
      `Intel HEX: checksum is ${hex(f.found)}, the record's bytes give ${hex(f.expected)}`,
  },
  metadata: { exit: 3, message: (f: { what: string }) => `section .thumbelina: ${f.what}` },
  "bin-span": {
    exit: 8,
    message: (f: { span: number; limit: number }) =>
      `a raw binary of this image would be ${f.span} bytes long, the limit is ${f.limit}`,
    hint: () => "the image has parts far apart; write ELF, HEX or UF2 instead",
  },
});
