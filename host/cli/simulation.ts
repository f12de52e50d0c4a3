// A Machine run from the command line: in slices, so that Ctrl-C and the reader of stdout get their turn; the program's console goes to
// stdout as it comes. Out: why it ended, and how fast it was.

import type { Machine, StopReason } from "../sim/sim.ts";
import { catchInterrupt } from "./interrupt.ts";
import type { Terminal } from "./terminal.ts";

export type End =
  | Exclude<StopReason, { kind: "step" | "stopped" | "cycles" }>
  /** `--for` is over. */
  | { readonly kind: "time" }
  | { readonly kind: "interrupted" }
  /** gdb said so. */
  | { readonly kind: "killed" }
  /** The program stands in a fault handler that only branches to itself. */
  | { readonly kind: "stuck-in-fault"; readonly exception: number };

export interface Limits {
  /** Counted from now. */
  readonly cycles: number;
  readonly until?: readonly number[];
}

export interface Ended {
  readonly end: End;
  readonly wallSeconds: number;
  /** Instructions of this run. */
  readonly instructions: number;
}

const sliceMilliseconds = 40;

export async function runMachine(machine: Machine, { cycles, until = [] }: Limits, console: Console): Promise<Ended> {
  const interrupt = catchInterrupt();
  const started = performance.now();
  const [limit, before] = [machine.cycles + cycles, machine.instructions];
  let slice = 50_000;
  let end: End | undefined;
  try {
    for (let first = true; !end; first = false) {
      const sliceStart = performance.now();
      // A slice may end exactly on a breakpoint, where the next one would not stop.
      if (!first && until.includes(machine.pc)) end = { kind: "breakpoint", address: machine.pc };
      else end = endOf(machine, machine.run({ cycles: Math.min(slice, limit - machine.cycles), until }), limit);
      const took = performance.now() - sliceStart;
      slice = Math.max(10_000, Math.min(5e8, Math.round((slice * sliceMilliseconds) / Math.max(took, 1))));
      await console.flush();
      if (!end && interrupt.requested) end = { kind: "interrupted" };
    }
  } finally {
    interrupt.release();
  }
  const wallSeconds = (performance.now() - started) / 1000;
  return { end, wallSeconds, instructions: machine.instructions - before };
}

/** Undefined: the slice is over, not the run. */
function endOf(machine: Machine, reason: StopReason, limit: number): End | undefined {
  if (reason.kind !== "cycles") return reason as End;
  const exception = machine.cpu.ipsr;
  if (isFaultException(exception) && branchesToItself(machine)) return { kind: "stuck-in-fault", exception };
  return machine.cycles >= limit ? { kind: "time" } : undefined;
}

/** HardFault, MemManage, BusFault, UsageFault, SecureFault. */
export const isFaultException = (number: number): boolean => number >= 3 && number <= 7;

function branchesToItself(machine: Machine): boolean {
  try {
    const [a, b, c, d] = machine.peek(machine.pc, 4) as unknown as [number, number, number, number];
    return (a === 0xfe && b === 0xe7) || (a === 0xff && b === 0xf7 && c === 0xfe && d === 0xbf);
  } catch {
    return false; // pc is in no memory: it will fault soon
  }
}

/** Bytes of the program's console, kept for --json or on their way to stdout. */
export class Console {
  #bytes: number[] = [];
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  /** Bytes of UARTs that are not the console: counted, not shown. */
  readonly others = new Map<string, number>();

  /** Sees everything that the console prints, before anybody else. */
  onBytes: (bytes: Uint8Array) => void = () => {};

  static readonly mostKept = 1 << 20;

  constructor(
    machine: Machine,
    readonly terminal: Terminal,
  ) {
    const name = machine.board.console?.uart;
    machine.onUart = (uart, byte) => {
      if (uart !== name) this.others.set(uart, (this.others.get(uart) ?? 0) + 1);
      else if (this.#bytes.push(byte) >= 4096) this.#write();
    };
    machine.onSemihosting = (bytes) => {
      for (const byte of bytes) this.#bytes.push(byte);
    };
  }

  /** Hands everything to stdout, and waits while its reader is slow. */
  async flush(): Promise<void> {
    this.#write();
    if (process.stdout.writableLength > 1 << 20) await new Promise((resolve) => process.stdout.once("drain", resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }

  #write(): void {
    if (this.#bytes.length === 0) return;
    const bytes = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    this.onBytes(bytes);
    if (!this.terminal.json) this.terminal.outBytes(bytes);
    else if (this.#keptBytes < Console.mostKept) {
      this.#kept.push(bytes);
      this.#keptBytes += bytes.length;
    }
  }

  /** For the JSON summary: the first megabyte. */
  get text(): string {
    return new TextDecoder().decode(Buffer.concat(this.#kept).subarray(0, Console.mostKept));
  }

  get truncated(): boolean {
    return this.#keptBytes > Console.mostKept;
  }
}
