// A machine with boards on it, as a folder in place of /: what Linux shows of ports and drives in /sys, /dev and /proc. For THUMBELINA_ROOT.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Plugged {
  readonly name: string;
  readonly vid?: string;
  readonly pid?: string;
  readonly serial?: string;
  readonly product?: string;
  /** There is no device file. */
  readonly gone?: boolean;
}

/** A root with these ports, and a drive. */
export function machine(
  ports: readonly Plugged[],
  drive?: { readonly label: string; readonly mounted: boolean },
): string {
  const root = mkdtempSync(join(tmpdir(), "thumbelina-root-"));
  for (const folder of ["sys/class/tty", "sys/devices", "dev/disk/by-label", "proc/self", "media"])
    mkdirSync(join(root, folder), { recursive: true });
  for (const { name, vid, pid, serial, product, gone } of ports) {
    const device = join(root, "sys/devices", `usb-${name}`);
    const face = join(device, "1-1:1.0");
    mkdirSync(join(face, "tty", name), { recursive: true });
    const facts = { idVendor: vid, idProduct: pid, serial, product };
    for (const [file, text] of Object.entries(facts)) if (text) writeFileSync(join(device, file), `${text}\n`);
    if (!vid) writeFileSync(join(face, "tty", name, "type"), "4\n");
    symlinkSync(face, join(face, "tty", name, "device"));
    symlinkSync(join(face, "tty", name), join(root, "sys/class/tty", name));
    if (!gone) writeFileSync(join(root, "dev", name), "");
  }
  if (drive) {
    writeFileSync(join(root, "dev/sdz1"), "");
    symlinkSync("../../sdz1", join(root, "dev/disk/by-label", drive.label));
    mkdirSync(join(root, "media", drive.label));
    if (drive.mounted) writeFileSync(join(root, "proc/self/mounts"), `/dev/sdz1 /media/${drive.label} vfat rw 0 0\n`);
  }
  return root;
}

export const picoPort: Plugged = { name: "ttyACM0", vid: "2e8a", pid: "000a", serial: "E6612483CB", product: "Pico" };
export const nanoPort: Plugged = { name: "ttyACM1", vid: "2341", pid: "805a", serial: "33BLE0001" };
export const bridge: Plugged = { name: "ttyUSB0", vid: "1a86", pid: "7523" };
