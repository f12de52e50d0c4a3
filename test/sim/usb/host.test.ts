// The strict host against a device that lies: every lie is named. And against one that does not: what a host asks, in which order.

import { describe, expect, test } from "vitest";
import { Cpu } from "../../../host/sim/cpu.ts";
import { EventQueue } from "../../../host/sim/event-queue.ts";
import { SimulatedWorld } from "../../../host/sim/simulated-world.ts";
import { serialInterfaces } from "../../../host/sim/usb/usb-descriptors.ts";
import { enumerate, type UsbDescription } from "../../../host/sim/usb/usb-enumerate.ts";
import { UsbHost } from "../../../host/sim/usb/usb-host.ts";
import { type Lie, LyingDevice, lies } from "./lying-device.ts";

const secondsPerRun = 3;

function enumerated(lie?: Lie) {
  const cpu = new Cpu();
  const events = new EventQueue(() => {});
  const world = new SimulatedWorld({ cycles: () => cpu.clock[0]!, events, coreHz: 12e6, hasPinMux: false });
  const bus = world.usb("usb");
  const device = new LyingDevice(lie);
  bus.device = device;
  const violations: string[] = [];
  const host = new UsbHost(world, bus, (text) => violations.push(text));
  let found: UsbDescription | undefined;
  let came: number | undefined;
  host.onDevice = (present) => {
    if (!present) return;
    came = world.seconds();
    host.start(
      (function* () {
        found = yield* enumerate(host);
        if (found) serialInterfaces(found.configuration, (text) => violations.push(text));
      })(),
    );
  };
  host.plug();
  while (events.next <= 12e6 * secondsPerRun) {
    cpu.clock[0] = events.next;
    events.advance(events.next);
  }
  return { device, violations, found, came };
}

describe("a strict host", () => {
  test("asks an honest device in its order, and has nothing to say", () => {
    const { device, violations, found, came } = enumerated();
    expect(violations).toEqual([]);
    expect(came).toBeCloseTo(0.1, 3);
    expect([found?.manufacturer, found?.product]).toEqual(["Raspberry Pi", "Raspberry Pi Pico"]);
    expect(device.told).toEqual([
      ...["80 6 100", "0 5 1", "80 6 100", "80 6 200", "80 6 200"],
      ...["80 6 300", "80 6 301", "80 6 300", "80 6 302", "0 9 1"],
    ]);
  });

  test.each(Object.keys(lies) as Lie[])("names %s", (lie) => {
    const { violations } = enumerated(lie);
    expect(violations.join("\n")).toMatch(lies[lie]);
  });
});
