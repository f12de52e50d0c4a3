// Room serial: ports of this machine and of simulated boards, flashing, streams of results. Two verbs: `flash`, `stream`.

export { type Flashed, type FlashRequest, flash, protocolsFor, type Reach } from "./flash.ts";
export type { Drive, FlashListener, FlashPart, FlashProtocol, FlashResult } from "./flash-types.ts";
export type { Clock, LineSettings, Port, PortInfo, PortOpener, PortState, Signals } from "./port.ts";
export type { UsbDevice } from "./usb-device.ts";
