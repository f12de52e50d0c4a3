// Why a run ended.

import type { Width } from "./bus.ts";

export type StopReason =
  /** The cycle limit was reached, or one step was made. */
  | { readonly kind: "cycles" | "step" }
  | { readonly kind: "breakpoint"; readonly address: number }
  /** A BKPT instruction (not semihosting): PC stands on it. */
  | { readonly kind: "bkpt"; readonly address: number; readonly immediate: number }
  /** Semihosting exit. */
  | { readonly kind: "exit"; readonly status: number }
  | { readonly kind: "watchpoint"; readonly address: number; readonly width: Width; readonly access: "read" | "write" }
  /** A fault inside HardFault or NMI: the core has locked up; see Machine.faults. */
  | { readonly kind: "lockup"; readonly address: number }
  /** WFI or WFE with nothing left that could wake the core. */
  | { readonly kind: "asleep" }
  /** The flash guard cut the power in the middle of an operation. */
  | { readonly kind: "power-cut" }
  /** The program asked for the chip's boot loader. */
  | { readonly kind: "boot-loader" }
  /** Machine.stop() was called. */
  | { readonly kind: "stopped" };

/** Thrown by an instruction that ends the run with the program standing on it. */
export class StopHere {
  constructor(readonly reason: StopReason) {}
}
