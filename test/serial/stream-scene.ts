// What tests of streams share: the compiled command line and other programs as processes whose words are waited for, the motion app with
// something changed, judges that may be missing.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import { program } from "../cli/thumbelina.ts";

export const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
export const hasPython = (module: string) => spawnSync("python3", ["-c", `import ${module}`]).status === 0;

/** Skips loudly where a judge is missing; there it must be when CI_JUDGES is set. */
export function judge(name: string, there: boolean) {
  if (there) return test;
  if (process.env.CI_JUDGES) return (title: string) => test(title, () => expect.fail(`${name} is not installed`));
  process.stderr.write(`skipped: ${name} is not installed\n`);
  return test.skip;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
export const motion = join(root, "models", "motion");
export const recordingFile = join(motion, "recording.csv");
export const folder = mkdtempSync(join(tmpdir(), "stream slow "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The motion app with what is changed of it, in a file beside copies of nothing: its model is named by its path. */
export function appWith(changes: object): string {
  const app = JSON.parse(readFileSync(join(motion, "app.json"), "utf8"));
  const file = join(folder, `app-${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify({ ...app, model: join(motion, app.model), ...changes }));
  return file;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  out: string;
  err: string;
  said(what: RegExp): Promise<RegExpExecArray>;
}

export function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { cwd: root });
  children.push(child);
  const heard: (() => void)[] = [];
  const running: Running = {
    child,
    ended: new Promise((resolve) => child.once("close", (status) => resolve(status ?? -1))),
    ...{ out: "", err: "" },
    said: async (what) => {
      for (;;) {
        const found = what.exec(running.err) ?? what.exec(running.out);
        if (found) return found;
        await new Promise<void>((resolve, reject) => {
          heard.push(resolve);
          child.once("close", () => setTimeout(() => reject(new Error(`ended without ${what}: ${running.err}`)), 50));
        });
      }
    },
  };
  const hear = (key: "out" | "err") => (bytes: Buffer) => {
    running[key] += bytes;
    for (const wake of heard.splice(0)) wake();
  };
  child.stdout?.on("data", hear("out"));
  child.stderr?.on("data", hear("err"));
  return running;
}

/** Compiled, as users have it. */
export const cli = (...args: readonly string[]) => start(process.execPath, [program, ...args]);
