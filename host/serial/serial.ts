// Room serial: ports of this machine and of simulated boards, flashing, streams of results. Two verbs: `flash`, `stream`.
// What needs Node (drives, USB, ports, files of simulated boards) is in node/ and loaded when it is asked for: this file runs in a browser.

export { ChipFlash } from "./emulated/chip-flash.ts";
export { parseSimulatedAddress, type SimulatedAddress, simulatedReach } from "./emulated/simulated-board.ts";
export { VirtualClock } from "./emulated/virtual-clock.ts";

export { type Flashed, type FlashRequest, flash, protocolsFor, type Reach } from "./flash.ts";
export type { Drive, FlashListener, FlashPart, FlashProtocol, FlashResult } from "./flash-types.ts";
export type { Clock, LineSettings, Port, PortInfo, PortOpener, PortState, Signals } from "./port.ts";
export type { UsbDevice } from "./usb-device.ts";

export const nodeDrives = () => import("./node/drives.ts");
export const nodeUsb = () => import("./node/usb.ts");
export const nodeSimState = () => import("./node/sim-state.ts");
