// What all simulated sensors have in common: a target on the I2C bus with 8-bit registers, conversions at the sensor's own rate, faults.
//
//   S address W ─ pointer ─ value …          writes from the pointer on
//   S address R ─ byte …                     reads from the pointer on; the chip says how it moves
//
//   t0 (switched on)    1/rate    2/rate    3/rate …   physical values are looked at in these moments and held in between
//
// A transaction sees one conversion from its start to its stop (block data update). Nothing is looked at while the sensor is off, so a
// recording may begin with its sensor (feeds/playback.ts). Faults are the sensor's, not the bus's: a bus that is held is I2cBus.holdData.

import type { I2cTarget, World } from "../world.ts";

export interface SensorPorts {
  readonly world: Pick<World, "seconds" | "feed">;
  /** Name of the feed. */
  readonly input: string;
  /** Default: the sensor's first. */
  readonly address?: number;
}

export const sensorFaults = ["silent", "wrong-id", "stuck", "saturated", "no-data"] as const;
/** silent: NACK; stuck: new data, always the same; saturated: every channel at its upper end; no-data: never data ready. */
export type SensorFault = (typeof sensorFaults)[number];

export interface SimulatedSensor {
  readonly name: string;
  readonly target: I2cTarget;
  /** Undefined: sound again. */
  inject(fault: SensorFault | undefined): void;
}

/** What a chip's file says. */
export interface SensorChip {
  readonly name: string;
  readonly address: number;
  readonly identity?: { readonly register: number; readonly value: number };
  /** Conversions a second with the registers as they are; 0: off. */
  rate(): number;
  /** Physical values of a conversion → what the registers then hold. */
  convert(values: readonly number[], saturated: boolean): void;
  read(register: number): number;
  write(register: number, value: number): void;
  /** The pointer as written, and after an access. */
  pointer(written: number): number;
  next(pointer: number): number;
  /** A read of this register takes the conversion: data ready ends. */
  takes(register: number): boolean;
  /** Called with data ready, for the status register. */
  ready(isReady: boolean): void;
}

export function simulatedSensor(chip: SensorChip, { world, input }: SensorPorts): SimulatedSensor {
  let fault: SensorFault | undefined;
  let pointer = 0;
  let expectsPointer = false;
  let rate = 0;
  let since = 0;
  /** Conversions done when the registers were last filled, and when they were last read. */
  let shown = 0;
  let taken = 0;

  const isThere = () => fault !== "silent" && world.feed(input) !== undefined;

  function restart(): void {
    const wanted = chip.rate();
    if (wanted === rate) return;
    rate = wanted;
    since = world.seconds();
    shown = 0;
    taken = 0;
    chip.ready(false);
  }

  /** Fills the registers with the last conversion. */
  function refresh(): void {
    // 1 ns: a conversion that is due now has been done
    const done = rate === 0 ? 0 : Math.floor((world.seconds() - since + 1e-9) * rate);
    if (done > shown && fault !== "no-data") {
      const values = world.feed(input)?.at(since + done / rate);
      if (values) {
        if (fault !== "stuck") chip.convert(values, fault === "saturated");
        shown = done;
      }
    }
    chip.ready(shown > taken);
  }

  restart();
  const target: I2cTarget = {
    address: chip.address,
    start(reading) {
      if (!isThere()) return false;
      expectsPointer = !reading;
      if (reading) refresh();
      return true;
    },
    write(byte) {
      if (!isThere()) return false;
      if (expectsPointer) {
        pointer = chip.pointer(byte);
        expectsPointer = false;
      } else {
        chip.write(pointer, byte);
        pointer = chip.next(pointer);
        restart();
      }
      return true;
    },
    read() {
      if (!isThere()) return 0xff;
      const register = pointer;
      pointer = chip.next(pointer);
      if (chip.takes(register)) taken = shown;
      if (chip.identity?.register === register) return fault === "wrong-id" ? 0x55 : chip.identity.value;
      return chip.read(register);
    },
    stop() {},
  };
  return {
    name: chip.name,
    target,
    inject(next) {
      fault = next;
    },
  };
}

/** To the nearest step, between the ends of `bits` two's complement. */
export function quantise(value: number, step: number, bits: number): number {
  const end = 2 ** (bits - 1);
  return Math.max(-end, Math.min(end - 1, Math.round(value / step)));
}

/** Low byte first. */
export function putLittle(registers: Uint8Array, at: number, value: number): void {
  registers[at] = value & 0xff;
  registers[at + 1] = (value >> 8) & 0xff;
}

export function putBig(registers: Uint8Array, at: number, value: number): void {
  registers[at] = (value >> 8) & 0xff;
  registers[at + 1] = value & 0xff;
}
