// What is around a simulated board that nobody has described: every sensor that the simulator has, on the board's I2C bus, in a quiet room on
// a table. In: a Machine and what is fed to its inputs; out: the machine, wired. Values are physical, and never quite still: firmware
// takes a sensor that repeats itself for a stuck one.

import { type Feed, type Machine, simulatedSensors } from "./sim/sim.ts";

/** Mean and noise of each input's channels: g; °C of the thermal array's 64 pixels; full scale of sound. */
const quiet: Readonly<Record<string, { readonly means: readonly number[]; readonly noise: number }>> = {
  accelerometer: { means: [0, 0, 1], noise: 0.002 },
  presence: { means: new Array<number>(64).fill(22), noise: 0.3 },
  mic: { means: [0], noise: 0.001 },
};

/** Inputs that simulated boards have; `analogN` (volts) beside them. */
export const feedNames: readonly string[] = [...Object.keys(quiet), "analog0", "temperature"];

export function surround(machine: Machine, feeds: Readonly<Record<string, Feed>>): void {
  for (const [input, { means, noise }] of Object.entries(quiet)) machine.feed(input, restless(means, noise));
  for (const [input, feed] of Object.entries(feeds)) machine.feed(input, feed);
  const { board, world } = machine;
  const base = board.hal?.i2c?.config?.["base"];
  const bus = board.chip.devices?.find((device) => device.base === base)?.name;
  if (base === undefined || bus === undefined) return;
  const taken = new Set<number>();
  for (const [name, make] of Object.entries(simulatedSensors)) {
    const { target } = make({ world, input: name === "amg8833" ? "presence" : "accelerometer" });
    if (!taken.has(target.address)) machine.plug(bus, target);
    taken.add(target.address);
  }
}

/** The same values for the same time, whoever asks. */
function restless(means: readonly number[], noise: number): Feed {
  return {
    at: (seconds) => means.map((mean, channel) => mean + noise * (unit(Math.floor(seconds * 20_000), channel) - 0.5)),
  };
}

/** 0 to 1: a 32-bit mix of two numbers (multipliers of MurmurHash3's finaliser). */
function unit(time: number, channel: number): number {
  let mixed = Math.imul(time ^ Math.imul(channel + 1, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
