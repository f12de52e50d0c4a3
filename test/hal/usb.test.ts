// USB of firmware, by a strict host and by a mad one: usb-cases.ts, usb-event-cases.ts. The class code is one, the controllers are two: each case here
// on one of them, on the other in usb.slow.ts. And rp2040js, whose host nobody here has written.

import { expect, test } from "vitest";
import { usbFirmware } from "./usb-bench.ts";
import { describeUsb } from "./usb-cases.ts";
import { describeUsbEvents } from "./usb-event-cases.ts";
import { fuzzUsb } from "./usb-fuzz.ts";
import { Judge } from "./usb-judge.ts";

describeUsb("pico");
describeUsbEvents("nano33ble");
fuzzUsb("pico", 1, 500);
fuzzUsb("nano33ble", 2, 500);

test("rp2040js connects, hears the program, and gets its bytes back", async () => {
  const hello = new Judge((await usbFirmware("hello_main", "pico")).linked.image);
  hello.until(0.05);
  expect(hello.connected).toBe(true);
  expect(hello.text).toBe("hello from pico, clock 125000000, fallback 0\n");

  const echo = new Judge((await usbFirmware("echo_main", "pico")).linked.image);
  echo.until(0.03);
  const sent = Array.from({ length: 300 }, (_, i) => 33 + ((i * 7) % 90));
  for (const byte of sent) echo.cdc.sendSerialByte(byte);
  echo.until(0.05);
  expect(echo.text).toBe(String.fromCharCode(...sent));
});
