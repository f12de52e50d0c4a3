// The command line as a process that is still running: what it says is seen as it comes, and it can be interrupted.

import { type ChildProcess, spawn } from "node:child_process";
import { type Ended, program } from "./thumbelina.ts";

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** As soon as stderr has it; the process that ends before is in the error. */
  saw(text: string | RegExp): Promise<void>;
}

export interface RunningOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Another user's rights. */
  readonly uid?: number;
}

export function runProgram(args: readonly string[], { cwd, env = {}, uid }: RunningOptions): Running {
  const clean = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, THUMBELINA_PORT: undefined, ...env };
  const child = spawn(process.execPath, [program, ...args], { cwd, env: clean, timeout: 60_000, uid });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
  const has = (text: string | RegExp) => (typeof text === "string" ? stderr.includes(text) : text.test(stderr));
  return {
    child,
    ended,
    saw: (text) =>
      new Promise((resolve, reject) => {
        const look = () => has(text) && resolve();
        child.stderr.on("data", look);
        child.once("close", () => reject(new Error(`ended without ${text}:\n${stderr}`)));
        look();
      }),
  };
}
