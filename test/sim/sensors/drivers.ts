// The sensor drivers of assembly/sensors as WebAssembly, with a simulated bus under them: compiled once by asc, instantiated with an app's
// constants. Imports are what kinds.ts and mmio.ts name.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SimulatedI2cBus } from "../../../host/sim/i2c-bus.ts";
import type { Feed, SensorFault, SimulatedSensor } from "../../../host/sim/sim.ts";
import { simulatedSensors } from "../../../host/sim/sim.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const driverNames = ["lsm6dsox", "lsm9ds1", "mpu6050", "lis3dh", "amg8833"];

export async function compileDrivers(): Promise<WebAssembly.Module> {
  const { default: asc } = await import("assemblyscript/asc");
  const entry = driverNames.map((name) => `export * from "./assembly/sensors/${name}";`).join("\n");
  const sources = new Map([["drivers.ts", entry]]);
  for (const name of readdirSync(`${root}assembly`, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".ts")) sources.set(`assembly/${name}`, readFileSync(`${root}assembly/${name}`, "utf8"));
  sources.set("asconfig.json", readFileSync(`${root}asconfig.json`, "utf8"));
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["drivers.ts", "--target", "firmware", "-o", "drivers.wasm"], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, contents) => void (name === "drivers.wasm" && (wasm = contents as Uint8Array)),
    listFiles: () => null,
  });
  if (error || !wasm) throw new Error(`drivers do not compile: ${stderr.toString()}`);
  return new WebAssembly.Module(wasm);
}

/** A bus with one sensor on it, a clock that the test moves, and the driver. */
export interface Bench {
  readonly sensor: SimulatedSensor;
  readonly bus: SimulatedI2cBus;
  seconds: number;
  start(): number;
  /** The code, and the sample when it is 0. */
  sample(): { readonly code: number; readonly values: readonly number[] };
  fault(fault: SensorFault | undefined): void;
}

const memoryAt = { sensor_command: 64, sensor_answer: 80, sample: 256 };

export function openBench(
  module: WebAssembly.Module,
  name: string,
  config: Readonly<Record<string, number>>,
  feed: Feed | undefined,
): Bench {
  const bus = new SimulatedI2cBus();
  const clock = { seconds: 0 };
  const sensor = simulatedSensors[name]!({
    world: { seconds: () => clock.seconds, feed: () => feed },
    ...{ input: "input", address: config["sensor.address"] },
  });
  bus.attach(sensor.target);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  /** As a controller does it: 0 done, 1 NACK, 3 stuck; each byte takes 25 µs at 400 kHz. */
  const transfer = (address: number, from: number, writes: number, into: number, reads: number): number => {
    clock.seconds += (writes + reads + 2) * 25e-6;
    for (const [reading, bytes] of [
      [false, writes],
      [true, reads],
    ] as const) {
      if (bytes === 0) continue;
      const answer = bus.start(address, reading);
      if (answer !== 1) {
        bus.stop();
        return answer === -1 ? 3 : 1;
      }
      for (let i = 0; i < bytes; i++)
        if (reading) view.setUint8(into + i, bus.read());
        else if (!bus.write(view.getUint8(from + i))) return 1;
    }
    bus.stop();
    return 0;
  };
  const recover = (): number => {
    bus.clock(9);
    return bus.held ? 3 : 0;
  };
  const imports = {
    env: { memory },
    config,
    ram: { "sensor_command 4": memoryAt.sensor_command, "sensor_answer 16": memoryAt.sensor_answer },
    i2c: { start: () => (bus.held ? 3 : 0), transfer, recover },
    timer: { now_low: () => Math.floor((clock.seconds += 5e-6) * 1e6) },
    mmio: {
      load16: (at: number) => view.getUint16(at, true),
      load8: (at: number) => view.getUint8(at),
      store16: (at: number, value: number) => view.setUint16(at, value, true),
      store8: (at: number, value: number) => view.setUint8(at, value),
    },
  };
  const { exports } = new WebAssembly.Instance(module, imports);
  const call = (verb: string, ...args: number[]) =>
    (exports[`${name}_${verb}`] as (...args: number[]) => number)(...args);
  return {
    ...{ sensor, bus },
    get seconds() {
      return clock.seconds;
    },
    set seconds(value) {
      clock.seconds = value;
    },
    start: () => call("start"),
    sample() {
      const code = call("sample", memoryAt.sample);
      const channels = config["sensor.channels"]!;
      return { code, values: Array.from({ length: channels }, (_, i) => view.getInt16(memoryAt.sample + 2 * i, true)) };
    },
    fault: (fault) => sensor.inject(fault),
  };
}
