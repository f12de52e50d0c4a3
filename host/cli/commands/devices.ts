// What is plugged in, and what a user types after -p for it: serial ports with what their USB ids say, drives of boot loaders and probes
// (those that nobody mounted too), boot loaders on USB, simulated boards of this folder. Devices that cannot be opened are listed all the same.

import {
  nodeDrives,
  nodePorts,
  nodeSimState,
  nodeUsb,
  type PortInfo,
  type UsbDevice,
  usbIdOf,
  usbIdText,
} from "../../serial/serial.ts";
import { boardsOfDrive } from "../board-guess.ts";
import type { Command, Exit } from "../command.ts";
import { listedPorts, portOptions } from "../port-options.ts";
import { printable } from "../report.ts";
import { tableText } from "../table.ts";
import type { Terminal } from "../terminal.ts";

interface Device {
  readonly kind: "port" | "drive" | "usb" | "simulated";
  /** What goes after -p. */
  readonly port: string;
  readonly usb?: string;
  readonly what: string;
  /** Boards that it may be. */
  readonly boards: readonly string[];
  readonly serial?: string;
  /** ok, denied, gone (no device file), unmounted, unknown. */
  readonly access: string;
}

export const command: Command = {
  usage: "devices",
  options: { "port-filter": portOptions["port-filter"] },
  examples: [
    ["thumbelina devices", "each with what to type after -p"],
    ["thumbelina devices --port-filter vid=0x2e8a --json", "boards of one vendor, for scripts"],
  ],
  async run(args, terminal): Promise<Exit> {
    const ports = await portDevices(await listedPorts(args, terminal));
    const filtered = args["port-filter"] !== undefined;
    const others = filtered
      ? []
      : [...(await driveDevices(terminal)), ...(await usbDevices()), ...(await simulatedDevices(terminal))];
    const devices = [...ports, ...others];
    if (terminal.json) {
      terminal.out(JSON.stringify({ ok: true, devices }));
      return 0;
    }
    if (devices.length > 0)
      terminal.out(tableText(["port", "usb id", "what", "board", "serial", "access"], devices.map(row), terminal));
    if (devices.length === 0) terminal.note("nothing is plugged in; `thumbelina doctor` says what may be missing");
    else if (devices.some(({ access }) => access === "denied"))
      terminal.note("denied: `thumbelina doctor` says which group or rule is missing");
    return 0;
  },
};

const row = ({ port, usb, what, boards, serial, access }: Device): string[] =>
  [port, usb ?? "", what, boards.join(" or "), serial ?? "", access].map(printable);

async function portDevices(ports: readonly PortInfo[]): Promise<Device[]> {
  const { portAccess } = await nodePorts();
  return Promise.all(
    ports.map(async (info) => ({
      kind: "port" as const,
      port: info.path,
      ...idFacts(info),
      what: usbIdOf(info)?.what ?? info.product ?? "serial port",
      access: await portAccess(info.path),
    })),
  );
}

function idFacts(info: Pick<PortInfo, "vendorId" | "productId" | "serialNumber">) {
  const { serialNumber } = info;
  const usb = usbIdText(info);
  return {
    ...(usb === "" ? {} : { usb }),
    boards: usbIdOf(info)?.boards ?? [],
    ...(serialNumber === undefined ? {} : { serial: serialNumber }),
  };
}

async function driveDevices(terminal: Terminal): Promise<Device[]> {
  const { listDrives, listUnmounted, thisSystem } = await nodeDrives();
  const system = { ...thisSystem, root: terminal.env["THUMBELINA_ROOT"] ?? thisSystem.root };
  const mounted = listDrives(system).map(({ label, path }) => ({ label, port: path, access: "ok" }));
  const others = listUnmounted(system).map(({ label, device }) => ({ label, port: device, access: "unmounted" }));
  return [...mounted, ...others]
    .map(({ label, ...rest }) => ({
      ...{ kind: "drive" as const, what: `drive ${label}`, boards: boardsOfDrive(label) },
      ...rest,
    }))
    .filter(({ boards }) => boards.length > 0);
}

async function usbDevices(): Promise<Device[]> {
  const { devices } = await (await nodeUsb()).listUsbDevices();
  const isLoader = (device: UsbDevice) => usbIdOf(device)?.role === "loader";
  return devices.filter(isLoader).map((device) => ({
    ...{ kind: "usb" as const, port: "auto" },
    ...idFacts(device),
    ...{ what: usbIdOf(device)!.what, access: "unknown" },
  }));
}

async function simulatedDevices(terminal: Terminal): Promise<Device[]> {
  const { listSimStates } = await nodeSimState();
  return listSimStates(terminal.cwd).map((name) => ({
    ...{ kind: "simulated" as const, port: `sim:${name}`, what: "simulated board" },
    ...{ boards: [name.split("@")[0]!], access: "ok" },
  }));
}
