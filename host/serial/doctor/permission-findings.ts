// Rows of permission: who may open ports and USB devices here, and what gives it to this user. Ports belong to a group (dialout, uucp) that
// one joins; what libusb opens belongs to root until a udev rule says otherwise.

import { usbIdOf } from "../usb-ids.ts";
import type { UsbEvidence } from "./evidence.ts";
import type { Row, Step } from "./finding.ts";
import { ruleFile } from "./udev.ts";
import { deviceText, list, replug } from "./words.ts";

export const installRules: readonly Step[] = [
  { run: `thumbelina doctor --emit-udev | sudo tee ${ruleFile}`, why: "lets who sits at this machine open boards" },
  { run: "sudo udevadm control --reload" },
  { run: "sudo udevadm trigger --action=add" },
];

/** Where a node's own group says nothing: who may use serial ports, by distribution. */
const serialGroups: Readonly<Record<string, string>> = {
  ...{ arch: "uucp", manjaro: "uucp", gentoo: "uucp", slackware: "dialout", alpine: "dialout" },
  ...{ debian: "dialout", ubuntu: "dialout", fedora: "dialout", rhel: "dialout", suse: "dialout", opensuse: "dialout" },
};

export const permission: Row = {
  code: "no-permission",
  exit: 5,
  find({ machine, ports }) {
    const shut = ports.filter(
      ({ node }) => node && !node.accessible && node.groupMay && groupOf(node.groupId) !== "root",
    );
    const [first] = shut;
    if (!first?.node) return undefined;
    function groupOf(id: number): string | undefined {
      return machine.groups.find((group) => group.id === id)?.name;
    }
    const group = groupOf(first.node.groupId) ?? groupFor(machine.distributions);
    const name = machine.user.name ?? "$USER";
    const member = machine.groups.find((each) => each.name === group)?.members.includes(name) === true;
    const seen = [
      ...shut.map(({ info, node }) => `${info.path} belongs to the group ${groupOf(node!.groupId) ?? node!.groupId}`),
      member
        ? `${name} is a member of ${group}, but was not yet when this session began`
        : `${name} is not a member of ${group}`,
    ];
    const join: Step = machine.distributions.includes("alpine")
      ? { run: `sudo addgroup ${name} ${group}` }
      : { run: `sudo usermod -aG ${group} ${name}` };
    const again: Step = { do: "log out and in again: groups are given at login" };
    return {
      problem: `permission denied: ${list(shut.map(({ info }) => info.path))} may be opened by the group ${group} only`,
      seen,
      fix: member ? [again] : [join, again],
    };
  },
};

const groupFor = (distributions: readonly string[]): string =>
  distributions.map((name) => serialGroups[name]).find((group) => group !== undefined) ?? "dialout";

/** What libusb opens (PICOBOOT, DFU, probes); and ports that no rule has given to a group. */
export const udevRule: Row = {
  code: "udev-rule-missing",
  exit: 5,
  find({ machine, ports }) {
    const root = machine.groups.find(({ name }) => name === "root")?.id ?? 0;
    const devices = machine.usb.filter((device) => device.node?.accessible === false && needsUsb(device));
    const shut = ports.filter(({ node }) => node && !node.accessible && (node.groupId === root || !node.groupMay));
    if (devices.length === 0 && shut.length === 0) return undefined;
    const seen = [
      ...devices.map(
        (device) =>
          `${device.node!.path} (${deviceText(device)}) may not be opened by ${machine.user.name ?? "this user"}`,
      ),
      ...shut.map(({ info }) => `${info.path} belongs to root alone`),
      machine.ownRules.length === 0
        ? "no rule file of thumbelina is installed"
        : `${list(machine.ownRules)} is installed, but did not take effect`,
    ];
    const reload = installRules.slice(1);
    return {
      problem: "permission denied: no udev rule lets this user open the board's USB device",
      seen,
      fix: [...(machine.ownRules.length === 0 ? installRules : reload), replug],
    };
  },
};

/** Boot loaders without a serial port: these are flashed through libusb. */
const needsUsb = (device: UsbEvidence) => usbIdOf(device)?.role === "loader" && device.ports.length === 0;
