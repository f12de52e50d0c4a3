// devices, and the choice among ports: a folder in place of / has the /sys, /dev and /proc of a machine with boards on it. And what a board is
// guessed from, when flash is not told.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { findBoard } from "../../host/board/board.ts";
import { guessBoard } from "../../host/cli/board-guess.ts";
import { command as devices } from "../../host/cli/commands/devices.ts";
import { command as flash } from "../../host/cli/commands/flash.ts";
import { chosenPort } from "../../host/cli/port-options.ts";
import type { Terminal } from "../../host/cli/terminal.ts";
import { openSimState } from "../../host/serial/node/sim-state.ts";
import { bridge, machine, nanoPort, picoPort } from "./plugged-machine.ts";
import { runProgram } from "./process.ts";

function terminalAt(root: string, json = false) {
  const said = { out: "", err: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += `${text}\n`),
    outBytes: () => {},
    note: (text) => void (said.err += `${text}\n`),
    ...{ json, color: false, isTty: false, columns: 120, cwd: root, env: { THUMBELINA_ROOT: root } },
  };
  return { terminal, said };
}

async function codeOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => "ok",
    (cause) => (cause instanceof UserError ? cause.code : String(cause)),
  );
}

describe("devices", () => {
  test("lists ports with what their ids say, drives, simulated boards; inaccessible ones too", async () => {
    const root = machine([picoPort, { ...nanoPort, gone: true }, bridge, { name: "ttyS0" }], {
      ...{ label: "NODE_F446RE", mounted: true },
    });
    openSimState(root, findBoard("pico"), "left").close();
    const { terminal, said } = terminalAt(root);
    expect(await devices.run({}, terminal, [])).toBe(0);
    expect(said.out.replaceAll(root, "").split("\n")).toEqual([
      expect.stringMatching(/^port +usb id +what +board +serial +access$/),
      expect.stringMatching(/^\/dev\/ttyACM0 +2e8a:000a +RP2040 application \(CDC\) +pico +E6612483CB +ok$/),
      expect.stringMatching(/^\/dev\/ttyACM1 +2341:805a +Arduino Nano 33 BLE +nano33ble +33BLE0001 +gone$/),
      expect.stringMatching(/^\/dev\/ttyS0 +serial port +ok$/),
      expect.stringMatching(/^\/dev\/ttyUSB0 +1a86:7523 +WCH CH340 +ok$/),
      expect.stringMatching(/^\/media\/NODE_F446RE +drive NODE_F446RE +nucleo-f446re +ok$/),
      expect.stringMatching(/^sim:pico@left +simulated board +pico +ok$/),
      "",
    ]);
  });

  test("--json and --port-filter; nothing is no error", async () => {
    const root = machine([picoPort, nanoPort], { label: "RPI-RP2", mounted: false });
    const all = terminalAt(root, true);
    expect(await devices.run({}, all.terminal, [])).toBe(0);
    const listed = JSON.parse(all.said.out);
    expect(listed).toMatchObject({
      ok: true,
      devices: [
        { kind: "port", usb: "2e8a:000a", boards: ["pico"], serial: "E6612483CB", access: "ok" },
        { kind: "port", usb: "2341:805a" },
        { kind: "drive", port: "/dev/sdz1", boards: ["pico"], access: "unmounted" },
      ],
    });
    const filtered = terminalAt(root, true);
    await devices.run({ "port-filter": "vid=0x2341" }, filtered.terminal, []);
    expect(JSON.parse(filtered.said.out).devices).toHaveLength(1);
    const none = terminalAt(machine([]));
    expect(await devices.run({}, none.terminal, [])).toBe(0);
    expect(none.said).toMatchObject({ out: "", err: expect.stringContaining("nothing is plugged in") });
  });

  test("as a process: ambiguous is 4 without a terminal, and the candidates are named; THUMBELINA_PORT decides", async () => {
    const root = machine([picoPort, nanoPort]);
    const env = { THUMBELINA_ROOT: root };
    const several = await runProgram(["stream", "--for", "1s"], { cwd: root, env }).ended;
    expect(several.code).toBe(4);
    expect(several.stderr).toContain("error[serial/several-ports]: 2 ports could be meant");
    expect(several.stderr).toMatch(/ttyACM0 \(2e8a:000a.*ttyACM1 \(2341:805a/);
    const named = await runProgram(["stream", "--for", "1s"], {
      cwd: root,
      env: { ...env, THUMBELINA_PORT: "sim:pico" },
    }).ended;
    expect(named).toMatchObject({ code: 4, stderr: expect.stringContaining("error[serial/not-flashed]") });
  });
});

describe("the port that is meant", () => {
  const root = machine([picoPort, nanoPort, bridge]);
  const { terminal } = terminalAt(root);
  test.each([
    [{ port: "id:33BLE0001" }, "ttyACM1"],
    [{ board: "pico" }, "ttyACM0"],
    [{ "port-filter": "vid=0x1a86" }, "ttyUSB0"],
    [{ "port-filter": ["pid=0x9999", "serial=E66"] }, "ttyACM0"],
    [{ port: "auto", "port-filter": "name=pico" }, "ttyACM0"],
    [{ port: "tcp://host:1" }, "tcp://host:1"],
  ])("%o", async (args, path) => {
    expect((await chosenPort(args, terminal)).address).toMatch(new RegExp(`${path}$`));
  });

  test.each([
    [{}, "serial/several-ports"],
    [{ port: "id:NO" }, "serial/no-port"],
    [{ "port-filter": "colour=red" }, "serial/port-filter"],
    [{ feed: "smell=x.csv", port: "sim:pico" }, "cli/usage"],
  ])("%o: %s", async (args, code) => {
    expect(await codeOf(chosenPort(args, terminal))).toBe(code);
  });
});

describe("the board that is meant", () => {
  const guess = async (root: string, args = {}) => (await guessBoard(args, terminalAt(root).terminal)).name;

  test("by port, drive, simulated board", async () => {
    const two = machine([picoPort, nanoPort], { label: "NODE_L4R5ZI", mounted: true });
    expect(await guess(machine([nanoPort]))).toBe("nano33ble");
    expect(await guess(two, { port: "id:33BLE0001" })).toBe("nano33ble");
    expect(await guess(two, { port: join(two, "media/NODE_L4R5ZI") })).toBe("nucleo-l4r5zi");
    expect(await guess(machine([bridge], { label: "RPI-RP2", mounted: true }))).toBe("pico");
    expect(await guess(two, { port: "sim-usb:blackpill-f411@x" })).toBe("blackpill-f411");
    // An ST-LINK may be of two boards, its drive is of one.
    const probe = { name: "ttyACM3", vid: "0483", pid: "374b" };
    expect(await guess(machine([probe], { label: "NODE_F446RE", mounted: true }))).toBe("nucleo-f446re");
  });

  test("two kinds and nobody to ask: 4, with what was seen; none: usage", async () => {
    await expect(guessBoard({}, terminalAt(machine([picoPort, nanoPort])).terminal)).rejects.toMatchObject({
      code: "serial/several-ports",
      message: expect.stringMatching(/ttyACM0 \(2e8a:000a, RP2040 .*ttyACM1 \(2341:805a, Arduino Nano 33 BLE/),
    });
    const mixed = machine([nanoPort], { label: "RPI-RP2", mounted: true });
    await expect(guessBoard({}, terminalAt(mixed).terminal)).rejects.toMatchObject({
      ...{ code: "serial/several-ports", exit: 4 },
      message: expect.stringMatching(/Arduino Nano 33 BLE, .*: nano33ble, drive .*RPI-RP2: pico/),
    });
    expect(await codeOf(guessBoard({}, terminalAt(machine([bridge])).terminal))).toBe("cli/usage");
  });

  test("a port of another board is refused; --force tries it", async () => {
    const root = machine([nanoPort, picoPort]);
    const file = join(root, "image.bin");
    writeFileSync(file, new Uint8Array(64).fill(1));
    const run = (args: object) => {
      const at = terminalAt(root);
      return codeOf(Promise.resolve(flash.run({ file, board: "nano33ble", ...args }, at.terminal, [])));
    };
    expect(await run({ port: join(root, "dev/ttyACM0") })).toBe("serial/wrong-port");
    expect(await run({ port: "sim:pico" })).toBe("serial/wrong-port");
    // Forced, it is tried: what is there is no terminal.
    expect(await run({ port: join(root, "dev/ttyACM0"), force: true })).toMatch(/^serial\/(port-failed|no-port)$/);
  });
});
