// Frames of Nordic's legacy serial DFU (nRF5 SDK 11, HCI transport), which Adafruit's boot loader speaks: reliable packets with a
// three-bit sequence number, each acknowledged with the number that is expected next.
//
//   b0 seq | ack << 3 | 40 (integrity check) | 80 (reliable)     b1 0E | (len & 15) << 4     b2 len >> 4     b3 −(b0 + b1 + b2)
//   payload = opcode:u32, data…      then CRC-16 of header and payload (little-endian), all in SLIP.  An acknowledgement: header alone.

import { crc16 } from "../../base/crc.ts";
import { slipEncode } from "../slip.ts";

const vendorPacket = 0x0e;

const word = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
const half = (value: number): number[] => [value & 255, (value >>> 8) & 255];

export const dfuPayloads = {
  /** Mode 4: an application alone; sizes of SoftDevice, boot loader and application. */
  start: (applicationBytes: number) => [...word(3), ...word(4), ...word(0), ...word(0), ...word(applicationBytes)],
  init: (packet: readonly number[]) => [...word(1), ...packet, 0, 0],
  data: (bytes: Uint8Array) => [...word(4), ...bytes],
  stop: () => word(5),
} as const;

export interface InitFacts {
  readonly version: number;
  /** Firmware ids of the SoftDevices that the application runs on; fffe: any. */
  readonly softDevices: readonly number[];
  readonly crc: number;
}

/** What the boot loader checks an application by: Adafruit's device type and revision, SoftDevices, CRC. */
export const initPacket = ({ version, softDevices, crc }: InitFacts): number[] => [
  ...half(0x0052),
  ...half(0xadaf),
  ...word(version),
  ...half(softDevices.length),
  ...softDevices.flatMap(half),
  ...half(crc),
];

/** CRC-16/CCITT-FALSE. */
export const dfuCrc = (bytes: Uint8Array | readonly number[]): number => crc16(bytes, 0xffff);

export function hciFrame(sequence: number, payload: readonly number[]): Uint8Array {
  const acknowledged = (sequence + 1) & 7;
  const header = [
    sequence | (acknowledged << 3) | 0xc0,
    vendorPacket | ((payload.length & 15) << 4),
    payload.length >>> 4,
  ];
  const checksum = -header.reduce((sum, byte) => sum + byte, 0) & 255;
  const packet = [...header, checksum, ...payload];
  return slipEncode(Uint8Array.from([...packet, ...half(dfuCrc(packet))]));
}

/** The number that the other side expects next; undefined: not an acknowledgement. */
export function acknowledged(frame: Uint8Array): number | undefined {
  const sum = frame.reduce((total, byte) => total + byte, 0) & 255;
  if (frame.length !== 4 || sum !== 0 || (frame[1]! & 15) !== 0) return undefined;
  return (frame[0]! >>> 3) & 7;
}

export const acknowledgement = (expected: number): Uint8Array => {
  const first = expected << 3;
  return slipEncode(Uint8Array.of(first, 0, 0, -first & 255));
};

/** Sequence and payload of a whole reliable packet; undefined: damaged, or another kind. */
export function hciPacket(frame: Uint8Array): { readonly sequence: number; readonly payload: Uint8Array } | undefined {
  if (frame.length < 6) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = frame;
  const bytes = (second >>> 4) | (third << 4);
  if (((first + second + third + fourth) & 255) !== 0 || (second & 15) !== vendorPacket) return undefined;
  if (frame.length !== bytes + 6 || (first & 0xc0) !== 0xc0) return undefined;
  const crc = frame[bytes + 4]! | (frame[bytes + 5]! << 8);
  if (dfuCrc(frame.subarray(0, bytes + 4)) !== crc) return undefined;
  return { sequence: first & 7, payload: frame.subarray(4, bytes + 4) };
}
