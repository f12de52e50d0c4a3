// What the drivers of an I2S microphone must do on a simulated board. The feed's values are multiples of 2^-15, so that what a driver delivers is the
// same bit for bit; the other channel of the frame has other values.

import { describe, expect, test } from "vitest";
import { findSymbol } from "../../host/image/image.ts";
import { type Feed, fromFirstUse } from "../../host/sim/sim.ts";
import { FirmwareRun, firmwareOf, type ProgramOptions } from "./run-firmware.ts";

export interface I2sParts {
  /** What tests inject: the DMA controller, the I2S controller, the PLL of its clock. */
  readonly dma: string;
  readonly controller: string;
  readonly pll: string;
}

const step = 333;
const options = (rate: number, more: Readonly<Record<string, number>> = {}): ProgramOptions => ({
  microphone: "i2s",
  drivers: { sound: "sound" },
  config: { "sound.rate": rate, "sound.step": step, ...more },
});

/** Every value of an int16 in time, a step a frame. */
function ramp(rate: number, right = false) {
  const value = (frame: number, by: number) => ((frame * by) << 16) / 2 ** 31;
  const at = (seconds: number) => {
    const frame = Math.floor(seconds * rate);
    const [wanted, other] = [value(frame, step), value(frame, 7)];
    return right ? [other, wanted] : [wanted, other];
  };
  return fromFirstUse({ at }, 0.5 / rate);
}

/** What the program has counted, before it says so. */
async function listen(board: string, feed: Feed, wish: ProgramOptions = options(16000)) {
  const built = await firmwareOf("sound_main", board, wish);
  const run = new FirmwareRun(built);
  run.machine.feed("mic", feed);
  const word = (name: string) => run.machine.busRead(findSymbol(built.linked.image, name)!.address, 4);
  return { run, samples: () => word("firmware_sound_count"), breaks: () => word("firmware_sound_breaks") };
}
/** A half may be under way, and be thrown away where a stream starts anew; 3 ms of a fault. */
const near = (samples: number, seconds: number) => expect(Math.abs(samples - 16000 * seconds)).toBeLessThanOrEqual(320);

export const describeI2s = (board: string, { dma, pll }: I2sParts) =>
  test(`${board}: each sample once, bit for bit; a DMA that stalls, a PLL that stops, or never locks`, async () => {
    const { run, samples, breaks } = await listen(board, ramp(16000));
    run.until(0.2);
    expect(run.lines).toEqual(["start 0"]);
    // the first of all has none before it
    expect(breaks()).toBe(1);
    near(samples(), 0.2);
    run.machine.inject(dma);
    run.pass(0.003);
    run.machine.inject(dma, 0);
    run.pass(0.047);
    expect(breaks()).toBe(2);
    near(samples(), 0.25);
    run.machine.inject(pll);
    const before = samples();
    run.pass(0.05);
    expect(samples() - before).toBeLessThanOrEqual(128);
    expect(run.machine.notes).toEqual([]);
    run.machine.powerCycle();
    run.pass(0.05);
    expect(run.lines.at(-1)).toBe("start 6");
  });

export const describeMoreI2s = (board: string, { controller }: I2sParts) =>
  describe(`I2S microphone of ${board}`, () => {
    test.each([8000, 11025, 22050, 32000, 44100, 48000])("%i Hz to a twentieth of a percent", async (rate) => {
      const run = await FirmwareRun.of("sound_main", board, options(rate));
      const looks: number[] = [];
      run.machine.feed("mic", {
        at(seconds) {
          // both channels are those of the frame's beginning
          if (looks.at(-1) !== seconds) looks.push(seconds);
          return [0, 0];
        },
      });
      run.until(0.6);
      const measured = (looks.length - 1) / (looks.at(-1)! - looks[0]!);
      expect(run.lines[0]).toBe("start 0");
      expect(Math.abs(measured / rate - 1)).toBeLessThan(5e-4);
      expect(run.machine.notes).toEqual([]);
    });

    test("a rate that no divider makes is refused", async () => {
      const run = await FirmwareRun.of("sound_main", board, options(4_000_000));
      run.until(0.1);
      expect(run.lines[0]).toBe("start 6");
    });

    test("a microphone on the right", async () => {
      const right = await listen(board, ramp(16000, true), options(16000, { "audio.right": 1 }));
      right.run.until(1);
      expect(right.breaks()).toBe(1);
      near(right.samples(), 1);
    });

    test("a controller that stalls, and goes on", async () => {
      const { run, samples, breaks } = await listen(board, ramp(16000));
      run.until(0.5);
      run.machine.inject(controller);
      run.pass(0.5);
      run.machine.inject(controller, 0);
      run.pass(0.5);
      expect(breaks()).toBe(2);
      near(samples(), 1);
    });

    test("both engines alike", async () => {
      const built = await firmwareOf("sound_main", board, options(16000));
      const [translated, interpreted] = [true, false].map((translate) => {
        const run = new FirmwareRun(built, { translate });
        run.machine.feed("mic", ramp(16000));
        run.until(1.1);
        return [run.text, run.machine.cycles, run.machine.instructions];
      });
      expect(translated).toEqual(interpreted);
    });
  });

/** The boards that have one. */
export const i2sParts: Readonly<Record<string, I2sParts>> = {
  "nucleo-f446re": { dma: "dma1", controller: "spi2", pll: "plli2s" },
  "nucleo-l4r5zi": { dma: "dma1", controller: "sai1", pll: "pllsai1" },
  "blackpill-f411": { dma: "dma1", controller: "spi2", pll: "plli2s" },
};
