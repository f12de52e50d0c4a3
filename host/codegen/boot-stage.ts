// The RP2040's second boot stage (RP2040 Datasheet 2.8.1.3): its ROM copies the first 256 bytes of flash to RAM, checks their
// CRC and runs them. These turn on execution in place with the plain read command 03h, which every serial NOR flash
// knows, and enter the image behind them. Code only: link pads it to 252 bytes and adds the CRC.
//
//   SSI off │ divider 4 │ 32-bit frames, EEPROM read │ command 03h, 24-bit address │ SSI on
//   LR ≠ 0: called by a program that has written the flash: back to it.    LR = 0: VTOR, MSP, reset handler of the image

import type { Core } from "../isa/isa.ts";
import { Assembler } from "./assembler.ts";
import type { FunctionCode } from "./object-code.ts";

/** XIP_SSI and the offsets of its registers (RP2040 Datasheet 4.10.13). */
const ssi = { base: 0x18000000, ctrlr0: 0x00, ctrlr1: 0x04, ssienr: 0x08, baudr: 0x14, spiCtrlr0: 0xf4 };
/** SPI_FRF standard, DFS_32 = 31, TMOD = 3 (EEPROM read). */
const frames = 0x001f_0300;
/** XIP_CMD 03h, INST_L 8 bits, ADDR_L 6 (24 bits), command and address on one line. */
const plainRead = 0x0300_0218;
const VTOR = 0xe000ed08;
const mainStack = { special: 8, mask: 2 };

/** Refers to `__vectors`, which link defines. */
export function bootStageCode(core: Core): FunctionCode {
  const a = new Assembler(core);
  const leave = a.label();
  const store = (t: number, offset: number) => a.emit(["str Rt, [Rn, #<i*4>]", { t, n: 3, i: offset / 4 }]);
  const set = (d: number, i: number) => a.emit(["mov{s} Rd, #<i>", { d, i }]);
  a.literal(3, ssi.base);
  set(1, 0);
  store(1, ssi.ssienr);
  set(2, 4);
  store(2, ssi.baudr);
  a.literal(0, frames);
  store(0, ssi.ctrlr0);
  a.literal(0, plainRead);
  a.literal(2, ssi.base + ssi.spiCtrlr0);
  a.emit(["str Rt, [Rn, #<i*4>]", { t: 0, n: 2, i: 0 }]);
  store(1, ssi.ctrlr1);
  set(2, 1);
  store(2, ssi.ssienr);
  a.emit(["mov Rd, Rm", { d: 0, m: 14 }]);
  a.emit(["cmp Rn, #<i>", { n: 0, i: 0 }]);
  a.branch(leave, 1);
  a.literal(0, 0, "__vectors");
  a.literal(1, VTOR);
  a.emit(["str Rt, [Rn, #<i*4>]", { t: 0, n: 1, i: 0 }]);
  a.emit(["ldr Rt, [Rn, #<i*4>]", { t: 1, n: 0, i: 0 }]);
  a.emit(["ldr Rt, [Rn, #<i*4>]", { t: 2, n: 0, i: 1 }]);
  a.emit(["msr <mask>, Rn", { n: 1, i: mainStack.special, j: mainStack.mask }]);
  a.emit(["bx Rm", { m: 2 }]);
  a.bind(leave);
  a.emit(["bx Rm", { m: 14 }]);
  return { name: "boot_stage", ...a.finish(), frameBytes: 0, calls: [] };
}
