// How a machine is made and run, and what it tells beside bytes and cycles.

export interface MachineOptions {
  /** Charge the chip's wait states and caches (default true); false: zero wait states. */
  readonly memoryTiming?: boolean;
  /** Translate hot code (default true, where `new Function` is allowed); false: interpreter only. */
  readonly translate?: boolean;
  /** "checked": the console's baud, pins and byte times are real (firmware); "ignored" (default): bytes pass at once. */
  readonly wiring?: "checked" | "ignored";
  /** Where the console is USB, a host opens it when it comes (default true); false: nothing is plugged in. */
  readonly usbHost?: boolean;
}

/** Something that the program did to the hardware and should not have done. */
export interface MachineNote {
  readonly seconds: number;
  readonly text: string;
}

export interface RunOptions {
  /** Stop after this many more cycles. */
  readonly cycles?: number;
  /** Stop before the instruction at any of these addresses. */
  readonly until?: readonly number[];
}
