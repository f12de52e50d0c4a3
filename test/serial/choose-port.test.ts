// Which port is meant: words, filters, boards; and how a port is opened by its address. Resets: esptool's mini-language, and what is done for
// whom. The readable end that all ports share.

import { describe, expect, test } from "vitest";
import { knownBoards } from "../../host/board/board.ts";
import {
  type Choice,
  choosePort,
  describePort,
  type PortWish,
  parsePortFilter,
  passes,
} from "../../host/serial/choose.ts";
import { VirtualClock } from "../../host/serial/emulated/virtual-clock.ts";
import { listPorts, openPort } from "../../host/serial/open.ts";
import type { Port, PortInfo, PortOpener, Signals } from "../../host/serial/port.ts";
import { PortEnd } from "../../host/serial/port-end.ts";
import { parseResetSequence, resetSteps, runSteps, touch1200 } from "../../host/serial/reset-sequence.ts";
import { asksAt1200, usbIdOf, usbIds, usbIdText } from "../../host/serial/usb-ids.ts";

const pico: PortInfo = { path: "/dev/ttyACM0", vendorId: 0x2e8a, productId: 0x000a, serialNumber: "E6612483CB" };
const nano: PortInfo = {
  path: "/dev/ttyACM1",
  vendorId: 0x2341,
  productId: 0x805a,
  serialNumber: "33BLE0001",
  product: "Nano 33 BLE",
};
const bridge: PortInfo = { path: "/dev/ttyUSB0", vendorId: 0x10c4, productId: 0xea60, serialNumber: "0001" };
const gadget: PortInfo = { path: "/dev/ttyACM7", vendorId: 0x1234, productId: 0x5678, manufacturer: "Somebody" };
const plain: PortInfo = { path: "/dev/ttyS0" };

const nameOf = (choice: Choice) =>
  choice.kind === "one" ? choice.address : choice.among.map(({ path }) => path).join(" ");
const choose = (wish: PortWish, ...seen: PortInfo[]) => nameOf(choosePort(wish, seen));

describe("which port", () => {
  test.each([
    ["the only one on USB", {}, [plain, pico], "/dev/ttyACM0"],
    ["known ids before unknown ones", {}, [gadget, nano], "/dev/ttyACM1"],
    ["an unknown one, where there is no other", {}, [gadget, plain], "/dev/ttyACM7"],
    ["several: asked, or an error", {}, [pico, nano, plain], "/dev/ttyACM0 /dev/ttyACM1"],
    ["the board's own", { board: "nano33ble" }, [pico, nano], "/dev/ttyACM1"],
    [
      "a bridge of no particular board, for one that has none",
      { board: "blackpill-f411" },
      [pico, gadget],
      "/dev/ttyACM7",
    ],
    ["a path, whatever is seen", { address: "/dev/ttyACM9" }, [pico], "/dev/ttyACM9"],
    ["auto is no path", { address: "auto" }, [pico], "/dev/ttyACM0"],
    ["a serial number", { address: "id:33BLE0001" }, [pico, nano], "/dev/ttyACM1"],
    ["a filter", { filters: [parsePortFilter("vid=0x2e8a")] }, [pico, nano], "/dev/ttyACM0"],
    [
      "all parts of one filter",
      { filters: [parsePortFilter("vid=0x2341,serial=33ble")] },
      [pico, nano],
      "/dev/ttyACM1",
    ],
    [
      "any of several filters",
      { filters: ["vid=0x10c4", "name=nano"].map(parsePortFilter) },
      [pico, nano, bridge],
      "/dev/ttyACM1 /dev/ttyUSB0",
    ],
    [
      "a port that is not on USB, when it is named",
      { filters: [parsePortFilter("name=ttyS")] },
      [pico, plain],
      "/dev/ttyS0",
    ],
  ] as [string, PortWish, PortInfo[], string][])("%s", (_, wish, seen, wanted) => {
    expect(choose(wish, ...seen)).toBe(wanted);
  });

  test.each([
    [{}, [plain], "none"],
    [{ address: "id:NOT-HERE" }, [pico], "serial number NOT-HERE"],
    [{ filters: [parsePortFilter("pid=0x9999")] }, [pico], "passes the filter"],
    [{ board: "pico" }, [nano], "may be a pico"],
  ] as [PortWish, PortInfo[], string][])("none: serial/no-port (%#)", (wish, seen, words) => {
    try {
      choosePort(wish, seen);
      expect.unreachable();
    } catch (cause) {
      expect(cause).toMatchObject({ code: "serial/no-port", exit: 4 });
      if (words !== "none") expect(String(cause)).toContain(words);
      for (const port of seen) expect(String(cause)).toContain(port.path);
    }
  });

  test("filters: ids as esptool writes them", () => {
    expect(parsePortFilter("vid=0x2e8a , pid=10")).toEqual({ vendorId: 0x2e8a, productId: 10 });
    expect(parsePortFilter("vid=2E8A,serial=E66,name=pico")).toEqual({ vendorId: 0x2e8a, serial: "E66", name: "pico" });
    expect(passes(gadget, parsePortFilter("name=some"))).toBe(true);
    for (const text of ["", "vid", "vid=", "vid=xyz", "vid=0x12345", "vid=70000", "colour=red", "vid=1;pid=2"])
      expect(() => parsePortFilter(text)).toThrowError(
        expect.objectContaining({ code: "serial/port-filter", exit: 2 }),
      );
  });

  test("described by what is known of it", () => {
    expect(describePort(pico)).toBe("/dev/ttyACM0 (2e8a:000a, RP2040 application (CDC), E6612483CB)");
    expect(describePort(plain)).toBe("/dev/ttyS0");
  });
});

describe("the table of USB ids", () => {
  test("names boards that there are, each row with a source and ids of its own", () => {
    const names = new Set(knownBoards.map(({ name }) => name));
    const seen = new Set<string>();
    for (const row of usbIds) {
      expect(row.source).not.toBe("");
      for (const name of row.boards) expect(names).toContain(name);
      for (const productId of row.productIds === "any" ? [] : row.productIds) {
        const text = usbIdText({ vendorId: row.vendorId, productId });
        expect(seen).not.toContain(text);
        seen.add(text);
        expect(usbIdOf({ vendorId: row.vendorId, productId })).toBe(row);
      }
    }
    expect(usbIdOf({ vendorId: 0x1366, productId: 0x0105 })?.what).toBe("SEGGER J-Link");
    expect(usbIdOf(plain)).toBeUndefined();
    expect(asksAt1200("nano33ble")).toBe(true);
    expect(asksAt1200("nucleo-f446re")).toBe(false);
  });
});

/** A port that notes what is done to it. */
function noted({ signals = true, info = pico as PortInfo } = {}) {
  const done: string[] = [];
  const clock = new VirtualClock();
  const say = (text: string) => void done.push(`${clock.now()} ${text}`);
  const port: Port = {
    info,
    readable: new ReadableStream(),
    write: async () => {},
    configure: async () => {},
    setSignals: async ({ dtr, rts }: Signals) => {
      say([dtr === undefined ? "" : `D${Number(dtr)}`, rts === undefined ? "" : `R${Number(rts)}`].join(""));
      return signals;
    },
    onState: () => () => {},
    close: async () => say("close"),
  };
  return { port, done, clock };
}

describe("opening by address", () => {
  const row = (scheme: string, list?: PortOpener["list"]): PortOpener => ({
    scheme,
    open: async (path) => noted({ info: { path: `${scheme}|${path}` } }).port,
    ...(list ? { list } : {}),
  });
  const openers = [row("tcp"), row("sim"), row("")];

  test.each([
    ["tcp://host:1", "tcp|tcp://host:1"],
    ["sim:pico@left", "sim|sim:pico@left"],
    ["/dev/ttyACM0", "|/dev/ttyACM0"],
    ["COM3", "|COM3"],
    ["\\\\.\\COM10", "|\\\\.\\COM10"],
    ["C:\\dev", "|C:\\dev"],
  ])("%s", async (address, opened) => {
    expect((await openPort(address, { baud: 9600 }, openers)).info.path).toBe(opened);
  });

  test("a scheme that nobody opens: serial/port-address", async () => {
    await expect(openPort("udp://host:1", { baud: 9600 }, openers)).rejects.toMatchObject({
      code: "serial/port-address",
      exit: 2,
      message: expect.stringContaining("tcp:, sim:, a path"),
    });
  });

  test("a list that fails hides no other", async () => {
    const broken = row("x", () => Promise.reject(new Error("no udevadm")));
    expect(await listPorts([broken, row("y", async () => [plain]), row("z")])).toEqual([plain]);
  });
});

describe("resets", () => {
  test("esptool's mini-language", () => {
    expect(parseResetSequence("D0|R1|W0.1| D1 |R0|W2|U1,0|U0 , 1")).toEqual([
      { signals: { dtr: false } },
      { signals: { rts: true } },
      { waitMilliseconds: 100 },
      { signals: { dtr: true } },
      { signals: { rts: false } },
      { waitMilliseconds: 2000 },
      { signals: { dtr: true, rts: false } },
      { signals: { dtr: false, rts: true } },
    ]);
    for (const text of [
      "",
      "D2",
      "X1",
      "W",
      "W-1",
      "W61",
      "D1|",
      "U1",
      "U1,2",
      "d1",
      "W1e3",
      Array(101).fill("D1").join("|"),
    ])
      expect(() => parseResetSequence(text)).toThrowError(
        expect.objectContaining({ code: "serial/reset-sequence", exit: 2 }),
      );
  });

  test("by how the lines are wired: an ESP's bridge, Espressif's USB, and boards without", () => {
    const boot = { purpose: "boot", how: "default-reset" } as const;
    expect(resetSteps(bridge, boot)).toEqual(parseResetSequence("U0,0|U1,1|U0,1|W0.1|U1,0|W0.05|U0,0"));
    expect(resetSteps({ vendorId: 0x303a, productId: 0x1001 }, boot)[0]).toEqual({ signals: { rts: false } });
    expect(resetSteps(pico, boot)).toEqual([]);
    expect(resetSteps(bridge, { purpose: "run", how: "hard-reset" })).toEqual(parseResetSequence("U0,1|W0.1|U0,0"));
    for (const how of ["no-reset", "watchdog-reset"] as const)
      expect(resetSteps(bridge, { purpose: "run", how })).toEqual([]);
    const custom = parseResetSequence("D1");
    expect(resetSteps(pico, { ...boot, custom })).toBe(custom);
    expect(resetSteps(bridge, { ...boot, how: "no-reset", custom })).toEqual([]);
  });

  test("run in time; a port without lines says so at once", async () => {
    const { port, done, clock } = noted();
    expect(await runSteps(port, parseResetSequence("D0|R1|W0.1|U1,0|W0.05|D0"), clock)).toBe(true);
    expect(done).toEqual(["0 D0", "0 R1", "100 D1R0", "150 D0"]);
    const without = noted({ signals: false });
    expect(await runSteps(without.port, parseResetSequence("D0|W1|R1"), without.clock)).toBe(false);
    expect(without.done).toEqual(["0 D0"]);
    expect(without.clock.now()).toBe(0);
  });

  test("the touch: 1200 baud, DTR falls, the port is closed even when it fails", async () => {
    const { port, done, clock } = noted();
    const bauds: number[] = [];
    const open = async ({ baud }: { readonly baud: number }) => {
      bauds.push(baud);
      return port;
    };
    await touch1200(open, clock);
    expect(bauds).toEqual([1200]);
    expect(done).toEqual(["0 D1", "50 D0", "100 close"]);
    const gone = noted();
    gone.port.setSignals = async () => Promise.reject(new Error("gone"));
    await expect(touch1200(async () => gone.port, gone.clock)).rejects.toThrow("gone");
    expect(gone.done).toEqual(["0 close"]);
  });
});

describe("the readable end", () => {
  test("is held back when full, and goes on when read", async () => {
    const flow: string[] = [];
    const end = new PortEnd({ pause: () => flow.push("pause"), resume: () => flow.push("resume") });
    for (let sent = 0; sent < 5; sent++) end.push(new Uint8Array(1 << 16));
    expect(flow).toEqual(["pause"]);
    const reader = end.readable.getReader();
    for (let read = 0; read < 4; read++) await reader.read();
    expect(flow).toEqual(["pause", "resume"]);
    end.end("lost", "why");
    end.end("closed");
    expect((await reader.read()).value).toHaveLength(1 << 16);
    expect((await reader.read()).done).toBe(true);
    expect([end.state, end.reason]).toEqual(["lost", "why"]);
    end.push(new Uint8Array(1)); // nobody minds
  });

  test("a stream that its reader cancelled takes bytes, and forgets them", async () => {
    const end = new PortEnd();
    const states: string[] = [];
    const stop = end.onState((state) => states.push(state));
    await end.readable.cancel();
    end.push(new Uint8Array(10));
    expect(end.end("closed")).toBe(true);
    expect(end.end("lost")).toBe(false);
    stop();
    expect(states).toEqual(["closed"]);
  });
});
