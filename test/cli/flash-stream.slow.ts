// The way that a user goes, as real processes: an app is built and flashed by a port's name alone, and its results stream from the same port. On
// every simulated board with a plug of its own; again, with nothing to write; and after the flash has been interrupted. Building costs a process
// seconds, so it is left to the program on one board; the others are given the same app's image, built here.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { buildAppFile } from "../../host/cli/app-file.ts";
import { command as build } from "../../host/cli/commands/build.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { machine, nanoPort, picoPort } from "./plugged-machine.ts";
import { runProgram } from "./process.ts";
import { program, temporaryFolder } from "./thumbelina.ts";
import { callVerb } from "./verb.ts";

const app = fileURLToPath(new URL("../../models/motion/app.json", import.meta.url));
const recording = fileURLToPath(new URL("../../models/motion/recording.csv", import.meta.url));
const folder = temporaryFolder();
const run = (...args: string[]) => runProgram(args, { cwd: folder }).ended;

/** The app as flash builds it for a board: it speaks on the chip's USB where the board has its plug there. */
async function imageFor(name: string): Promise<string> {
  const board = findBoard(name);
  const { linked } = await buildAppFile(app, board, () => (board.consoles?.usb ? "usb" : undefined));
  const file = join(folder, `${name}.elf`);
  writeFileSync(file, writeImage(linked.image, "elf"));
  return file;
}

interface Case {
  readonly port: string;
  readonly protocol: string;
  /** What the second flash of the same image says is there already: nothing, where flash cannot be read or summed. */
  readonly readable: boolean;
  /** The program goes to its boot loader by itself. */
  readonly obeys: boolean;
}

const cases: readonly Case[] = [
  { port: "sim:pico", protocol: "uf2", readable: false, obeys: true },
  { port: "sim-usb:pico@usb", protocol: "picoboot", readable: true, obeys: true },
  { port: "sim:nano33ble", protocol: "sam-ba", readable: true, obeys: true },
  { port: "sim:feather-nrf52840", protocol: "uf2", readable: false, obeys: true },
  { port: "sim:nucleo-f446re", protocol: "drive", readable: false, obeys: false },
  { port: "sim:blackpill-f411", protocol: "an3155", readable: true, obeys: false },
];

describe("flash, then stream", () => {
  test.each(cases)("$port", { timeout: 240_000 }, async ({ port, protocol, readable, obeys }) => {
    const board = /:([^@]+)/.exec(port)![1]!;
    const file = port === "sim:pico" ? app : await imageFor(board);
    const flashed = await run("flash", file, "-p", port, "--json");
    expect(flashed).toMatchObject({ code: 0 });
    expect(JSON.parse(flashed.stdout)).toMatchObject({ ok: true, board, protocol, skippedBytes: 0 });

    const streamed = await run("stream", "-p", port, "--feed", `accelerometer=${recording}`, "--count", "3", "--json");
    expect(streamed.code).toBe(0);
    const lines = streamed.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.find(({ kind }) => kind === "boot").notice.boot).toMatchObject({ board, app: "motion", reset: 1 });
    const results = lines.filter(({ kind }) => kind === "result").map(({ result }) => result);
    expect(results).toHaveLength(3);
    for (const [i, result] of results.entries())
      expect(result).toMatchObject({
        seq: i,
        label: expect.any(String),
        score: expect.any(Number),
        window: 128 + 32 * i,
      });

    const again = await run("flash", file, "-p", port, "--json");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr.includes("asked the application for its boot loader (1200 baud)")).toBe(obeys);
    expect(again.stderr).not.toContain("did not obey");
    if (readable) expect(JSON.parse(again.stdout)).toMatchObject({ writtenBytes: 0 });
  });

  test("a flash that was interrupted is mended by the next, and the app runs", async () => {
    const words = "sim-usb:pico@cut,fault=leave-after:40";
    const file = await imageFor("pico");
    expect(await run("flash", file, "-p", words)).toMatchObject({
      code: 6,
      stderr: expect.stringContaining("to mend it"),
    });
    expect((await run("flash", file, "-p", "sim-usb:pico@cut")).code).toBe(0);
    const streamed = await run("stream", "-p", "sim-usb:pico@cut", "--count", "1");
    expect(streamed).toMatchObject({ code: 0, stdout: expect.stringContaining('"label":') });
  }, 120_000);

  test("Ctrl-C ends a stream with 130, and the board is free", async () => {
    const built = join(folder, "built.uf2");
    const { exit, err } = await callVerb(build, { model: app, board: "pico", output: built });
    expect([exit, err]).toEqual([0, expect.stringContaining("it speaks on the UART's pins; --console usb")]);
    expect((await run("flash", built, "-p", "sim:pico@quit")).code).toBe(0);
    const streaming = runProgram(["stream", "-p", "sim:pico@quit"], { cwd: folder });
    await streaming.saw("attached to");
    await new Promise((resolve) => setTimeout(resolve, 500));
    streaming.child.kill("SIGINT");
    expect((await streaming.ended).code).toBe(130);
    expect(existsSync(join(folder, ".thumbelina/sim/pico@quit.flash.lock"))).toBe(false);
    expect(await run("stream", "-p", "sim:pico@quit", "--count", "1")).toMatchObject({ code: 0 });
  }, 120_000);

  test("QEMU's boards get a file and a command line", async () => {
    const ended = await run("flash", app, "--board", "mps2-an386");
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^qemu-system-arm -M mps2-an386 .*-kernel app-mps2-an386.elf\n$/),
    });
    const image = readImage(new Uint8Array(readFileSync(join(folder, "app-mps2-an386.elf"))));
    expect(image.target.board).toBe("mps2-an386");
  }, 60_000);
});

test("a person at a terminal is asked which port; what is no number of the list is exit 4", {
  timeout: 60_000,
}, async () => {
  const root = machine([picoPort, nanoPort]);
  const answered = async (answer: string) => {
    const command = `"${process.execPath}" "${program}" stream --no-reconnect --for 1s`;
    const env = { ...process.env, THUMBELINA_ROOT: root, THUMBELINA_PORT: "" };
    const child = spawn("script", ["-qec", command, "/dev/null"], { cwd: folder, env });
    let text = "";
    child.stdout.on("data", (more) => {
      if (!text.includes("which port? 1 to 2") && `${text}${more}`.includes("which port? 1 to 2"))
        child.stdin.end(`${answer}\n`);
      text += more;
    });
    const code = await new Promise((resolve) => {
      child.on("error", () => resolve("no script"));
      child.on("close", resolve);
    });
    return { code, text };
  };
  const second = await answered("2");
  if (second.code === "no script") return console.warn("skipped: no `script` to make a terminal with");
  expect(second.text).toMatch(/1 {2}\S+ttyACM0 \(2e8a:000a/);
  // A file is no serial port; but it was the second that was opened.
  expect(second.text).toMatch(/cannot open \S+ttyACM1/);
  expect((await answered("7")).code).toBe(4);
});
