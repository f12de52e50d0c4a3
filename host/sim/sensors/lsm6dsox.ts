// LSM6DSOX as its data sheet has it (ST DS12814 rev 4): accelerometer in g and gyroscope in degrees a second, feed channels 0–2 and 3–5.

import { putLittle, quantise, type SensorPorts, type SimulatedSensor, simulatedSensor } from "./simulated-sensor.ts";

const CTRL1_XL = 0x10;
const CTRL2_G = 0x11;
const CTRL3_C = 0x12;
const STATUS_REG = 0x1e;
const OUTX_L_G = 0x22;
const OUTX_L_A = 0x28;

/** Table 49: ODR code → Hz. */
const rates = [0, 12.5, 26, 52, 104, 208, 416, 833, 1667, 3333, 6667];
/** Table 2: FS_XL code → g a step. */
const accelerometerSteps = [0.061e-3, 0.488e-3, 0.122e-3, 0.244e-3];
/** Table 2: FS_G code → degrees a second a step; FS_125 has its own. */
const gyroscopeSteps = [8.75e-3, 17.5e-3, 35e-3, 70e-3];

export function lsm6dsox(ports: SensorPorts): SimulatedSensor {
  const registers = new Uint8Array(0x80);
  registers[CTRL3_C] = 0x04; // IF_INC (9.15)
  const accelerometerOn = () => registers[CTRL1_XL]! >> 4 > 0;
  const gyroscopeOn = () => registers[CTRL2_G]! >> 4 > 0;
  return simulatedSensor(
    {
      name: "lsm6dsox",
      address: ports.address ?? 0x6a,
      identity: { register: 0x0f, value: 0x6c },
      rate: () => rates[Math.max(registers[CTRL1_XL]! >> 4, registers[CTRL2_G]! >> 4)] ?? 0,
      convert(values, saturated) {
        const step = accelerometerSteps[(registers[CTRL1_XL]! >> 2) & 3]!;
        const control = registers[CTRL2_G]!;
        const turnStep = control & 2 ? 4.375e-3 : gyroscopeSteps[(control >> 2) & 3]!;
        for (let i = 0; i < 3; i++) {
          const [felt, turned] = saturated ? [1e9, 1e9] : [values[i] ?? 0, values[3 + i] ?? 0];
          if (accelerometerOn()) putLittle(registers, OUTX_L_A + 2 * i, quantise(felt, step, 16));
          if (gyroscopeOn()) putLittle(registers, OUTX_L_G + 2 * i, quantise(turned, turnStep, 16));
        }
      },
      read: (register) => registers[register & 0x7f]!,
      write(register, value) {
        if (register >= 0x01 && register <= 0x19 && register !== 0x0f) registers[register] = value;
      },
      pointer: (written) => written & 0x7f,
      next: (pointer) => (registers[CTRL3_C]! & 4 ? (pointer + 1) & 0x7f : pointer),
      // the high byte of an axis (9.27)
      takes: (register) => register >= OUTX_L_A && register < OUTX_L_A + 6 && (register & 1) === 1,
      ready(isReady) {
        registers[STATUS_REG] = isReady ? (accelerometerOn() ? 1 : 0) | (gyroscopeOn() ? 2 : 0) : 0;
      },
    },
    ports,
  );
}
