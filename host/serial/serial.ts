// Room serial: ports of this machine and of simulated boards, flashing, streams of results. Two verbs: `flash`, `stream`.
// What needs Node (drives, USB, ports, files of simulated boards) is in node/ and loaded when it is asked for: this file runs in a browser.

export { type Attached, attach, resultsOf } from "./attached.ts";
export {
  ambiguous,
  choosePort,
  describePort,
  type PortFilter,
  type PortWish,
  parsePortFilter,
  passes,
} from "./choose.ts";
export { wallClock } from "./clock.ts";
export { ConsoleReader } from "./console.ts";
export type { ConsoleItem, Result } from "./console-items.ts";
export { diagnose } from "./doctor/diagnose.ts";
export type { Evidence, LineEvidence, PortEvidence } from "./doctor/evidence.ts";
export type { Finding, Step } from "./doctor/finding.ts";
export { udevRules } from "./doctor/udev.ts";
export { watchLine } from "./doctor/watch.ts";
export { ChipFlash } from "./emulated/chip-flash.ts";
export { parseSimulatedAddress, type SimulatedAddress, simulatedReach } from "./emulated/simulated-board.ts";
export { VirtualClock } from "./emulated/virtual-clock.ts";
export { type Flashed, type FlashRequest, flash, protocolsFor, type Reach } from "./flash.ts";
export type { Drive, FlashListener, FlashPart, FlashProtocol, FlashResult } from "./flash-types.ts";
export { formatter, type StreamFormat, type StreamFormatter, streamFormats } from "./formats.ts";
export { StreamMetrics } from "./metrics.ts";
export type { SimState } from "./node/sim-state.ts";
export { listPorts, nodeOpeners, openPort } from "./open.ts";
export type { Clock, LineSettings, Port, PortInfo, PortOpener, PortState, Signals } from "./port.ts";
export { PortEnd } from "./port-end.ts";
export { notFlashed, portLost, wrongPort } from "./port-errors.ts";
export { printable, printableJson } from "./printable.ts";
export {
  parseResetSequence,
  type ResetBefore,
  type ResetStep,
  resetSteps,
  resetsAfter,
  resetsBefore,
  runSteps,
  touch1200,
  touchesToLoader,
} from "./reset-sequence.ts";
export {
  columnsOf,
  physical,
  type SampleColumn,
  sampleRows,
  samplesHead,
  wavData,
  wavHead,
  wavHeadBytes,
} from "./sample-files.ts";
export { type Capture, CaptureReader, describeCapture, extendCapture, leaseOf, startCapture } from "./smp/capture.ts";
export { replay } from "./smp/replay.ts";
export { type SmpClient, type SmpCommand, smpCommands } from "./smp/smp-client.ts";
export { openAgain, type StreamEvent, stream } from "./stream.ts";
export { noticeText } from "./stream-text.ts";
export type { UsbDevice } from "./usb-device.ts";
export { asksAt1200, type UsbIdRow, usbIdOf, usbIdText } from "./usb-ids.ts";
export { openWebSerial, type WebSerial, type WebSerialPort, webSerialOpener } from "./web/web-serial.ts";
export const nodeDrives = () => import("./node/drives.ts");
export const nodePorts = () => import("./node/port-scan.ts");
export const nodeUsb = () => import("./node/usb.ts");
export const nodeSimState = () => import("./node/sim-state.ts");
export const doctorMachine = () => import("./node/machine.ts");
