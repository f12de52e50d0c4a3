// What a board's USB console says of itself, as the table that firmware/usb-control.ts looks up: ids and texts of the board, and one serial
// port (USB 2.0 9.6; interface association ECN; CDC 1.2 5.2, PSTN 1.2 5.3).
//
//   key u16 (type · 256 + index)   bytes u16   descriptor, padded to even   …   0 0      all little-endian
//
//   configuration ─ association ─┬─ interface 0: control   header, call management, ACM, union, interrupt in
//                                └─ interface 1: data      bulk out, bulk in

import { USB_DATA_ENDPOINT, USB_NOTIFY_ENDPOINT, USB_PACKET_BYTES, USB_SERIAL_STRING } from "../../assembly/wire.ts";
import type { Board } from "../board/board.ts";

const types = { device: 1, configuration: 2, string: 3, interface: 4, endpoint: 5, association: 11 } as const;
const [bulk, interrupt] = [2, 3] as const;
const communication = [2, 2, 0] as const;
const englishUnitedStates = 0x0409;
/** In units of 2 mA. */
const halfMilliamperes = 50;
/** 16 hexadecimal digits. */
const serialBytes = 34;

const low = (word: number) => [word & 0xff, word >> 8] as const;
const sized = (type: number, ...rest: readonly number[]): readonly number[] => [rest.length + 2, type, ...rest];
const functional = (subtype: number, ...rest: readonly number[]) => sized(0x24, subtype, ...rest);
const endpoint = (address: number, type: number, bytes: number, interval: number) =>
  sized(types.endpoint, address, type, ...low(bytes), interval);

export function usbTable({ usb, title }: Board): Uint8Array | undefined {
  if (!usb) return undefined;
  const device = sized(
    types.device,
    ...low(0x0200), // bcdUSB
    ...[0xef, 2, 1], // an association says which interfaces belong together
    USB_PACKET_BYTES,
    ...low(usb.vendorId),
    ...low(usb.productId),
    ...low(0x0100), // bcdDevice
    ...[1, 2, usb.serial ? USB_SERIAL_STRING : 0],
    1,
  );
  const entries: (readonly [type: number, index: number, bytes: readonly number[]])[] = [
    [types.device, 0, device],
    [types.configuration, 0, configuration()],
    [types.string, 0, sized(types.string, ...low(englishUnitedStates))],
    [types.string, 1, text(usb.manufacturer)],
    [types.string, 2, text(title)],
  ];
  // made by the firmware, from the chip's number
  if (usb.serial) entries.push([types.string, USB_SERIAL_STRING, new Array<number>(serialBytes).fill(0)]);
  const table = entries.flatMap(([type, index, bytes]) => [
    ...low((type << 8) | index),
    ...low(bytes.length),
    ...bytes,
    ...(bytes.length % 2 ? [0] : []),
  ]);
  return Uint8Array.from([...table, 0, 0, 0, 0]);
}

function configuration(): readonly number[] {
  const body = [
    ...sized(types.association, 0, 2, ...communication, 0),
    ...sized(types.interface, 0, 0, 1, ...communication, 0),
    ...functional(0, ...low(0x0120)),
    ...functional(1, 0, 1), // no call management; data on interface 1
    ...functional(2, 0b110), // line coding and state, break
    ...functional(6, 0, 1),
    ...endpoint(0x80 | USB_NOTIFY_ENDPOINT, interrupt, 16, 16),
    ...sized(types.interface, 1, 0, 2, ...[10, 0, 0], 0),
    ...endpoint(USB_DATA_ENDPOINT, bulk, USB_PACKET_BYTES, 0),
    ...endpoint(0x80 | USB_DATA_ENDPOINT, bulk, USB_PACKET_BYTES, 0),
  ];
  return [...sized(types.configuration, ...low(body.length + 9), 2, 1, 0, 0x80, halfMilliamperes), ...body];
}

const text = (words: string): readonly number[] =>
  sized(types.string, ...Array.from(words, (letter) => [...low(letter.charCodeAt(0))]).flat());
