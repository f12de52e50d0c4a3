// Rows that are decided from the machine: its files, its processes, what is plugged in. Each row's words name what was seen; each fix is
// what this machine needs, not what some machine might. Adding one: a row here, and its case in test/serial/doctor-cases.ts.

import { usbIdOf } from "../usb-ids.ts";
import type { Evidence, PortEvidence, ProcessEvidence, UsbEvidence } from "./evidence.ts";
import type { Row, Step } from "./finding.ts";
import { installRules, permission, udevRule } from "./permission-findings.ts";
import { deviceText, list, mayBe, processText, replug } from "./words.ts";

/** Programs that have a row of their own. */
const grabbers = ["ModemManager", "brltty"];

const overNetwork = ({ address }: Evidence) =>
  address !== undefined && /^[a-z][a-z0-9+.-]+:/.test(address) && !address.startsWith("id:");

const holders = ({ machine }: Evidence, path: string) => machine.processes.filter(({ holds }) => holds.includes(path));

const bindingMissing: Row = {
  code: "binding-missing",
  exit: 4,
  find(evidence) {
    const { bindingProblem } = evidence.machine;
    if (bindingProblem === undefined || overNetwork(evidence)) return undefined;
    return {
      problem: "serial ports cannot be opened: the package serialport does not load",
      seen: [bindingProblem],
      fix: [
        { run: "npm install serialport@13", why: "it brings compiled code for this machine" },
        { do: "until then tcp:// and sim: ports work, and boards with a boot loader's drive can be flashed" },
      ],
    };
  },
};

/** Its rules claim bridges by their ids, for braille displays use the same chips. */
const brltty: Row = {
  code: "brltty",
  exit: 6,
  find({ machine, ports }) {
    const running = machine.processes.filter(({ name }) => name.startsWith("brltty"));
    if (running.length === 0) return undefined;
    const heldBy = (path: string) => machine.processes.filter(({ holds }) => holds.includes(path));
    // Another program that works over libusb (a debugger) is named by its open file; brltty's may be hidden.
    const taken = machine.usb.filter(({ node, ports: own, interfaces, ...ids }) => {
      if (own.length > 0 || usbIdOf(ids)?.role !== "bridge") return false;
      const seen = node ? heldBy(node.path) : [];
      return seen.length > 0
        ? seen.some((each) => running.includes(each))
        : interfaces.some(({ driver }) => driver === "usbfs");
    });
    const onPort = ports.filter(({ info }) => running.some(({ holds }) => holds.includes(info.path)));
    if (taken.length === 0 && onPort.length === 0) return undefined;
    return {
      problem:
        "brltty, the driver of braille displays, has taken the board's USB bridge: there is no serial port of it",
      seen: [
        ...taken.map((device) => `${deviceText(device)} has no serial port`),
        ...onPort.map(({ info }) => `it has ${info.path} open`),
        `${list(running.map(processText))} runs`,
      ],
      fix: [
        { run: "sudo systemctl stop brltty-udev.service brltty.service" },
        { run: "sudo systemctl mask brltty-udev.service", why: "it would start at the next plug" },
        replug,
        { do: "where a braille display is in use: comment out the bridge's line in 85-brltty.rules instead" },
      ],
    };
  },
};

/** Interfaces that its strict filter lets through: CDC ACM with AT commands (USB CDC PSTN 1.2, table 17: protocols 1 to 6). */
const atCommands = ([kind, subclass, protocol]: readonly [number, number, number]) =>
  kind === 2 && subclass === 2 && protocol >= 1 && protocol <= 6;

const modemManager: Row = {
  code: "modem-manager",
  exit: 6,
  find(evidence) {
    const { machine, ports } = evidence;
    const running = machine.processes.find(({ name }) => name === "ModemManager");
    if (!running) return undefined;
    const held = ports.filter(({ info }) => running.holds.includes(info.path));
    const hidden = ports.filter((port) => heldByHidden(port, evidence) && !ignored(port.properties));
    const probed = ports.filter(
      ({ info, properties }) =>
        !ignored(properties) &&
        machine.usb.some(
          (device) => device.ports.includes(info.path) && device.interfaces.some((each) => atCommands(each.kind)),
        ),
    );
    if (held.length === 0 && hidden.length === 0 && probed.length === 0) return undefined;
    const seen = [
      ...held.map(({ info }) => `${processText(running)} has ${info.path} open`),
      ...hidden.map(
        ({ info }) =>
          `${info.path} is held by a process whose files are hidden from us, and ${processText(running)} runs`,
      ),
      ...(held.length + hidden.length > 0
        ? []
        : probed.map(
            ({ info }) =>
              `${processText(running)} runs; ${info.path} looks like a modem, and udev does not tell it to keep off`,
          )),
    ];
    return {
      problem: "ModemManager takes the board for a modem and talks to it for some seconds after each plug",
      seen,
      fix: [...hidden.map(({ info }) => whoHas(info.path)), ...installRules, replug],
    };
  },
};

/** Refused, and nobody that we may look at has it: somebody else's process, as a rule root's. */
const heldByHidden = ({ info, lockedBy }: PortEvidence, evidence: Evidence): boolean =>
  evidence.line?.path === info.path &&
  isBusy(evidence) &&
  lockedBy.length === 0 &&
  holders(evidence, info.path).length === 0;

/** Windows gives a port to one program, and denies it to others. */
const isBusy = ({ line, machine }: Evidence): boolean =>
  line?.refused?.code === "serial/port-busy" ||
  (machine.platform === "win32" && line?.refused?.code === "serial/port-permission");

const whoHas = (path: string): Step => ({ run: `sudo fuser -v ${path}`, why: "names the process that has it" });

const ignored = (properties: ReadonlyMap<string, string>) =>
  ["ID_MM_DEVICE_IGNORE", "ID_MM_PORT_IGNORE"].some((key) => properties.get(key) === "1");

const busy: Row = {
  code: "port-busy",
  exit: 6,
  find(evidence) {
    const { machine, ports, line } = evidence;
    for (const port of ports) {
      const { path } = port.info;
      const open = holders(evidence, path).filter(({ name }) => !grabbers.includes(name));
      const locking = machine.processes.filter(
        ({ id }) => port.lockedBy.includes(id) && !open.some((each) => each.id === id),
      );
      const found = [...open, ...locking.filter(({ name }) => !grabbers.includes(name))];
      if (found.length > 0) return heldBy(port, found, open);
      if (heldByHidden(port, evidence)) return heldByUnknown(port, line!.refused!.message, machine.platform);
    }
    return undefined;
  },
};

function heldBy({ info }: PortEvidence, found: readonly ProcessEvidence[], open: readonly ProcessEvidence[]) {
  return {
    problem: `${info.path} is in use by ${list(found.map(processText))}`,
    seen: found.map((each) => `${processText(each)} ${open.includes(each) ? "has it open" : "holds its lock"}`),
    fix: [
      { do: `close the program (${list([...new Set(found.map(({ name }) => name))])}), or end it` },
      { run: `kill ${found.map(({ id }) => id).join(" ")}`, why: "ends it" },
    ],
  };
}

function heldByUnknown({ info }: PortEvidence, message: string, platform: Evidence["machine"]["platform"]) {
  const find: Step =
    platform === "linux"
      ? whoHas(info.path)
      : platform === "darwin"
        ? { run: `lsof ${info.path}`, why: "names the process that has it" }
        : { do: "close serial monitors, IDEs and slicers: Windows gives a port to one program only" };
  return { problem: `${info.path} is in use by another program`, seen: [message], fix: [find] };
}

/** Nothing that may be the board; or the port that was named is not there. */
const noDevice: Row = {
  code: "no-device",
  exit: 4,
  find(evidence) {
    const { machine, ports, address, line, board } = evidence;
    if (overNetwork(evidence)) return undefined;
    const missing = ports.find((port) => port.missing)?.info.path;
    const absent = missing ?? (line?.refused?.code === "serial/no-port" ? line.path : undefined);
    const known = machine.usb.filter((device) => usbIdOf(device) !== undefined);
    const maybe = known.filter((device) => !board || mayBe(device, board));
    // Whoever named one wants that one; who did not is content with any.
    if (absent === undefined && (ports.length > 0 || (address === undefined && maybe.length > 0))) return undefined;
    const plugged = known.map(
      (device) => `${deviceText(device)} is plugged in${device.ports.length > 0 ? ` as ${list(device.ports)}` : ""}`,
    );
    const what = board?.name ?? "board";
    const wish = address === undefined ? "" : ` for ${address}`;
    const seen = absent === undefined ? `nothing on USB that may be a ${what}${wish}` : `${absent} is not there`;
    const others = machine.usb.length - known.length;
    const surroundings = machine.surroundings.map((each) => surroundingWords[each]);
    const steps =
      plugged.length === 0 ? causes(machine.surroundings) : [otherPort(known), ...causes(machine.surroundings)];
    return {
      problem: absent === undefined ? `no ${what} is seen` : `there is no port ${absent}`,
      seen: [seen, ...plugged, ...(others > 0 ? [`${others} other USB devices`] : []), ...surroundings],
      fix: steps,
    };
  },
};

function otherPort(known: readonly UsbEvidence[]): Step {
  const [path] = known.flatMap(({ ports }) => ports);
  return {
    do:
      path === undefined
        ? "is it the board that is plugged in? then leave --board out"
        : `is it that one? then give it: -p ${path}`,
  };
}

const surroundingWords = {
  wsl: "this is a Linux in Windows (WSL 2), which has no USB of its own",
  container: "this is a container, which sees only devices that it was given",
  "no-usb-bus": "there is no USB bus here",
} as const;

function causes(surroundings: Evidence["machine"]["surroundings"]): Step[] {
  if (surroundings.includes("wsl"))
    return [
      { run: "usbipd list", why: "in Windows: names the board's bus id" },
      { run: "usbipd bind --busid BUSID", why: "in Windows, as administrator" },
      { run: "usbipd attach --wsl --busid BUSID", why: "in Windows" },
    ];
  if (surroundings.includes("container"))
    return [{ do: "start the container with the device (--device /dev/ttyACM0), or run thumbelina outside" }];
  return [
    { do: "try another cable: many have the wires for charging only" },
    { do: "plug the board into the machine itself, not into a hub; see that its power light is on" },
    { do: "some applications switch USB off: start the boot loader by hand (RP2040: hold BOOTSEL while plugging in)" },
  ];
}

/** A bridge that nobody has taken, without a port: its driver is not there. */
const driverMissing: Row = {
  code: "driver-missing",
  exit: 4,
  find({ machine }) {
    const bare = machine.usb.filter(
      (device) =>
        usbIdOf(device)?.role === "bridge" &&
        device.ports.length === 0 &&
        device.interfaces.length > 0 &&
        device.interfaces.every(({ driver }) => driver === undefined),
    );
    const [first] = bare;
    if (!first || machine.processes.some(({ name }) => name.startsWith("brltty"))) return undefined;
    const module = modules[first.vendorId] ?? "usbserial";
    return {
      problem: `the USB bridge ${deviceText(first)} has no driver`,
      seen: bare.map((device) => `${deviceText(device)} is plugged in, no driver has taken it`),
      fix: [{ run: `sudo modprobe ${module}`, why: "where that fails: install the kernel's extra modules" }, replug],
    };
  },
};

const modules: Readonly<Record<number, string>> = { 4292: "cp210x", 6790: "ch341", 1027: "ftdi_sio", 1659: "pl2303" };

/** What no row above has explained. */
const notOpened: Row = {
  code: "port-failed",
  exit: 6,
  find(evidence) {
    const { line } = evidence;
    const refused = line?.refused;
    if (!refused || explained.includes(refused.code) || isBusy(evidence)) return undefined;
    return {
      ...{ exit: refused.exit, problem: refused.message, seen: [`opening ${line.path} failed`] },
      fix: refused.hint === undefined ? [] : [{ do: refused.hint }],
    };
  },
};

const explained = ["serial/no-port", "serial/port-busy", "serial/no-binding"];

/** In the order in which they are mended. */
export const machineRows: readonly Row[] = [
  ...[bindingMissing, brltty, driverMissing, modemManager, permission, udevRule, busy, noDevice, notOpened],
];
