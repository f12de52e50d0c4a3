// rp2040js streams from our image over USB, and to it: usb-judge.ts.

import { expect, test } from "vitest";
import { usbFirmware } from "./usb-bench.ts";
import { Judge } from "./usb-judge.ts";

test("rp2040js hears three seconds of lines", async () => {
  const judge = new Judge((await usbFirmware("hello_main", "pico")).linked.image);
  judge.until(3.1);
  const [first, ...rest] = judge.text.split("\n").slice(0, -1);
  expect(first).toBe("hello from pico, clock 125000000, fallback 0");
  expect(rest.length).toBe(3);
  for (const [i, line] of rest.entries())
    expect(Math.abs(Number(line.replace("time ", "")) - 1e6 * (i + 1))).toBeLessThan(1000);
});

test("sixteen kilobytes to rp2040js's device and back", async () => {
  const judge = new Judge((await usbFirmware("echo_main", "pico")).linked.image);
  judge.until(0.03);
  let sent = "";
  for (let block = 0; block < 64; block++) {
    for (let i = 0; i < 256; i++) {
      const byte = 33 + ((i * 7 + block) % 90);
      judge.cdc.sendSerialByte(byte);
      sent += String.fromCharCode(byte);
    }
    judge.until(judge.seconds + 0.003);
  }
  expect(judge.text).toBe(sent);
});
