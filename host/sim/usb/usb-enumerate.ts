// What a host does with a device that has just come, in the order that is hardest on it: a first look at 8 bytes of its descriptor, another
// reset, its address, then everything it says of itself, and its configuration (USB 2.0 9.1.2). Out: what it is, or undefined with the reason
// among the violations.

import {
  packetSizes,
  readConfiguration,
  readDevice,
  readString,
  type UsbConfiguration,
  type UsbDeviceFacts,
} from "./usb-descriptors.ts";
import type { UsbHost } from "./usb-host.ts";
import type { UsbResult, UsbTransfer } from "./usb-transfer.ts";

export interface UsbDescription {
  readonly device: UsbDeviceFacts;
  readonly configuration: UsbConfiguration;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serialNumber: string | undefined;
}

export type UsbSteps<T> = Generator<UsbTransfer, T, UsbResult>;

/** 7.1.7.5: at least 10 ms; 9.2.6.3: the device has 2 ms to take its address over. */
const resetSeconds = 0.01;
const addressSeconds = 0.002;
const [deviceType, configurationType, stringType] = [1, 2, 3] as const;
const english = 0x0409;

export function* enumerate(host: UsbHost, address = 1): UsbSteps<UsbDescription | undefined> {
  const { pipes } = host;
  const report = pipes.violation;
  yield { kind: "reset", seconds: resetSeconds };
  const first = yield descriptor(deviceType, 0, 8);
  if (first.status !== "ok") return failed(host, "the first 8 bytes", first);
  if (first.data.length !== 8) report(`${first.data.length} of the first 8 bytes`);
  yield { kind: "reset", seconds: resetSeconds };
  pipes.maximum0 = first.data[7] ?? 0;
  if (!packetSizes.includes(pipes.maximum0)) report(`bMaxPacketSize0 ${pipes.maximum0} (9.6.1)`);
  const set = yield { kind: "control", requestType: 0, request: 5, value: address, index: 0 };
  if (set.status !== "ok") return failed(host, "SET_ADDRESS", set);
  pipes.address = address;
  yield { kind: "wait", seconds: addressSeconds };
  const whole = yield descriptor(deviceType, 0, 18);
  if (whole.status !== "ok") return failed(host, "the device descriptor", whole);
  const device = readDevice(whole.data, report);
  if (whole.data.some((byte, i) => i < 8 && byte !== first.data[i])) report("another device descriptor than before");
  const configuration = yield* readWholeConfiguration(host);
  if (!configuration) return undefined;
  const { manufacturer, product, serial } = device.strings;
  const texts: (string | undefined)[] = [];
  for (const index of [manufacturer, product, serial]) texts.push(yield* readText(host, index));
  const { value } = configuration;
  const configured = yield { kind: "control", requestType: 0, request: 9, value, index: 0 };
  if (configured.status !== "ok") return failed(host, "SET_CONFIGURATION", configured);
  pipes.toggles.clear();
  return { device, configuration, manufacturer: texts[0], product: texts[1], serialNumber: texts[2] };
}

function* readWholeConfiguration(host: UsbHost): UsbSteps<UsbConfiguration | undefined> {
  const head = yield descriptor(configurationType, 0, 9);
  if (head.status !== "ok") return failed(host, "the configuration's head", head);
  const all = yield descriptor(configurationType, 0, (head.data[2] ?? 0) | ((head.data[3] ?? 0) << 8));
  if (all.status !== "ok") return failed(host, "the configuration", all);
  return readConfiguration(all.data, host.pipes.violation);
}

function* readText(host: UsbHost, index: number): UsbSteps<string | undefined> {
  if (index === 0) return undefined;
  const languages = yield descriptor(stringType, 0, 255);
  if (languages.status !== "ok") return failed(host, "the languages", languages);
  const known = readString(languages.data, host.pipes.violation);
  const language = known.includes(String.fromCharCode(english)) ? english : known.charCodeAt(0);
  const text = yield descriptor(stringType, index, 255, language);
  if (text.status !== "ok") return failed(host, `string ${index}`, text);
  return readString(text.data, host.pipes.violation);
}

export const descriptor = (type: number, index: number, length: number, language = 0): UsbTransfer => ({
  ...{ kind: "control", requestType: 0x80, request: 6, value: (type << 8) | index, index: language, length },
});

function failed(host: UsbHost, what: string, { status }: UsbResult): undefined {
  if (status !== "gone" && status !== "violation") host.pipes.violation(`${what}: ${status}`);
  return undefined;
}
