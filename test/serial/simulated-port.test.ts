// sim:BOARD as a port: the firmware in a board's flash runs at the pace of the wall, over UART or USB, and what it writes to its flash is
// there for the next who opens it. One at a time has a board.

import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { type ConsoleName, findBoard, mainMemories, withConsole } from "../../host/board/board.ts";
import { feedNames } from "../../host/board-surroundings.ts";
import { buildFirmware } from "../../host/build-firmware.ts";
import { PacedMachine } from "../../host/paced-machine.ts";
import { openSimState } from "../../host/serial/node/sim-state.ts";
import type { LineSettings, Port } from "../../host/serial/port.ts";
import { Machine } from "../../host/sim/sim.ts";
import { simulatedOpeners, touchSimulated } from "../../host/simulated-port.ts";

const folder = mkdtempSync(join(tmpdir(), "thumbelina-sim-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ports: Port[] = [];
afterEach(async () => {
  for (const port of ports.splice(0)) await port.close();
});

/** The slow suite runs all of it: each program here is built. */
const slow = process.env.THUMBELINA_SUITE === "slow";

const images = new Map<string, Promise<Uint8Array>>();

/** The flash of a pico with this program. */
function flashOf(main: string, console: ConsoleName): Promise<Uint8Array> {
  const key = `${main} ${console}`;
  const build = async (): Promise<Uint8Array> => {
    const board = withConsole(findBoard("pico"), console);
    const parts = {
      ...{ title: main, main, fault: "firmware_fault" },
      drivers: { tick: "quiet" },
      config: { "fault.registers": 0, "store.at": 0x10100000, "store.unit": 256 },
    };
    const { linked } = await buildFirmware(parts, board);
    const { base, bytes } = mainMemories(board).flash;
    const flash = new Uint8Array(bytes).fill(0xff);
    for (const { loadAddress, data } of linked.image.segments) flash.set(data, loadAddress - base);
    return flash;
  };
  const known = images.get(key) ?? build();
  images.set(key, known);
  return known;
}

async function put(name: string, flash: Uint8Array): Promise<void> {
  const state = openSimState(folder, findBoard("pico"), name);
  state.bytes.set(flash);
  state.close();
}

async function open(address: string, settings: LineSettings = { baud: 115200 }): Promise<Port> {
  const openers = simulatedOpeners({ folder, boardNamed: findBoard });
  const scheme = address.split(":")[0];
  const port = await openers.find((opener) => opener.scheme === scheme)!.open(address, settings);
  ports.push(port);
  return port;
}

function hear(port: Port): { text: string; states: string[] } {
  const heard = { text: "", states: [] as string[] };
  port.onState((state, reason) => void heard.states.push(reason === undefined ? state : `${state}: ${reason}`));
  void (async () => {
    for await (const chunk of port.readable) heard.text += new TextDecoder().decode(chunk);
  })();
  return heard;
}

const until = (holds: () => void) => vi.waitFor(holds, { timeout: 20_000, interval: 10 });
const bytesOf = (text: string) => new TextEncoder().encode(text);

describe("sim:BOARD", () => {
  test("says what the program says, hears what is written, restarts by RTS; the lock is let go", async () => {
    await put("echo", await flashOf("echo_main", "uart"));
    const port = await open("sim:pico@echo");
    expect(port.info).toEqual({ path: "sim:pico@echo", product: "simulated Raspberry Pi Pico" });
    await expect(open("sim-usb:pico@echo")).rejects.toMatchObject({ code: "serial/busy", exit: 6 });
    const heard = hear(port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await port.write(bytesOf("hello board"));
    await until(() => expect(heard.text).toContain("hello board"));
    await port.close();
    await port.close();
    expect(heard.states).toEqual(["closed"]);
    expect(existsSync(join(folder, ".thumbelina/sim/pico@echo.flash.lock"))).toBe(false);
    await expect(port.write(bytesOf("?"))).rejects.toMatchObject({ code: "serial/lost" });
    expect(await port.setSignals({ dtr: true })).toBe(false);
  });

  test.runIf(slow)("at another speed than the board's UART it is noise", async () => {
    await put("hello", await flashOf("hello_main", "uart"));
    const port = await open("sim:pico@hello", { baud: 9600 });
    const heard = hear(port);
    await until(() => expect(heard.text.length).toBeGreaterThan(20));
    expect(heard.text).not.toContain("hello");
    await port.configure({ baud: 115200 });
    expect(await port.setSignals({ rts: true })).toBe(true);
    await port.setSignals({ rts: false });
    await until(() => expect(heard.text).toContain("hello from pico, clock 125000000, fallback 0\n"));
  });

  test.runIf(slow)("over USB too, at any baud; sim: and sim-usb: are one board", async () => {
    await put("usb", await flashOf("echo_main", "usb"));
    for (const address of ["sim-usb:pico@usb", "sim:pico@usb"]) {
      const port = await open(address, { baud: 9600 });
      const heard = hear(port);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await until(async () => {
        await port.write(bytesOf("over usb "));
        await new Promise((resolve) => setTimeout(resolve, 30));
        expect(heard.text).toContain("over usb");
      });
      await port.close();
    }
  });

  test("empty flash: serial/not-flashed; the lock is let go", async () => {
    for (let time = 0; time < 2; time++)
      await expect(open("sim:pico@empty")).rejects.toMatchObject({ code: "serial/not-flashed", exit: 4 });
  });

  test.runIf(slow)("what the program writes to its flash is kept", async () => {
    const flash = await flashOf("store_main", "uart");
    await put("store", flash);
    const file = join(folder, ".thumbelina/sim/pico@store.flash");
    const port = await open("sim:pico@store");
    const heard = hear(port);
    await until(() => expect(heard.text).toMatch(/^store 0 0 /));
    await port.close();
    const kept = readFileSync(file);
    const at = 0x100000;
    expect(kept.readUInt32LE(at)).not.toBe(0xffffffff);
    expect(Buffer.compare(kept.subarray(0, at), flash.subarray(0, at))).toBe(0);
  });
});

describe("the touch of a simulated board", () => {
  test.runIf(slow)(
    "USB firmware goes to its boot loader; without USB, or without a program that runs, it does not",
    async () => {
      const pico = findBoard("pico");
      expect(touchSimulated(pico, await flashOf("hello_main", "usb"))).toBe(true);
      expect(touchSimulated(pico, await flashOf("hello_main", "uart"))).toBe(false);
      const nucleo = findBoard("nucleo-f446re");
      expect(touchSimulated(nucleo, new Uint8Array(512 * 1024).fill(0x11))).toBe(false);
    },
  );
});

describe("the pace", () => {
  test("follows the wall; held it stands; what cannot be made up for is let be", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const machine = new Machine(findBoard("pico"));
      machine.poke(mainMemories(machine.board).flash.base, await flashOf("echo_main", "uart"));
      machine.reset("power-on");
      let wall = 0;
      const ends: string[] = [];
      const paced = new PacedMachine(machine, {
        now: () => wall,
        onBytes: () => {},
        onEnd: ({ kind }) => ends.push(kind),
      });
      const pass = (milliseconds: number) => {
        for (let passed = 0; passed < milliseconds; passed += 10) {
          wall += 10;
          vi.advanceTimersByTime(10);
        }
      };
      paced.start();
      pass(100);
      expect(machine.world.seconds()).toBeGreaterThan(0.08);
      expect(machine.world.seconds()).toBeLessThan(0.12);
      const before = machine.world.seconds();
      paced.hold();
      pass(50);
      expect(machine.world.seconds()).toBe(before);
      paced.release();
      pass(50);
      expect(machine.world.seconds() - before).toBeLessThan(0.07);
      wall += 60_000; // the laptop slept
      pass(20);
      expect(machine.world.seconds() - before).toBeLessThan(0.3);
      paced.stop();
      const stopped = machine.world.seconds();
      pass(50);
      expect(machine.world.seconds()).toBe(stopped);
      expect(ends).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("inputs that can be fed have names", () => {
  expect(feedNames).toEqual(expect.arrayContaining(["accelerometer", "mic", "presence", "analog0"]));
});
