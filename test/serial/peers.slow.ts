// Judges from outside: the programs that people flash these chips with, as real processes, against our emulated boot loaders. What they
// wrote must be in the emulated flash, and they must be content with what they read back.

import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EspRomDevice } from "../../host/serial/emulated/esp-rom-device.ts";
import { NrfDfuDevice } from "../../host/serial/emulated/nrf-dfu-device.ts";
import { SamBaDevice, samd21Zero } from "../../host/serial/emulated/sam-ba-device.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import { f411Sectors, image } from "./rom-benches.ts";
import { servePty, serveTcp } from "./serve-device.ts";

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const hasPython = (module: string) => spawnSync("python3", ["-c", `import ${module}`]).status === 0;

/** Skips loudly where a judge is missing; there it must be when CI_JUDGES is set. */
function judge(name: string, there: boolean) {
  if (there) return test;
  if (process.env.CI_JUDGES) return (title: string) => test(title, () => expect.fail(`${name} is not installed`));
  process.stderr.write(`skipped: ${name} is not installed\n`);
  return test.skip;
}

let folder = "";
let file = "";
const data = image(20_001);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "thumbelina-peers-"));
  file = join(folder, "image.bin");
  writeFileSync(file, data);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(program, args, { timeout: 120_000 }, (failure, out, err) =>
      failure ? reject(new Error(`${program}: ${failure.message}\n${out}${err}`)) : resolve(out + err),
    ),
  );
}

const blank = (bytes: number) => new Uint8Array(bytes).fill(0xff);
const same = (flash: Uint8Array, at: number) => Buffer.from(flash.subarray(at, at + data.length)).equals(data);

describe("real peers flash our emulated chips", () => {
  const pty = has("socat");

  judge("esptool", hasPython("esptool"))("esptool writes the ESP32, compressed and not, and verifies", async () => {
    for (const compress of ["--compress", "--no-compress"]) {
      const device = new EspRomDevice({ magic: 0x00f01d83 }, blank(4 << 20), {}, 0);
      const served = await serveTcp(device);
      try {
        const port = `socket://127.0.0.1:${served.port}`;
        const before = ["--port", port, "--chip", "esp32", "--no-stub", "--before", "no-reset", "--after", "no-reset"];
        const flash = ["write-flash", "--flash-mode", "keep", "--flash-freq", "keep", "--flash-size", "keep"];
        const said = await run("python3", ["-m", "esptool", ...before, ...flash, compress, "0x10000", file]);
        expect(said).toMatch(/Hash of data verified/);
        expect(same(device.flash, 0x10000)).toBe(true);
      } finally {
        await served.close();
      }
    }
  });

  judge("stm32flash", pty && has("stm32flash"))("stm32flash writes, verifies, reads and starts the STM32", async () => {
    let started = -1;
    const chip = { productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors };
    const device = new Stm32UsartDevice(chip, blank(512 * 1024), { onRun: (address) => void (started = address) }, 0);
    const served = await servePty(device);
    const base = ["-m", "8n1", "-b", "115200"];
    try {
      const said = await run("stm32flash", [...base, "-w", file, "-v", "-g", "0x08000000", served.path]);
      expect(said).toMatch(/STM32F411/);
      expect(same(device.flash, 0)).toBe(true);
      expect(started).toBe(0x08000000);
    } finally {
      await served.close();
    }
    device.reset();
    const again = await servePty(device);
    try {
      const copy = join(folder, "copy.bin");
      await run("stm32flash", [...base, "-r", copy, "-S", `0x08000000:${data.length}`, again.path]);
      expect(readFileSync(copy).equals(data)).toBe(true);
    } finally {
      await again.close();
    }
  });

  judge("adafruit-nrfutil", pty && hasPython("nordicsemi"))("adafruit-nrfutil writes the nRF52840", async () => {
    let started = -1;
    const chip = { applicationStart: 0x26000, applicationEnd: 0xf4000, settings: 0xff000, softDevice: 0xb6 };
    const device = new NrfDfuDevice(chip, blank(1 << 20), { onRun: (address) => void (started = address) }, 0);
    // Setting DTR fails on a pseudo-terminal.
    const wrapper = join(folder, "nrfutil.py");
    const lines = ["import serial", "serial.Serial.setDTR = lambda self, value=True: None"];
    writeFileSync(wrapper, [...lines, "from nordicsemi.__main__ import cli", "cli()"].join("\n"));
    const words = join(folder, "words.bin");
    writeFileSync(words, data.subarray(0, 20_000));
    const zip = join(folder, "image.zip");
    const kind = ["--dev-type", "0x0052", "--sd-req", "0x00B6", "--application", words];
    await run("python3", [wrapper, "dfu", "genpkg", ...kind, zip]);
    const served = await servePty(device);
    try {
      const said = await run("python3", [
        ...[wrapper, "dfu", "serial", "--package", zip, "-p", served.path, "-b", "115200", "--singlebank"],
      ]);
      expect(said).toMatch(/Device programmed/);
      expect(Buffer.from(device.flash.subarray(0x26000, 0x26000 + 20_000)).equals(data.subarray(0, 20_000))).toBe(true);
      expect(started).toBe(0x26000);
    } finally {
      await served.close();
    }
  });

  judge("bossac", pty && has("bossac"))("bossac erases, writes, verifies and resets the SAMD21", async () => {
    let started = -1;
    const device = new SamBaDevice(samd21Zero, blank(0x40000), { onRun: (address) => void (started = address) }, 0);
    const served = await servePty(device);
    try {
      const port = served.path.replace("/dev/", "");
      const said = await run("bossac", ["-p", port, "-U", "-i", "-e", "-w", "-v", "-o", "0x2000", file, "-R"]);
      expect(said).toMatch(/ATSAMD21x18/);
      expect(said).toMatch(/Verify successful/);
      expect(same(device.flash, 0x2000)).toBe(true);
      expect(started).toBe(0x2000);
    } finally {
      await served.close();
    }
  });
});
