// flash over lines, as real processes: a boot loader behind TCP and behind a pseudo-terminal, Ctrl-C and unplugging in the middle, and on
// simulated boards a fault in some byte. What was begun is mended by the next run, and the state of the board is said.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type Board, findBoard, mainMemories } from "../../host/board/board.ts";
import { Stm32UsartDevice } from "../../host/serial/emulated/stm32-usart-device.ts";
import { comPortServer } from "../serial/com-port-server.ts";
import { noise } from "../serial/flash-bench.ts";
import { f411Sectors, image } from "../serial/rom-benches.ts";
import { type Served, servePty, serveTcp } from "../serial/serve-device.ts";
import { runProgram } from "./process.ts";
import { temporaryFolder, thumbelina } from "./thumbelina.ts";

const folder = temporaryFolder();
const data = image(6000, 4);
const file = join(folder, "image.bin");
writeFileSync(file, data);
const hasSocat = spawnSync("sh", ["-c", "command -v socat"]).status === 0;

const served: Served[] = [];
afterEach(async () => {
  for (const each of served.splice(0)) await each.close();
});

/** Erasing takes no time; a write takes as long as the chip needs. */
function chip(slowness = 0): Stm32UsartDevice {
  const flash = new Uint8Array(512 * 1024).fill(0xff);
  return new Stm32UsartDevice({ productId: 0x431, flashBase: 0x08000000, sectors: f411Sectors }, flash, {}, slowness);
}

const board = ["--board", "blackpill-f411"];
const mend = "the flash may hold a part of the image only; to mend it, hold BOOT0";
const holds = (device: Stm32UsartDevice) => Buffer.compare(device.flash.subarray(0, data.length), data) === 0;

describe("a boot loader behind tcp://", () => {
  test("Ctrl-C in the middle: 130, the state is said, the port is free for the next run", async () => {
    const device = chip();
    const receive = device.receive.bind(device);
    // Long enough for a hand on the keyboard: after so many bytes the chip takes its time.
    let heard = 0;
    device.receive = (bytes) => {
      heard += bytes.length;
      setTimeout(() => receive(bytes), heard > 1500 && heard < 4000 ? 150 : 0);
    };
    served.push(await serveTcp(device));
    const port = `tcp://127.0.0.1:${served[0]!.port}`;
    const run = runProgram(["flash", file, ...board, "-p", port, "--trace"], { cwd: folder });
    await run.saw("writing");
    while (heard < 1500) await new Promise((resolve) => setTimeout(resolve, 5));
    run.child.kill("SIGINT");
    const { code, stderr } = await run.ended;
    expect(code).toBe(130);
    expect(stderr).toContain(`interrupted: ${mend}`);
    expect(holds(device)).toBe(false);
    heard = 4000;
    device.reset();
    const again = await runProgram(["flash", file, ...board, "-p", port, "--json"], { cwd: folder }).ended;
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({
      ok: true,
      protocol: "an3155",
      through: port,
      verified: "read-back",
    });
    expect(holds(device)).toBe(true);
    expect(device.running).toBe(true);
  });
});

/** The slow suite runs all of it. */
const slow = process.env.THUMBELINA_SUITE === "slow";

describe.runIf(slow && hasSocat)("a boot loader behind a pseudo-terminal", () => {
  test("flashed without modem lines; unplugged in the middle: 6, the state is said", async () => {
    const device = chip();
    const pty = await servePty(device);
    served.push(pty);
    const args = ["flash", file, ...board, "-p", pty.path];
    expect(await runProgram(args, { cwd: folder }).ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/blackpill-f411: 6000 bytes written; read back \(an3155, \/dev\/pts\/\d+\)/),
    });
    expect(holds(device)).toBe(true);
    device.reset();
    device.flash.fill(0xff);
    const receive = device.receive.bind(device);
    let heard = 0;
    device.receive = (bytes) => {
      heard += bytes.length;
      if (heard < 3000) receive(bytes);
      else void served.splice(0)[0]?.close();
    };
    const cut = await runProgram(args, { cwd: folder }).ended;
    expect(cut).toMatchObject({ code: 6, stderr: expect.stringContaining(mend) });
    expect(cut.stderr).toMatch(/error\[serial\/(lost|no-answer)\]/);
  });

  test("no rights: 5; not there: 4; held by another: 6", async () => {
    const pty = await servePty(chip());
    served.push(pty);
    const args = ["flash", file, ...board, "-p"];
    const other = process.getuid?.() === 0 ? 65534 : undefined;
    if (other !== undefined) {
      spawnSync("chmod", ["600", pty.path]);
      const denied = await runProgram(["stream", "-p", pty.path], { cwd: "/", uid: other }).ended;
      expect(denied).toMatchObject({ code: 5, stderr: expect.stringContaining("error[serial/port-permission]") });
    }
    expect(await runProgram([...args, "/dev/pts/99999"], { cwd: folder }).ended).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("error[serial/no-port]"),
    });
    const holder = runProgram(["stream", "-p", pty.path], { cwd: folder });
    await holder.saw("attached to");
    const busy = await runProgram([...args, pty.path], { cwd: folder }).ended;
    holder.child.kill("SIGINT");
    expect((await holder.ended).code).toBe(130);
    expect(busy).toMatchObject({ code: 6, stderr: expect.stringContaining("error[serial/port-busy]") });
    // Let go of by Ctrl-C.
    expect((await runProgram([...args, pty.path], { cwd: folder }).ended).code).toBe(0);
  });

  test("the package serialport is missing: 4, and what brings it; tcp:// works without", async () => {
    const hook = `export async function resolve(name, context, next) {
      if (name === "serialport") throw Object.assign(new Error("Cannot find package 'serialport'"), { code: "ERR_MODULE_NOT_FOUND" });
      return next(name, context);
    }`;
    const loader = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(loader)}` };
    const device = chip();
    const pty = await servePty(device);
    served.push(pty);
    const missing = await runProgram(["flash", file, ...board, "-p", pty.path], { cwd: folder, env }).ended;
    expect(missing).toMatchObject({ code: 4, stderr: expect.stringContaining("error[serial/no-binding]") });
    expect(missing.stderr).toContain("npm install serialport@13");
    const devices = await runProgram(["devices"], { cwd: folder, env }).ended;
    expect(devices.code).toBe(0);
  });
});

/** What an RFC 2217 server is told of DTR and RTS while an ESP32 that does not answer is looked for. */
async function signalsOf(args: readonly string[]): Promise<number[]> {
  let far: ReturnType<typeof comPortServer> | undefined;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    far = comPortServer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = `rfc2217://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = runProgram(["flash", file, "-b", "esp32-devkitc", "-p", port, ...args], { cwd: folder });
  let isOver = false;
  void run.ended.then(() => (isOver = true));
  // until the first SYNC
  while (!isOver && (!far || far.data.length < 36)) await new Promise((resolve) => setTimeout(resolve, 10));
  run.child.kill("SIGINT");
  expect((await run.ended).code).toBe(130);
  server.close();
  return far!.told.filter(([, command]) => command === 5).map(([, , value]) => value!);
}

describe.runIf(slow)("resets in esptool's words", () => {
  const [dtrOn, dtrOff, rtsOn, rtsOff] = [8, 9, 11, 12];
  test("the circuit's own, none, or the user's sequence", async () => {
    expect(await signalsOf([])).toEqual([dtrOff, rtsOn, dtrOn, rtsOff, dtrOff]);
    expect(await signalsOf(["--before", "no-reset"])).toEqual([]);
    expect(await signalsOf(["--reset-sequence", "R1|W0.02|U1,0|D0"])).toEqual([rtsOn, dtrOn, rtsOff, dtrOff]);
  });

  test("what is no sequence, no word: 2", async () => {
    const at = ["flash", file, "-b", "esp32-devkitc", "-p", "tcp://127.0.0.1:9"];
    const sequence = await runProgram([...at, "--reset-sequence", "D1|X"], { cwd: folder }).ended;
    expect(sequence).toMatchObject({ code: 2, stderr: expect.stringContaining("error[serial/reset-sequence]") });
    expect((await runProgram([...at, "--before", "gently"], { cwd: folder }).ended).code).toBe(2);
    const bare = await runProgram([...at, "--baud"], { cwd: folder }).ended;
    expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining("--baud needs a value") });
  });
});

describe("a fault on the line to a simulated board", () => {
  const boards: readonly (readonly [string, string, string])[] = [
    ["blackpill-f411", "an3155", "hold BOOT0"],
    ["nano33ble", "sam-ba", "press reset twice"],
    ["feather-nrf52840", "nrf-dfu", "press reset twice"],
    ["esp32-devkitc", "esp-rom", "hold BOOT (IO0)"],
  ];
  test.each(slow ? boards : boards.slice(1, 2))("%s: unplugged in the middle, said, mended", (name, protocol, how) => {
    const at = findBoard(name);
    const hex = join(folder, `${name}.bin`);
    writeFileSync(hex, noise(9000, 2));
    const run = (words: string) =>
      thumbelina(["flash", hex, "-b", name, "-p", `sim:${name}@line,port${words}`, "--json"], { cwd: folder });
    const cut = run(",fault=leave:5000");
    expect(cut).toMatchObject({ code: 6, stderr: expect.stringContaining("serial/lost") });
    expect(cut.stderr).toContain(how);
    expect(JSON.parse(cut.stdout)).toMatchObject({ ok: false, exit: 6, errors: [{ code: "serial/lost" }] });
    const next = run("");
    expect(next.code).toBe(0);
    expect(JSON.parse(next.stdout)).toMatchObject({ protocol });
    expect(holdsBytes(at, hex, "@line")).toBe(true);
  });

  test.runIf(slow)("words that mean nothing are refused", () => {
    const args = ["flash", file, ...board, "-p", "sim:blackpill-f411,port,fault=eat:5"];
    expect(thumbelina(args, { cwd: folder })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error[serial/address]"),
    });
  });
});

function holdsBytes(at: Board, source: string, name: string): boolean {
  const flash = readFileSync(join(folder, ".thumbelina/sim", `${at.name}${name}.flash`));
  const wanted = readFileSync(source);
  const offset = at.image.start - mainMemories(at).flash.base;
  return Buffer.compare(flash.subarray(offset, offset + wanted.length), wanted) === 0;
}
