// Sensors that an app can name: channels, ranges, what a step of their int16 samples is worth, where they answer. A driver is
// assembly/sensors/<name>.ts, a simulated one host/sim/sensors/<name>.ts; figures are from the data sheet named in `source`, and a test
// holds both against this table.
//
//   value = raw · step(range)      raw: int16 as the driver delivers it, cut at `rails`

import type { MicrophoneKind } from "../board/board.ts";
import type { AppSensor } from "./app-types.ts";

export interface SensorGroup {
  readonly channels: number;
  /** Column names of a CSV feed; the unit is what follows the underscore. */
  readonly columns: readonly string[];
  readonly unit: string;
  /** ± range → units a step. */
  readonly steps: ReadonlyMap<number, number>;
}

export interface SensorRow {
  readonly name: string;
  readonly title: string;
  /** Kind of hardware that it hangs on; none: samples come by replay only. */
  readonly bus: "i2c" | "audio" | "none";
  /** A microphone of that kind only; else the board's own. */
  readonly microphone?: MicrophoneKind;
  /** The first alone, or all of them one after the other. */
  readonly groups: readonly SensorGroup[];
  readonly rails: readonly [low: number, high: number];
  /** Steps of a digit, where the int16 has more bits than the sensor. Default 1. */
  readonly digit?: number;
  readonly addresses: readonly number[];
  readonly slowestHz: number;
  readonly fastestHz: number;
  readonly source: string;
}

const axes = (unit: string, letter: string) => ["x", "y", "z"].map((axis) => `${letter}${axis}_${unit}`);

/** Steps in thousandths of the unit. */
const accelerometer = (milli: readonly (readonly [range: number, step: number])[]): SensorGroup => ({
  ...{ channels: 3, columns: axes("g", "a"), unit: "g" },
  steps: new Map(milli.map(([range, step]) => [range, step / 1000])),
});
const gyroscope = (milli: readonly (readonly [range: number, step: number])[]): SensorGroup => ({
  ...{ channels: 3, columns: axes("dps", "g"), unit: "dps" },
  steps: new Map(milli.map(([range, step]) => [range, step / 1000])),
});
const full: readonly [number, number] = [-32768, 32767];

const microphone = (name: string, title: string, kind?: MicrophoneKind): SensorRow => ({
  ...{ name, title, bus: "audio", rails: full, addresses: [], ...(kind ? { microphone: kind } : {}) },
  groups: [{ channels: 1, columns: ["v_fs"], unit: "fs", steps: new Map([[1, 1 / 32768]]) }],
  ...{ slowestHz: 8000, fastestHz: 48000, source: "the board's `audio` driver delivers int16, full scale ±1" },
});

export const sensorRows: readonly SensorRow[] = [
  {
    ...{ name: "lsm6dsox", title: "LSM6DSOX accelerometer and gyroscope", bus: "i2c", rails: full },
    groups: [
      accelerometer([
        [2, 0.061],
        [4, 0.122],
        [8, 0.244],
        [16, 0.488],
      ]),
      gyroscope([
        [125, 4.375],
        [250, 8.75],
        [500, 17.5],
        [1000, 35],
        [2000, 70],
      ]),
    ],
    ...{ addresses: [0x6a, 0x6b], slowestHz: 1, fastestHz: 833, source: "ST DS12814 rev 4, table 2, 9.13, 9.14" },
  },
  {
    ...{ name: "lsm9ds1", title: "LSM9DS1 accelerometer and gyroscope", bus: "i2c", rails: full },
    groups: [
      accelerometer([
        [2, 0.061],
        [4, 0.122],
        [8, 0.244],
        [16, 0.732],
      ]),
      gyroscope([
        [245, 8.75],
        [500, 17.5],
        [2000, 70],
      ]),
    ],
    ...{ addresses: [0x6b, 0x6a], slowestHz: 1, fastestHz: 476, source: "ST DS10154 rev 3, table 3, 7.12, 7.23" },
  },
  {
    ...{ name: "mpu6050", title: "MPU-6050 accelerometer and gyroscope", bus: "i2c", rails: full },
    groups: [
      accelerometer([
        [2, 1000 / 16384],
        [4, 1000 / 8192],
        [8, 1000 / 4096],
        [16, 1000 / 2048],
      ]),
      gyroscope([
        [250, 1000 / 131],
        [500, 1000 / 65.5],
        [1000, 1000 / 32.8],
        [2000, 1000 / 16.4],
      ]),
    ],
    ...{
      addresses: [0x68, 0x69],
      slowestHz: 4,
      fastestHz: 500,
      source: "InvenSense RM-MPU-6000A rev 4.2, 4.4, 4.5, 4.17",
    },
  },
  {
    ...{ name: "lis3dh", title: "LIS3DH accelerometer", bus: "i2c", rails: [-32768, 32752], digit: 16 },
    // 12 bits, left-justified: a digit is 16 steps
    groups: [
      accelerometer([
        [2, 1 / 16],
        [4, 2 / 16],
        [8, 4 / 16],
        [16, 12 / 16],
      ]),
    ],
    ...{ addresses: [0x18, 0x19], slowestHz: 1, fastestHz: 400, source: "ST DS6839 rev 3, table 4, 8.8, 8.11" },
  },
  {
    ...{ name: "amg8833", title: "AMG8833 thermal array of 8 × 8", bus: "i2c", rails: [0, 320] },
    groups: [
      {
        ...{ channels: 64, unit: "C", steps: new Map([[80, 0.25]]) },
        columns: Array.from({ length: 64 }, (_, i) => `t${i}_C`),
      },
    ],
    ...{
      addresses: [0x69, 0x68],
      slowestHz: 0.1,
      fastestHz: 10,
      source: "Panasonic Grid-EYE AMG88 specification, 2016",
    },
  },
  microphone("microphone", "the board's microphone"),
  microphone("analog-microphone", "analog microphone on an ADC", "analog"),
  microphone("pdm-microphone", "PDM microphone", "pdm"),
  microphone("i2s-microphone", "I2S microphone", "i2s"),
];

export const sensorNames: readonly string[] = sensorRows.map(({ name }) => name);

export function findSensor(name: string): SensorRow | undefined {
  return sensorRows.find((row) => row.name === name);
}

/** The sensor as it is on a board. */
export function sensorOn(sensor: AppSensor, board: string | undefined): AppSensor {
  const { boards, ...own } = sensor;
  return { ...own, ...(board === undefined ? {} : boards?.[board]) };
}

export interface SensorChannel {
  readonly column: string;
  readonly unit: string;
  /** Units a step of the raw int16. */
  readonly step: number;
}

/** In the order of a sample. Undefined: the row has no such range or number of channels (checkApp says so). */
export function sensorChannels(sensor: AppSensor): readonly SensorChannel[] | undefined {
  const row = findSensor(sensor.driver);
  if (!row) return undefined;
  const found = row.groups.flatMap(({ columns, unit, steps }, i) => {
    const step = steps.get(rangeOf(sensor, i, steps));
    return step === undefined ? [] : columns.map((column) => ({ column, unit, step }));
  });
  const counts = channelCounts(row);
  return counts.includes(sensor.channels) && found.length >= sensor.channels
    ? found.slice(0, sensor.channels)
    : undefined;
}

/** The app's, or the driver's only one, or its second smallest: enough for people in motion. */
export function rangeOf(sensor: AppSensor, group: number, steps: ReadonlyMap<number, number>): number {
  const asked = group === 0 ? sensor.range : sensor.gyroRange;
  const ranges = [...steps.keys()];
  return asked ?? ranges[1] ?? ranges[0]!;
}

export function channelCounts({ groups }: SensorRow): readonly number[] {
  return groups.map((_, i) => groups.slice(0, i + 1).reduce((sum, { channels }) => sum + channels, 0));
}

/** Physical values → int16 as the sensor's driver delivers them: to the nearest digit, cut at the rails. */
export function toRaw(sensor: AppSensor, values: readonly number[]): Int16Array {
  const channels = sensorChannels(sensor) ?? [];
  const { rails = full, digit = 1 } = findSensor(sensor.driver) ?? {};
  return Int16Array.from(channels, ({ step }, i) =>
    Math.max(rails[0], Math.min(rails[1], digit * Math.round((values[i] ?? 0) / step / digit))),
  );
}
