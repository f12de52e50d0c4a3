// The parts of ELF (TIS 1.2; Arm: AAELF32) that a linked Cortex-M program has, shared by reader and writer.
//
//   0 ┌ file header 52 ┐ program headers 32 each │ segment bytes … │ .symtab 16 each │ .strtab │ .shstrtab │ section headers 40 each

export const elfMagic = 0x464c457f; // "\x7fELF" read little-endian
export const machineArm = 40;
export const flagsEabi5 = 0x05000000;

export const fileHeaderBytes = 52;
export const programHeaderBytes = 32;
export const sectionHeaderBytes = 40;
export const symbolBytes = 16;

export const sectionType = {
  null: 0,
  progbits: 1,
  symtab: 2,
  strtab: 3,
  nobits: 8,
  armAttributes: 0x70000003,
} as const;
export const sectionFlag = { write: 1, alloc: 2, execute: 4 } as const;
export const segmentFlag = { execute: 1, write: 2, read: 4 } as const;

/** The section in which thumbelina keeps what ELF has no word for: target, layers, regions; JSON. */
export const metadataSection = ".thumbelina";

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}
