// A built app on its simulated board: the sensor is plugged to the bus where the board has it, and sees what is fed to its input.
//
//   RAM   firmware, state, arena │ ░░░░░░░░░░░░░░ │ ░░ stack ◄ top      ░ holds a pattern before the run: what is overwritten has been used

import { sensorOn } from "./app/app.ts";
import { invariant } from "./base/errors.ts";
import { type Board, imageSpace } from "./board/board.ts";
import type { BuiltApp } from "./build-app.ts";
import { type Feed, Machine, type MachineOptions, type SimulatedSensor, simulatedSensors } from "./sim/sim.ts";

export interface SimulatedApp {
  readonly machine: Machine;
  /** Undefined: the board has no bus for it, or it is a microphone, which is part of the board. */
  readonly sensor: SimulatedSensor | undefined;
  /** Most stack that was used so far, in bytes. */
  stackUsed(): number;
  /** RAM without the stack, in bytes: as planned, unless something was written beyond that. */
  ramUsed(): number;
}

const pattern = 0xa5;

export function simulateApp(
  built: BuiltApp,
  feeds: Readonly<Record<string, Feed>> = {},
  options?: MachineOptions,
): SimulatedApp {
  const { app, board, linked, replayOnly } = built;
  const machine = new Machine(board, { wiring: "checked", ...options });
  machine.load(linked.image);
  const region = linked.image.regions.find((candidate) => candidate.region === "stack");
  invariant(region, "an image has a stack");
  const { base } = imageSpace(board).ram;
  const free = { address: base + linked.ramBytes, bytes: region.address - base - linked.ramBytes };
  for (const { address, bytes } of [free, region]) machine.poke(address, new Uint8Array(bytes).fill(pattern));
  for (const [input, feed] of Object.entries(feeds)) machine.feed(input, feed);
  const { driver, input, address } = sensorOn(app.sensor, board.name);
  const make = simulatedSensors[driver];
  const sensor =
    replayOnly || !make
      ? undefined
      : make({ world: machine.world, input, ...(address === undefined ? {} : { address }) });
  if (sensor) machine.plug(busOf(board), sensor.target);
  const stackUsed = (): number => {
    const bytes = machine.peek(region.address, region.bytes);
    const first = bytes.findIndex((byte) => byte !== pattern);
    return first < 0 ? 0 : region.bytes - first;
  };
  const ramUsed = (): number =>
    linked.ramBytes + 1 + machine.peek(free.address, free.bytes).findLastIndex((byte) => byte !== pattern);
  return { machine, sensor, stackUsed, ramUsed };
}

/** The simulated controller that the board's I2C driver drives. */
function busOf(board: Board): string {
  const base = board.hal?.i2c?.config?.["base"];
  const device = board.chip.devices?.find((candidate) => candidate.base === base);
  invariant(device, `${board.name}: hal.i2c has the base of a device`);
  return device.name;
}
