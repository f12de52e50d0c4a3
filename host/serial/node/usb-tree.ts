// The USB devices of a Linux machine from /sys/bus/usb/devices (ABI/testing/sysfs-bus-usb): ids, interfaces with their drivers, and the
// file in /dev that libusb opens.
//
//   1-2        idVendor idProduct busnum devnum …       ─► /dev/bus/usb/001/005
//   1-2:1.0    bInterfaceClass …, driver ─► ../cdc_acm   ttyUSB0/ or tty/ttyACM0/: its serial port

import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import type { UsbEvidence } from "../doctor/evidence.ts";
import type { NodeReader } from "./device-nodes.ts";

const hub = 0x09;

/** Undefined: there is no USB bus here. */
export async function usbDevices(root: string, nodeAt: NodeReader): Promise<readonly UsbEvidence[] | undefined> {
  const folder = join(root, "sys/bus/usb/devices");
  const names = await readdir(folder).catch(() => undefined);
  if (!names || names.length === 0) return undefined;
  const devices = await Promise.all(
    names.filter((name) => !name.includes(":")).map((name) => deviceAt(folder, name, names, nodeAt)),
  );
  return devices.filter((device) => device !== undefined);
}

async function deviceAt(folder: string, name: string, names: readonly string[], nodeAt: NodeReader) {
  const fact = (file: string) => text(join(folder, name, file));
  const [vendor, product, kind] = [
    await fact("idVendor"),
    await fact("idProduct"),
    Number.parseInt((await fact("bDeviceClass")) ?? "0", 16),
  ];
  if (vendor === undefined || product === undefined || kind === hub) return undefined;
  const own = await realpath(join(folder, name));
  // Interfaces are links beside the device, or folders inside it.
  const inside = (await readdir(own).catch(() => [] as string[])).filter((each) => each.startsWith(`${name}:`));
  const all = new Set([...inside, ...names.filter((each) => each.startsWith(`${name}:`))]);
  const interfaces: { kind: readonly [number, number, number]; driver?: string }[] = [];
  const ports: string[] = [];
  for (const each of [...all].sort()) {
    const at = inside.includes(each) ? join(own, each) : join(folder, each);
    interfaces.push(await interfaceAt(at));
    ports.push(...(await portsAt(at)));
  }
  const [bus, number] = [await fact("busnum"), await fact("devnum")];
  const three = (digits: string) => digits.padStart(3, "0");
  const node = bus && number ? await nodeAt(`/dev/bus/usb/${three(bus)}/${three(number)}`) : undefined;
  const [words, serialNumber] = [await fact("product"), await fact("serial")];
  return {
    vendorId: Number.parseInt(vendor, 16),
    productId: Number.parseInt(product, 16),
    ...(words ? { product: words } : {}),
    ...(serialNumber ? { serialNumber } : {}),
    ...(node ? { node } : {}),
    interfaces,
    ports,
  } satisfies UsbEvidence;
}

async function interfaceAt(folder: string) {
  const byte = async (file: string) => Number.parseInt((await text(join(folder, file))) ?? "0", 16);
  const kind = [
    await byte("bInterfaceClass"),
    await byte("bInterfaceSubClass"),
    await byte("bInterfaceProtocol"),
  ] as const;
  const driver = await readlink(join(folder, "driver")).catch(() => undefined);
  return driver === undefined ? { kind } : { kind, driver: basename(driver) };
}

async function portsAt(folder: string): Promise<string[]> {
  const names = async (path: string) => readdir(path).catch(() => [] as string[]);
  const found = [...(await names(join(folder, "tty"))), ...(await names(folder))];
  return found.filter((name) => /^tty[A-Z]+\d+$/.test(name)).map((name) => `/dev/${name}`);
}

const text = async (file: string): Promise<string | undefined> =>
  (await readFile(file, "utf8").catch(() => undefined))?.trim();
