// A finding: what is wrong, what of it was seen, and what exactly to do. A row of the tables makes one, or nothing.

import type { ExitCode } from "../../base/errors.ts";
import type { Evidence } from "./evidence.ts";

export interface Finding {
  readonly code: string;
  readonly exit: ExitCode;
  /** One sentence. */
  readonly problem: string;
  /** What it was decided from. */
  readonly seen: readonly string[];
  /** Steps, in this order; a command stands alone in its step. */
  readonly fix: readonly Step[];
}

export type Step = { readonly run: string; readonly why?: string } | { readonly do: string };

export interface Row {
  readonly code: string;
  readonly exit: ExitCode;
  /** Undefined: not seen. An exit of its own counts more than the row's. */
  find(evidence: Evidence): (Omit<Finding, "code" | "exit"> & { readonly exit?: ExitCode }) | undefined;
}
