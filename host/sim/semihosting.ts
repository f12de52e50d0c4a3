// Arm semihosting (Arm "Semihosting for AArch32 and AArch64", release 2.0): BKPT 0xAB with the operation in R0 and its argument in
// R1. Output and exit, and what newlib's start-up asks; no files of the host are opened: SYS_OPEN knows only ":tt".

import type { Cpu } from "./cpu.ts";

export interface SemihostingPorts {
  readonly cpu: Cpu;
  readonly readMemory: (address: number, bytes: number) => Uint8Array;
  readonly writeWord: (address: number, value: number) => void;
  readonly onOutput: (bytes: Uint8Array) => void;
  readonly clockHz: number;
}

/** `exit`: the program asked to end, with this status. */
export type SemihostingResult = { readonly exit?: number };

const stdinHandle = 0;
const terminalHandle = 1;

export function semihost({ cpu, readMemory, writeWord, onOutput, clockHz }: SemihostingPorts): SemihostingResult {
  const [operation, argument] = [cpu.x[0]! >>> 0, cpu.x[1]! >>> 0];
  const words = (count: number) => {
    const view = new DataView(readMemory(argument, 4 * count).slice().buffer);
    return Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
  };
  const answer = (value: number): SemihostingResult => {
    cpu.x[0] = value;
    return {};
  };
  switch (operation) {
    case 0x01: {
      // SYS_OPEN: name, mode, length of the name. ":tt" is the console: mode 0–3 reads, the rest write.
      const [name, mode, length] = words(3) as [number, number, number];
      const text = new TextDecoder().decode(readMemory(name, Math.min(length, 256)));
      return answer(text === ":tt" ? (mode < 4 ? stdinHandle : terminalHandle) : -1);
    }
    case 0x02:
      return answer(0);
    case 0x03:
      onOutput(readMemory(argument, 1).slice());
      return {};
    case 0x04: {
      const bytes: number[] = [];
      for (let at = argument; bytes.length < 65536; at++) {
        const byte = readMemory(at, 1)[0]!;
        if (byte === 0) break;
        bytes.push(byte);
      }
      onOutput(Uint8Array.from(bytes));
      return {};
    }
    case 0x05: {
      const [handle, address, length] = words(3) as [number, number, number];
      if (handle !== terminalHandle && handle !== 2) return answer(length);
      onOutput(readMemory(address, Math.min(length, 1 << 20)).slice());
      return answer(0);
    }
    case 0x06:
      return answer(words(3)[2]!); // SYS_READ: nothing was read
    case 0x09:
      return answer(1); // SYS_ISTTY
    case 0x0a:
      return answer(-1); // SYS_SEEK
    case 0x0c:
      return answer(0); // SYS_FLEN
    case 0x10:
      return answer(Math.floor((cpu.clock[0]! * 100) / clockHz)); // SYS_CLOCK: centiseconds
    case 0x11:
      return answer(0); // SYS_TIME: no wall clock, so that runs repeat
    case 0x13:
      return answer(0); // SYS_ERRNO
    case 0x15: {
      // SYS_GET_CMDLINE: an empty one
      const [buffer] = words(2) as [number, number];
      writeWord(buffer, 0);
      writeWord(argument + 4, 0);
      return answer(0);
    }
    case 0x16: {
      // SYS_HEAPINFO: zeros, "use your own symbols"
      const [block] = words(1) as [number];
      for (let i = 0; i < 4; i++) writeWord(block + 4 * i, 0);
      return {};
    }
    case 0x18:
      return { exit: argument === 0x20026 ? 0 : 1 };
    case 0x20: {
      const [reason, status] = words(2) as [number, number];
      return { exit: reason === 0x20026 ? status : 1 };
    }
    case 0x30:
      return answer(Math.floor(cpu.clock[0]! & 0x7fffffff)); // SYS_ELAPSED, low word
    case 0x31:
      return answer(clockHz); // SYS_TICKFREQ
    default:
      return answer(-1);
  }
}
