// MPU-6050 as its register map has it (InvenSense RM-MPU-6000A rev 4.2): g and degrees a second, feed channels 0–2 and 3–5, big-endian.

import { putBig, quantise, type SensorPorts, type SimulatedSensor, simulatedSensor } from "./simulated-sensor.ts";

const SMPLRT_DIV = 0x19;
const CONFIG = 0x1a;
const GYRO_CONFIG = 0x1b;
const ACCEL_CONFIG = 0x1c;
const INT_STATUS = 0x3a;
const ACCEL_XOUT_H = 0x3b;
const TEMP_OUT_H = 0x41;
const GYRO_XOUT_H = 0x43;
const PWR_MGMT_1 = 0x6b;
const SLEEP = 1 << 6;

/** 4.18: T = raw / 340 + 36.53 °C; it is 25 °C. */
const roomTemperature = Math.round((25 - 36.53) * 340);

export function mpu6050(ports: SensorPorts): SimulatedSensor {
  const registers = new Uint8Array(0x80);
  registers[PWR_MGMT_1] = SLEEP; // 4.28
  return simulatedSensor(
    {
      name: "mpu6050",
      address: ports.address ?? 0x68,
      identity: { register: 0x75, value: 0x68 },
      rate() {
        if (registers[PWR_MGMT_1]! & SLEEP) return 0;
        // 4.2: the gyroscope's output rate is 8 kHz without filter
        const filter = registers[CONFIG]! & 7;
        return (filter === 0 || filter === 7 ? 8000 : 1000) / (1 + registers[SMPLRT_DIV]!);
      },
      convert(values, saturated) {
        const step = 2 ** ((registers[ACCEL_CONFIG]! >> 3) & 3) / 16384;
        const turnStep = [1 / 131, 1 / 65.5, 1 / 32.8, 1 / 16.4][(registers[GYRO_CONFIG]! >> 3) & 3]!;
        for (let i = 0; i < 3; i++) {
          const [felt, turned] = saturated ? [1e9, 1e9] : [values[i] ?? 0, values[3 + i] ?? 0];
          putBig(registers, ACCEL_XOUT_H + 2 * i, quantise(felt, step, 16));
          putBig(registers, GYRO_XOUT_H + 2 * i, quantise(turned, turnStep, 16));
        }
        putBig(registers, TEMP_OUT_H, roomTemperature);
      },
      read: (register) => registers[register & 0x7f]!,
      write(register, value) {
        const isResult = register >= INT_STATUS && register <= 0x60;
        if (register === PWR_MGMT_1 && value & 0x80) {
          registers.fill(0);
          registers[PWR_MGMT_1] = SLEEP;
        } else if (!isResult && register !== 0x75) registers[register & 0x7f] = value;
      },
      pointer: (written) => written & 0x7f,
      next: (pointer) => (pointer + 1) & 0x7f,
      // 4.16: the status is cleared by reading it
      takes: (register) => register === INT_STATUS,
      ready(isReady) {
        registers[INT_STATUS] = isReady ? 1 : 0;
      },
    },
    ports,
  );
}
