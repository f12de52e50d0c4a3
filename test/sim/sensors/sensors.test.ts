// Drivers in AssemblyScript against simulated sensors: what comes out is what the app's table of sensors says of the physical value, at
// every range and rate, and each fault has its code. Register facts that both sides could get wrong alike are checked by value here.

import { beforeAll, describe, expect, test } from "vitest";
import { findSensor, firmwareConstants, parseApp, sensorChannels, toRaw } from "../../../host/app/app.ts";
import { simulatedSensors } from "../../../host/sim/sim.ts";
import { type Bench, compileDrivers, driverNames, openBench } from "./drivers.ts";

const [nack, stuck, wrongId, notReady] = [1, 3, 5, 6];
let drivers: WebAssembly.Module;
beforeAll(async () => {
  drivers = await compileDrivers();
});

interface Setting {
  readonly rateHz: number;
  readonly channels: number;
  readonly range?: number;
  readonly gyroRange?: number;
  readonly address?: number;
}

function appWith(driver: string, setting: Setting) {
  const declared = {
    ...{ name: "bench", model: "none.tflite", sensor: { driver, input: "input", ...setting } },
    frontEnd: { kind: "window", length: 4, hop: 4 },
    decision: { kind: "anomaly", score: "output", threshold: 1 },
  };
  return parseApp(JSON.stringify(declared));
}

const edge = { dtype: "int8", elements: 1, scale: 1, zeroPoint: 0 } as const;

/** Radians that the moving values make in a period of the app. */
const turn = 0.2;
/** Every channel another value that moves with time, past the ends of the range. */
const moving =
  (range: number, { rateHz, channels }: Setting) =>
  (seconds: number) =>
    Array.from({ length: channels }, (_, i) => 1.2 * range * Math.sin(0.7 * i + turn * rateHz * seconds));

function bench(driver: string, setting: Setting, at: ((seconds: number) => readonly number[]) | undefined) {
  const app = appWith(driver, setting);
  const { config } = firmwareConstants(app, { input: edge, output: edge, hash: "" });
  return { app, bench: openBench(drivers, driver, config, at && { at }) };
}

/** All ranges of all groups, some rates. */
const settings: readonly (Setting & { readonly driver: string; readonly range: number })[] = driverNames.flatMap(
  (driver) => {
    const { groups, slowestHz, fastestHz } = findSensor(driver)!;
    const rates = [Math.max(1, slowestHz), Math.min(50, fastestHz), fastestHz];
    const [first, second] = groups.map(({ steps }) => [...steps.keys()]);
    const alone = first!.map((range) => ({ range, channels: groups[0]!.channels }));
    const both = (second ?? []).map((gyroRange, i) => ({ range: first![i % 2]!, gyroRange, channels: 6 }));
    return [...alone, ...both].flatMap((part, i) => ({ driver, ...part, rateHz: rates[i % rates.length]! }));
  },
);

describe("drivers and simulated sensors", () => {
  test.each(settings)("$driver ±$range g, ±$gyroRange dps, $rateHz Hz", ({ driver, ...setting }) => {
    const at = moving(setting.gyroRange ?? setting.range, setting);
    const { app, bench: on } = bench(driver, setting, at);
    expect(on.start()).toBe(0);
    const began = on.seconds;
    // a sensor that converts at least twice as fast as it is asked always has a new sample, at most half a period old
    const period = 1 / setting.rateHz;
    for (let n = 1; n <= 20; n++) {
      on.seconds = began + n * period;
      const { code, values } = on.sample();
      expect(code).toBe(0);
      const age = closest(app, values, at, on.seconds, driver === "amg8833" ? Math.max(0.1, period) : period / 2);
      expect(age).toBeGreaterThanOrEqual(0);
    }
  });

  test.each(driverNames)("%s: silent, wrong identity, stuck, saturated, and sound again", (driver) => {
    const range = findSensor(driver)!.groups[0]!.steps.keys().next().value!;
    const setting = { rateHz: 10, channels: findSensor(driver)!.groups[0]!.channels, range };
    const { app, bench: on } = bench(driver, setting, (t) => Array(64).fill((0.5 + 0.2 * Math.sin(t)) * range));
    on.fault("silent");
    expect(on.start()).toBe(nack);
    on.fault("wrong-id");
    expect(on.start()).toBe(wrongId);
    on.fault(undefined);
    expect(on.start()).toBe(0);
    const next = () => {
      on.seconds += 0.11;
      return on.sample();
    };
    const sound = next();
    expect(sound.code).toBe(0);
    on.fault("silent");
    expect(next().code).toBe(nack);
    on.fault("stuck");
    const [held, again] = [next(), next()];
    expect([held.code, held.values]).toEqual([0, sound.values]);
    expect([again.code, again.values]).toEqual([0, sound.values]);
    on.fault("saturated");
    expect(Math.max(...next().values)).toBe(Math.max(...toRaw(app.sensor, Array(64).fill(1e9))));
    on.fault("no-data");
    // what has no data-ready flag cannot know
    expect(next().code).toBe(driver === "amg8833" ? 0 : notReady);
    on.fault(undefined);
    expect(next().code).toBe(0);
  });

  test("nothing connected: silent; a bus that is held is freed once", () => {
    const setting = { rateHz: 50, channels: 3, range: 4 };
    expect(bench("lsm6dsox", setting, undefined).bench.start()).toBe(nack);
    const { bench: on } = bench("lsm6dsox", setting, () => [0, 0, 1]);
    on.bus.holdData(9);
    expect(on.start()).toBe(0);
    on.bus.holdData(1000);
    expect(on.start()).toBe(stuck);
  });

  test("a reading between two conversions has nothing new", () => {
    const { bench: on } = bench("lsm6dsox", { rateHz: 50, channels: 3, range: 4 }, (t) => [t, 0, 1]);
    on.start();
    // 104 Hz: no conversion is done before 9.6 ms
    on.seconds += 0.005;
    expect(on.sample().code).toBe(notReady);
    on.seconds += 0.005;
    expect(on.sample().code).toBe(0);
    expect(on.sample().code).toBe(notReady);
  });

  test("the driver's settings as the registers then hold them", () => {
    const control = (driver: string, setting: Setting, register: number) => {
      const { bench: on } = bench(driver, setting, () => [0, 0, 0]);
      on.start();
      return readRegister(on, register);
    };
    const plain = { rateHz: 50, channels: 3, range: 4 };
    expect(control("lsm6dsox", plain, 0x10)).toBe(0b0100_10_00); // 104 Hz, ±4 g: DS12814 tables 49, 50
    expect(control("lsm9ds1", plain, 0x20)).toBe(0b011_10_000); // 119 Hz, ±4 g: DS10154 tables 67, 68
    expect(control("lis3dh", plain, 0x20)).toBe(0b0110_0111); // 200 Hz, all axes: DS6839 table 31
    expect(control("lis3dh", plain, 0x23)).toBe(0b1001_1000); // BDU, ±4 g, high resolution
    expect(control("mpu6050", plain, 0x19)).toBe(8); // 1 kHz / 9 = 111 Hz: RM-MPU-6000A 4.2
    expect(control("mpu6050", plain, 0x1c)).toBe(0b000_01_000); // ±4 g: 4.5
    expect(control("mpu6050", plain, 0x6b)).toBe(1); // awake, gyroscope's clock: 4.28
  });
});

function readRegister({ bus, sensor }: Bench, register: number): number {
  bus.start(sensor.target.address, false);
  bus.write(register);
  bus.start(sensor.target.address, true);
  const value = bus.read();
  bus.stop();
  return value;
}

/** How old a sample is: the time within the last `most` seconds at which the world was so; −1: never. */
function closest(
  app: ReturnType<typeof appWith>,
  values: readonly number[],
  at: (seconds: number) => readonly number[],
  now: number,
  most: number,
): number {
  // 2 ms: the transfers themselves; a search in thousandths of a period finds what moved by `turn` of them
  const part = 1e-3 / app.sensor.rateHz;
  for (let age = 0; age <= most + 2e-3; age += part) {
    const raw = toRaw(app.sensor, at(now - age));
    if (values.every((value, i) => Math.abs(value - raw[i]!) <= slack(app, i))) return age;
  }
  return -1;
}

/** Steps that the moving value makes in half a thousandth of a period, and a digit. */
function slack(app: ReturnType<typeof appWith>, channel: number): number {
  const { range = 0, gyroRange = 0, driver } = app.sensor;
  const step = sensorChannels(app.sensor)![channel]!.step;
  return (findSensor(driver)!.digit ?? 1) + (1.2 * Math.max(range, gyroRange) * turn * 5e-4) / step;
}

test("every sensor on an I2C bus that an app can name has a simulated one", () => {
  expect(Object.keys(simulatedSensors).sort()).toEqual([...driverNames].sort());
});
