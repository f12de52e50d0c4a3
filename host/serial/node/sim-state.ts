// What a simulated board keeps between commands: its flash, as the bytes lie in the chip, in `.thumbelina/sim/BOARD[@name].flash` under
// the working folder. In: the board and a name; out: the bytes, and a way to keep them. Invariant: one process at a time has a board
// (a lock file with its process id; that of a dead process is taken over), and a change is on disk before the next one is made.

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type Board, mainMemories } from "../../board/board.ts";
import { error } from "../errors.ts";

export interface SimState {
  /** As the last command left it; erased at first. */
  readonly bytes: Uint8Array;
  /** A range of `bytes` has changed. */
  keep(offset: number, bytes: number): void;
  /** Keeps all, and lets others have the board. Idempotent. */
  close(): void;
}

const simFolder = join(".thumbelina", "sim");

/** `BOARD[@name]` of those that have been flashed or run here. */
export function listSimStates(folder: string): readonly string[] {
  if (!existsSync(join(folder, simFolder))) return [];
  const files = readdirSync(join(folder, simFolder)).filter((file) => file.endsWith(".flash"));
  return files.map((file) => file.slice(0, -".flash".length)).sort();
}

export function openSimState(folder: string, board: Board, name?: string): SimState {
  const file = join(folder, simFolder, `${board.name}${name === undefined ? "" : `@${name}`}.flash`);
  mkdirSync(join(folder, simFolder), { recursive: true });
  const lock = takeLock(`${file}.lock`, file);
  const { flash } = mainMemories(board);
  const bytes = new Uint8Array(flash.bytes).fill(0xff);
  if (existsSync(file)) bytes.set(readFileSync(file).subarray(0, flash.bytes));
  else writeFileSync(file, bytes);
  const handle = openSync(file, "r+");
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    process.removeListener("exit", close);
    writeSync(handle, bytes, 0, bytes.length, 0);
    closeSync(handle);
    rmSync(lock, { force: true });
  };
  process.once("exit", close);
  return { bytes, keep: (offset, length) => void writeSync(handle, bytes, offset, length, offset), close };
}

function takeLock(lock: string, file: string): string {
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(lock, "wx");
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return lock;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
    }
    const holder = holderOf(lock);
    if (attempt > 3 || (holder !== undefined && isAlive(holder)))
      throw error("busy", { path: file, holder: holder === undefined ? undefined : `process ${holder}` });
    rmSync(lock, { force: true });
  }
}

/** Undefined: the lock has gone, or says nothing. */
function holderOf(lock: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(lock, "utf8"), 10) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}
