// The whole way, as real processes: simulated boards that listen, QEMU; and judges from outside: smpclient speaks to our firmware, Prometheus'
// parser reads our metrics.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseApp, toRaw } from "../../host/app/app.ts";
import { crc32 } from "../../host/base/crc.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { motionApp, sessionResults } from "../app/on-board.ts";
import { hasQemu } from "../hal/qemu-console.ts";
import { resultLine, ScriptedDevice } from "./scripted-device.ts";
import {
  appWith,
  cli,
  folder,
  has,
  hasPython,
  judge,
  motion,
  type Running,
  recordingFile,
  start,
} from "./stream-scene.ts";

const recording = readFeed(readFileSync(recordingFile));

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
