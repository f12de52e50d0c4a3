// Random instructions and processor states for lock-step tests: from a seed, a row's free bits (kept away from what the manual
// calls UNPREDICTABLE) and a state whose registers are half ordinary, half awkward values, with base registers in RAM.

import type { Core, Decoded, Environment, Row, State } from "../../host/isa/isa.ts";

export type Random = () => number;

/** mulberry32: 32 bits a call. */
export function random(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

export const ramAddress = 0x20000000;
export const ramBytes = 1024;
export const codeAddress = 0x10000;

const awkward = [
  0, 1, -1, 0x7fffffff, 0x80000000, 0xffff, 0x8000, 0x7fff, 0x80, 0x7f, 0xff, 31, 32, 33, 0x8000_8000, 0x7fff_7fff,
];
const floats = [
  ...[0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc00000, 0x7fa00001, 0xffc12345, 0xff812345],
  ...[1, 0x80000001, 0x007fffff, 0x00800000, 0x7f7fffff, 0x4f000000, 0xcf000000, 0x3f000000, 0x3effffff, 0x4b000001],
  ...[0x7ff00000, 0x7ff80000, 0x7ff40000, 0xfff00000, 0x41dfffff, 0x3ff00000, 0x000fffff, 0x47800000, 0x33000000],
];

const pick = <T>(from: readonly T[], next: Random): T => from[next() % from.length] as T;

export const touchesMemory = (row: Row): boolean => /\[/.test(row.text) || /list/.test(row.text);

export function randomState(row: Row, core: Core, next: Random): State {
  const r = new Int32Array(16);
  const s = new Int32Array(32);
  const memory = touchesMemory(row);
  for (let i = 0; i < 15; i++) {
    r[i] = next() & 1 ? next() : pick(awkward, next);
    const kind = next() % 4;
    // an address in the middle, or a small index
    if (memory && kind !== 0) r[i] = kind === 1 ? next() % 64 : ramAddress + 384 + (next() % 256);
    if (memory && kind === 3) r[i] = (r[i] ?? 0) & ~3;
  }
  r[13] = (ramAddress + 256 + (next() % 64) * 4) | 0;
  for (let i = 0; i < 32; i++) s[i] = next() & 1 ? next() : pick(floats, next);
  if ((next() & 3) === 0) for (let i = 0; i < 32; i++) s[i] = ((s[i] ?? 0) & 0x83ffffff) | 0x3c000000;
  const apsr = next() & (core.features.has("dsp") ? 0xf80f0000 : 0xf8000000);
  // half of the states in the default mode: round to nearest, nothing flushed
  const fpscr = row.float ? next() & (next() & 1 ? 0xf7c0009f : 0xf000009f) : 0;
  return { r, s, apsr, fpscr: fpscr | 0, itstate: 0 };
}

export const copyState = (state: State): State => ({ ...state, r: state.r.slice(), s: state.s.slice() });

/** Bits of a row with random operands. */
export function randomBits(row: Row, next: Random): number {
  const free = (row.size === 2 ? 0xffff : 0xffffffff) & ~row.mask;
  return (row.match | (next() & free)) >>> 0;
}

const registers = ["d", "n", "m", "t", "u", "a", "l", "h"];

/** Whether the manual leaves the meaning open: SP or PC where a general register is meant, base in the list, and so on. */
export function unpredictable({ row, operands }: Decoded): boolean {
  const isCore = (letter: string): boolean => new RegExp(`\\bR${letter}\\b|<twice>`).test(row.text);
  const used = registers.filter((letter) => operands[letter] !== undefined && isCore(letter));
  const { d = -1, n = -1, m = -1, t = -1, u = -1, l = -1, h = -1, list = 0, c = 0, i = 0 } = operands;
  if (row.size === 4 && used.some((letter) => operands[letter] === 13 || operands[letter] === 15)) return true;
  if (row.size === 2 && d === 13) return true;
  if (row.size === 2 && /^(cmp|add)/.test(row.text) && n === 15) return true;
  if (/^(blx|bx)/.test(row.text) && m === 15) return true;
  if (row.text.includes("twice") && n !== m) return true;
  if (l !== -1 && l === h) return true;
  const back = /\], |!/.test(row.text) && !/^pld|^pli/.test(row.text);
  if (back && n !== -1 && (n === t || n === u)) return true;
  if (/^(ldrd|vmov)/.test(row.text) && t !== -1 && t === u) return true;
  if (/^st(r|l)ex/.test(row.text) && (d === n || d === t)) return true;
  if (/list/.test(row.text) && !/slist|dlist/.test(row.text)) return badList(row, list, n);
  if (row.name === "it") return c === 14 && (i & (i - 1)) !== 0;
  return false;
}

function badList(row: Row, list: number, n: number): boolean {
  const members = list.toString(2).replaceAll("0", "").length;
  if (list === 0 || (list & (1 << 13)) !== 0) return true;
  if (row.size === 2) return row.name === "stmia" && ((list >> n) & 1) === 1 && (list & ((1 << n) - 1)) !== 0;
  if (members < 2 || (list & 0xc000) === 0xc000) return true;
  if (row.name.startsWith("stm") && (list & 0x8000) !== 0) return true;
  return row.text.includes("!") && ((list >> n) & 1) === 1;
}

export class Fault extends Error {}

/** Memory of one batch: code that is read only, RAM that a case may change. */
export function environmentOf(code: Uint8Array, ram: Uint8Array): Environment {
  const refuse = (): never => {
    throw new Fault();
  };
  const place = (address: number, bytes: number, access: string): [Uint8Array, number] => {
    const at = address >>> 0;
    if (access !== "any" && access !== "user" && at % bytes !== 0) refuse();
    if (at >= ramAddress && at + bytes <= ramAddress + ram.length) return [ram, at - ramAddress];
    if (at >= codeAddress && at + bytes <= codeAddress + code.length) return [code, at - codeAddress];
    return refuse();
  };
  const store: Environment["store"] = (address, bytes, access, value) => {
    const [memory, at] = place(address, bytes, access);
    if (memory === code) refuse();
    for (let i = 0; i < bytes; i++) memory[at + i] = value >>> (8 * i);
  };
  return {
    load(address, bytes, access) {
      const [memory, at] = place(address, bytes, access);
      let value = 0;
      for (let i = 0; i < bytes; i++) value |= (memory[at + i] ?? 0) << (8 * i);
      return value;
    },
    store,
    // no exclusive load came before, so the monitor refuses
    storeExclusive(address, bytes) {
      place(address, bytes, "exclusive");
      return false;
    },
    special: refuse,
    system: (action) => {
      if (!["nop", "sev", "dmb", "dsb", "isb", "clrex", "divide-by-zero"].includes(action)) refuse();
    },
    branched: () => undefined,
  };
}
