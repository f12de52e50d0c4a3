// The verb stream against a device whose every byte the test decides: what goes where, and what ends it.

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { parseApp, toRaw } from "../../host/app/app.ts";
import { command } from "../../host/cli/commands/stream.ts";
import { filledIn, wordsOf } from "../../host/cli/stream/exec-hook.ts";
import { openMqtt, targetOf } from "../../host/cli/stream/mqtt.ts";
import { type QuitKey, quitKeys } from "../../host/cli/stream/quit-keys.ts";
import { findSymbol, readImage } from "../../host/image/image.ts";
import { openAgain, type Port, type PortInfo, type PortOpener, portLost } from "../../host/serial/serial.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { bootLine, resultLine, ScriptedDevice, type ScriptedOptions } from "../serial/scripted-device.ts";
import { TinyBroker } from "./tiny-broker.ts";
import { callVerb, type Said } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "stream verb "));
const app = fileURLToPath(new URL("../../models/motion/app.json", import.meta.url));
const declared = parseApp(readFileSync(app, "utf8"));
let files = 0;
const fileOf = (name: string) => join(folder, `${files++}-${name}`);
const devices: ScriptedDevice[] = [];
afterEach(async () => {
  for (const device of devices.splice(0)) await device.close();
});

async function deviceOf(options: ScriptedOptions): Promise<ScriptedDevice> {
  const device = await new ScriptedDevice(options).listen();
  devices.push(device);
  return device;
}

const saying = (...lines: readonly string[]): ScriptedOptions => ({ greeting: (device) => device.say(...lines) });

async function streamOf(options: ScriptedOptions, args: Record<string, unknown>, json = false): Promise<Said> {
  const device = await deviceOf(options);
  return callVerb(command, { port: device.address, ...args }, json);
}

async function until(holds: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(holds()).toBe(true), { timeout: 10_000, interval: 5 });
}

const detections = (count: number) => Array.from({ length: count }, (_, seq) => resultLine(seq, { detected: "walk" }));

describe("what is printed", () => {
  const lines = [bootLine, "a word of the program", resultLine(0), resultLine(1, { detected: "walk" }), resultLine(2)];

  test("the device's JSON lines on stdout, the rest on stderr; --count ends", async () => {
    const said = await streamOf(saying(...lines), { count: 2 });
    expect(said.exit).toBe(0);
    expect(said.out).toBe(`${[lines[0], lines[2], lines[3]].join("\n")}\n`);
    expect(said.err).toMatch(/^attached to tcp:/);
    expect(said.err).toContain("a word of the program\n");
    expect(said.err).toContain("2 results; detections: walk 1; 0 late, 0 dropped, 0 damaged\n");
  });

  test("text, with notices in words", async () => {
    const said = await streamOf(saying(...lines), { count: 2, format: "text", timestamps: true });
    const time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z {2}";
    expect(said.out).toMatch(
      new RegExp(`^${time}boot: motion on pico, .*\n${time}a word of the program\n${time} +0\\.64 s`),
    );
  });

  test("--json: an object an item", async () => {
    const said = await streamOf(saying(...lines, '{"broken'), { count: 3 }, true);
    const objects = said.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.map(({ kind }) => kind)).toEqual(["attached", "boot", "log", "result", "result", "result", "end"]);
    expect(objects[1]).toEqual({ kind: "boot", notice: JSON.parse(bootLine) });
    expect(objects[4].result).toEqual(JSON.parse(lines[3]!));
    expect(objects[6]).toMatchObject({ results: 3, detections: { walk: 1 }, boot: 1 });
  });

  test("--timestamps goes into the line where there is room, and is refused elsewhere", async () => {
    const said = await streamOf(saying(...lines), { count: 1, timestamps: true });
    const [boot, result] = said.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(Object.keys(boot)).toEqual(["received", "boot"]);
    expect(Date.parse(result.received)).toBeGreaterThan(Date.parse("2020-01-01"));
    const csv = await streamOf(saying(...lines), { count: 1, timestamps: true, format: "csv" });
    expect(csv.out).toMatch(/^received,seq,.*\n\d{4}-.*Z,0,640000,walk/);
    expect(await streamOf({}, { timestamps: true, format: "plotter" })).toMatchObject({ exit: 2, code: "cli/usage" });
  });

  test("--raw: the bytes as they came", async () => {
    const said = await streamOf(saying(...lines), { count: 1, raw: true });
    expect(said.out).toBe(`${lines.join("\n")}\n`);
  });

  test("attached in the middle of a line: its rest is no news", async () => {
    const said = await streamOf(saying('09,"cycles":1}', resultLine(5)), { count: 1 });
    expect(said.out).toBe(`${resultLine(5)}\n`);
    expect(said.err).not.toContain("cycles");
  });

  test("words that are not understood", async () => {
    for (const args of [{ count: 0 }, { for: "soon" }, { for: "1cycles" }, { replay: "x.csv" }])
      expect(await streamOf({}, args)).toMatchObject({ exit: 2, code: "cli/usage" });
    expect(await callVerb(command, { app: fileURLToPath(import.meta.url), port: "tcp://127.0.0.1:1" })).toMatchObject({
      exit: 2,
    });
  });
});

describe("raw samples", () => {
  const values = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 65_536) - 32_768);
  const capture = { channels: 3, rateHz: 50 };

  /** Sends samples once they are asked for: 60, 40 after a gap of none, and the end. */
  async function captured(args: Record<string, unknown>, gap = 0): Promise<Said> {
    const device = await deviceOf({ capture, greeting: (one) => one.say(bootLine) });
    const said = callVerb(command, { port: device.address, count: 1, ...args });
    await until(() => device.captures > 0);
    device.sample(1000, values.slice(0, 180));
    device.sample(1060 + gap, values.slice(180));
    device.say(resultLine(0));
    return said;
  }

  test("--record F.wav: what came, bit for bit", async () => {
    const file = fileOf("talk.wav");
    const said = await captured({ record: file });
    expect(said.exit).toBe(0);
    expect(said.err).toContain(`${file}: 100 samples (2.00 s)`);
    const back = readFeed(readFileSync(file));
    expect([back.channels, back.rateHz, back.samples]).toEqual([3, 50, 100]);
    expect(back.notes).toEqual([]);
    expect(readFileSync(file).subarray(44)).toEqual(Buffer.from(Int16Array.from(values).buffer));
  });

  test("--record F.csv: units of the app; fed again, the same samples", async () => {
    const file = fileOf("walk.csv");
    await captured({ record: file, app });
    expect(readFileSync(file, "utf8").split("\n")[0]).toBe("t_s,ax_g,ay_g,az_g");
    const back = readFeed(readFileSync(file));
    const again = Array.from({ length: 100 }, (_, i) => [...toRaw(declared.sensor, back.at(i / 50)!)]).flat();
    expect(again).toEqual(values);
  });

  test("samples that never came are held and counted", async () => {
    const file = fileOf("gap.wav");
    const said = await captured({ record: file }, 5);
    expect(said.err).toContain("5 samples never came");
    expect(said.err).toContain("105 samples");
  });

  test("--format ei prints them", async () => {
    const said = await captured({ format: "ei", app });
    const lines = said.out.trim().split("\n");
    expect(lines.length).toBe(101);
    expect(lines[0]!.split(",").map(Number)).toEqual(
      values.slice(0, 3).map((raw) => Number((raw * 0.122e-3).toFixed(5))),
    );
  });

  test("a device that starts anew is asked again", async () => {
    const device = await deviceOf({ capture, greeting: (one) => one.say(bootLine) });
    const said = callVerb(command, { port: device.address, count: 1, record: fileOf("again.wav") });
    await until(() => device.captures > 0);
    device.sample(0, values.slice(0, 30));
    device.say(bootLine);
    await until(() => device.captures > 1);
    device.sample(0, values.slice(0, 30));
    device.say(resultLine(0));
    expect((await said).err).toContain("20 samples (0.40 s)");
  });

  test("more is asked for before what was asked for has come", async () => {
    const device = await deviceOf({ capture, greeting: (one) => one.say(bootLine) });
    const said = callVerb(command, { port: device.address, count: 1, record: fileOf("long.wav") });
    await until(() => device.captures === 1);
    for (let at = 0; at < 1000; at += 100) device.sample(at, values);
    await until(() => device.captures === 2);
    device.say(resultLine(0));
    expect((await said).err).toContain("1000 samples (20.00 s)");
  });

  test("without the permit: exit 10, and no file", async () => {
    const file = fileOf("secret.wav");
    expect(await streamOf({}, { record: file })).toMatchObject({ exit: 10, code: "serial/raw-not-permitted" });
    expect(existsSync(file)).toBe(false);
    const ei = await streamOf(
      { greeting: (device) => setTimeout(() => device.say(resultLine(0)), 50) },
      { format: "ei", count: 1 },
    );
    expect(ei.out).toBe("0.9531,0.9\n");
    expect(ei.err).toContain("permits no raw samples");
  });

  test("--record F.csv without the permit: the table of results, from the first one on", async () => {
    const file = fileOf("table.csv");
    const lines = [bootLine, resultLine(0), resultLine(1, { detected: "walk" })];
    const device = await deviceOf(saying(...lines));
    const said = callVerb(command, { port: device.address, count: 3, record: file });
    await until(() => existsSync(file) && readFileSync(file, "utf8").includes("walk,"));
    device.say(resultLine(2));
    expect((await said).err).toContain(`${file}: 3 results; raw samples are not permitted`);
    const rows = readFileSync(file, "utf8").trim().split("\n");
    expect(rows.map((row) => row.split(",")[0])).toEqual(["seq", "0", "1", "2"]);
  });

  test("--record F.jsonl: the lines; other endings, other places: refused", async () => {
    const file = fileOf("results.jsonl");
    const said = await streamOf(saying(bootLine, "words", resultLine(0)), { count: 1, record: file });
    expect(readFileSync(file, "utf8")).toBe(`${bootLine}\n${resultLine(0)}\n`);
    expect(said.err).toContain(`${file}: 2 lines`);
    expect(await streamOf({}, { record: fileOf("x.mp3") })).toMatchObject({ exit: 2, code: "cli/extension" });
    expect(await streamOf({}, { record: join(folder, "no", "x.csv") })).toMatchObject({
      exit: 6,
      code: "cli/cannot-write",
    });
  });
});

describe("reset and replay", () => {
  const recording = fileOf("walk.csv");
  const rows = Array.from({ length: 200 }, (_, i) => [
    i / 50,
    ...[1, 2, 3].map((k) => Math.sin(i / (5 * k)).toFixed(3)),
  ]);
  writeFileSync(recording, ["t_s,ax_g,ay_g,az_g", ...rows.map((row) => row.join(","))].join("\n"));

  test("--reset goes by SMP where no modem line leads to the chip", async () => {
    const device = await deviceOf({});
    const said = callVerb(command, { port: device.address, reset: true, count: 1 });
    await until(() => device.resets > 0);
    device.say(resultLine(0));
    expect((await said).out).toBe(`${bootLine}\n${resultLine(0)}\n`);
    expect(device.resets).toBe(1);
  });

  test("--replay: the sensor's samples, the device's CRC, then the end", async () => {
    const device = await deviceOf({});
    const said = await callVerb(command, { port: device.address, app, replay: recording });
    expect(said.exit).toBe(0);
    const wanted = rows.flatMap(([, ...values]) => [...toRaw(declared.sensor, values.map(Number))]);
    const got = new Int16Array(Uint8Array.from(device.replayed).buffer);
    expect([...got]).toEqual(wanted);
    expect(said.err).toMatch(/200 samples replayed; the device's CRC over them is ours: [0-9a-f]{8}/);
  });

  test("a device that used other samples: exit 7", async () => {
    const said = await streamOf({ crc: "00000000" }, { app, replay: recording });
    expect(said).toMatchObject({ exit: 7, code: "cli/replay-differs" });
    expect(said.err).toContain("the device's CRC over 200 replayed samples is 00000000, ours is ");
  });

  test("another version of the app is noticed", async () => {
    const said = await streamOf(saying(resultLine(0)), { app, count: 1 });
    expect(said.err).toMatch(/the device runs another version of the model \(00112233, here [0-9a-f]{8}\)/);
  });
});

describe("a crash", () => {
  const elf = fileURLToPath(new URL("../sim/built/hello-nucleo-f446re.elf", import.meta.url));
  const main = findSymbol(readImage(readFileSync(elf)), "main")!;
  const word = (value: number) => `0x${value.toString(16).padStart(8, "0")}`;
  const record = {
    exception: 3,
    pc: word(main.address & ~1),
    lr: word(0),
    cfsr: word(0x8200),
    address: word(0x3fff0000),
  };
  const crash = JSON.stringify({ crash: record });

  test("is told with its place, where the image is known", async () => {
    const said = await streamOf(saying(crash, bootLine, resultLine(0)), { app: elf, count: 1 });
    expect(said.out.split("\n")[0]).toBe(crash);
    expect(said.err).toMatch(
      /crash: HardFault: access where nothing answers \(0x3fff0000\), in main, (\S+:\d+, )?pc 0x08/,
    );
    const json = await streamOf(saying(crash, bootLine, resultLine(0)), { app: elf, count: 1 }, true);
    const objects = json.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(objects.find(({ kind }) => kind === "crash-place")).toMatchObject({ function: "main", address: 0x3fff0000 });
  });

  test("without it, how to name it; with another version, that it cannot be told", async () => {
    const bare = await streamOf(saying(crash, bootLine, crash, resultLine(0)), { count: 1 });
    expect(bare.err.match(/name what is on the device/g)).toHaveLength(1);
    const other = await streamOf(saying(crash, bootLine, resultLine(0)), { app, count: 1 });
    expect(other.err).toContain("what crashed is another version of the app (aabbccdd, here ");
    const nonsense = await streamOf(saying('{"crash":[]}', bootLine, resultLine(0)), { app: elf, count: 1 });
    expect(nonsense.exit).toBe(0);
  });
});

describe("a device that goes away", () => {
  test("is waited for, and followed again", async () => {
    const first = await deviceOf(saying(resultLine(0)));
    const { port } = first;
    const said = callVerb(command, { port: first.address, count: 2 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await first.close();
    const second = new ScriptedDevice(saying(resultLine(1)));
    devices.push(second);
    await second.listen(port);
    const { exit, out, err } = await said;
    expect([exit, out]).toEqual([0, `${resultLine(0)}\n${resultLine(1)}\n`]);
    expect(err).toMatch(/went away \(.*\); waiting for it\nattached to tcp:\S+ again\n/);
  });

  test("wherever its serial number shows up; while it is not ready, it is not there", async () => {
    const [opened, ports] = [[] as string[], [{ path: "a", serialNumber: "1", vendorId: 7 }]];
    let cause: unknown;
    const opener: PortOpener = {
      scheme: "",
      list: async () => ports,
      async open(path) {
        if (cause) throw cause;
        opened.push(path);
        return { info: { path } } as Port;
      },
    };
    const again = (info: PortInfo) => openAgain(info, { baud: 9600 }, [opener]);
    expect(await again({ path: "a", serialNumber: "2", vendorId: 7 })).toBeUndefined();
    expect(await again({ path: "a", serialNumber: "1", vendorId: 8 })).toBeUndefined();
    ports[0] = { path: "b", serialNumber: "1", vendorId: 7 };
    expect((await again({ path: "a", serialNumber: "1", vendorId: 7 }))?.info.path).toBe("b");
    expect((await again({ path: "c" }))?.info.path).toBe("c");
    cause = portLost("b");
    expect(await again({ path: "c" })).toBeUndefined();
    cause = new TypeError("a defect");
    await expect(again({ path: "c" })).rejects.toThrow("a defect");
    expect(opened).toEqual(["b", "c"]);
  });

  test("--no-reconnect: exit 6", async () => {
    const said = await streamOf({ greeting: (device) => setTimeout(() => device.hangUp(), 20) }, { reconnect: false });
    expect(said).toMatchObject({ exit: 6, code: "serial/lost" });
  });
});

describe("--exec", () => {
  test("words without a shell", () => {
    expect(wordsOf(`say "two words" 'it is' a"b c"d C:\\x\\y`)).toEqual([
      "say",
      "two words",
      "it is",
      "ab cd",
      "C:\\x\\y",
    ]);
    for (const wrong of ["", "  ", 'say "open']) expect(() => wordsOf(wrong)).toThrow(/program and its arguments/);
  });

  test("what the device says cannot become more than a word", () => {
    const result = { ...JSON.parse(resultLine(3)), detected: '-rf "; $(reboot) `x` \n../..|&', score: "--help" };
    expect(filledIn(["{label}", "{label}", "x={label}", "{seq} {score} {other}"], result)).toEqual([
      "{label}",
      "_rf __ __reboot_ _x_ _.._..__",
      "x=_rf __ __reboot_ _x_ _.._..__",
      "3 _help {other}",
    ]);
  });

  test("a run at a detection, one at a time, the line on stdin", async () => {
    const log = fileOf("runs.txt");
    const script = fileOf("hook.mjs");
    writeFileSync(
      script,
      `import { appendFileSync } from "node:fs"; let text = ""; for await (const part of process.stdin) text += part;
       appendFileSync(process.argv[2], JSON.stringify([process.argv.slice(3), JSON.parse(text).seq]) + "\\n");`,
    );
    const hook = `"${process.execPath}" "${script}" "${log}" {label} {seq}`;
    const said = await streamOf(saying(resultLine(0), ...detections(20)), { count: 21, exec: hook });
    const runs = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(runs[0]).toEqual([["walk", "0"], 0]);
    expect(said.err).toContain(
      `--exec: ${runs.length} runs, 0 failed; ${20 - runs.length} detections skipped while one ran`,
    );
    expect(runs.length).toBeLessThan(20);
  });

  test("a program that is not there", async () => {
    const said = await streamOf(saying(...detections(1)), { exec: "/no/such/program {label}" });
    expect(said).toMatchObject({ exit: 6, code: "cli/cannot-run" });
    expect(said.err).toContain("there is no such program");
  });
});

describe("--mqtt", () => {
  test("results, detections and notices under the topic; online, then offline", async () => {
    const broker = await new TinyBroker().listen();
    try {
      const lines = [bootLine, resultLine(0), resultLine(1, { detected: "walk" })];
      const url = `mqtt://127.0.0.1:${broker.port}/home/wrist`;
      const said = await streamOf(saying(...lines), { count: 2, mqtt: url });
      expect(said.err).toContain(`4 messages to home/wrist/…, 0 dropped`);
      await until(() => broker.messages.some(({ payload }) => payload === "offline"));
      expect(broker.messages).toEqual([
        { topic: "home/wrist/status", payload: "online", retain: true },
        { topic: "home/wrist/boot", payload: lines[0], retain: false },
        { topic: "home/wrist/result", payload: lines[1], retain: false },
        { topic: "home/wrist/result", payload: lines[2], retain: false },
        { topic: "home/wrist/detected", payload: "walk", retain: false },
        { topic: "home/wrist/status", payload: "offline", retain: true },
      ]);
    } finally {
      await broker.close();
    }
  });

  test("no broker, a broker that refuses, words that are no URL", async () => {
    const refusing = await new TinyBroker(5).listen();
    try {
      for (const port of [1, refusing.port])
        expect(await streamOf({}, { mqtt: `mqtt://127.0.0.1:${port}` })).toMatchObject({ exit: 6, code: "cli/broker" });
    } finally {
      await refusing.close();
    }
    for (const mqtt of ["nowhere", "http://x/y", "mqtt://h/a/+/b", "mqtt://user:secret@h/#"]) {
      const said = await streamOf({}, { mqtt });
      expect(said).toMatchObject({ exit: 2, code: "cli/usage" });
      expect(said.err).not.toContain("secret");
    }
    expect(targetOf("mqtt://h")).toEqual({ url: "mqtt://h", topic: "thumbelina" });
  });

  test("the package is optional", async () => {
    vi.doMock("mqtt", () => {
      throw new Error("Cannot find package 'mqtt'");
    });
    await expect(openMqtt("mqtt://127.0.0.1")).rejects.toMatchObject({ code: "cli/no-package", exit: 2 });
    vi.doUnmock("mqtt");
  });
});

describe("--openmetrics", () => {
  test("counts for a scraper on this machine, and for nobody else", async () => {
    const device = await deviceOf(saying(resultLine(0, { detected: 'a"b\\c' })));
    const port = await new Promise<number>((resolve) => {
      const probe = createServer().listen(0, "127.0.0.1", () => {
        const found = (probe.address() as AddressInfo).port;
        probe.close(() => resolve(found));
      });
    });
    const said = callVerb(command, { port: device.address, openmetrics: port, count: 2 });
    const get = (path: string, method = "GET") => fetch(`http://127.0.0.1:${port}${path}`, { method });
    await vi.waitFor(async () =>
      expect(await (await get("/metrics")).text()).toContain("thumbelina_detections_total{"),
    );
    const answer = await get("/metrics");
    expect(answer.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    const text = await answer.text();
    expect(text).toContain("thumbelina_connected 1\n");
    expect(text).toContain('thumbelina_detections_total{label="a\\"b\\\\c"} 1\n');
    expect(text.endsWith("# EOF\n")).toBe(true);
    expect((await get("/else")).status).toBe(404);
    expect((await get("/metrics", "POST")).status).toBe(405);
    expect(await streamOf({}, { openmetrics: port })).toMatchObject({ exit: 6, code: "cli/no-port" });
    expect(await streamOf({}, { openmetrics: 70_000 })).toMatchObject({ exit: 2, code: "cli/usage" });
    device.say(resultLine(1));
    expect((await said).exit).toBe(0);
    await expect(get("/metrics")).rejects.toThrow();
  });
});

describe("keys", () => {
  test("Ctrl+] and Ctrl+C quit, the terminal is given back", () => {
    const raw: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true as const,
      setRawMode(mode: boolean) {
        raw.push(mode);
        return this as never;
      },
    });
    const keys: QuitKey[] = [];
    const giveBack = quitKeys(stdin as never, (key) => void keys.push(key));
    for (const bytes of [[0x61, 0x62], [0x1d], [0x61, 0x03]]) stdin.emit("data", Buffer.from(bytes));
    giveBack();
    stdin.emit("data", Buffer.of(3));
    expect(keys).toEqual(["ctrl-]", "ctrl-c"]);
    expect(raw).toEqual([true, false]);
  });
});
