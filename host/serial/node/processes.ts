// Who has a device open, on Linux: the open files of processes (/proc/PID/fd; those of other users are hidden), the kernel's list of locks
// (/proc/locks: everybody's), and lock files of older programs (/run/lock/LCK..ttyUSB0, the process id as text).

import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessEvidence } from "../doctor/evidence.ts";

const devices = /^\/dev\/(tty[A-Z]|bus\/usb\/|serial\/)/;

export async function processesOf(root: string): Promise<readonly ProcessEvidence[]> {
  const folder = join(root, "proc");
  const ids = (await readdir(folder).catch(() => [] as string[])).filter((name) => /^\d+$/.test(name));
  const found: ProcessEvidence[] = [];
  for (const id of ids) {
    // Ourselves, and what has ended meanwhile, are nobody.
    const name = (await readFile(join(folder, id, "comm"), "utf8").catch(() => undefined))?.trim();
    if (name === undefined || (root === "/" && Number(id) === process.pid)) continue;
    found.push({ id: Number(id), name, holds: await heldBy(join(folder, id, "fd")) });
  }
  return found;
}

async function heldBy(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const targets = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => "")));
  return [...new Set(targets.filter((target) => devices.test(target)))];
}

/** Processes that lock a device whose open files we may not see. */
export async function lockersOf(root: string, path: string, running: ReadonlySet<number>): Promise<number[]> {
  const ids = [...(await kernelLocks(root, path)), ...(await lockFiles(root, path))];
  return [...new Set(ids)].filter((id) => running.has(id) && id !== process.pid);
}

/** `1: FLOCK  ADVISORY  WRITE 1234 00:05:567 0 EOF`: process, then device (major:minor) and number of the file. */
async function kernelLocks(root: string, path: string): Promise<number[]> {
  const [text, facts] = await Promise.all([
    readFile(join(root, "proc/locks"), "utf8").catch(() => ""),
    stat(join(root, path)).catch(() => undefined),
  ]);
  if (!facts) return [];
  return text.split("\n").flatMap((line) => {
    const [, id, place] = /\s(\d+)\s+([0-9a-f]+:[0-9a-f]+:\d+)\s/.exec(line) ?? [];
    return id !== undefined && place?.endsWith(`:${facts.ino}`) && place.startsWith(deviceText(facts.dev))
      ? [Number(id)]
      : [];
  });
}

/** Linux, include/linux/kdev_t.h as glibc spreads it: 12 bits of major, 20 of minor. */
function deviceText(device: number): string {
  const major = ((device >>> 8) & 0xfff) | (Math.floor(device / 2 ** 32) & ~0xfff);
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  const two = (value: number) => value.toString(16).padStart(2, "0");
  return `${two(major)}:${two(minor)}:`;
}

async function lockFiles(root: string, path: string): Promise<number[]> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const texts = await Promise.all(
    ["run/lock", "var/lock"].map((folder) => readFile(join(root, folder, `LCK..${name}`), "utf8").catch(() => "")),
  );
  return texts.flatMap((text) => {
    const [, id] = /^\s*(\d{1,10})\s/.exec(text) ?? [];
    return id === undefined ? [] : [Number(id)];
  });
}
