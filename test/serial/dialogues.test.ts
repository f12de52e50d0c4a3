// Recorded dialogues of real clients (esptool, stm32flash, adafruit-nrfutil): ours says the same bytes wherever the protocol fixes them.
// Recordings elide long frames (they are rebuilt from the payload) and collapse repeated ones; deflated data is compared after inflating.
// What differs between clients is named here: which registers esptool reads to describe the chip, how often a chip is asked for its kind.

import { unzlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { EspRomDevice } from "../../host/serial/emulated/esp-rom-device.ts";
import { NrfDfuDevice } from "../../host/serial/emulated/nrf-dfu-device.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import { espRom } from "../../host/serial/protocols/esp-rom.ts";
import { nrfDfu } from "../../host/serial/protocols/nrf-dfu.ts";
import { dfuCrc, dfuPayloads, hciFrame, initPacket } from "../../host/serial/protocols/nrf-frames.ts";
import { stm32Usart } from "../../host/serial/protocols/stm32-usart.ts";
import { SlipDecoder, slipEncode } from "../../host/serial/slip.ts";
import { corpus, readCorpusFile, readCorpusJson } from "../corpus.ts";
import { type Run, runFlash } from "./flash-bench.ts";
import { f411Sectors } from "./rom-benches.ts";

interface Exchange {
  readonly dir: "host->device" | "device->host";
  readonly hex: string;
  readonly cmd?: string;
  readonly note?: string;
}

const recorded = (name: string) => readCorpusJson<{ traffic: Exchange[] }>("vectors", `${name}.json`).traffic;
const payload = () => new Uint8Array(readCorpusFile("vectors/mcuboot/payload.bin"));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const joined = (traffic: readonly Exchange[], dir: Exchange["dir"]) =>
  traffic.flatMap((each) => (each.dir === dir ? [each.hex] : [])).join("");
const said = ({ dialogue }: Run, direction: ">" | "<") =>
  dialogue.flatMap((each) => (each.direction === direction ? [hexOf(each.bytes)] : [])).join("");

describe.skipIf(!corpus)("recorded dialogues", () => {
  test("stm32flash: write, verify, go: both sides, byte for byte", async () => {
    const chip = { productId: 0x413, flashBase: 0x08000000, sectors: f411Sectors };
    const device = new Stm32UsartDevice(chip, new Uint8Array(512 * 1024).fill(0xff), {}, 0);
    const parts = [{ address: 0x08000000, data: payload() }];
    // The recorded chip is an STM32F405: forced onto this board.
    const run = await runFlash(stm32Usart, device, "blackpill-f411", parts, { writeAll: true, force: true });
    const traffic = recorded("stm32/write_verify_go");
    const twice = "02fd"; // another chip than the board's is asked twice
    const ours = vectorsLast(traffic);
    expect(said(run, ">").replace(twice + twice, twice)).toBe(joined(ours, "host->device"));
    const id = "7901041379";
    expect(said(run, "<").replace(id + id, id)).toBe(joined(ours, "device->host"));
  });

  test.each(["info", "read512", "erase_all"])("stm32flash: the emulated ROM answers %s as recorded", (name) => {
    const flash = new Uint8Array(1 << 20).fill(0xff);
    const chip = { productId: 0x413, flashBase: 0x08000000, sectors: f411Sectors };
    const device = new Stm32UsartDevice(chip, flash, {}, 0);
    const answers: string[] = [];
    device.connect({ now: () => 0, send: (bytes) => answers.push(hexOf(bytes)) });
    for (const { dir, hex } of recorded(`stm32/${name}`))
      if (dir === "host->device") device.receive(Buffer.from(hex, "hex"));
    expect(answers.join("")).toBe(joined(recorded(`stm32/${name}`), "device->host"));
  });

  test("adafruit-nrfutil: every frame, from the payload and the recorded init packet", async () => {
    const { application, init } = await nrfPackage();
    const payloads = [dfuPayloads.start(application.length), dfuPayloads.init(init)];
    for (let at = 0; at < application.length; at += 512)
      payloads.push(dfuPayloads.data(application.subarray(at, at + 512)));
    payloads.push(dfuPayloads.stop());
    const traffic = recorded("nrf/dfu_serial").filter(({ dir }) => dir === "host->device");
    expect(traffic.length).toBe(payloads.length);
    for (const [i, { hex }] of traffic.entries()) {
      const ours = hexOf(hciFrame((i + 1) & 7, payloads[i]!));
      const [head = "", tail = ""] = hex.split(/\.\.\(\d+ bytes\)\.\./);
      expect(ours.startsWith(head) && ours.endsWith(tail)).toBe(true);
      const elided = /\((\d+) bytes\)/.exec(hex);
      expect(ours.length / 2).toBe(elided ? Number(elided[1]) : hex.length / 2);
    }
    expect(init).toEqual(initPacket({ version: 7, softDevices: [0xb6], crc: dfuCrc(application) }));
  });

  test("adafruit-nrfutil: a whole run says the same, but for its own version number", async () => {
    const { application } = await nrfPackage();
    const chip = { applicationStart: 0x26000, applicationEnd: 0xf4000, settings: 0xff000, softDevice: 0xb6 };
    const device = new NrfDfuDevice(chip, new Uint8Array(1 << 20).fill(0xff), {}, 0);
    const run = await runFlash(nrfDfu, device, "feather-nrf52840", [{ address: 0x26000, data: application }]);
    const ours = run.dialogue.filter(({ direction }) => direction === ">").map(({ bytes }) => hexOf(bytes));
    const theirs = recorded("nrf/dfu_serial");
    const fixed = theirs.flatMap(({ dir, hex }, i) => (dir === "host->device" && i !== 2 ? [hex.split("..")[0]!] : []));
    expect(fixed.every((head) => ours.some((frame) => frame.startsWith(head)))).toBe(true);
    expect(said(run, "<")).toBe(joined(theirs, "device->host"));
  });

  test("esptool: compressed: each request whose content the protocol fixes", async () => {
    const run = await espRun();
    const ours = requests(run);
    const theirs = recorded("esp32/write_compressed").filter(({ dir }) => dir === "host->device");
    const of = (name: string) => theirs.find(({ cmd }) => cmd === name)!.hex;
    for (const name of [
      "SYNC",
      "GET_SECURITY_INFO",
      "SPI_ATTACH",
      "SPI_SET_PARAMS",
      "FLASH_DEFL_BEGIN",
      "SPI_FLASH_MD5",
    ])
      expect(ours.map(hexOf), name).toContain(hexOf(unframed(of(name))));
    const magic = theirs.find(({ hex }) => hex.includes("00100040"))!;
    expect(ours.map(hexOf)).toContain(hexOf(unframed(magic.hex)));
    const block = ours.find((frame) => frame[1] === 0x11)!;
    const image = new Uint8Array(1236).fill(0xff);
    image.set(payload());
    expect(unzlibSync(block.subarray(24))).toEqual(image);
    expect(block[4]).toBe(block.subarray(24).reduce((sum, byte) => sum ^ byte, 0xef));
  });

  test("esptool: the emulated ROM answers as recorded, to compressed and plain writing", () => {
    for (const name of ["esp32/sync_third_try", "esp32/write_uncompressed"]) {
      const device = new EspRomDevice({ magic: 0x00f01d83 }, new Uint8Array(4 << 20).fill(0xff), {}, 0);
      let answers: string[] = [];
      device.connect({ now: () => 0, send: (bytes) => answers.push(hexOf(bytes)) });
      let seq = 0;
      for (const exchange of recorded(name)) {
        if (exchange.dir === "host->device") {
          answers = [];
          device.receive(exchange.hex.includes("..") ? plainBlock(seq++) : Buffer.from(exchange.hex, "hex"));
        } else if (exchange.cmd === "SYNC x8") expect(answers).toEqual(Array(8).fill(exchange.hex));
        else expect(answers, exchange.cmd).toEqual([exchange.hex]);
      }
    }
  });
});

/** The same exchanges in our order: the first block is written and read back behind the others. */
function vectorsLast(traffic: readonly Exchange[]): Exchange[] {
  const starts = traffic.flatMap(({ hex }, i) => (hex === "31ce" ? [i] : []));
  const [first, second, go] = [starts[0]!, starts[1]!, traffic.findIndex(({ hex }) => hex === "21de")];
  const pieces = [traffic.slice(0, first), traffic.slice(second, go), traffic.slice(first, second), traffic.slice(go)];
  return pieces.flat();
}

async function nrfPackage() {
  const { unzipSync } = await import("fflate");
  const files = unzipSync(new Uint8Array(readCorpusFile("vectors/nrf/nrf_app_v7.zip")));
  return { application: files["app.bin"]!, init: [...files["app.dat"]!] };
}

function espRun(): Promise<Run> {
  const device = new EspRomDevice({ magic: 0x00f01d83 }, new Uint8Array(4 << 20).fill(0xff), {}, 0);
  const parts = [{ address: 0x10000, data: payload() }];
  return runFlash(espRom, device, "esp32-devkitc", parts, { writeAll: true });
}

function frames(bytes: Uint8Array): Uint8Array[] {
  const decoder = new SlipDecoder(0x4100);
  return [...bytes].flatMap((byte) => decoder.push(byte) ?? []);
}

const unframed = (hex: string): Uint8Array => frames(Buffer.from(hex, "hex"))[0]!;
const requests = (run: Run): Uint8Array[] => frames(Buffer.from(said(run, ">"), "hex"));

/** FLASH_DATA with one kilobyte of the payload, padded: the frames that the recording elides. */
function plainBlock(sequence: number): Uint8Array {
  const data = new Uint8Array(0x400).fill(0xff);
  data.set(payload().subarray(sequence * 0x400, (sequence + 1) * 0x400));
  const frame = new Uint8Array(24 + data.length);
  const view = new DataView(frame.buffer);
  view.setUint8(1, 3);
  view.setUint16(2, 16 + data.length, true);
  view.setUint32(
    4,
    data.reduce((sum, byte) => sum ^ byte, 0xef),
    true,
  );
  view.setUint32(8, data.length, true);
  view.setUint32(12, sequence, true);
  frame.set(data, 24);
  return slipEncode(frame);
}
