// Random ARMv6-M instructions, sixteen in a row, on both sides of a Pair (rp2040.ts): every register, the flags, PC and PRIMASK after
// each, all of SRAM now and then. Before an instruction that touches memory or branches through a register, its registers are set
// to something sensible, as a debugger would; what the manual calls UNPREDICTABLE is left out.

import type { Decoded, Row } from "../../host/isa/isa.ts";
import { cores, decoderFor, thumbRows } from "../../host/isa/isa.ts";
import { type Random, random, randomBits, randomState, touchesMemory, unpredictable } from "../isa/states.ts";
import type { Pair } from "./rp2040.ts";

const core = cores["cortex-m0plus"];
const decoder = decoderFor(thumbRows, core);
const codeAddress = 0x20010000;
const length = 16;
/** APSR, MSP, PSP, PRIMASK, CONTROL. */
const specials = [0, 8, 9, 16, 20];

/** Exceptions and sleep are left to programs. */
export const sequenceRows = thumbRows.filter(
  (row) => row.feature === "v6m" && !["exception", "wait"].includes(row.cycles),
);

function usable(decoded: Decoded, row: Row): boolean {
  const { operands } = decoded;
  const { m = 0, n = 0, list = 0 } = operands;
  if (decoded.row !== row || unpredictable(decoded)) return false;
  // rp2040js forgets the write-back of STM with its base in the list (A6.7.58), and reads LR after writing it in BLX LR (A6.7.14).
  if (row.name === "stmia") return ((list >> n) & 1) === 0;
  // UNPREDICTABLE for CMP (A6.7.17); SP is no target.
  if (/^cmp/.test(row.text)) return m !== 15;
  if (/^(bx|blx)/.test(row.text)) return m !== 13 && !(row.name === "blx" && m === 14);
  return true;
}

/** The only forms that ARMv6-M defines of CPS (B4.2.1) and MSR (mask 10, B4.2.3). */
function pinned(row: Row, bits: number, next: Random): number {
  if (row.cycles === "cps") return (bits & ~7) | 2;
  if (row.cycles !== "special") return bits;
  const special = specials[next() % specials.length]!;
  return ((bits & ~(row.name === "msr" ? 0xfff : 0xff)) | (row.name === "msr" ? 0x800 : 0) | special) >>> 0;
}

function choose(next: Random): number {
  for (;;) {
    const row = sequenceRows[next() % sequenceRows.length]!;
    const bits = pinned(row, randomBits(row, next), next);
    const [first, second] = row.size === 2 ? [bits, 0] : [bits >>> 16, bits & 0xffff];
    const decoded = decoder.decode(first, second, false);
    if (decoded && usable(decoded, row)) return bits;
  }
}

/** Makes the instruction's registers fit: aligned addresses inside SRAM, targets that are Thumb code. */
function prepare(pair: Pair, { row, operands }: Decoded, next: Random): void {
  const { n = -1, m = -1, list = 0 } = operands;
  const set = (index: number, value: number) => {
    pair.ours.setRegister(index, value | 0);
    if (index === 13) pair.theirs.core.SP = value;
    else pair.theirs.core.registers[index] = value;
  };
  if (touchesMemory(row)) {
    set(13, 0x20000100 + (next() % 64) * 4);
    if (m >= 0 && m !== n) set(m, (next() % 64) * 4);
    if (n >= 0) set(n, n === m ? 0x10000040 : 0x20000180 + (next() % 64) * 4);
  }
  if (row.cycles === "branch-register" || row.cycles === "call-register") set(m, codeAddress + (next() % 64) * 2 + 1);
  // CONTROL: privileged, or MSR would do nothing afterwards; stack pointers are words.
  if (row.name === "msr" && n >= 0) set(n, (n === 13 ? 0x20000100 : next()) & ~3);
  if (row.cycles === "load-multiple-pc") {
    const count = (list & 0xff).toString(2).replaceAll("0", "").length;
    const at = pair.ours.getRegister(13) + 4 * count;
    pair.poke(at, codeAddress + (next() % 64) * 2 + 1);
  }
}

/** Returns how many instructions ran; throws at the first difference. */
export function runSequences(pair: Pair, count: number, seed: number): number {
  const next = random(seed);
  let steps = 0;
  for (let sequence = 0; sequence < count; sequence++) {
    const places = [codeAddress];
    for (let i = 0; i < length; i++) {
      const bits = choose(next);
      const at = places.at(-1)!;
      const wide = bits > 0xffff;
      const word = wide ? ((bits >>> 16) | (bits << 16)) >>> 0 : bits;
      pair.poke(at, word);
      places.push(at + (wide ? 4 : 2));
    }
    const state = randomState(sequenceRows[next() % sequenceRows.length]!, core, next);
    pair.setState(state.r, next() & 0xf0000000);
    for (const at of places.slice(0, -1)) {
      pair.ours.pc = at;
      pair.theirs.core.PC = at;
      prepare(pair, pair.next()!, next);
      if (!pair.step()) throw new Error(`${pair.next()?.row.text} faulted at ${at.toString(16)}`);
      steps++;
    }
    if (sequence % 64 === 63 && !pair.sameMemory()) throw new Error(`memory differs after sequence ${sequence}`);
  }
  return steps;
}
