// Evidence of this machine, for the doctor. On Linux it is read from files, under a root that tests may choose; elsewhere it is what the
// package serialport can tell, and what opening the port says.
//
//   /etc/os-release   distribution       /proc/self/status, /etc/group, /etc/passwd   the user      /proc/PID   who holds what
//   /sys/bus/usb      what is plugged    /run/udev/data   udev's words on a port      /dev          what may be opened

import { readdir, readFile, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { GroupEvidence, MachineEvidence, PortEvidence, UserEvidence } from "../doctor/evidence.ts";
import type { PortInfo } from "../port.ts";
import { nodeReader } from "./device-nodes.ts";
import { lockersOf, processesOf } from "./processes.ts";
import { usbDevices } from "./usb-tree.ts";

export interface MachineOptions {
  /** A folder in place of /; given, the machine is taken for a Linux. */
  readonly root?: string;
}

const platforms = ["linux", "darwin", "win32"] as const;
const ruleFolders = ["etc/udev/rules.d", "run/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"];

export async function machineEvidence({ root }: MachineOptions = {}): Promise<MachineEvidence> {
  const platform = root === undefined ? (platforms.find((name) => name === process.platform) ?? "other") : "linux";
  const problem = await bindingProblem();
  const binding = problem === undefined ? {} : { bindingProblem: problem };
  if (platform !== "linux")
    return {
      ...{ platform, ...binding, distributions: [], surroundings: [], user: { groupIds: [] } },
      ...{ groups: [], usb: [], processes: [], ownRules: [] },
    };
  const at = root ?? "/";
  const user = await userOf(at);
  const usb = await usbDevices(at, nodeReader(at, user));
  return {
    ...{ platform, ...binding, user },
    distributions: await distributionsOf(at),
    surroundings: [...(await surroundingsOf(at)), ...(usb === undefined ? [noBus] : [])],
    groups: await groupsOf(at),
    usb: usb ?? [],
    processes: await processesOf(at),
    ownRules: await ownRulesOf(at),
  };
}

const noBus = "no-usb-bus" as const;

/** What is to be known of a port before it is opened. */
export async function portEvidence(
  info: PortInfo,
  machine: MachineEvidence,
  { root }: MachineOptions = {},
): Promise<PortEvidence> {
  const nothing = { info, properties: new Map<string, string>(), lockedBy: [] };
  const inRoot = root !== undefined && info.path.startsWith(join(root, "dev/"));
  const path = inRoot ? info.path.slice(join(root, "/").length - 1) : info.path;
  if (machine.platform !== "linux" || !path.startsWith("/")) return nothing;
  const at = root ?? "/";
  const node = await nodeReader(at, machine.user)(path);
  const shown = { ...info, path };
  if (!node) return { ...nothing, info: shown, missing: true };
  return {
    ...{ info: shown, node, properties: await propertiesOf(at, path) },
    lockedBy: await lockersOf(at, path, new Set(machine.processes.map(({ id }) => id))),
  };
}

async function bindingProblem(): Promise<string | undefined> {
  try {
    await import("serialport");
    return undefined;
  } catch (cause) {
    return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0];
  }
}

const text = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

async function distributionsOf(root: string): Promise<string[]> {
  const release = (await text(join(root, "etc/os-release"))) || (await text(join(root, "usr/lib/os-release")));
  const value = (key: string) => new RegExp(`^${key}=["']?([^"'\n]*)`, "m").exec(release)?.[1] ?? "";
  return [value("ID"), ...value("ID_LIKE").split(/\s+/)].filter((name) => name !== "");
}

async function surroundingsOf(root: string): Promise<("wsl" | "container")[]> {
  const found: ("wsl" | "container")[] = [];
  if (/microsoft/i.test(await text(join(root, "proc/version")))) found.push("wsl");
  const marks = await Promise.all(
    [".dockerenv", "run/.containerenv"].map((file) =>
      readFile(join(root, file)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (marks.includes(true)) found.push("container");
  return found;
}

async function userOf(root: string): Promise<UserEvidence> {
  const status = await text(join(root, "proc/self/status"));
  const numbers = (key: string) =>
    (new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "").split(/\s+/).filter(Boolean).map(Number);
  // Real, effective, saved, for files: the second counts.
  const [id, gid] = [numbers("Uid")[1], numbers("Gid")[1]];
  const line = (await text(join(root, "etc/passwd"))).split("\n").find((each) => each.split(":")[2] === String(id));
  const name = line?.split(":")[0];
  return {
    ...(name ? { name } : {}),
    ...(id === undefined ? {} : { id }),
    groupIds: [...new Set([...(gid === undefined ? [] : [gid]), ...numbers("Groups")])],
  };
}

async function groupsOf(root: string): Promise<GroupEvidence[]> {
  return (await text(join(root, "etc/group"))).split("\n").flatMap((line) => {
    const [name = "", , id = "", members = ""] = line.split(":");
    return /^\d+$/.test(id) ? [{ name, id: Number(id), members: members.split(",").filter(Boolean) }] : [];
  });
}

async function ownRulesOf(root: string): Promise<string[]> {
  const lists = await Promise.all(
    ruleFolders.map(async (folder) =>
      (await readdir(join(root, folder)).catch(() => [] as string[])).map((name) => `/${folder}/${name}`),
    ),
  );
  return lists.flat().filter((path) => /thumbelina.*\.rules$/.test(path));
}

/** `E:KEY=value` lines of udev's database: of the port, and of the USB device that it hangs on. */
async function propertiesOf(root: string, path: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, "sys/class/tty", basename(path));
  const properties = new Map<string, string>();
  const port = (await text(join(folder, "dev"))).trim();
  let above = await realpath(join(folder, "device")).catch(() => undefined);
  let device = "";
  for (let level = 0; above !== undefined && level < 4 && device === ""; level++, above = dirname(above))
    if ((await text(join(above, "busnum"))) !== "") device = (await text(join(above, "dev"))).trim();
  for (const name of [device, port]) {
    if (!/^\d+:\d+$/.test(name)) continue;
    for (const [, key, value] of (await text(join(root, "run/udev/data", `c${name}`))).matchAll(/^E:([^=\n]+)=(.*)$/gm))
      properties.set(key!, value!);
  }
  return properties;
}
