// The udev rules that let whoever sits at a machine open boards, and keep ModemManager off them; printed by `doctor --emit-udev`, made from
// the table of USB ids. In: whether there is a group plugdev; out: the file's text.
//
// uaccess gives access to who is logged in at the seat (systemd, 73-seat-late.rules: the file's number must be lower); the group serves
// logins over the network and systems without systemd. Groups of people (id 1000 and up) are refused by systemd 258.

import { type UsbIdRow, usbIds } from "../usb-ids.ts";
import type { GroupEvidence } from "./evidence.ts";

export const ruleFile = "/etc/udev/rules.d/70-thumbelina.rules";

const hex4 = (value: number) => value.toString(16).padStart(4, "0");

export function udevRules(groups: readonly GroupEvidence[]): string {
  const plugdev = groups.some(({ name, id }) => name === "plugdev" && id < 1000);
  const rules = usbIds.filter(({ role }) => role !== "other").flatMap(rulesOf);
  const head = [
    `# ${ruleFile}: boards that thumbelina flashes and listens to.`,
    "# Then: sudo udevadm control --reload; sudo udevadm trigger --action=add; plug the board in again.",
    'ACTION=="remove", GOTO="thumbelina_end"',
    'SUBSYSTEM!="usb|tty", GOTO="thumbelina_end"',
  ];
  const group = plugdev ? ['SUBSYSTEM=="usb", ENV{ID_THUMBELINA}=="1", MODE="0660", GROUP="plugdev"'] : [];
  return [...head, ...rules, ...group, 'LABEL="thumbelina_end"', ""].join("\n");
}

/** Serial ports keep the group that the system gives them. */
function rulesOf({ vendorId, productIds, what }: UsbIdRow): string[] {
  const vendor = `ATTRS{idVendor}=="${hex4(vendorId)}"`;
  const products = productIds === "any" ? "" : `, ATTRS{idProduct}=="${productIds.map(hex4).join("|")}"`;
  const ours = 'ENV{ID_THUMBELINA}="1", TAG+="uaccess", ENV{ID_MM_DEVICE_IGNORE}="1", ENV{ID_MM_PORT_IGNORE}="1"';
  return [`# ${what}`, `${vendor}${products}, ${ours}`];
}
