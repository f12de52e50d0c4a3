// Registers about system exceptions: ICSR, SHPR, SHCSR (DDI 0403E B3.2.4, B3.2.10–B3.2.13).

import type { CoreTraits } from "./core-traits.ts";
import type { Cpu } from "./cpu.ts";
import type { Exceptions } from "./exceptions.ts";
import type { SystemRegister } from "./system-control.ts";

interface HandlerPorts {
  readonly cpu: Cpu;
  readonly exceptions: Exceptions;
  readonly traits: CoreTraits;
}

/** SHPR1 to SHPR3 hold the priorities of exceptions 4 to 15. */
export function priorityRegister({ exceptions, traits }: HandlerPorts, first: number): SystemRegister {
  const settable = traits.version === 6 ? [11, 14, 15] : [4, 5, 6, 11, 12, 14, 15];
  const numbers = [0, 1, 2, 3].map((i) => first + i);
  return {
    read: () => numbers.reduce((word, number, i) => word | (exceptions.priority(number) << (8 * i)), 0),
    write: (value, mask) => {
      for (const [i, number] of numbers.entries())
        if (settable.includes(number) && (mask >>> (8 * i)) & 0xff)
          exceptions.setPriority(number, (value >>> (8 * i)) & 0xff);
    },
  };
}

/** ICSR: what is pending and active; writes pend and unpend NMI, PendSV and SysTick. */
export function interruptState({ cpu, exceptions, traits }: HandlerPorts): SystemRegister {
  const bit = (number: number, at: number) => (exceptions.isPending(number) ? 1 << at : 0);
  return {
    read: () => {
      const alone = exceptions.activeCount <= 1 && traits.version !== 6 ? 1 << 11 : 0;
      const pending = (exceptions.mostUrgent() << 12) | (exceptions.anyInterruptPending ? 1 << 22 : 0);
      return bit(2, 31) | bit(14, 28) | bit(15, 26) | pending | alone | cpu.ipsr;
    },
    write: (value) => {
      if (value < 0) exceptions.setPending(2, true);
      if (value & (1 << 28)) exceptions.setPending(14, true);
      else if (value & (1 << 27)) exceptions.setPending(14, false);
      if (value & (1 << 26)) exceptions.setPending(15, true);
      else if (value & (1 << 25)) exceptions.setPending(15, false);
    },
  };
}

/** [bit of SHCSR, exception, which state] */
const handlerBits = [
  [0, 4, "active"],
  [1, 5, "active"],
  [3, 6, "active"],
  [7, 11, "active"],
  [10, 14, "active"],
  [11, 15, "active"],
  [12, 6, "pending"],
  [13, 4, "pending"],
  [14, 5, "pending"],
  [15, 11, "pending"],
  [16, 4, "enabled"],
  [17, 5, "enabled"],
  [18, 6, "enabled"],
] as const;

export function handlerControl({ exceptions, traits }: HandlerPorts): SystemRegister {
  const has = (bit: number) => traits.version !== 6 || bit === 15;
  return {
    read: () => {
      let word = 0;
      for (const [bit, number, state] of handlerBits) {
        const on = { active: exceptions.isActive, pending: exceptions.isPending, enabled: exceptions.isEnabled }[state];
        if (has(bit) && on(number)) word |= 1 << bit;
      }
      return word;
    },
    write: (value, mask) => {
      for (const [bit, number, state] of handlerBits) {
        if (!has(bit) || ((mask >>> bit) & 1) === 0) continue;
        const on = ((value >>> bit) & 1) === 1;
        if (state === "enabled") exceptions.setEnabled(number, on);
        else if (state === "pending") exceptions.setPending(number, on);
        else if (on) exceptions.activate(number);
        else if (exceptions.isActive(number)) exceptions.deactivate(number);
      }
    },
  };
}
