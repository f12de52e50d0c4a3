// A Linux machine as a folder of files, for the doctor: what is plugged in (/sys), device files (/dev), processes (/proc), users (/etc) and
// udev's database (/run). Device files are plain files, or links to a PTY; their owner and group are whoever runs the test, so it is the
// fake machine's user who is another, and its groups that give the test's group a name.

import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface FakeUsb {
  readonly vendor: string;
  readonly product: string;
  readonly words?: string;
  readonly serial?: string;
  /** Mode of /dev/bus/usb/…; default: all may. */
  readonly mode?: number;
  /** Class, subclass, protocol in hexadecimal; default a vendor's own. */
  readonly interface?: readonly [string, string, string];
  readonly driver?: string;
  /** ttyACM0 */
  readonly tty?: string;
  /** Of the tty's file; default: owner and group. */
  readonly ttyMode?: number;
  /** Instead of a plain file. */
  readonly pty?: string;
  /** udev's properties of the tty. */
  readonly properties?: Readonly<Record<string, string>>;
}

/** The group that the test's files have. */
const testGroup = statSync(mkdtempSync(join(tmpdir(), "thumbelina-group-"))).gid;
const testUser = process.getuid?.() ?? 0;

export class FakeRoot {
  readonly path = mkdtempSync(join(tmpdir(), "thumbelina-root-"));
  #devices = 0;
  #processes = 900;

  constructor(distribution = "debian") {
    this.file("etc/os-release", `ID=${distribution}\n${distribution === "ubuntu" ? 'ID_LIKE="debian"\n' : ""}`);
    this.file("proc/version", "Linux version 6.1.0-18-amd64");
    mkdirSync(join(this.path, "sys/bus/usb/devices"), { recursive: true });
    mkdirSync(join(this.path, "sys/class/tty"), { recursive: true });
    // A hub is no device.
    this.#facts("sys/bus/usb/devices/usb1", { idVendor: "1d6b", idProduct: "0002", bDeviceClass: "09" });
    this.file("proc/1/comm", "systemd\n");
  }

  /** `memberOf`: the group of serial ports is among the session's. `listed`: /etc/group says that the user is in it. `owner`: the files'. */
  user(options: {
    readonly memberOf?: boolean;
    readonly listed?: boolean;
    readonly group?: string;
    readonly owner?: boolean;
  }) {
    const { memberOf = false, listed = memberOf, group = "dialout", owner = false } = options;
    const id = owner ? testUser : 4242;
    const groups = memberOf ? [4242, testGroup] : [4242];
    this.file(
      "proc/self/status",
      `Name:\tnode\nUid:\t${id}\t${id}\t${id}\t${id}\nGid:\t4242\t4242\t4242\t4242\nGroups:\t${groups.join(" ")}\n`,
    );
    this.file("etc/passwd", `root:x:99999:0:root:/root:/bin/sh\nalice:x:${id}:4242::/home/alice:/bin/bash\n`);
    this.file(
      "etc/group",
      `root:x:99999:\n${group}:x:${testGroup}:${listed ? "bob,alice" : "bob"}\nplugdev:x:46:alice\nalice:x:4242:\n`,
    );
    return this;
  }

  usb(device: FakeUsb): this {
    const number = ++this.#devices;
    const name = `1-${number}`;
    const folder = `sys/bus/usb/devices/${name}`;
    const { vendor, product, words, serial, mode = 0o666, interface: kind = ["ff", "00", "00"], driver, tty } = device;
    this.#facts(folder, {
      ...{
        idVendor: vendor,
        idProduct: product,
        busnum: "1",
        devnum: String(number),
        bDeviceClass: "00",
        dev: `189:${number}`,
      },
      ...(words ? { product: words } : {}),
      ...(serial ? { serial } : {}),
    });
    const at = `${folder}/${name}:1.0`;
    const [bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol] = kind;
    this.#facts(at, { bInterfaceClass, bInterfaceSubClass, bInterfaceProtocol });
    if (driver) symlinkSync(`/sys/bus/usb/drivers/${driver}`, join(this.path, at, "driver"));
    this.file(`dev/bus/usb/001/${String(number).padStart(3, "0")}`, "", mode);
    if (tty) this.#tty(device, tty, at);
    return this;
  }

  #tty({ ttyMode = 0o660, pty, properties = {} }: FakeUsb, tty: string, at: string): void {
    const major = tty.startsWith("ttyACM") ? 166 : 188;
    mkdirSync(join(this.path, at, "tty", tty), { recursive: true });
    this.#facts(`sys/class/tty/${tty}`, { dev: `${major}:0` });
    symlinkSync(join(this.path, at), join(this.path, `sys/class/tty/${tty}/device`));
    const lines = Object.entries(properties).map(([key, value]) => `E:${key}=${value}\n`);
    this.file(`run/udev/data/c${major}:0`, `S:serial/by-id/x\n${lines.join("")}`);
    if (!pty) return this.file(`dev/${tty}`, "", ttyMode);
    mkdirSync(join(this.path, "dev"), { recursive: true });
    symlinkSync(pty, join(this.path, "dev", tty));
  }

  process(name: string, ...holds: readonly string[]): number {
    const id = ++this.#processes;
    this.file(`proc/${id}/comm`, `${name}\n`);
    mkdirSync(join(this.path, `proc/${id}/fd`));
    ["/dev/null", ...holds].forEach((target, i) => {
      symlinkSync(target, join(this.path, `proc/${id}/fd/${i}`));
    });
    return id;
  }

  file(path: string, text: string, mode?: number): void {
    const whole = join(this.path, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
    if (mode !== undefined) chmodSync(whole, mode);
  }

  #facts(folder: string, facts: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(facts)) this.file(`${folder}/${name}`, `${value}\n`);
  }

  /** Of the file, as /proc/locks writes it. */
  inode(path: string): number {
    return statSync(join(this.path, path)).ino;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
