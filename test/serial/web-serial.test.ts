// Web Serial ends in the same Port as everything else: bytes both ways, noise on the line, modem lines, another baud, unplugging, closing
// with a reader still at it. Judged against a `navigator.serial` that obeys the specification.

import { describe, expect, test } from "vitest";
import { imageOf } from "../../host/image/image.ts";
import { findBoard, flash, wallClock } from "../../host/index.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import { openPort } from "../../host/serial/open.ts";
import type { Port } from "../../host/serial/port.ts";
import { openWebSerial, webSerialOpener } from "../../host/serial/web/web-serial.ts";
import { FakeWebPort } from "./fake-web-serial.ts";
import { f411Sectors, image } from "./rom-benches.ts";

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const bytesOf = (words: string) => new TextEncoder().encode(words);

function watch(port: Port) {
  const states: string[] = [];
  port.onState((state, reason) => void states.push(reason === undefined ? state : `${state}: ${reason}`));
  return states;
}

async function readAll(port: Port): Promise<string> {
  let all = "";
  for await (const chunk of port.readable) all += text(chunk);
  return all;
}

describe("a port that the user has granted", () => {
  test("opens, reads, writes and closes", async () => {
    const fake = new FakeWebPort({ usbVendorId: 0x2e8a, usbProductId: 0x000a });
    const port = await openWebSerial(fake, { baud: 115200, parity: "even" });
    expect(port.info).toEqual({ path: "web:0", vendorId: 0x2e8a, productId: 0x000a });
    expect(fake.opened).toEqual([{ baudRate: 115200, parity: "even", dataBits: 8, stopBits: 1, bufferSize: 65536 }]);
    const states = watch(port);
    const all = readAll(port);
    fake.send("hello ");
    await port.write(bytesOf("over"));
    fake.send("board");
    await new Promise((resolve) => setImmediate(resolve));
    await port.close();
    await port.close();
    expect(await all).toBe("hello board");
    expect(text(Uint8Array.from(fake.written))).toBe("over");
    expect(fake.isOpen).toBe(false);
    expect(states).toEqual(["closed"]);
  });

  test("writes of several at once keep their order and never meet", async () => {
    const fake = new FakeWebPort();
    fake.writeDelay = () => new Promise((resolve) => setImmediate(resolve));
    const port = await openWebSerial(fake, { baud: 9600 });
    const shared = bytesOf("a");
    const first = port.write(shared);
    shared[0] = 0x7a;
    await Promise.all([first, port.write(bytesOf("b")), port.write(bytesOf("c"))]);
    expect(text(Uint8Array.from(fake.written))).toBe("abc");
    await port.close();
  });

  test("noise on the line ends a stream, not the port", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 9600 });
    const states = watch(port);
    const all = readAll(port);
    for (const name of ["FramingError", "BreakError", "ParityError", "BufferOverrunError"] as const) {
      fake.disturb(name);
      await new Promise((resolve) => setImmediate(resolve));
      fake.send(`${name} `);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(states).toEqual([]);
    await port.close();
    expect(await all).toBe("FramingError BreakError ParityError BufferOverrunError ");
  });

  test("a line of nothing but errors is given up", async () => {
    const fake = new FakeWebPort();
    let streams = 0;
    Object.defineProperty(fake, "readable", {
      get: () => {
        streams++;
        return new ReadableStream({
          start: (controller) => controller.error(new DOMException("noise", "FramingError")),
        });
      },
    });
    const port = await openWebSerial(fake, { baud: 9600 });
    const states = watch(port);
    expect(await readAll(port)).toBe("");
    expect(states).toEqual(["lost: noise"]);
    expect(streams).toBeLessThan(300);
  });

  test("modem lines; false where the device has none any more", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 9600 });
    expect(await port.setSignals({ dtr: true, rts: false })).toBe(true);
    expect(await port.setSignals({ brk: true })).toBe(true);
    expect(fake.signals).toEqual([{ dataTerminalReady: true, requestToSend: false }, { break: true }]);
    fake.unplug();
    expect(await port.setSignals({ dtr: false })).toBe(false);
    await port.close();
  });

  test("another baud: closed and opened again, no byte lost, no state", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 115200 });
    const states = watch(port);
    const all = readAll(port);
    fake.send("slow ");
    await new Promise((resolve) => setImmediate(resolve));
    await port.configure({ baud: 921600 });
    fake.send("fast");
    await new Promise((resolve) => setImmediate(resolve));
    expect(fake.opened.map(({ baudRate }) => baudRate)).toEqual([115200, 921600]);
    expect(states).toEqual([]);
    await port.close();
    expect(await all).toBe("slow fast");
  });

  test("unplugged: lost, the stream ends, writing says so", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 9600 });
    const states = watch(port);
    const all = readAll(port);
    fake.send("last words");
    await new Promise((resolve) => setImmediate(resolve));
    fake.unplug();
    expect(await all).toBe("last words");
    expect(states).toEqual(["lost: The device has been lost."]);
    await expect(port.write(bytesOf("?"))).rejects.toMatchObject({ code: "serial/lost" });
    await expect(port.configure({ baud: 1200 })).resolves.toBeUndefined();
    await port.close();
  });

  test("unplugged while its baud changes: serial/lost", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 9600 });
    fake.close = async () => fake.unplug();
    await expect(port.configure({ baud: 1200 })).rejects.toMatchObject({ code: "serial/lost" });
  });

  test("a reader that does not read stops the flow", async () => {
    const fake = new FakeWebPort();
    const port = await openWebSerial(fake, { baud: 2_000_000 });
    let sent = 0;
    while (sent < 64) {
      fake.send(new Uint8Array(16384));
      await new Promise((resolve) => setImmediate(resolve));
      sent++;
    }
    // 256 KB and a chunk or two were taken; the rest waits in the browser, which holds the device.
    expect(fake.queued).toBeGreaterThanOrEqual(64 - 18);
    const reader = port.readable.getReader();
    let got = 0;
    while (got < 64 * 16384) got += (await reader.read()).value?.length ?? 0;
    expect(got).toBe(64 * 16384);
    reader.releaseLock();
    await port.close();
  });
});

test("a page flashes an STM32: 8E1, written, read back, started", async () => {
  const chip = new Uint8Array(512 * 1024).fill(0xff);
  const device = new Stm32UsartDevice(
    { productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors },
    ...([chip, {}, 0] as const),
  );
  const fake = new FakeWebPort({ usbVendorId: 0x1a86, usbProductId: 0x7523 });
  device.connect({ now: () => performance.now(), send: (bytes) => fake.send(bytes) });
  fake.onWrite = (bytes) => device.receive(bytes);
  const data = image(3000, 6);
  const reach = { clock: wallClock, port: () => openWebSerial(fake, { baud: 115200 }) };
  const listener = { stage: () => {}, advance: () => {}, note: () => {} };
  const board = findBoard("blackpill-f411");
  const flashed = await flash(imageOf([{ address: 0x08000000, data }], {}), reach, { board, listener });
  expect(flashed).toMatchObject({ protocol: "an3155", through: "web:0", writtenBytes: 3000, verified: "read-back" });
  expect(chip.subarray(0, 3000)).toEqual(data);
  expect(device.running).toBe(true);
  expect(fake.opened.at(-1)).toMatchObject({ baudRate: 115200, parity: "even" });
  expect(fake.isOpen).toBe(false);
});

describe("the row of the registry", () => {
  const first = new FakeWebPort({ usbVendorId: 0x2341, usbProductId: 0x805a });
  const second = new FakeWebPort();
  const opener = webSerialOpener({ getPorts: async () => [first, second] });

  test("lists what was granted", async () => {
    expect(await opener.list?.()).toEqual([{ path: "web:0", vendorId: 0x2341, productId: 0x805a }, { path: "web:1" }]);
  });

  test("opens by number; what is not there is serial/no-port", async () => {
    const port = await openPort("web:1", { baud: 9600 }, [opener]);
    expect(second.isOpen).toBe(true);
    await expect(openPort("web:1", { baud: 9600 }, [opener])).rejects.toMatchObject({ code: "serial/port-busy" });
    await port.close();
    expect(second.isOpen).toBe(false);
    await expect(openPort("web:7", { baud: 9600 }, [opener])).rejects.toMatchObject({ code: "serial/no-port" });
    second.unplug();
    await expect(openPort("web:1", { baud: 9600 }, [opener])).rejects.toMatchObject({ code: "serial/port-failed" });
  });
});
