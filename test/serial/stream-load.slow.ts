// Streams under load, as real processes: more lines than a person reads, a reader that does not read, a crash, a terminal's keys.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { hashOfApp } from "../../host/app/app.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { motionApp } from "../app/on-board.ts";
import { program } from "../cli/thumbelina.ts";
import { resultLine, ScriptedDevice } from "./scripted-device.ts";
import { cli, has, judge, motion, start } from "./stream-scene.ts";

describe("load", () => {
  test("10,000 lines a second for ten seconds: each one on stdout, and memory that does not grow", async () => {
    const device = await new ScriptedDevice().listen();
    try {
      const stream = cli("stream", "-p", device.address, "--format", "csv");
      let lines = 0;
      stream.child.stdout?.removeAllListeners("data");
      stream.child.stdout?.on("data", (bytes: Buffer) => {
        for (const byte of bytes) if (byte === 10) lines++;
      });
      await stream.said(/attached/);
      const resident = () =>
        Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${stream.child.pid}/status`, "utf8"))![1]) / 1024;
      const [all, perTick] = [100_000, 200];
      const memory: number[] = [];
      const started = performance.now();
      for (let sent = 0; sent < all; sent += perTick) {
        device.say(...Array.from({ length: perTick }, (_, i) => resultLine(sent + i)));
        if (sent % 10_000 === 0) memory.push(resident());
        const ahead = started + (1000 * (sent + perTick)) / 10_000 - performance.now();
        if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
      }
      const seconds = (performance.now() - started) / 1000;
      for (let wait = 0; wait < 100 && lines < all + 1; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(lines).toBe(all + 1);
      expect(seconds).toBeLessThan(15);
      const grown = Math.max(...memory.slice(5)) - Math.max(...memory.slice(2, 5));
      process.stderr.write(`stream: ${Math.round(all / seconds)} lines/s, ${memory.map(Math.round).join(" ")} MB\n`);
      expect(grown).toBeLessThan(24);
      stream.child.kill("SIGINT");
      expect(await stream.ended).toBe(130);
    } finally {
      await device.close();
    }
  });
});

describe("a reader that is slow", () => {
  test("makes the device's line wait, keeps memory, loses nothing", async () => {
    const device = await new ScriptedDevice().listen();
    try {
      const stream = cli("stream", "-p", device.address, "--format", "jsonl");
      stream.child.stdout?.removeAllListeners("data");
      stream.child.stdout?.pause();
      await stream.said(/attached/);
      const all = 200_000;
      for (let sent = 0; sent < all; sent += 1000)
        device.say(...Array.from({ length: 1000 }, (_, i) => resultLine(sent + i)));
      await new Promise((resolve) => setTimeout(resolve, 4000));
      const status = readFileSync(`/proc/${stream.child.pid}/status`, "utf8");
      // 34 MB were sent; a process that takes them all holds them as text twice over
      expect(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024).toBeLessThan(200);
      let [lines, next, text] = [0, 0, ""];
      stream.child.stdout?.on("data", (bytes: Buffer) => {
        const found = (text + bytes.toString()).split("\n");
        text = found.pop()!;
        for (const line of found) if (JSON.parse(line).seq === next++) lines++;
      });
      stream.child.stdout?.resume();
      for (let wait = 0; wait < 600 && lines < all; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(lines).toBe(all);
      stream.child.kill("SIGINT");
      expect(await stream.ended).toBe(130);
    } finally {
      await device.close();
    }
  });
});

describe("a crash of an app", () => {
  test("is placed in the image that ran: built for the board that the device is", async () => {
    const { linked } = await buildApp(motionApp(), findBoard("nucleo-f446re"));
    const layer = linked.image.layers[0]!;
    const word = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
    const crash = { exception: 3, pc: word(layer.address + 8), lr: word(0), cfsr: word(0), slice: 0 };
    const boot = { board: "nucleo-f446re", app: "motion", app_hash: hashOfApp(motionApp().app), permits: [] };
    const device = new ScriptedDevice({
      greeting: (one) => one.say(JSON.stringify({ crash }), JSON.stringify({ boot }), resultLine(0)),
    });
    await device.listen();
    try {
      const stream = cli("stream", join(motion, "app.json"), "-p", device.address, "--count", "1");
      expect(await stream.ended).toBe(0);
      expect(stream.err).toMatch(
        new RegExp(`crash: HardFault: .* in ${layer.name}, assembly/kernels/\\S+:\\d+, pc 0x08`),
      );
    } finally {
      await device.close();
    }
  });
});

describe("a terminal", () => {
  test("a signal ends monitor, as stream is called too, with 130", async () => {
    const device = await new ScriptedDevice({ greeting: (one) => one.say(resultLine(0)) }).listen();
    try {
      const monitor = cli("monitor", "-p", device.address);
      await monitor.said(/"seq":0/);
      monitor.child.kill("SIGINT");
      expect([await monitor.ended, monitor.out]).toEqual([130, `${resultLine(0)}\n`]);
    } finally {
      await device.close();
    }
  });

  judge("python3", has("python3"))("Ctrl+] ends with 0, Ctrl+C with 130", async () => {
    const device = new ScriptedDevice({ greeting: (one) => one.say(resultLine(0)) });
    await device.listen();
    try {
      const script = `import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[2], sys.argv[2:])
text = b""
while b"walk" not in text: text += os.read(fd, 4096)
os.write(fd, bytes([int(sys.argv[1])]))
try:
    while os.read(fd, 4096): pass
except OSError: pass
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;
      for (const [key, status] of [
        ["29", "0"],
        ["3", "130"],
      ] as const) {
        const args = [program, "stream", "-p", device.address];
        const terminal = start("python3", ["-c", script, key, process.execPath, ...args]);
        expect(await terminal.ended, terminal.err).toBe(0);
        expect(terminal.out.trim()).toBe(status);
      }
    } finally {
      await device.close();
    }
  });
});
