// The registers of a Machine as gdb numbers them, in the order of the target description below (gdb manual, "ARM Features":
// m-profile, m-system, vfp). Values are little-endian hex, as the `g` packet has them.

import { slot } from "../cpu.ts";
import type { Machine } from "../machine.ts";

interface Register {
  readonly name: string;
  readonly bits: 8 | 32 | 64;
  readonly type?: string;
  read(machine: Machine): readonly number[];
  /** Little-endian words. */
  write(machine: Machine, words: readonly number[]): void;
}

interface Feature {
  readonly name: string;
  readonly registers: readonly Register[];
}

const general = (index: number): Register => ({
  name: ["sp", "lr", "pc"][index - 13] ?? `r${index}`,
  bits: 32,
  ...(index === 13 ? { type: "data_ptr" } : index === 15 ? { type: "code_ptr" } : {}),
  read: (machine) => [machine.getRegister(index)],
  write: (machine, [value = 0]) => machine.setRegister(index, value),
});

const xpsr: Register = {
  name: "xpsr",
  bits: 32,
  read: ({ cpu }) => [cpu.xpsr],
  write: ({ cpu }, [value = 0]) => {
    // The exception number stays: changing it would not change what is active.
    cpu.setXpsr((value & ~0x1ff) | cpu.ipsr);
  },
};

const system = (name: "msp" | "psp", bits: 32): Register => ({
  name,
  bits,
  type: "data_ptr",
  read: ({ cpu }) => [cpu[name]],
  write: ({ cpu }, [value = 0]) => {
    cpu[name] = value;
  },
});

const mask = (name: "primask" | "basepri" | "faultmask" | "control", writable: number): Register => ({
  name,
  bits: 8,
  read: ({ cpu }) => [cpu[name]],
  write: ({ cpu }, [value = 0]) => {
    cpu[name] = value & writable;
    cpu.selectStack();
  },
});

const double = (index: number): Register => {
  const at = slot.single + 2 * index;
  return {
    name: `d${index}`,
    bits: 64,
    type: "ieee_double",
    read: ({ cpu }) => [cpu.x[at]!, cpu.x[at + 1]!],
    write: ({ cpu }, words) => cpu.x.set(words, at),
  };
};

const fpscr: Register = {
  name: "fpscr",
  bits: 32,
  read: ({ cpu }) => [cpu.x[slot.fpscr]!],
  write: ({ cpu }, [value = 0]) => {
    cpu.x[slot.fpscr] = value;
  },
};

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

function features(machine: Machine): Feature[] {
  const has = machine.core.features;
  const masks = has.has("v7m")
    ? [mask("primask", 1), mask("basepri", 0xff), mask("faultmask", 1), mask("control", 7)]
    : [mask("primask", 1), mask("control", 3)];
  return [
    { name: "org.gnu.gdb.arm.m-profile", registers: [...numbers(16).map(general), xpsr] },
    { name: "org.gnu.gdb.arm.m-system", registers: [system("msp", 32), system("psp", 32), ...masks] },
    ...(has.has("fp") ? [{ name: "org.gnu.gdb.arm.vfp", registers: [...numbers(16).map(double), fpscr] }] : []),
  ];
}

export class Registers {
  readonly #machine: Machine;
  readonly #features: readonly Feature[];
  readonly #all: readonly Register[];

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#features = features(machine);
    this.#all = this.#features.flatMap(({ registers }) => registers);
  }

  get description(): string {
    let number = 0;
    const parts = this.#features.map(({ name, registers }) => {
      const lines = registers.map(
        ({ name, bits, type = bits === 8 ? "uint8" : "int" }) =>
          `<reg name="${name}" bitsize="${bits}" regnum="${number++}" type="${type}"/>`,
      );
      return `<feature name="${name}">${lines.join("")}</feature>`;
    });
    return `<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0"><architecture>arm</architecture>${parts.join("")}</target>`;
  }

  readAll(): string {
    return this.#all.map((register) => this.#text(register)).join("");
  }

  /** False: the text is not the registers of this core. */
  writeAll(text: string): boolean {
    const lengths = this.#all.map(({ bits }) => bits / 4);
    if (text.length !== lengths.reduce((sum, length) => sum + length, 0) || !/^[0-9a-f]*$/i.test(text)) return false;
    let at = 0;
    for (const [i, length] of lengths.entries()) {
      this.write(i, text.slice(at, at + length));
      at += length;
    }
    return true;
  }

  read(number: number): string | undefined {
    const register = this.#all[number];
    return register && this.#text(register);
  }

  write(number: number, text: string): boolean {
    const register = this.#all[number];
    if (!register || text.length !== register.bits / 4 || !/^[0-9a-f]*$/i.test(text)) return false;
    const words = (text.match(/.{1,8}/g) ?? []).map((word) => {
      const bytes = (word.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
      return bytes.reduceRight((value, byte) => (value << 8) | byte, 0);
    });
    register.write(this.#machine, words);
    return true;
  }

  #text({ read, bits }: Register): string {
    const bytes = read(this.#machine).flatMap((word) => [word, word >> 8, word >> 16, word >> 24]);
    return bytes
      .slice(0, bits / 8)
      .map((byte) => (byte & 0xff).toString(16).padStart(2, "0"))
      .join("");
  }
}
