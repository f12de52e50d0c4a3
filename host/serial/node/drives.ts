// The drives of this machine on which boot loaders and debug probes show themselves: mounted ones as Drives, and those that are plugged in
// but not mounted (Linux without a desktop). In: the root of the file system (tests give their own); nothing is mounted or unmounted
// here, and nothing asks for more rights.
//
//   Linux     <root>/proc/self/mounts, file systems vfat and msdos; labels from <root>/dev/disk/by-label;
//             <root>/sys/class/block/sda1 → …/usb1/1-2/1-2:1.0/host0/…/sda1: the USB device's serial number is in 1-2
//   macOS     /Volumes/*       Windows   D:\ to Z:\

import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { error } from "../errors.ts";
import type { Drive } from "../flash-types.ts";

interface Mount {
  readonly device?: string;
  readonly path: string;
  readonly label: string;
  readonly serialNumber?: string | undefined;
}

export interface Unmounted {
  readonly label: string;
  readonly device: string;
}

export interface DriveSystem {
  readonly platform: NodeJS.Platform;
  readonly root: string;
}

export const thisSystem: DriveSystem = { platform: process.platform, root: "/" };

export function listDrives(system: DriveSystem = thisSystem): Drive[] {
  return mounts(system).map((mount) => driveAt(mount, system));
}

/** A folder that a user names is a drive, whatever it is on. */
export function driveOf(path: string, system: DriveSystem = thisSystem): Drive {
  const known = mounts(system).find((mount) => mount.path === path.replace(/(?<=.)\/+$/, ""));
  return driveAt(known ?? { path, label: basename(path) }, system);
}

function mounts(system: DriveSystem): Mount[] {
  switch (system.platform) {
    case "linux":
      return linuxMounts(system.root);
    case "darwin":
      return names(join(system.root, "Volumes")).map((label) => ({ label, path: join(system.root, "Volumes", label) }));
    case "win32":
      return [..."DEFGHIJKLMNOPQRSTUVWXYZ"]
        .map((letter) => ({ path: `${letter}:\\`, label: letter }))
        .filter(({ path }) => existsSync(path));
    default:
      return [];
  }
}

/** proc(5), fstab(5): fields by blanks, blanks in names as \040. */
function linuxMounts(root: string): Mount[] {
  const labels = linuxLabels(root);
  return textOf(join(root, "proc/self/mounts"))
    .split("\n")
    .map((line) => line.split(" ").map(unescapeOctal))
    .filter(([, , type]) => type === "vfat" || type === "msdos")
    .map(([device = "", path = ""]) => {
      const label = labels.find((entry) => entry.device === device)?.label ?? posix.basename(path);
      return { device, path: root === "/" ? path : join(root, path), label, serialNumber: usbSerial(root, device) };
    });
}

/** Folders between a disk's partition and the USB device: partition, disk, block, LUN, target, host, interface. */
const mostLevels = 10;

function usbSerial(root: string, device: string): string | undefined {
  try {
    let folder = realpathSync(join(root, "sys/class/block", posix.basename(device)));
    for (let level = 0; level < mostLevels && !existsSync(join(folder, "idVendor")); level++) folder = dirname(folder);
    return textOf(join(folder, "serial")).trim() || undefined;
  } catch {
    return undefined;
  }
}

export function listUnmounted({ platform, root }: DriveSystem = thisSystem): Unmounted[] {
  if (platform !== "linux") return [];
  const mounted = new Set(linuxMounts(root).map(({ device }) => device));
  return linuxLabels(root).filter(({ device }) => !mounted.has(device));
}

function linuxLabels(root: string): Unmounted[] {
  const folder = join(root, "dev/disk/by-label");
  return names(folder).flatMap((name) => {
    try {
      const device = posix.normalize(posix.join("/dev/disk/by-label", readlinkSync(join(folder, name))));
      return [{ label: unescapeHex(name), device }];
    } catch {
      return [];
    }
  });
}

const unescapeOctal = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)));
/** udev writes `\x20`. */
const unescapeHex = (text: string) =>
  text.replace(/\\x([0-9a-f]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

const pieceBytes = 32 * 1024;
const pollMilliseconds = 100;
/** Boot loaders' text files have a few hundred bytes; a file of another drive may have any size. */
const mostBytes = 1 << 20;

function driveAt(mount: Mount, system: DriveSystem): Drive {
  const until = async (milliseconds: number, isSo: () => boolean): Promise<boolean> => {
    for (const end = Date.now() + milliseconds; ; ) {
      if (isSo()) return true;
      if (Date.now() >= end) return false;
      await sleep(pollMilliseconds);
    }
  };
  return {
    label: mount.label,
    path: mount.path,
    ...(mount.serialNumber === undefined ? {} : { serialNumber: mount.serialNumber }),
    async readFile(name) {
      try {
        const file = join(mount.path, name);
        return statSync(file).size > mostBytes ? undefined : new Uint8Array(readFileSync(file));
      } catch {
        return undefined;
      }
    },
    async writeFile(name, bytes, onBytes) {
      writeInPieces(mount.path, name, bytes, onBytes);
    },
    waitGone: (milliseconds) => until(milliseconds, () => !isThere(mount, system)),
    waitBack: (milliseconds) => until(milliseconds, () => isThere(mount, system)),
  };
}

/** Mounted, its device is there, and it can be read: a drive that was pulled out stays in the table of mounts for a while. */
function isThere({ path, device }: Mount, { platform, root }: DriveSystem): boolean {
  if (platform === "linux" && device !== undefined) {
    if (!existsSync(join(root, device)) || !linuxMounts(root).some((mount) => mount.path === path)) return false;
  }
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Each piece is on the device before the next: progress is real, and what was lost is known. */
function writeInPieces(path: string, name: string, bytes: Uint8Array, onBytes?: (bytes: number) => void): void {
  let handle: number | undefined;
  try {
    handle = openSync(join(path, name), "w");
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(handle, bytes, at, Math.min(pieceBytes, bytes.length - at));
      at += written;
      // With its last piece a board may restart before the system has said that it is written.
      if (at >= bytes.length) onBytes?.(written);
      fdatasyncSync(handle);
      if (at < bytes.length) onBytes?.(written);
    }
    closeSync(handle);
    handle = undefined;
  } catch (cause) {
    throw driveError(path, bytes.length, cause as NodeJS.ErrnoException);
  } finally {
    try {
      if (handle !== undefined) closeSync(handle);
    } catch {
      // The error that matters is on its way.
    }
  }
}

function driveError(path: string, bytes: number, { code, message }: NodeJS.ErrnoException) {
  if (code === "ENOSPC" || code === "EFBIG") return error("drive-full", { drive: path, bytes });
  if (code === "EROFS" || code === "EACCES" || code === "EPERM") return error("drive-read-only", { drive: path });
  return error("lost", { path, reason: message });
}
