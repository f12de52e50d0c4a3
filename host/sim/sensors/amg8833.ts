// AMG8833 as its specification has it (Panasonic Grid-EYE AMG88, 2016): 64 pixels in °C, feed channels 0–63, row by row.

import { putLittle, quantise, type SensorPorts, type SimulatedSensor, simulatedSensor } from "./simulated-sensor.ts";

const PCTL = 0x00;
const RST = 0x01;
const FPSC = 0x02;
const TTHL = 0x0e;
const T01L = 0x80;
const pixels = 64;
/** What the array measures: 0 to 80 °C in steps of 0.25 (high gain version). */
const [coldest, hottest, step] = [0, 80, 0.25];

export function amg8833(ports: SensorPorts): SimulatedSensor {
  const registers = new Uint8Array(0x100);
  const faultyId = { value: false };
  putLittle(registers, TTHL, Math.round(25 / 0.0625));
  const sensor = simulatedSensor(
    {
      name: "amg8833",
      address: ports.address ?? 0x69,
      // 0x00 normal mode; sleep and stand-by modes measure nothing
      rate: () => (registers[PCTL] === 0 ? (registers[FPSC]! & 1 ? 1 : 10) : 0),
      convert(values, saturated) {
        for (let i = 0; i < pixels; i++) {
          const degrees = saturated ? hottest : Math.max(coldest, Math.min(hottest, values[i] ?? 0));
          putLittle(registers, T01L + 2 * i, quantise(degrees, step, 12) & 0xfff);
        }
      },
      // Something else at this address: registers do not read back as written.
      read: (register) => registers[register]! ^ (faultyId.value && register === FPSC ? 0x55 : 0),
      write(register, value) {
        if (register === RST) registers[FPSC] = value === 0x3f ? 0 : registers[FPSC]!;
        else if (register <= 0x0d) registers[register] = value;
      },
      pointer: (written) => written,
      next: (pointer) => (pointer + 1) & 0xff,
      takes: (register) => register === T01L + 2 * pixels - 1,
      ready() {},
    },
    ports,
  );
  return {
    ...sensor,
    inject(fault) {
      faultyId.value = fault === "wrong-id";
      sensor.inject(fault);
    },
  };
}
