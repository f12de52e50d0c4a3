// LIS3DH as its data sheet has it (ST DS6839 rev 3): g, feed channels 0–2; 8, 10 or 12 bits, left-justified.

import { putLittle, quantise, type SensorPorts, type SimulatedSensor, simulatedSensor } from "./simulated-sensor.ts";

const CTRL_REG1 = 0x20;
const CTRL_REG4 = 0x23;
const STATUS_REG = 0x27;
const OUT_X_L = 0x28;
const LPEN = 1 << 3;
const HR = 1 << 3;

/** Table 31, normal and high-resolution modes. */
const rates = [0, 1, 10, 25, 50, 100, 200, 400, 0, 1344];
/** Table 4: g a digit of 12 bits, by FS. */
const steps = [0.001, 0.002, 0.004, 0.012];

export function lis3dh(ports: SensorPorts): SimulatedSensor {
  const registers = new Uint8Array(0x80);
  registers[CTRL_REG1] = 0x07; // 8.8
  let countsUp = false;
  return simulatedSensor(
    {
      name: "lis3dh",
      address: ports.address ?? 0x18,
      identity: { register: 0x0f, value: 0x33 },
      rate: () => rates[registers[CTRL_REG1]! >> 4] ?? 0,
      convert(values, saturated) {
        const step = steps[(registers[CTRL_REG4]! >> 4) & 3]!;
        const bits = registers[CTRL_REG1]! & LPEN ? 8 : registers[CTRL_REG4]! & HR ? 12 : 10;
        for (let i = 0; i < 3; i++) {
          const isOn = (registers[CTRL_REG1]! >> i) & 1;
          const digits = isOn ? quantise(saturated ? 1e9 : (values[i] ?? 0), step * 2 ** (12 - bits), bits) : 0;
          putLittle(registers, OUT_X_L + 2 * i, digits << (16 - bits));
        }
      },
      read: (register) => registers[register & 0x7f]!,
      write(register, value) {
        if ((register >= 0x1e && register <= 0x26) || register >= 0x2e) registers[register] = value;
      },
      // 6.1.1: the most significant bit of the number makes it count up
      pointer(written) {
        countsUp = (written & 0x80) !== 0;
        return written & 0x7f;
      },
      next: (pointer) => (countsUp ? (pointer + 1) & 0x7f : pointer),
      takes: (register) => register >= OUT_X_L && register < OUT_X_L + 6 && (register & 1) === 1,
      ready(isReady) {
        registers[STATUS_REG] = isReady ? 0x0f : 0;
      },
    },
    ports,
  );
}
