// Runs the command line as a user does: the compiled program in a process of its own, in a folder of its own.

import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Compiled by `npm run build`, which `npm test` runs first. */
export const program = fileURLToPath(new URL("../../dist/host/cli/main.js", import.meta.url));
export const motionModel = fileURLToPath(new URL("../../models/motion/motion.tflite", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function thumbelina(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string } = {},
): Ended {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  const { cwd, input } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    input,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** A folder with a space in its name: paths are quoted by nobody. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "thumbelina cli "));
}
