// The four boot loaders of serial ports: what every protocol owes. Each case runs against the emulated chip on a byte-timed line in
// virtual time; hostile devices are told apart from broken ones by what they send.

import { describe, expect, test } from "vitest";
import type { EmulatedDevice } from "../../host/serial/emulated/emulated-device.ts";
import { EspRomDevice } from "../../host/serial/emulated/esp-rom-device.ts";
import { FaultyDevice, faultKinds, type LineFault } from "../../host/serial/emulated/faulty-device.ts";
import { bitsPerByte } from "../../host/serial/emulated/memory-port.ts";
import { NrfDfuDevice } from "../../host/serial/emulated/nrf-dfu-device.ts";
import { SamBaDevice, samd21Zero } from "../../host/serial/emulated/sam-ba-device.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import { espRom } from "../../host/serial/protocols/esp-rom.ts";
import { nrfDfu } from "../../host/serial/protocols/nrf-dfu.ts";
import { samBa } from "../../host/serial/protocols/sam-ba.ts";
import { stm32Usart } from "../../host/serial/protocols/stm32-usart.ts";
import { noise, runFlash } from "./flash-bench.ts";
import { f411Sectors, holdsImage, image, type RomBench, romBenches, throughput, usedFlash } from "./rom-benches.ts";

/** The slow suite runs every kind of noise, and more faults. */
const slow = process.env.THUMBELINA_SUITE === "slow";
const bytes = 1200;
const data = image(bytes, 3);
const flashOn = (bench: RomBench, device: EmulatedDevice, options = {}) =>
  runFlash(bench.protocol, device, bench.board, [{ address: bench.address, data }], options);

describe.each(romBenches.map((bench) => [bench.name, bench] as const))("%s", (_, bench) => {
  test("writes, proves and starts; tells of every byte", async () => {
    const flash = usedFlash(bench, bytes);
    const device = bench.device(flash);
    const run = await flashOn(bench, device);
    expect(holdsImage(flash, bench, data)).toBe(true);
    expect(device.running).toBe(true);
    expect(run.result.writtenBytes).toBeGreaterThanOrEqual(bytes);
    expect(run.result.verified).toMatch(/read-back|md5|crc/);
    expect(run.stages[0]!.name).toBe("connecting");
    expect(run.stages.at(-1)!.name).toBe("resetting");
    const announced = run.stages.reduce((sum, { totalBytes = 0 }) => sum + totalBytes, 0);
    expect(run.advanced).toBe(announced);
  });

  test("leaves alone what is there already, and all around the image", async () => {
    const flash = usedFlash(bench, bytes);
    const device = bench.device(flash, 0);
    await flashOn(bench, device);
    const before = flash.slice();
    bench.enter(device);
    const run = await flashOn(bench, device);
    if (bench.protocol !== nrfDfu) {
      expect(run.result.writtenBytes).toBe(0);
      expect(run.result.skippedBytes).toBeGreaterThanOrEqual(bytes);
      bench.enter(device);
      expect((await flashOn(bench, device, { writeAll: true })).result.skippedBytes).toBe(0);
    }
    expect(Buffer.compare(flash, before)).toBe(0);
    const lowest = bench.address - bench.flashBase;
    expect(flash.subarray(0, lowest).every((byte) => byte === 0xff)).toBe(true);
  });

  test("without verification says so", async () => {
    const flash = usedFlash(bench, bytes);
    const run = await flashOn(bench, bench.device(flash, 0), { verify: false, writeAll: true });
    expect(run.result.verified).toBe("none");
    expect(holdsImage(flash, bench, data)).toBe(true);
  });

  test("nobody there: serial/no-answer, soon", async () => {
    const device = bench.device(usedFlash(bench, bytes), 0);
    const deaf = new FaultyDevice(device, [{ kind: "late", direction: "to-device", at: 0 }]);
    deaf.receive = () => {};
    await expect(flashOn(bench, deaf)).rejects.toMatchObject({ code: "serial/no-answer", exit: 6 });
  });

  test.each(["noise", "text", ...(slow ? ["zeros", "ACKs", "frames"] : [])])(
    "endless %s end in an error, with little memory",
    async (kind) => {
      const device = bench.device(usedFlash(bench, bytes), 0);
      const chunk = {
        zeros: new Uint8Array(512),
        noise: noise(512, 9),
        ACKs: new Uint8Array(512).fill(0x79),
        frames: Uint8Array.from({ length: 512 }, (_, i) => [0xc0, 1, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0][i % 14]!),
        text: new TextEncoder().encode("N\n\rv2.0 [Arduino:XYZ]\n\r".repeat(20)),
      }[kind]!;
      // Speaks without pause, whatever it hears.
      const talker = new FaultyDevice(device, []);
      talker.connect = (link) => {
        const speak = (times: number): void => {
          if (times > 0) for (let i = 0; i < 4; i++) link.send(chunk, i);
        };
        talker.receive = () => speak(1);
        speak(1);
      };
      await expect(flashOn(bench, talker, { line: { turnaroundMilliseconds: 1 } })).rejects.toMatchObject({
        code: expect.stringMatching(/^serial\//),
      });
    },
  );

  test("refused again and again: an error, not a loop", async () => {
    const device = bench.device(usedFlash(bench, bytes), 0);
    const faults = Array.from(
      { length: 200_000 },
      (_, i): LineFault => ({ kind: "refuse", direction: "to-device", at: i + 60, reply: bench.nack }),
    );
    const stubborn = new FaultyDevice(device, []);
    const receive = stubborn.receive.bind(stubborn);
    let heard = 0;
    let reply: ((bytes: Uint8Array) => void) | undefined;
    const connect = stubborn.connect.bind(stubborn);
    stubborn.connect = (link) => {
      reply = (each) => link.send(each);
      connect(link);
    };
    stubborn.receive = (each) => {
      heard += each.length;
      if (heard < faults[0]!.at) receive(each);
      else reply?.(Uint8Array.from(bench.nack));
    };
    await expect(flashOn(bench, stubborn)).rejects.toMatchObject({
      code: expect.stringMatching(/^serial\/(refused|no-answer|nonsense)$/),
    });
  });

  test("stopped at any stage: serial/stopped, and the next run mends it", async () => {
    for (const stage of ["connecting", "writing"]) {
      const flash = usedFlash(bench, bytes);
      const device = bench.device(flash, 0);
      const abort = new AbortController();
      const stopping = {
        stage: (name: string) => name === stage && abort.abort(),
        advance: () => {},
        note: () => {},
      };
      const run = flashOn(bench, device, { abort: abort.signal, listener: stopping });
      await expect(run).rejects.toMatchObject({ code: "serial/stopped", facts: { stage } });
      bench.enter(device);
      await flashOn(bench, device);
      expect(holdsImage(flash, bench, data)).toBe(true);
    }
  });

  test("a fault in some byte ends in success or in an error of ours, and the next run mends it", async () => {
    for (let seed = 0; seed < (slow ? 60 : 14); seed++) {
      const kind = faultKinds[seed % faultKinds.length]!;
      const direction = seed % 3 === 0 && kind !== "refuse" && kind !== "reset" ? "from-device" : "to-device";
      const at = noise(2, seed)[0]! * (direction === "to-device" ? 5 : 1) + (noise(2, seed)[1]! & 7);
      const flash = usedFlash(bench, bytes);
      const device = bench.device(flash, 0);
      const fault = { kind, direction, at, value: kind === "late" ? 700 : 1 << (seed & 7), reply: bench.nack } as const;
      const code = await flashOn(bench, new FaultyDevice(device, [fault])).then(
        () => "ok",
        (cause) => cause.code,
      );
      expect(code, JSON.stringify(fault)).toMatch(/^(ok|serial\/.*)$/);
      if (code !== "ok") {
        bench.enter(device);
        await flashOn(bench, device);
      }
      expect(holdsImage(flash, bench, data), JSON.stringify(fault)).toBe(true);
    }
  });

  test.each([1, 16])("at %i ms turnaround: at least 90 % of what the protocol allows", async (turnaround) => {
    const { milliseconds, floor, right } = await throughput(bench, turnaround);
    expect(right).toBe(true);
    expect(floor / milliseconds).toBeGreaterThan(0.9);
    // A floor that is beaten is none.
    expect(floor / milliseconds).toBeLessThanOrEqual(1);
  });
});

describe("another chip than the board's", () => {
  const flash = () => new Uint8Array(4 << 20).fill(0xff);
  test.each([
    [
      "STM32",
      stm32Usart,
      "blackpill-f411",
      0x08000000,
      () => new Stm32UsartDevice({ productId: 0x413, flashBase: 0x08000000, sectors: f411Sectors }, flash(), {}, 0),
    ],
    ["ESP32-S3", espRom, "esp32-devkitc", 0x10000, () => new EspRomDevice({ magic: 9, chipId: 9 }, flash(), {}, 0)],
    [
      "SAMD51",
      samBa,
      "arduino-zero",
      0x2000,
      () => new SamBaDevice({ ...samd21Zero, registers: new Map([[0x41002018, 0x60060300]]) }, flash(), {}, 0),
    ],
    [
      "named otherwise",
      samBa,
      "nano33ble",
      0x10000,
      () =>
        new SamBaDevice(
          {
            ...samd21Zero,
            version: "[Arduino:IKXYZ]",
            name: "R7FA4M1",
            origin: 0x10000,
            ram: { base: 0, bytes: 0x2000 },
            applicationStart: 0x10000,
          },
          flash(),
          {},
          0,
        ),
    ],
  ] as const)("%s: serial/wrong-chip; forced, it is flashed", async (_, protocol, board, address, make) => {
    const parts = [{ address, data }];
    const device = make();
    await expect(runFlash(protocol, device, board, parts)).rejects.toMatchObject({
      code: "serial/wrong-chip",
      exit: 11,
    });
    expect(device.flash.every((byte) => byte === 0xff)).toBe(true);
    await runFlash(protocol, device, board, parts, { force: true });
    const at = address - device.flashBase;
    expect(device.flash.subarray(at, at + bytes)).toEqual(data);
  });

  test("another SoftDevice is refused by the boot loader", async () => {
    const chip = { applicationStart: 0x27000, applicationEnd: 0xf4000, settings: 0xff000, softDevice: 0x0123 };
    const run = runFlash(nrfDfu, new NrfDfuDevice(chip, flash(), {}, 0), "feather-nrf52840", [
      { address: 0x26000, data },
    ]);
    await expect(run).rejects.toMatchObject({ code: "serial/refused" });
  });
});

describe("protected and worn flash", () => {
  const chip = { productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors };
  const parts = [{ address: 0x08000000, data }];
  const blank = () => new Uint8Array(512 * 1024).fill(0xff);

  test("readout protection: refused, and said", async () => {
    const device = new Stm32UsartDevice({ ...chip, readProtected: true }, blank(), {}, 0);
    await expect(runFlash(stm32Usart, device, "blackpill-f411", parts)).rejects.toMatchObject({
      code: "serial/refused",
      message: expect.stringMatching(/readout protection/),
    });
  });

  test("write protection: refused, and said", async () => {
    const device = new Stm32UsartDevice({ ...chip, writeProtected: new Set([0]) }, blank(), {}, 0);
    await expect(runFlash(stm32Usart, device, "blackpill-f411", parts)).rejects.toMatchObject({
      code: "serial/refused",
      message: expect.stringMatching(/write-protected/),
    });
  });

  /** A bit of the flash that stays 0. */
  const worn = (bench: RomBench): EmulatedDevice => {
    const flash = usedFlash(bench, bytes);
    const at = bench.address - bench.flashBase + 600;
    return bench.device(
      new Proxy(flash, {
        get: (target, key) => {
          target[at] = target[at]! & 0xfe & ~data[600]!;
          const value = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
      0,
    );
  };

  test.each(romBenches.map((bench) => [bench.name, bench] as const))(
    "%s: a bit that stays 0 is found",
    async (_, bench) => {
      await expect(flashOn(bench, worn(bench))).rejects.toMatchObject({
        code: bench.protocol === stm32Usart ? "serial/verify" : "serial/verify-digest",
        exit: 7,
      });
    },
  );
});

test("a host at another parity than the STM32's hears noise", async () => {
  expect(bitsPerByte({ baud: 9600, parity: "even" })).toBe(11);
  expect(bitsPerByte({ baud: 9600 })).toBe(10);
});

test("an ESP32 whose bridge cannot do the baud falls back", async () => {
  const bench = romBenches.find(({ name }) => name === "esp-rom")!;
  const device = new EspRomDevice({ magic: 0x00f01d83 }, new Uint8Array(4 << 20).fill(0xff), {}, 0);
  Object.defineProperty(device, "line", { get: () => ({ baud: 115200 }) });
  const run = await flashOn(bench, device, { baud: 921600 });
  expect(run.notes.join()).toMatch(/921600 baud does not work/);
  expect(holdsImage(device.flash, bench, data)).toBe(true);
});
