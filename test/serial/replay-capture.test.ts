// A simulated board with the motion app, spoken to as a host does: echo, params and info, a recording in the sensor's place, samples out
// where the app permits it, and not a byte of them where it does not.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAppSession } from "../../host/app-session.ts";
import { UserError } from "../../host/base/errors.ts";
import { CaptureReader, startCapture } from "../../host/serial/smp/capture.ts";
import { replay } from "../../host/serial/smp/replay.ts";
import { smpCommands } from "../../host/serial/smp/smp-client.ts";
import { corpus, readCorpusJson } from "../corpus.ts";
import { attached, declared, graph, modelHash, motion, noticesOf, type Scene, samples, until } from "./board-scene.ts";

const includesRun = (bytes: readonly number[], of: Int16Array) => {
  const wanted = new Uint8Array(of.buffer, of.byteOffset, of.byteLength);
  return Buffer.from(bytes).includes(Buffer.from(wanted));
};

interface Hostile {
  readonly name: string;
  readonly packets: readonly string[];
}

/** The slow suite runs all of it, and on the slower core. */
const slow = process.env.THUMBELINA_SUITE === "slow";

describe("an app without the permit", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await attached(motion([]), slow ? "pico" : "nucleo-f446re");
    await until(() => noticesOf(scene.items, "boot").length > 0);
  });
  afterAll(() => scene.close());

  test.skipIf(!corpus)("hostile frames: dropped or refused, and the next good one works", async () => {
    const echo = async (d: string) => (await scene.smp.request(smpCommands.echo, { d })).get("r");
    for (const { name, packets } of corpus ? readCorpusJson<Hostile[]>("vectors/smp/hostile.json") : []) {
      for (const packet of packets) await scene.port.write(Uint8Array.from(Buffer.from(packet, "hex")));
      // one without an end takes what comes behind it with it
      await scene.port.write(Uint8Array.of(10));
      expect(await echo(name)).toBe(name);
    }
  });

  test("replay gives this computer's results; a capture is refused, and no sample leaves", async () => {
    expect(noticesOf(scene.items, "boot")[0]!["permits"]).toEqual([]);
    expect(scene.code).toEqual([]);
    expect((await scene.smp.request(smpCommands.echo, { d: "hello" })).get("r")).toBe("hello");
    expect((await scene.smp.request(smpCommands.info)).get("output")).toBe("thumbelina");

    const refused = await startCapture(scene.smp).catch((cause: unknown) => cause);
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).code).toBe("serial/raw-not-permitted");
    expect((refused as UserError).exit).toBe(10);

    const replayed = await replay(scene.smp, { samples, channels: 3, rateHz: 50 });
    await until(() => noticesOf(scene.items, "summary").length > 0);
    const [summary] = noticesOf(scene.items, "summary");
    expect(summary).toMatchObject({ samples: replayed.samples, crc: replayed.crc.toString(16).padStart(8, "0") });

    const session = await openAppSession({ app: declared, graph, modelHash });
    const wanted = Array.from({ length: samples.length / 3 }, (_, i) =>
      session.push(samples.subarray(3 * i, 3 * i + 3)),
    ).flatMap((result) => result ?? []);
    const got = scene.items.flatMap((item) => (item.kind === "result" ? [item.result] : []));
    const last = got.findLastIndex(({ seq }) => seq === wanted.length - 1);
    const said = got.slice(last - wanted.length + 1, last + 1);
    expect(
      said.map(({ seq, label, score, mean, detected, window, t_us }) => ({
        ...{ seq, window, label, score: Math.round(1e4 * score), mean: Math.round(1e4 * mean) },
        ...{ detected: detected ?? undefined, t_us },
      })),
    ).toEqual(wanted.map((result) => ({ ...result, t_us: 20_000 * result.window })));
    expect(said.filter(({ detected }) => detected).length).toBeGreaterThan(0);

    // JSON and SMP lines only: no frame delimiter, and no run of samples, in any disguise of whole bytes
    expect(scene.port.sent.includes(0)).toBe(false);
    expect(scene.items.some(({ kind }) => kind === "raw" || kind === "damaged")).toBe(false);
    for (let at = 0; at + 6 < samples.length; at += 300)
      expect(includesRun(scene.port.sent, samples.subarray(at, at + 6))).toBe(false);
  });
});

describe.runIf(slow)("an app with the permit", () => {
  test("samples replayed come back, each one, beside whole result lines", async () => {
    const scene = await attached(motion(["raw"]), "microbit");
    try {
      await until(() => noticesOf(scene.items, "boot").length > 0);
      expect(noticesOf(scene.items, "boot")[0]!["permits"]).toEqual(["raw"]);
      expect(scene.code.length).toBeGreaterThan(4);
      const capture = await startCapture(scene.smp);
      expect(capture).toEqual({ channels: 3, rateHz: 50 });
      const before = scene.items.length;
      const { crc } = await replay(scene.smp, { samples: samples.subarray(0, 3 * 500), channels: 3, rateHz: 50 });
      await until(() => noticesOf(scene.items, "summary").length > 0);
      const after = scene.items.slice(before);
      const end = after.findIndex((item) => item.kind === "notice" && item.name === "summary");
      const reader = new CaptureReader(capture);
      const frames = after.slice(0, end).flatMap((item) => (item.kind === "raw" ? [item.payload] : []));
      const whole = frames.map((payload) => reader.take(payload)!);
      expect(whole.every(({ missing }) => missing === 0)).toBe(true);
      // frames of live samples from before the replay end where its sample 0 begins
      const first = frames.findIndex((payload) => payload.slice(1, 5).every((byte) => byte === 0));
      const back = whole.slice(first).flatMap((part) => [...part.samples]);
      expect(back).toEqual([...samples.subarray(0, 3 * 500)]);
      expect(noticesOf(scene.items, "summary")[0]!["crc"]).toBe(crc.toString(16).padStart(8, "0"));
      const results = after.slice(0, end).filter(({ kind }) => kind === "result");
      expect(results.length).toBeGreaterThanOrEqual(Math.floor((500 - 128) / 32) + 1);
      expect(scene.items.some(({ kind }) => kind === "damaged")).toBe(false);

      expect(await startCapture(scene.smp, 0)).toEqual(capture);
    } finally {
      await scene.close();
    }
  });
});
