// Files at the edge: reading with a typed error, and writing that leaves either the whole file or nothing.

import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { error } from "./errors.ts";

/** No model for a microcontroller is near this; a mistaken path to a disk image should not fill memory. */
const largestFile = 1 << 30;

export function readBytes(file: string): Uint8Array {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const status = fstatSync(handle);
    if (status.isDirectory()) throw new Error("it is a directory");
    if (status.size > largestFile) throw new Error(`it has ${status.size} bytes, more than the ${largestFile} allowed`);
    return new Uint8Array(readFileSync(handle));
  } catch (cause) {
    throw error("cannot-read", { file, why: reason(cause) }, { file });
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

export function readText(file: string): string {
  return new TextDecoder().decode(readBytes(file));
}

/** Writes to a temporary name beside the target, then renames: a crash leaves the old file or the new, never a part. */
export function writeWhole(file: string, content: Uint8Array | string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    const handle = openSync(temporary, "w");
    try {
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw error("cannot-write", { file, why: reason(cause) }, { file });
  }
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw error("cannot-write", { file: folder, why: reason(cause) }, { file: folder });
  }
}

const words: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  ENOSPC: "no space left on the device",
  EROFS: "the file system is read-only",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

function reason(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  return (code && words[code]) ?? message;
}
