// The NVIC's banks of registers (DDI 0403E B3.4): set and clear enable and pending, active, priority; offsets from 0xE000E000.

import type { CoreTraits } from "./core-traits.ts";
import type { Exceptions } from "./exceptions.ts";
import type { SystemRegister } from "./system-control.ts";

export function* nvicRegisters(exceptions: Exceptions, traits: CoreTraits): Generator<[number, SystemRegister]> {
  const interrupts = exceptions.count - 16;
  const words = Math.ceil(interrupts / 32);
  if (traits.version !== 6) yield [0x004, { read: () => Math.max(0, words - 1) }];
  for (let i = 0; i < words; i++) {
    const each = (value: number, act: (number: number) => void) => {
      for (let bit = 0; bit < 32; bit++) if ((value >>> bit) & 1) act(16 + 32 * i + bit);
    };
    const enabled = () => exceptions.word("enabled", i);
    const pending = () => exceptions.word("pending", i);
    yield [0x100 + 4 * i, { read: enabled, write: (v) => each(v, (n) => exceptions.setEnabled(n, true)) }];
    yield [0x180 + 4 * i, { read: enabled, write: (v) => each(v, (n) => exceptions.setEnabled(n, false)) }];
    yield [0x200 + 4 * i, { read: pending, write: (v) => each(v, (n) => exceptions.setPending(n, true)) }];
    yield [0x280 + 4 * i, { read: pending, write: (v) => each(v, (n) => exceptions.setPending(n, false)) }];
    if (traits.version !== 6) yield [0x300 + 4 * i, { read: () => exceptions.word("active", i) }];
  }
  for (let i = 0; i < interrupts; i += 4) yield [0x400 + i, priorities(exceptions, 16 + i)];
}

function priorities(exceptions: Exceptions, first: number): SystemRegister {
  return {
    read: () => [0, 1, 2, 3].reduce((word, i) => word | (exceptions.priority(first + i) << (8 * i)), 0),
    write: (value, mask) => {
      for (let i = 0; i < 4; i++)
        if ((mask >>> (8 * i)) & 0xff) exceptions.setPriority(first + i, (value >>> (8 * i)) & 0xff);
    },
  };
}
