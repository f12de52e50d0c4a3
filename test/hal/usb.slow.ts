// USB of firmware: what usb.test.ts leaves to the other controller; and a megabyte each way on both: every byte once, in order, and the speed
// that a full-speed bus and the program give.

import { expect, test } from "vitest";
import { UsbBench } from "./usb-bench.ts";
import { describeUsb } from "./usb-cases.ts";
import { describeUsbEvents } from "./usb-event-cases.ts";

describeUsb("nano33ble");
describeUsbEvents("pico");

const bytes = 1 << 20;
const chunk = 4096;

test.each(["pico", "nano33ble"])("%s sends back a megabyte", async (board) => {
  const bench = await UsbBench.of("echo_main", board);
  const ends = bench.open();
  // a generator of Numerical Recipes: no pattern that a lost or doubled packet would fit into
  const data = new Uint8Array(bytes);
  for (let i = 0, state = 1; i < bytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  let sent = 0;
  let received = 0;
  let wrong = 0;
  bench.host.start(
    (function* () {
      for (; sent < bytes; sent += chunk) {
        const { status } = yield { kind: "out", endpoint: ends.out, data: data.subarray(sent, sent + chunk) };
        if (status !== "ok") return;
      }
    })(),
  );
  bench.host.start(
    (function* () {
      while (received < bytes) {
        const answer = yield { kind: "in", endpoint: ends.in, length: 512 };
        for (const byte of answer.data) if (byte !== data[received++]) wrong++;
        if (answer.status !== "ok") return;
      }
    })(),
  );
  const began = bench.machine.world.seconds();
  for (let second = 0; second < 30 && received < bytes; second++) bench.pass(1);
  const seconds = bench.machine.world.seconds() - began;
  expect({ sent, received, wrong }).toEqual({ sent: bytes, received: bytes, wrong: 0 });
  expect(bench.violations).toEqual([]);
  expect(bench.machine.notes).toEqual([]);
  // UART at 115200 baud would take 91 s
  expect(seconds).toBeLessThan(20);
});
