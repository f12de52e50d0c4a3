// The simulated sensors by name: the names that an app uses (host/app/sensors.ts).

import { amg8833 } from "./amg8833.ts";
import { lis3dh } from "./lis3dh.ts";
import { lsm6dsox } from "./lsm6dsox.ts";
import { lsm9ds1 } from "./lsm9ds1.ts";
import { mpu6050 } from "./mpu6050.ts";

export type { SensorFault, SensorPorts, SimulatedSensor } from "./simulated-sensor.ts";

import type { SensorPorts, SimulatedSensor } from "./simulated-sensor.ts";

export const simulatedSensors: Readonly<Record<string, (ports: SensorPorts) => SimulatedSensor>> = {
  ...{ lsm6dsox, lsm9ds1, mpu6050, lis3dh, amg8833 },
};
