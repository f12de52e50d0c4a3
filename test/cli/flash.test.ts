// The verb flash as a real process on simulated boards: every carrier, whole, again and changed; refusals with their exit codes and the
// state of the board; progress on a terminal; interrupted and mended. Simulated boards keep their flash in the working folder.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import yargs from "yargs";
import { UserError } from "../../host/base/errors.ts";
import { type Board, findBoard, mainMemories } from "../../host/board/board.ts";
import { command } from "../../host/cli/commands/flash.ts";
import { progressLine } from "../../host/cli/flash-progress.ts";
import { errorText } from "../../host/cli/report.ts";
import type { Terminal } from "../../host/cli/terminal.ts";
import { type Image, imageOf, readImage, writeImage } from "../../host/image/image.ts";
import { openSimState } from "../../host/serial/node/sim-state.ts";
import { randomBytes, randomImage } from "../serial/flash-scene.ts";
import { type Ended, program, temporaryFolder } from "./thumbelina.ts";

const folder = temporaryFolder();

/** The slow suite runs every case as a real process; the quick one most of them in this one, by the same parser of arguments. */
const runIn = process.env.THUMBELINA_SUITE === "slow" ? runProcess : runHere;

function runProcess(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const clean = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, THUMBELINA_PORT: undefined, ...env };
    const child = spawn(process.execPath, [program, "flash", ...args], { cwd: folder, env: clean, timeout: 60_000 });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => (stdout += text));
    child.stderr.on("data", (text) => (stderr += text));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

async function runHere(argv: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  const parser = yargs([...argv])
    .options(command.options)
    .option("json", { type: "boolean" })
    .exitProcess(false);
  const args = await parser
    .parserConfiguration({ "camel-case-expansion": false, "boolean-negation": true })
    .parseAsync();
  const terminal: Terminal = {
    out: (text) => void (stdout += `${text}\n`),
    outBytes: (bytes) => void (stdout += new TextDecoder().decode(bytes)),
    note: (text) => void (stderr += `${text}\n`),
    ...{ json: args["json"] === true, color: false, isTty: false, columns: 120, cwd: folder, env },
  };
  try {
    return { code: await command.run({ ...args, file: args._[0] }, terminal, []), stdout, stderr };
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    return { code: cause.exit, stdout, stderr: stderr + errorText(cause, terminal) };
  }
}

const run = (...args: string[]) => runIn(args);

let files = 0;
function fileOf(image: Image, format: "uf2" | "hex" | "elf" | "bin" = "hex"): string {
  const file = join(folder, `image ${files++}.${format}`);
  writeFileSync(file, writeImage(image, format));
  return file;
}

function holds(board: Board, image: Image, name = ""): boolean {
  const flash = readFileSync(join(folder, ".thumbelina/sim", `${board.name}${name}.flash`));
  const { base } = mainMemories(board).flash;
  return image.segments.every(({ loadAddress, data }) =>
    data.every((byte, i) => flash[loadAddress - base + i] === byte),
  );
}

describe("a simulated board is flashed", () => {
  test.each([
    ["sim-usb:pico", "pico", "picoboot", "read-back"],
    ["sim:pico@drive", "pico", "uf2", "accepted-by-drive"],
    ["sim-usb:blackpill-f411", "blackpill-f411", "dfu", "read-back"],
    ["sim:blackpill-f411@serial", "blackpill-f411", "an3155", "read-back"],
    ["sim:nucleo-f446re", "nucleo-f446re", "drive", "accepted-by-drive"],
    ["sim:microbit", "microbit", "drive", "accepted-by-drive"],
    ["sim:feather-nrf52840", "feather-nrf52840", "uf2", "accepted-by-drive"],
    ["sim:nano33ble", "nano33ble", "sam-ba", "crc"],
  ])("%s", async (port, name, protocol, verified) => {
    const board = findBoard(name);
    const image = randomImage(board, 6000);
    const file = fileOf(image);
    const { code, stdout, stderr } = await run(file, "--board", name, "-p", port, "--json");
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, board: name, protocol, verified });
    expect(holds(board, image, /@\w+/.exec(port)?.[0])).toBe(true);
  });

  test("again: nothing is written; --all: everything; one line per stage", async () => {
    const board = findBoard("pico");
    const file = fileOf(randomImage(board, 6000, 5), "uf2");
    const port = ["--board", "pico", "-p", "sim-usb:pico@again"];
    const [first, again, all] = [await run(file, ...port), await run(file, ...port), await run(file, ...port, "--all")];
    expect(first.stderr.split("\n")).toEqual([
      "connecting",
      expect.stringMatching(/^comparing: 6144 bytes/),
      expect.stringMatching(/^erasing: 8192 bytes/),
      expect.stringMatching(/^writing: 6144 bytes/),
      expect.stringMatching(/^verifying: 6144 bytes/),
      "resetting",
      expect.stringMatching(/^pico: 6144 bytes written; read back \(picoboot, usb 2e8a:0003/),
      "",
    ]);
    expect(again.stderr).toContain("pico: 0 bytes written, 6144 were there already");
    expect(all.stderr).toContain("pico: 6144 bytes written; read back");
  });

  test("THUMBELINA_PORT, --trace and --no-verify", async () => {
    const file = fileOf(imageOf([{ address: 0x08000000, data: Uint8Array.of(1, 2, 3, 4) }], {}));
    const env = { THUMBELINA_PORT: "sim-usb:blackpill-f411@trace" };
    const { code, stderr } = await runIn([file, "-b", "blackpill-f411", "--trace", "--no-verify"], env);
    expect(code).toBe(0);
    expect(stderr).toContain("> 41 00 00 00 08"); // DfuSe: erase 0x0800_0000
    expect(stderr).toContain("> 01 02 03 04");
    expect(stderr).toContain("not verified");
    expect(stderr).not.toContain("verifying");
  });

  test("by a real process, twice", async () => {
    const board = findBoard("pico");
    const image = randomImage(board, 6000, 8);
    const args = [fileOf(image), "--board", "pico", "-p", "sim-usb:pico@process"];
    expect(await runProcess(args)).toMatchObject({ code: 0, stderr: expect.stringContaining("6144 bytes written") });
    expect(await runProcess([...args, "--json"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"writtenBytes":0'),
    });
    expect(holds(board, image, "@process")).toBe(true);
  });

  test("a board without a boot loader gets a file and a command line", async () => {
    const file = fileOf(randomImage(findBoard("mps2-an386"), 300));
    const { code, stdout } = await run(file, "--board", "mps2-an386", "-o", join(folder, "an image.elf"));
    expect(code).toBe(0);
    expect(stdout.replace(`${folder}/`, "")).toBe(
      "qemu-system-arm -M mps2-an386 -nographic -monitor none -serial tcp::4444,server -kernel 'an image.elf'\n",
    );
    expect(readImage(new Uint8Array(readFileSync(join(folder, "an image.elf")))).segments[0]!.data.length).toBe(300);
    const small = fileOf(randomImage(findBoard("microbit"), 300));
    const emulated = await run(small, "--board", "microbit", "-o", join(folder, "microbit.elf"));
    expect([emulated.code, emulated.stdout]).toEqual([0, expect.stringContaining("qemu-system-arm -M microbit ")]);
    expect(emulated.stderr).toMatch(/^[^:]*microbit.elf written; it runs with\n$/);
    const bare = await run(file, "--board", "cortex-m4", "-o", join(folder, "bare.elf"), "--json");
    expect(JSON.parse(bare.stdout).run).toContain("thumbelina sim");
  });
});

describe("refused", () => {
  const image = randomImage(findBoard("pico"), 6000);
  const file = fileOf(image);
  test.each([
    ["no boot loader", ["-p", "sim-usb:pico,absent"], 4, "no-boot-loader", "hold BOOTSEL"],
    ["not mounted", ["-p", "sim:pico,unmounted"], 4, "not-mounted", "udisksctl mount -b /dev/sdz1"],
    ["another chip", ["-p", "sim-usb:pico,id=rp2350"], 11, "wrong-chip", "not touched"],
    ["another drive", ["-p", "sim:pico,id=RP2350"], 11, "wrong-chip", "not touched"],
    ["a full drive", ["-p", "sim:pico,full=1000"], 6, "drive-full", "no room"],
    ["a read-only drive", ["-p", "sim:pico,read-only"], 5, "drive-read-only", "cannot be written"],
    ["a drive that stays", ["-p", "sim:pico,stays"], 6, "drive-stays", "did not restart"],
    ["unplugged", ["-p", "sim:pico,vanish=4096"], 6, "lost", "after 4096 of"],
    ["a silent device", ["-p", "sim-usb:pico,fault=silent:8"], 6, "no-answer", "no answer within"],
    ["nonsense", ["-p", "sim-usb:pico,fault=long:6"], 6, "nonsense", "no boot loader should"],
    ["a stall", ["-p", "sim-usb:pico,fault=stall:9"], 6, "refused", "refused to"],
    ["not an address", ["-p", "sim-usb:pico,faulty"], 2, "address", "is none of"],
    ["a line's fault for a drive", ["-p", "sim:pico@any,fault=lose:3"], 2, "address", "a drive's faults are full="],
    ["no fault", ["-p", "sim-usb:pico,fault=bad:1"], 2, "address", "stall, silent"],
  ])("%s", async (_, port, exit, code, text) => {
    const ended = await run(file, "--board", "pico", ...port);
    expect(ended.stderr).toContain(`error[serial/${code}]`);
    expect(ended.stderr).toContain(text);
    expect(ended.code).toBe(exit);
  });

  test("an image for another board, unless forced; never over a boot loader", async () => {
    const uf2 = fileOf({ ...randomImage(findBoard("pico"), 300), target: { uf2Family: 0xada52840 } }, "uf2");
    const port = ["--board", "pico", "-p", "sim-usb:pico@forced"];
    expect(await run(uf2, ...port)).toMatchObject({ code: 11, stderr: expect.stringContaining("image/uf2-family") });
    expect((await run(uf2, ...port, "--force")).code).toBe(0);
    const low = fileOf(imageOf([{ address: 0x1000, data: new Uint8Array(300) }], {}));
    const nano = await run(low, "--board", "nano33ble", "-p", "sim:nano33ble@low", "--force");
    expect(nano).toMatchObject({ code: 11, stderr: expect.stringContaining("serial/outside-flash") });
  });

  test("a file that names no board, and one that does", async () => {
    const env = { THUMBELINA_ROOT: folder };
    const nameless = await runIn([file], env);
    expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining("say which board: --board B") });
    expect((await run(file, "-p", "sim-usb:pico@guessed")).code).toBe(0);
    const named = fileOf({ ...image, target: { board: "pico", core: "cortex-m0plus" } }, "elf");
    expect((await run(named, "-p", "sim-usb:pico@named")).code).toBe(0);
    const port = await run(named, "-p", "sim:nucleo-f446re@other");
    expect(port).toMatchObject({ code: 11, stderr: expect.stringContaining("serial/wrong-port") });
    const other = await run(named, "-p", "sim:nucleo-f446re@other", "--board", "nucleo-f446re");
    expect(other).toMatchObject({ code: 11, stderr: expect.stringContaining("serial/wrong-board") });
  });

  test("UF2 blocks for other chips are skipped, and that is said", async () => {
    const ours = writeImage({ ...image, target: { uf2Family: 0xe48bff56 } }, "uf2");
    const theirs = writeImage({ ...image, target: { uf2Family: 0x57755a57 } }, "uf2");
    const both = join(folder, "both.uf2");
    writeFileSync(both, Buffer.concat([theirs, ours]));
    const ended = await run(both, "--board", "pico", "-p", "sim-usb:pico@both");
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain("note: 24 UF2 blocks of family 0x57755a57 skipped");
    // The port names the board, and the file is told of once.
    const byPort = await run(both, "-p", "sim-usb:pico@both");
    expect([byPort.code, byPort.stderr.match(/UF2 blocks/g)]).toEqual([0, ["UF2 blocks"]]);
  });
});

describe("interrupted", () => {
  test("a device that leaves in the middle: the state is said, kept, and mended by the next run", async () => {
    const image = randomImage(findBoard("pico"), 20_000, 3);
    const file = fileOf(image);
    const board = ["--board", "pico", "-p"];
    const cut = await run(file, ...board, "sim-usb:pico@cut,fault=leave-after:40");
    expect(cut.code).toBe(6);
    expect(cut.stderr).toContain("the flash may hold a part of the image only; to mend it, hold BOOTSEL");
    expect(holds(findBoard("pico"), image, "@cut")).toBe(false);
    const next = await run(file, ...board, "sim-usb:pico@cut");
    expect(next.code).toBe(0);
    expect(next.stderr).toContain("were there already");
    expect(holds(findBoard("pico"), image, "@cut")).toBe(true);
  });

  test("a board is one process's at a time; a dead one's lock is taken over", async () => {
    const file = fileOf(randomImage(findBoard("pico"), 300));
    const args = [file, "--board", "pico", "-p", "sim-usb:pico@busy"];
    const state = openSimState(folder, findBoard("pico"), "busy");
    const busy = await run(...args);
    expect(busy).toMatchObject({ code: 6, stderr: expect.stringContaining(`in use by process ${process.pid}`) });
    expect(busy.stderr).toContain("serial/busy");
    state.close();
    const lock = join(folder, ".thumbelina/sim/pico@busy.flash.lock");
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, "999999999");
    expect((await run(...args)).code).toBe(0);
  });
});

describe("progress", () => {
  test("a bar with share, rate and time left", () => {
    const stage = { name: "writing", total: 100 * 1024, startedAt: 0, done: 25 * 1024 };
    expect(progressLine(stage, 2000, { color: false })).toBe(
      "writing    ██████··················  25 %, 12.5 KB/s  0:06 left",
    );
    expect(progressLine({ ...stage, total: undefined }, 2000, { color: false }).trim()).toBe("writing");
    expect(progressLine({ ...stage, done: 200 * 1024 }, 2000, { color: false })).toContain("100 %");
  });

  test("on a terminal the bar is redrawn in place, elsewhere it is not", async () => {
    const file = fileOf(imageOf([{ address: 0x10000000, data: randomBytes(200_000, 9) }], {}));
    const command = `"${process.execPath}" "${program}" flash "${file}" --board pico -p sim-usb:pico@tty`;
    const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder });
    let text = "";
    child.stdout.on("data", (more) => (text += more));
    const code = await new Promise((resolve) => {
      child.on("error", () => resolve(undefined));
      child.on("close", resolve);
    });
    if (code === undefined) return console.warn("skipped: no `script` to make a terminal with");
    expect(code).toBe(0);
    expect(text).toContain("\rwriting    ");
    expect(text).toMatch(/pico: \d+ bytes written/);
  });
});
