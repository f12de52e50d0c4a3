// What an I2S microphone is fed with in tests of its receivers: frames of one sample each, 24 bits, left and right, that count frames from now on.

import type { IdleMachine } from "../idle-machine.ts";

export function feedFrames(chip: IdleMachine, rateHz: number): void {
  const begin = chip.machine.world.seconds();
  const frame = (seconds: number) => Math.floor((seconds - begin) * rateHz + 0.5);
  chip.machine.feed("mic", { at: (t) => [(0x123456 + 0x10000 * frame(t)) / 2 ** 23, -(0x10203 + frame(t)) / 2 ** 23] });
}
