// Serial ports of a Linux machine from its file system, with nothing installed: /sys/class/tty names them, and for those on USB a
// parent folder holds the ids (kernel documentation, ABI/testing/sysfs-bus-usb and sysfs-tty).
//
//   /sys/class/tty/ttyACM0/device → …/usb1/1-2/1-2:1.0        ids are in 1-2: idVendor idProduct serial manufacturer product
//   /sys/class/tty/ttyS0/type = 0: no UART behind the name

import { constants } from "node:fs";
import { access, readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PortInfo } from "../port.ts";

export interface PortScanOptions {
  /** Default `/`. */
  readonly root?: string;
}

/** tty1, console, ptmx … are screens; these are lines. */
const serialNames = /^(ttyACM|ttyUSB|ttyAMA|ttyS|ttyTHS|ttymxc|rfcomm|ttyGS)\d+$/;

export async function scanPorts({ root = "/" }: PortScanOptions = {}): Promise<readonly PortInfo[]> {
  const folder = join(root, "sys/class/tty");
  const names = await readdir(folder).catch(() => [] as string[]);
  const ports = await Promise.all(
    names.filter((name) => serialNames.test(name)).map((name) => portAt(root, join(folder, name), name)),
  );
  return ports
    .filter((port) => port !== undefined)
    .sort((a, b) => a.path.localeCompare(b.path, "en", { numeric: true }));
}

async function portAt(root: string, folder: string, name: string): Promise<PortInfo | undefined> {
  const path = join(root, "dev", name);
  const device = await realpath(join(folder, "device")).catch(() => undefined);
  if (device === undefined) return undefined;
  const usb = await usbFolder(device);
  if (!usb) return (await text(join(folder, "type"))) === "0" ? undefined : { path };
  const [vendor, product] = await Promise.all([text(join(usb, "idVendor")), text(join(usb, "idProduct"))]);
  return {
    path,
    ...hexadecimal("vendorId", vendor),
    ...hexadecimal("productId", product),
    ...named("serialNumber", await text(join(usb, "serial"))),
    ...named("manufacturer", await text(join(usb, "manufacturer"))),
    ...named("product", await text(join(usb, "product"))),
  };
}

/** The nearest parent that is a USB device. */
async function usbFolder(device: string): Promise<string | undefined> {
  let folder = device;
  for (let level = 0; level < 5; level++) {
    if ((await text(join(folder, "idVendor"))) !== undefined) return folder;
    folder = dirname(folder);
  }
  return undefined;
}

const text = async (file: string): Promise<string | undefined> =>
  (await readFile(file, "utf8").catch(() => undefined))?.trim();

const named = (key: keyof PortInfo, value: string | undefined) => (value ? { [key]: value } : {});

const hexadecimal = (key: keyof PortInfo, value: string | undefined) =>
  value !== undefined && /^[0-9a-f]{1,4}$/i.test(value) ? { [key]: Number.parseInt(value, 16) } : {};

/** Whether this user may open it. A name that is no file (COM3) says nothing. */
export async function portAccess(path: string): Promise<"ok" | "denied" | "gone" | "unknown"> {
  if (!path.startsWith("/")) return "unknown";
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return "ok";
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "ENOENT" ? "gone" : "denied";
  }
}
