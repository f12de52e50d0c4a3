// What cables, bridges and hands do to a line, around an emulated device: at given bytes, or at random from a seed. In: a device and the
// faults; out: the same device, behind them. The n-th byte of a direction is counted from 0 over the whole life of the wrapper.
//
//   lose, duplicate, flip     one byte                        late      it and what follows wait (towards the device: until more comes)
//   refuse                    the request that holds it is swallowed and `reply` comes back (a NACK)
//   reset                     the chip restarts there         leave     the cable is pulled there

import type { LineSettings, Signals } from "../port.ts";
import type { DeviceLink, EmulatedDevice } from "./emulated-device.ts";

export const faultKinds = ["lose", "duplicate", "flip", "late", "refuse", "reset", "leave"] as const;

export interface LineFault {
  readonly kind: (typeof faultKinds)[number];
  readonly direction: "to-device" | "from-device";
  readonly at: number;
  /** flip: the bits; late: milliseconds. */
  readonly value?: number;
  /** refuse: what the device says instead of obeying. */
  readonly reply?: readonly number[];
}

export class FaultyDevice implements EmulatedDevice {
  #link: DeviceLink | undefined;
  readonly #passed = { "to-device": 0, "from-device": 0 };
  #held: number[] = [];
  /** How many faults have happened. */
  met = 0;

  constructor(
    private readonly device: EmulatedDevice,
    private readonly faults: readonly LineFault[],
  ) {}

  get flash(): Uint8Array {
    return this.device.flash;
  }

  get flashBase(): number {
    return this.device.flashBase;
  }

  get line(): Partial<LineSettings> {
    return this.device.line;
  }

  get running(): boolean {
    return this.device.running;
  }

  connect(link: DeviceLink): void {
    this.#link = link;
    this.device.connect({
      now: () => link.now(),
      send: (bytes, after = 0) => this.#fromDevice(bytes, after),
      leave: (reason) => link.leave?.(reason),
    });
  }

  setSignals(signals: Signals): void {
    this.device.setSignals(signals);
  }

  reset(): void {
    this.device.reset();
  }

  receive(bytes: Uint8Array): void {
    let passing = this.#held;
    this.#held = [];
    for (const [i, byte] of bytes.entries()) {
      const fault = this.#at("to-device");
      if (!fault) {
        passing.push(byte);
        continue;
      }
      switch (fault.kind) {
        case "refuse":
          this.#passed["to-device"] += bytes.length - i - 1;
          this.#link?.send(Uint8Array.from(fault.reply ?? []));
          return;
        case "late":
          this.#passed["to-device"] += bytes.length - i - 1;
          this.device.receive(Uint8Array.from(passing));
          this.#held = [...bytes.subarray(i)];
          return;
        case "reset":
          this.device.receive(Uint8Array.from(passing));
          passing = [];
          this.device.reset();
          break;
        case "leave":
          this.device.receive(Uint8Array.from(passing));
          this.#link?.leave?.("unplugged");
          return;
        default:
          passing.push(...altered(byte, fault));
      }
    }
    this.device.receive(Uint8Array.from(passing));
  }

  #fromDevice(bytes: Uint8Array, after: number): void {
    const passing: number[] = [];
    let wait = after;
    const send = () => {
      if (passing.length > 0) this.#link?.send(Uint8Array.from(passing.splice(0)), wait);
    };
    for (const byte of bytes) {
      const fault = this.#at("from-device");
      if (fault?.kind === "late") {
        send();
        wait += fault.value ?? 100;
        passing.push(byte);
      } else if (fault?.kind === "leave") {
        this.#link?.leave?.("unplugged");
        return;
      } else passing.push(...(fault ? altered(byte, fault) : [byte]));
    }
    send();
  }

  #at(direction: LineFault["direction"]): LineFault | undefined {
    const at = this.#passed[direction]++;
    const fault = this.faults.find((each) => each.at === at && each.direction === direction);
    if (fault) this.met++;
    return fault;
  }
}

function altered(byte: number, { kind, value = 0x10 }: LineFault): number[] {
  if (kind === "duplicate") return [byte, byte];
  return kind === "flip" ? [byte ^ value] : [];
}
