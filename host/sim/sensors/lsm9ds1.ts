// LSM9DS1, accelerometer and gyroscope part, as its data sheet has it (ST DS10154 rev 3): g and degrees a second, feed channels 0–2, 3–5.

import { putLittle, quantise, type SensorPorts, type SimulatedSensor, simulatedSensor } from "./simulated-sensor.ts";

const CTRL_REG1_G = 0x10;
const STATUS_REG = 0x17;
const OUT_X_L_G = 0x18;
const CTRL_REG5_XL = 0x1f;
const CTRL_REG6_XL = 0x20;
const CTRL_REG8 = 0x22;
const STATUS_REG_XL = 0x27;
const OUT_X_L_XL = 0x28;

/** Table 46: with the gyroscope on, of both. */
const gyroscopeRates = [0, 14.9, 59.5, 119, 238, 476, 952, 0];
/** Table 68. */
const accelerometerRates = [0, 10, 50, 119, 238, 476, 952, 0];
/** Table 3, by FS codes. */
const accelerometerSteps = [0.061e-3, 0.732e-3, 0.122e-3, 0.244e-3];
const gyroscopeSteps = [8.75e-3, 17.5e-3, Number.NaN, 70e-3];

export function lsm9ds1(ports: SensorPorts): SimulatedSensor {
  const registers = new Uint8Array(0x80);
  registers[CTRL_REG5_XL] = 0x38; // axes on (7.23)
  registers[CTRL_REG8] = 0x04; // IF_ADD_INC (7.26)
  const gyroscopeCode = () => registers[CTRL_REG1_G]! >> 5;
  const accelerometerCode = () => registers[CTRL_REG6_XL]! >> 5;
  return simulatedSensor(
    {
      name: "lsm9ds1",
      address: ports.address ?? 0x6b,
      identity: { register: 0x0f, value: 0x68 },
      rate: () => (gyroscopeCode() ? gyroscopeRates[gyroscopeCode()]! : accelerometerRates[accelerometerCode()]!),
      convert(values, saturated) {
        const step = accelerometerSteps[(registers[CTRL_REG6_XL]! >> 3) & 3]!;
        const turnStep = gyroscopeSteps[(registers[CTRL_REG1_G]! >> 3) & 3]!;
        const axesOn = registers[CTRL_REG5_XL]! >> 3;
        for (let i = 0; i < 3; i++) {
          const [felt, turned] = saturated ? [1e9, 1e9] : [values[i] ?? 0, values[3 + i] ?? 0];
          const isOn = (axesOn >> i) & 1 && (accelerometerCode() || gyroscopeCode());
          putLittle(registers, OUT_X_L_XL + 2 * i, isOn ? quantise(felt, step, 16) : 0);
          if (gyroscopeCode()) putLittle(registers, OUT_X_L_G + 2 * i, quantise(turned, turnStep, 16));
        }
      },
      read: (register) => registers[register & 0x7f]!,
      write(register, value) {
        const isControl = (register >= 0x10 && register <= 0x13) || (register >= 0x1e && register <= 0x24);
        if (isControl || (register >= 0x04 && register <= 0x0d)) registers[register] = value;
      },
      pointer: (written) => written & 0x7f,
      next: (pointer) => (registers[CTRL_REG8]! & 4 ? (pointer + 1) & 0x7f : pointer),
      // With both parts on, the driver reads the gyroscope last; alone, the accelerometer's values take the conversion.
      takes: (register) =>
        gyroscopeCode() ? register === OUT_X_L_G + 5 : register >= OUT_X_L_XL && register < OUT_X_L_XL + 6,
      ready(isReady) {
        const status = isReady ? 1 | (gyroscopeCode() ? 2 : 0) : 0;
        registers[STATUS_REG] = status;
        registers[STATUS_REG_XL] = status;
      },
    },
    ports,
  );
}
