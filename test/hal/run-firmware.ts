// Builds a program of assembly/firmware for a board and runs it there with real lines: text, time, faults.

import { findBoard, type MicrophoneKind, withMicrophone } from "../../host/board/board.ts";
import { type BuiltFirmware, buildFirmware } from "../../host/build-firmware.ts";
import { Machine, type MachineOptions } from "../../host/sim/sim.ts";

const built = new Map<string, Promise<BuiltFirmware>>();

export interface ProgramOptions {
  readonly drivers?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, number>>;
  readonly microphone?: MicrophoneKind;
}

/** `main`: hello_main, echo_main … */
export function firmwareOf(main: string, board: string, options: ProgramOptions = {}): Promise<BuiltFirmware> {
  const key = `${main} ${board} ${JSON.stringify(options)}`;
  const found = withMicrophone(findBoard(board), options.microphone);
  const parts = {
    ...{ title: main, main, fault: "firmware_fault" },
    drivers: { tick: "quiet", ...options.drivers },
    config: { "fault.registers": Number(!found.chip.core.startsWith("cortex-m0")), ...options.config },
  };
  const made = built.get(key) ?? buildFirmware(parts, found, { check: true });
  built.set(key, made);
  return made;
}

export class FirmwareRun {
  readonly machine: Machine;
  text = "";

  constructor({ board, linked }: BuiltFirmware, options: MachineOptions = {}) {
    this.machine = new Machine(board, { wiring: "checked", ...options });
    this.machine.onUart = (_, byte) => {
      this.text += String.fromCharCode(byte);
    };
    this.machine.load(linked.image);
  }

  static async of(main: string, board: string, options?: ProgramOptions): Promise<FirmwareRun> {
    return new FirmwareRun(await firmwareOf(main, board, options));
  }

  get seconds(): number {
    return this.machine.world.seconds();
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }

  /** Runs until that time since power-on. */
  until(seconds: number): void {
    const { machine } = this;
    const end = machine.world.after(seconds - this.seconds, () => machine.stop());
    const reason = machine.run();
    end();
    if (reason.kind !== "stopped") throw new Error(`${reason.kind} at ${this.seconds} s: ${this.text}`);
  }

  pass(seconds: number): void {
    this.until(this.seconds + seconds);
  }
}
