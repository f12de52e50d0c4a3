// What the runner is given: the parts of the processor that it makes work together.

import type { Core } from "../isa/isa.ts";
import type { Code } from "./code.ts";
import type { Cpu } from "./cpu.ts";
import type { ExceptionEntry } from "./exception-entry.ts";
import type { Exceptions } from "./exceptions.ts";
import type { Fault } from "./faults.ts";
import type { TimedMemory } from "./memory-timing.ts";
import type { Mpu } from "./mpu.ts";
import type { Op } from "./op.ts";
import type { SystemControl } from "./system-control.ts";
import type { Translator } from "./translate/translator.ts";

export interface RunnerPorts {
  readonly cpu: Cpu;
  readonly core: Core;
  readonly code: Code;
  readonly mpu: Mpu;
  readonly exceptions: Exceptions;
  readonly entry: ExceptionEntry;
  readonly system: SystemControl;
  readonly timing: TimedMemory | undefined;
  readonly translator: Translator | undefined;
  /** Serves events that are due; returns the cycle of the next. */
  readonly advance: (now: number) => number;
  readonly onReset: () => void;
  /** A fault was met at `pc`; `taken` is the exception that runs for it. */
  readonly onFault: (fault: Fault, pc: number, taken: number | "lockup") => void;
}

export type Tracer = (op: Op, cycles: number) => void;
