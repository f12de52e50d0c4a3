// What every way of flashing has in common. A protocol is one file in protocols/ that exports one FlashProtocol; flash.ts holds the
// table by `boot.protocol`. In: an Image's bytes for flash and a way to the boot loader; out: what was written, and how it was verified.

import type { Board } from "../board/board.ts";
import type { Clock, Port } from "./port.ts";
import type { UsbDevice } from "./usb-device.ts";

/** Bytes for one run of flash addresses, padded to the protocol's write unit by the protocol. */
export interface FlashPart {
  readonly address: number;
  readonly data: Uint8Array;
}

/** Told while flashing; the cli draws it. */
export interface FlashListener {
  /** A stage begins: connecting, comparing, erasing, writing, verifying, resetting. */
  stage(name: string, totalBytes?: number): void;
  /** That many more bytes of the stage are done. */
  advance(bytes: number): void;
  note(text: string): void;
  /** Every transfer, for --trace. */
  trace?(direction: ">" | "<", bytes: Uint8Array): void;
}

export interface FlashOptions {
  readonly board: Board;
  readonly parts: readonly FlashPart[];
  /** Default true. */
  readonly verify?: boolean;
  /** Go on although the chip is another one (exit 11 otherwise). */
  readonly force?: boolean;
  /** Write sectors that already hold the bytes, too. */
  readonly writeAll?: boolean;
  /** Start the application when it is written; default true. Some boot loaders always do. */
  readonly start?: boolean;
  /** Highest baud to use, where the protocol can change it. */
  readonly baud?: number;
  readonly listener: FlashListener;
  readonly clock: Clock;
  readonly abort?: AbortSignal;
}

/** For boot loaders that cannot be told not to. */
export function startsAnyway({ start, listener }: FlashOptions): void {
  if (start === false) listener.note("this boot loader starts the application by itself when it has all of it");
}

export interface FlashResult {
  readonly writtenBytes: number;
  /** Already there. */
  readonly skippedBytes: number;
  /** How it is known that the flash holds the image; none: verification was switched off. */
  readonly verified: "read-back" | "crc" | "md5" | "accepted-by-drive" | "none";
}

/** A volume that a boot loader or a debug probe shows as a drive. */
export interface Drive {
  readonly label: string;
  /** Where the user sees it. */
  readonly path: string;
  /** Of the USB device that it is on, where the system tells. */
  readonly serialNumber?: string;
  /** Undefined: no such file. */
  readFile(name: string): Promise<Uint8Array | undefined>;
  /** `onBytes` hears how many more bytes have left this machine. */
  writeFile(name: string, bytes: Uint8Array, onBytes?: (bytes: number) => void): Promise<void>;
  /** The drive disappears (true), or does not within the time (false). */
  waitGone(milliseconds: number): Promise<boolean>;
  /** The drive is back after it had gone. */
  waitBack(milliseconds: number): Promise<boolean>;
}

interface Named {
  readonly name: Board["boot"]["protocol"] | "uf2" | "dfu";
  /** What it looks for, in a user's words: `a UF2 drive`. */
  readonly looksFor: string;
  /** How a person brings the board into this boot loader; also how an interrupted flash is mended. */
  readonly enter: string;
}

/** One protocol over the carrier it needs. Errors: `serial/…` rows; flash.ts adds the state in which the board is left, by the stage. */
export type FlashProtocol =
  | (Named & { readonly carrier: "port"; flash(port: Port, options: FlashOptions): Promise<FlashResult> })
  | (Named & {
      readonly carrier: "usb";
      /** This device speaks the protocol (of whichever chip: that is checked when flashing). */
      claims(device: UsbDevice): boolean;
      flash(device: UsbDevice, options: FlashOptions): Promise<FlashResult>;
    })
  | (Named & {
      readonly carrier: "drive";
      claims(drive: Drive): Promise<boolean>;
      flash(drive: Drive, options: FlashOptions): Promise<FlashResult>;
    });
