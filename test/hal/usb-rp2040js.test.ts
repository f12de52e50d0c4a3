// rp2040js connects to our image over USB, hears the program, and gets its bytes back: usb-judge.ts.

import { expect, test } from "vitest";
import { usbFirmware } from "./usb-bench.ts";
import { Judge } from "./usb-judge.ts";

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
