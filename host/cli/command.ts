// What a verb is. Each file in commands/ exports one Command; the table in commands.ts names the file, so that only the
// verb that runs is loaded. A verb returns its exit code; what it throws is reported by main.ts.

import type { Options, PositionalOptions } from "yargs";
import type { ExitCode } from "../base/errors.ts";
import type { Terminal } from "./terminal.ts";

/** 0 done, 130 interrupted, or an error's code. */
export type Exit = 0 | 130 | ExitCode;

/** Parsed arguments: strings, numbers, booleans or lists of them, as the options say; positionals by name. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface Command {
  /** yargs syntax, e.g. `inspect [model]`. */
  readonly usage: string;
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options: Readonly<Record<string, Options>>;
  /** Lines for `--help`: command, what it does. */
  readonly examples?: readonly (readonly [string, string])[];
  /** It compiles, and runs no model under V8: baseline.ts. */
  readonly compiles?: true;
  /** `verbs`: the table, for a verb that speaks of the others. */
  run(args: Arguments, terminal: Terminal, verbs: readonly Verb[]): Promise<Exit> | Exit;
}

/** A row of the table of verbs. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}
