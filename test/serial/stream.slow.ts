// The whole way, as real processes: simulated boards that listen, QEMU, a terminal; and judges from outside: smpclient speaks to our
// firmware, Prometheus' parser reads our metrics.

import { type ChildProcess, execFile, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { hashOfApp, parseApp, toRaw } from "../../host/app/app.ts";
import { crc32 } from "../../host/base/crc.ts";
import { findBoard } from "../../host/board/board.ts";
import { buildApp } from "../../host/build-app.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { motionApp, sessionResults } from "../app/on-board.ts";
import { hasQemu } from "../hal/qemu-console.ts";
import { resultLine, ScriptedDevice } from "./scripted-device.ts";

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const hasPython = (module: string) => spawnSync("python3", ["-c", `import ${module}`]).status === 0;

/** Skips loudly where a judge is missing; there it must be when CI_JUDGES is set. */
function judge(name: string, there: boolean) {
  if (there) return test;
  if (process.env.CI_JUDGES) return (title: string) => test(title, () => expect.fail(`${name} is not installed`));
  process.stderr.write(`skipped: ${name} is not installed\n`);
  return test.skip;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const motion = join(root, "models", "motion");
const recordingFile = join(motion, "recording.csv");
const recording = readFeed(readFileSync(recordingFile));
const folder = mkdtempSync(join(tmpdir(), "stream slow "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The motion app with what is changed of it, in a file beside copies of nothing: its model is named by its path. */
function appWith(changes: object): string {
  const app = JSON.parse(readFileSync(join(motion, "app.json"), "utf8"));
  const file = join(folder, `app-${Math.random().toString(36).slice(2)}.json`);
  writeFileSync(file, JSON.stringify({ ...app, model: join(motion, app.model), ...changes }));
  return file;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  out: string;
  err: string;
  said(what: RegExp): Promise<RegExpExecArray>;
}

function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { cwd: root });
  children.push(child);
  const heard: (() => void)[] = [];
  const running: Running = {
    child,
    ended: new Promise((resolve) => child.once("close", (status) => resolve(status ?? -1))),
    ...{ out: "", err: "" },
    said: async (what) => {
      for (;;) {
        const found = what.exec(running.err) ?? what.exec(running.out);
        if (found) return found;
        await new Promise<void>((resolve, reject) => {
          heard.push(resolve);
          child.once("close", () => setTimeout(() => reject(new Error(`ended without ${what}: ${running.err}`)), 50));
        });
      }
    },
  };
  const hear = (key: "out" | "err") => (bytes: Buffer) => {
    running[key] += bytes;
    for (const wake of heard.splice(0)) wake();
  };
  child.stdout?.on("data", hear("out"));
  child.stderr?.on("data", hear("err"));
  return running;
}

const cli = (...args: readonly string[]) => start(process.execPath, ["--import", "tsx", "host/cli/main.ts", ...args]);

async function listening(app: string, ...more: readonly string[]): Promise<{ board: Running; address: string }> {
  const board = cli("sim", app, "--board", "pico", "--listen", "tcp://127.0.0.1:0", ...more);
  const [, address] = await board.said(/listening at (tcp:\S+);/);
  return { board, address: address! };
}

describe("a simulated board that listens", () => {
  test("two clients see the same; Ctrl+C gives the summary", async () => {
    const { board, address } = await listening(join(motion, "app.json"), "--feed", `accelerometer=${recordingFile}`);
    const [one, two] = [0, 1].map(() => cli("stream", "-p", address, "--count", "6", "--format", "jsonl"));
    expect([await one!.ended, await two!.ended]).toEqual([0, 0]);
    const results = (text: string) => text.split("\n").filter((line) => line.startsWith('{"seq"'));
    const shared = results(one!.out).filter((line) => results(two!.out).includes(line));
    expect(shared.length).toBeGreaterThan(2);
    board.child.kill("SIGINT");
    expect(await board.ended).toBe(130);
    expect(board.err).toMatch(/stopped: interrupted in /);
  });

  test("permitted samples of a recording fed to the sensor come back in a file, each one", async () => {
    const { address } = await listening(appWith({ permits: ["raw"] }), "--feed", `accelerometer=${recordingFile}`);
    const file = join(folder, "captured.wav");
    const captured = cli("stream", "-p", address, "--record", file, "--for", "5s");
    expect(await captured.ended).toBe(0);
    expect(captured.err).not.toContain("never came");
    const app = parseApp(readFileSync(join(motion, "app.json"), "utf8"));
    const fed = Int16Array.from(
      Array.from({ length: recording.samples }, (_, i) => [...toRaw(app.sensor, recording.at(i / 50)!)]).flat(),
    );
    const got = readFileSync(file).subarray(44);
    expect(got.length).toBeGreaterThan(6 * 50 * 3);
    expect(got.length % 6).toBe(0);
    const at = Buffer.from(fed.buffer).indexOf(got);
    expect(at % 6).toBe(0);
  });
});

describe("judges", () => {
  judge("smpclient (PyPI) and socat", hasPython("smpclient") && has("socat"))(
    "smpclient and our firmware understand each other, over a PTY",
    async () => {
      const { board, address } = await listening(join(motion, "app.json"));
      const lines = cli("stream", "-p", address, "--format", "jsonl");
      await lines.said(/attached/);
      const link = join(folder, "tty");
      start("socat", [`pty,raw,echo=0,link=${link}`, `tcp:${address.slice("tcp://".length)},nodelay`]);
      await board.said(/client 2/);
      const samples = 400;
      const script = fileURLToPath(new URL("smp-peer.py", import.meta.url));
      const peer = start("python3", [script, link, String(samples)]);
      expect(await peer.ended, peer.err).toBe(0);
      expect(peer.out).toContain("agreed");
      const data = Uint8Array.from({ length: 6 * samples }, (_, i) => (7 * i * i + Math.floor(i / 3)) & 0xff);
      const [, crc] = await lines.said(/"samples":400,"crc":"([0-9a-f]{8})"/);
      expect(crc).toBe(crc32(data).toString(16).padStart(8, "0"));
      await lines.said(/"boot":\{.*"reset":3/);
    },
  );

  judge("prometheus_client (PyPI)", hasPython("prometheus_client"))(
    "Prometheus' parser reads our metrics",
    async () => {
      const device = new ScriptedDevice({
        greeting: (one) => one.say(resultLine(0, { label: 'a"b\\c\nd', detected: "x" }), resultLine(1), "{broken"),
      });
      await device.listen();
      try {
        const stream = cli("stream", "-p", device.address, "--openmetrics", "0", "--for", "30s");
        const [, url] = await stream.said(/metrics at (\S+)/);
        await stream.said(/"seq":1/);
        const text = await (await fetch(url!)).text();
        const script = `import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
print([(s.name, s.labels, s.value) for f in parse(sys.stdin.read()) for s in f.samples])`;
        const parsed = await new Promise<string>((resolve, reject) => {
          const child = execFile("python3", ["-c", script], (failure, out, err) =>
            failure ? reject(err) : resolve(out),
          );
          child.stdin?.end(text);
        });
        expect(parsed).toContain(`('thumbelina_windows_total', {'label': 'a"b\\\\c\\nd'}, 1`);
        expect(parsed).toContain("('thumbelina_damaged_total', {'what': 'line'}, 1");
      } finally {
        await device.close();
      }
    },
  );

  judge("qemu-system-arm", hasQemu)("QEMU's mps2-an386: a recording in, this computer's results out", async () => {
    const elf = join(folder, "motion.elf");
    const built = cli("flash", join(motion, "app.json"), "--board", "mps2-an386", "-o", elf);
    expect(await built.ended, built.err).toBe(0);
    const port = await freePort();
    const qemu = ["-M", "mps2-an386", "-display", "none", "-monitor", "none", "-kernel", elf];
    start("qemu-system-arm", [...qemu, "-serial", `tcp:127.0.0.1:${port},server=on,wait=off,nodelay=on`]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const address = `tcp://127.0.0.1:${port}`;
    const results = join(folder, "qemu.jsonl");
    const stream = cli(
      "stream",
      join(motion, "app.json"),
      "-p",
      address,
      "--replay",
      recordingFile,
      "--record",
      results,
    );
    expect(await stream.ended, stream.err).toBe(0);
    expect(stream.err).toContain(`${recording.samples} samples replayed; the device's CRC over them is ours`);
    const declared = motionApp();
    const samples = Array.from({ length: recording.samples }, (_, i) =>
      toRaw(declared.app.sensor, recording.at((i + 0.5) / 50)!),
    );
    const wanted = await sessionResults(declared, samples);
    const said = readFileSync(results, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const got = said.filter((line) => "seq" in line);
    expect(
      got.map(({ seq, window, label, score, mean, detected, t_us }) => ({
        seq,
        window,
        label,
        score,
        mean,
        detected,
        t_us,
      })),
    ).toEqual(
      wanted.map(({ score, mean, detected, ...rest }) => ({
        ...rest,
        ...{ score: score / 1e4, mean: mean / 1e4, detected: detected ?? null, t_us: 20_000 * rest.window },
      })),
    );
    expect(got.filter(({ detected }) => detected !== null).length).toBeGreaterThan(3);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

describe("load", () => {
  test("10,000 lines a second for ten seconds: each one on stdout, and memory that does not grow", async () => {
    const device = await new ScriptedDevice().listen();
    try {
      const stream = start(process.execPath, [
        "--import",
        "tsx",
        "host/cli/main.ts",
        "stream",
        "-p",
        device.address,
        "--format",
        "csv",
      ]);
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
      const args = ["--import", "tsx", "host/cli/main.ts", "stream", "-p", device.address, "--format", "jsonl"];
      const stream = start(process.execPath, args);
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
        const args = ["--import", "tsx", "host/cli/main.ts", "stream", "-p", device.address];
        const terminal = start("python3", ["-c", script, key, process.execPath, ...args]);
        expect(await terminal.ended, terminal.err).toBe(0);
        expect(terminal.out.trim()).toBe(status);
      }
    } finally {
      await device.close();
    }
  });
});
