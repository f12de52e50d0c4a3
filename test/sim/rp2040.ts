// rp2040js (MIT) beside our Cortex-M0+: both run the same code from SRAM, one instruction at a time, and after each of them registers,
// flags and PC are compared, and memory at the end. Where rp2040js is wrong, a row below says by which clause, and its state is
// set to ours; everything else must be equal. Cycles are collected by class and difference.

import { RP2040 } from "rp2040js";
import { expect } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import type { Image } from "../../host/image/image.ts";
import type { Decoded } from "../../host/isa/isa.ts";
import { cores, decoderFor, isWide, thumbRows } from "../../host/isa/isa.ts";
import { Machine } from "../../host/sim/sim.ts";
import { rp2040Differences } from "./cycle-images.ts";

export const sram = { base: 0x20000000, bytes: 264 * 1024 } as const;
const decoder = decoderFor(thumbRows, cores["cortex-m0plus"]);

type Operands = Decoded["operands"];
interface StateDifference {
  readonly text: RegExp;
  readonly when: (operands: Operands, before: Uint32Array) => boolean;
  /** Bits of APSR in which rp2040js may differ. */
  readonly flags: number;
  readonly why: string;
}

const carry = 0x20000000;
const overflow = 0x10000000;
const shiftOf = (operands: Operands, before: Uint32Array) => before[operands.m ?? 0]! & 0xff;

/** Where rp2040js 1.4.1 leaves the manual (DDI 0419E). */
export const stateDifferences: readonly StateDifference[] = [
  {
    text: /^(lsl|lsr|asr|ror)s?\{?s?\}? Rd, .*Rm$/,
    when: (operands, before) => shiftOf(operands, before) === 0,
    flags: carry,
    why: "a shift by a register that holds 0 leaves C alone (A4.1.1 Shift_C)",
  },
  {
    text: /^lsl/,
    when: (operands, before) => shiftOf(operands, before) > 32,
    flags: carry,
    why: "LSL by more than 32 gives C = 0 (A4.1.1 LSL_C)",
  },
  {
    text: /^(adc|sbc)/,
    when: () => true,
    flags: overflow,
    why: "rp2040js adds the carry to an operand first, and loses an overflow at 0x7fffffff (A4.1.2 AddWithCarry)",
  },
];

/** Every difference of cycles is one that cycle-images.ts explains. */
export function expectKnownCycles({ differences }: Pair): void {
  for (const { name, difference } of differences.values())
    expect({ name, difference }).toEqual({ name, difference: rp2040Differences[name]?.difference });
}

export class Pair {
  readonly ours: Machine;
  readonly theirs = new RP2040();
  /** By name and difference; `difference` is ours − theirs, of one instruction. */
  readonly differences = new Map<string, { readonly name: string; readonly difference: number; count: number }>();
  oursCycles = 0;
  theirsCycles = 0;
  known = 0;
  output = "";

  constructor() {
    this.ours = new Machine(findBoard("pico"));
    this.theirs.logger.warn = this.theirs.logger.info = this.theirs.logger.error = () => {};
    this.theirs.uart[0]!.onByte = (byte) => {
      this.output += String.fromCharCode(byte);
    };
  }

  /** Both start at the image's entry with the stack at the top of SRAM and VTOR at its first segment. */
  load(image: Image): void {
    this.ours.load(image);
    const { core } = this.theirs;
    for (const { loadAddress, data } of image.segments) this.theirs.sram.set(data, loadAddress - sram.base);
    core.VTOR = image.segments[0]?.loadAddress ?? sram.base;
    core.SP = this.ours.getRegister(13);
    core.PC = this.ours.pc;
    for (let i = 0; i < 13; i++) core.registers[i] = 0;
    core.LR = this.ours.getRegister(14);
    this.copyFlags();
  }

  /** No program: both wait at an address. */
  start(address: number): void {
    this.load({ target: {}, entry: address, segments: [], sections: [], symbols: [], layers: [], regions: [] });
  }

  get apsr(): number {
    return this.ours.cpu.apsr >>> 0;
  }

  copyFlags(): void {
    this.theirs.core.APSR = this.apsr;
  }

  /** A word into both memories. */
  poke(address: number, word: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, word, true);
    this.ours.poke(address, bytes);
    this.theirs.sram.set(bytes, address - sram.base);
  }

  /** Privileged thread on MSP, both stack pointers the same. */
  setState(registers: Int32Array, apsr: number): void {
    const { cpu } = this.ours;
    const { core } = this.theirs;
    cpu.control = cpu.primask = 0;
    cpu.selectStack();
    if (core.SPSEL !== 0) core.switchStack(0);
    core.PM = core.nPRIV = false;
    for (let i = 0; i < 15; i++) this.ours.setRegister(i, registers[i]!);
    for (let i = 0; i < 15; i++) core.registers[i] = this.ours.getRegister(i);
    cpu.otherSp = registers[13]! & ~3;
    core.bankedSP = cpu.otherSp >>> 0;
    cpu.apsr = apsr;
    this.copyFlags();
  }

  /** What our machine would run next. */
  next(): Decoded | undefined {
    const { pc } = this.ours;
    const view = new DataView(this.theirs.sram.buffer);
    const first = view.getUint16(pc - sram.base, true);
    return decoder.decode(first, isWide(first) ? view.getUint16(pc + 2 - sram.base, true) : 0, false);
  }

  /** One instruction on both; throws where they differ. False: ours faulted, stopped or waits. */
  step(): boolean {
    const { ours, theirs } = this;
    const { core } = theirs;
    const { pc } = ours;
    const decoded = this.next();
    if (!decoded) return false;
    const before = core.registers.slice();
    const [cycles, faults] = [ours.cycles, ours.faults.length];
    if (ours.step().kind !== "step" || ours.faults.length !== faults) return false;
    const taken = core.executeInstruction();
    this.#compare(decoded, before, pc);
    this.#count(decoded, ours.cycles - cycles, taken, before);
    return true;
  }

  #compare({ row, operands }: Decoded, before: Uint32Array, pc: number): void {
    const { ours } = this;
    const { core } = this.theirs;
    let wrong = "";
    for (let i = 0; i < 15; i++)
      if (ours.getRegister(i) !== core.registers[i]!)
        wrong += ` r${i} ours ${ours.getRegister(i).toString(16)} theirs ${core.registers[i]!.toString(16)}`;
    if (ours.pc !== (core.PC & ~1) >>> 0) wrong += ` pc ours ${ours.pc.toString(16)} theirs ${core.PC.toString(16)}`;
    if (ours.cpu.primask !== Number(core.PM)) wrong += ` primask ours ${ours.cpu.primask}`;
    const differ = (this.apsr ^ core.APSR) >>> 0;
    if (differ !== 0) {
      const known = stateDifferences.find(
        ({ text, when, flags }) => text.test(row.text) && (differ & ~flags) === 0 && when(operands, before),
      );
      if (known) {
        this.known++;
        this.copyFlags();
      } else wrong += ` flags ours ${this.apsr.toString(16)} theirs ${(core.APSR >>> 0).toString(16)}`;
    }
    if (wrong)
      throw new Error(`${row.text} at ${pc.toString(16)}, before ${[...before].map((x) => x.toString(16))}:${wrong}`);
  }

  #count({ row, operands }: Decoded, ours: number, theirs: number, before: Uint32Array): void {
    this.oursCycles += ours;
    this.theirsCycles += theirs;
    if (ours === theirs) return;
    const difference = ours - theirs;
    const name = this.#apb(operands, before) ? `${row.cycles} (peripheral)` : row.text;
    const key = `${name} ${difference}`;
    const known = this.differences.get(key) ?? { name, difference, count: 0 };
    known.count++;
    this.differences.set(key, known);
  }

  #apb({ n = -1 }: Operands, before: Uint32Array): boolean {
    return n >= 0 && n < 8 && before[n]! >>> 28 >= 4;
  }

  /** All of SRAM. */
  sameMemory(): boolean {
    return Buffer.compare(this.ours.peek(sram.base, sram.bytes), this.theirs.sram) === 0;
  }
}
