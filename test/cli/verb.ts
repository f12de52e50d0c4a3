// Verbs in this process, with a terminal that remembers; and as a real process.

import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UserError } from "../../host/base/errors.ts";
import type { Command } from "../../host/cli/command.ts";
import { verbs } from "../../host/cli/commands.ts";
import type { Terminal } from "../../host/cli/terminal.ts";
import { program } from "./thumbelina.ts";

export interface Said {
  readonly exit: number;
  /** What went to stdout and stderr. */
  readonly out: string;
  readonly err: string;
  /** Of the error that the verb threw; main.ts would have printed it. */
  readonly code?: string;
}

export async function callVerb(command: Command, args: Record<string, unknown>, json = false): Promise<Said> {
  let [out, err] = ["", ""];
  const terminal: Terminal = {
    out: (text) => void (out += `${text}\n`),
    outBytes: (bytes) => void (out += new TextDecoder().decode(bytes)),
    note: (text) => void (err += `${text}\n`),
    ...{ json, color: false, isTty: false, columns: 120, cwd: process.cwd(), env: {} },
  };
  const defaults = Object.entries(command.options).map(([name, option]) => [name, option.default]);
  try {
    const exit = await command.run({ ...Object.fromEntries(defaults), ...args }, terminal, verbs);
    return { exit, out, err };
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    return { exit: cause.exit, out, err: err + cause.message, code: cause.code };
  }
}

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Starts the command line as users do; `onErr` sees stderr as it comes. */
export function startProcess(argv: readonly string[], onErr: (text: string, child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [program, ...argv], { cwd: root });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes) => void (out += bytes));
  child.stderr.on("data", (bytes) => {
    err += bytes;
    onErr(err, child);
  });
  return new Promise<Said>((resolve) => child.once("close", (exit) => resolve({ exit: exit ?? -1, out, err })));
}
