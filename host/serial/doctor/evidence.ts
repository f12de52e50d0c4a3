// What was seen before anything is decided: of the machine (its files, its processes, what is plugged in) and of the line (what came over
// it while it was watched). Plain data; node/machine.ts and watch.ts make it, findings.ts reads it.
//
// Absent means "not looked at" or "cannot be seen here", never "not so": a finding needs evidence, not the lack of it.

import type { UserError } from "../../base/errors.ts";
import type { Board } from "../../board/board.ts";
import type { PortInfo } from "../port.ts";

/** What the user wants to do next: stream from an application, or flash over a boot loader. */
export type Expected = "app" | "loader";

export interface Evidence {
  readonly expected: Expected;
  readonly board?: Board;
  /** As the user gave it, a filter's text too; undefined: auto. */
  readonly address?: string;
  readonly machine: MachineEvidence;
  /** Ports that may be meant: the one that was named, else all that may be boards. */
  readonly ports: readonly PortEvidence[];
  /** Of the one port that was watched. */
  readonly line?: LineEvidence;
}

export interface MachineEvidence {
  readonly platform: "linux" | "darwin" | "win32" | "other";
  /** Why the package `serialport` does not load. */
  readonly bindingProblem?: string;
  /** ID and ID_LIKE of /etc/os-release, the most telling first. */
  readonly distributions: readonly string[];
  readonly surroundings: readonly ("wsl" | "container" | "no-usb-bus")[];
  readonly user: UserEvidence;
  readonly groups: readonly GroupEvidence[];
  readonly usb: readonly UsbEvidence[];
  readonly processes: readonly ProcessEvidence[];
  /** Files of udev's rule folders that carry our name. */
  readonly ownRules: readonly string[];
}

export interface UserEvidence {
  readonly name?: string;
  readonly id?: number;
  /** Groups of this process: what a new membership does not change until the next login. */
  readonly groupIds: readonly number[];
}

export interface GroupEvidence {
  readonly name: string;
  readonly id: number;
  readonly members: readonly string[];
}

/** A file in /dev. */
export interface NodeEvidence {
  /** As on the machine itself, without the root that tests give. */
  readonly path: string;
  readonly accessible: boolean;
  readonly groupId: number;
  /** The group may read and write. */
  readonly groupMay: boolean;
}

export interface UsbEvidence {
  readonly vendorId: number;
  readonly productId: number;
  readonly product?: string;
  readonly serialNumber?: string;
  /** /dev/bus/usb/BUS/DEVICE */
  readonly node?: NodeEvidence;
  readonly interfaces: readonly {
    /** Class, subclass, protocol. */
    readonly kind: readonly [number, number, number];
    readonly driver?: string;
  }[];
  /** Serial ports that it has. */
  readonly ports: readonly string[];
}

export interface ProcessEvidence {
  readonly id: number;
  readonly name: string;
  /** Serial ports and USB devices that it has open, as far as we may see. */
  readonly holds: readonly string[];
}

export interface PortEvidence {
  readonly info: PortInfo;
  /** Undefined: no file of this machine (TCP, a simulated board), or none is there. */
  readonly node?: NodeEvidence;
  readonly missing?: boolean;
  /** udev's properties of the port and of its USB device. */
  readonly properties: ReadonlyMap<string, string>;
  /** Processes that hold it by /proc/locks or a lock file, whose open files we may not see. */
  readonly lockedBy: readonly number[];
}

/** What a line gave in the time it was watched. */
export interface LineEvidence {
  readonly path: string;
  readonly baud: number;
  readonly milliseconds: number;
  /** Code of the error that opening it gave; then nothing else is known. */
  readonly refused?: Pick<UserError, "code" | "exit" | "message" | "hint">;
  readonly bytes: number;
  /** Of the characters, those that text is made of. */
  readonly readable: number;
  /** Whole and sound: results, notices, frames. */
  readonly sound: number;
  /** Hurt: frames whose CRC is wrong, lines that are no longer JSON, characters that are none. */
  readonly hurt: number;
  readonly logs: number;
  /** The same beginning again and again: what it says, and how often it came. */
  readonly banner?: { readonly text: string; readonly times: number };
  /** Reasons of resets that boot lines gave (assembly/wire.ts, RESET_…). */
  readonly resetCauses: readonly number[];
  /** Words of a boot ROM that waits for an image, or that say the supply broke down. */
  readonly romSays: readonly ("download" | "brownout")[];
  /** How often it left the bus and came back. */
  readonly left: number;
  /** Another baud at which it was text. */
  readonly readableAt?: number;
  /** What was asked at the end, where the line was silent or unclear: application (SMP echo), boot loader (its greeting). */
  readonly answers?: "app" | "loader";
  /** Name of the boot loader that answered. */
  readonly loader?: string;
}
