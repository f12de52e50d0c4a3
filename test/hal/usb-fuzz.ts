// A host that has gone mad: packets in any order, with any content, half transfers, resets in between. Whatever it does, the firmware neither
// faults nor breaks a rule of its controller, and a sane host finds it whole afterwards.

import { expect, test } from "vitest";
import type { UsbToggle } from "../../host/sim/usb/usb-bus.ts";
import { UsbBench } from "./usb-bench.ts";

/** Mulberry32. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const fuzzUsb = (board: string, seed: number, packets: number) =>
  test(`${board}, seed ${seed}: ${packets} packets of a mad host`, async () => {
    const bench = await UsbBench.of("echo_main", board);
    const random = randomFrom(seed);
    const device = bench.machine.world.usb(bench.machine.board.console!.uart).device!;
    const bytes = (length: number) => Uint8Array.from({ length }, () => random(256));
    const likely = () => {
      const setup = bytes(8);
      if (random(8) > 0) setup[0] = [0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x21, 0xa1][random(8)]!;
      if (random(8) > 0) setup[1] = [0, 1, 3, 6, 8, 9, 10, 11, 0x20, 0x21, 0x22, 0x23][random(12)]!;
      if (random(4) > 0)
        setup.set([random(4), random(8), random(3) ? [0, 1, 2, 0x81, 0x82][random(5)]! : random(256), 0], 2);
      if (random(4) > 0) setup.set([[0, 1, 2, 7, 8, 18, 64, 75, 255][random(9)]!, 0], 6);
      // its address is what it hears us by
      if (setup[1] === 5) setup[1] = 6;
      return setup;
    };
    bench.host.plug();
    bench.pass(0.15);
    for (let round = 0; round < packets; round += 100) {
      bench.open();
      for (let i = 0; i < 100; i++) {
        const what = random(100);
        const endpoint = random(3);
        const address = bench.host.pipes.address;
        if (what < 30) device.setup(address, 0, likely());
        else if (what < 60) {
          const answer = device.in(address, endpoint);
          if (answer.kind === "data") {
            expect(answer.bytes.length).toBeLessThanOrEqual(64);
            if (random(4) > 0) device.acknowledge(endpoint);
          }
        } else if (what < 95) device.out(address, endpoint, random(2) as UsbToggle, bytes(random(65)));
        else if (what < 97) device.suspend(random(2) === 1);
        else if (what < 98) {
          device.busReset();
          bench.host.pipes.address = 0;
        }
        bench.pass(random(4) === 0 ? 2e-6 : 1e-6 * random(200));
      }
      bench.host.suspend(false);
    }
    const ends = bench.open();
    bench.read(ends, 0.02);
    const data = new TextEncoder().encode("sane again, and longer than one packet of sixty-four bytes can be\n");
    expect(bench.one({ kind: "out", endpoint: ends.out, data }).status).toBe("ok");
    expect(bench.read(ends, 0.02).endsWith(new TextDecoder().decode(data))).toBe(true);
    expect(bench.violations).toEqual([]);
    expect(bench.machine.notes).toEqual([]);
    expect(bench.machine.faults).toEqual([]);
  });
