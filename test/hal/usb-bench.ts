// A program of assembly/firmware on a simulated board whose console is USB, and a strict host that a test drives packet by packet.

import { findBoard, withConsole } from "../../host/board/board.ts";
import { type BuiltFirmware, buildFirmware } from "../../host/build-firmware.ts";
import { Machine, type StopReason } from "../../host/sim/sim.ts";
import { serialInterfaces } from "../../host/sim/usb/usb-descriptors.ts";
import { enumerate, type UsbDescription, type UsbSteps } from "../../host/sim/usb/usb-enumerate.ts";
import { UsbHost } from "../../host/sim/usb/usb-host.ts";
import type { UsbResult, UsbTransfer } from "../../host/sim/usb/usb-transfer.ts";

const built = new Map<string, Promise<BuiltFirmware>>();

/** `title`: another product string. */
export function usbFirmware(main: string, name: string, title?: string): Promise<BuiltFirmware> {
  const found = withConsole(findBoard(name), "usb");
  const board = title === undefined ? found : { ...found, title };
  const key = `${main} ${name} ${title}`;
  const config = { "fault.registers": Number(!board.chip.core.startsWith("cortex-m0")) };
  const parts = { title: main, main, fault: "firmware_fault", drivers: { tick: "quiet" }, config };
  const made = built.get(key) ?? buildFirmware(parts, board);
  built.set(key, made);
  return made;
}

export interface Ends {
  readonly control: number;
  readonly in: number;
  readonly out: number;
}

export class UsbBench {
  readonly machine: Machine;
  readonly host: UsbHost;
  readonly violations: string[] = [];
  #text = "";
  #reading = false;

  constructor({ board, linked }: Pick<BuiltFirmware, "board" | "linked">) {
    this.machine = new Machine(board, { wiring: "checked", usbHost: false });
    const { world } = this.machine;
    this.host = new UsbHost(world, world.usb(board.console!.uart), (text) => this.violations.push(text));
    this.machine.load(linked.image);
  }

  static async of(main: string, board: string, title?: string): Promise<UsbBench> {
    return new UsbBench(await usbFirmware(main, board, title));
  }

  pass(seconds: number): StopReason {
    const { machine } = this;
    const end = machine.world.after(seconds, () => machine.stop());
    const reason = machine.run();
    end();
    return reason;
  }

  /** Runs until the steps are done. */
  ask<T>(steps: UsbSteps<T>, seconds = 3): T {
    const { machine, host } = this;
    let done: { readonly value: T } | undefined;
    host.start(
      (function* () {
        done = { value: yield* steps };
        machine.stop();
      })(),
    );
    if (!done) this.pass(seconds);
    if (!done) throw new Error(`not done within ${seconds} s; ${this.violations}`);
    return (done as { readonly value: T }).value;
  }

  one(transfer: UsbTransfer): UsbResult {
    return this.ask(
      (function* (): UsbSteps<UsbResult> {
        return yield transfer;
      })(),
    );
  }

  /** Plugs in and enumerates; no violation so far. */
  connect(): UsbDescription {
    this.host.plug();
    this.pass(0.12);
    const description = this.ask(enumerate(this.host));
    if (!description || this.violations.length > 0) throw new Error(`enumeration: ${this.violations}`);
    return description;
  }

  /** Connects and opens the port. */
  open(baud = 115200): Ends {
    const { configuration } = this.connect();
    const ends = serialInterfaces(configuration, (text) => this.violations.push(text))!;
    this.lineCoding(baud);
    this.lineState(3);
    return ends;
  }

  lineCoding(baud: number): UsbResult {
    const data = Uint8Array.of(baud & 0xff, (baud >> 8) & 0xff, (baud >> 16) & 0xff, baud >>> 24, 0, 0, 8);
    return this.one({ kind: "control", requestType: 0x21, request: 0x20, value: 0, index: 0, data });
  }

  lineState(value: number): UsbResult {
    return this.one({ kind: "control", requestType: 0x21, request: 0x22, value, index: 0 });
  }

  /** What the device sends within a time. A transfer of 512 bytes waits all the while: it ends by a short packet only. */
  read({ in: endpoint }: Ends, seconds: number): string {
    if (!this.#reading) this.host.start(this.#reader(endpoint));
    this.pass(seconds);
    const text = this.#text;
    this.#text = "";
    return text;
  }

  *#reader(endpoint: number): UsbSteps<void> {
    this.#reading = true;
    for (let status = "ok"; status === "ok"; ) {
      const result = yield { kind: "in", endpoint, length: 512 };
      status = result.status;
      this.#text += String.fromCharCode(...result.data);
    }
    this.#reading = false;
  }
}
