// Words that rows of findings share.

import type { Board } from "../../board/board.ts";
import type { PortInfo } from "../port.ts";
import { usbIdOf, usbIdText } from "../usb-ids.ts";
import type { ProcessEvidence, UsbEvidence } from "./evidence.ts";
import type { Step } from "./finding.ts";

export const replug: Step = { do: "unplug the board and plug it in again" };
export const list = (words: readonly string[]) => words.join(", ");
export const processText = ({ name, id }: ProcessEvidence) => `${name} (process ${id})`;
export const deviceText = (device: UsbEvidence) =>
  `${usbIdText(device)} ${usbIdOf(device)?.what ?? device.product ?? "USB device"}`;

export const mayBe = (device: Pick<PortInfo, "vendorId" | "productId">, board: Board): boolean =>
  usbIdOf(device)?.boards.includes(board.name) === true;
