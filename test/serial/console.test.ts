// The console taken apart: whatever way its bytes are cut, mixed or hurt.

import { describe, expect, test } from "vitest";
import { attach, type Port, resultsOf } from "../../host/index.ts";
import { cobsDecode, cobsEncode, openRawFrame, rawFrame } from "../../host/serial/cobs.ts";
import { ConsoleReader } from "../../host/serial/console.ts";
import type { ConsoleItem } from "../../host/serial/console-items.ts";
import { frameLines } from "../../host/serial/smp/framing.ts";

const encoder = new TextEncoder();
const bytesOf = (...parts: readonly (string | Uint8Array)[]) =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === "string" ? encoder.encode(part) : part)]));

/** Pieces of the bytes, cut by a seeded generator. */
function pieces(bytes: Uint8Array, seed: number, longest: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  let state = seed;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const length = 1 + ((state >>> 8) % longest);
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}

function read(parts: readonly Uint8Array[]): ConsoleItem[] {
  const items: ConsoleItem[] = [];
  const reader = new ConsoleReader((item) => void items.push(item));
  for (const part of parts) reader.push(part);
  reader.end();
  return items;
}

const result = (seq: number) =>
  `{"seq":${seq},"t_us":${seq * 640_000},"label":"walk","score":0.9531,"mean":0.9000,"detected":null,"window":${128 + 32 * seq},` +
  `"lag_us":1234,"cycles":null,"model":"0011aabb","app":"ccdd2233"}`;
const frame = Uint8Array.from({ length: 150 }, (_, i) => (i * 7) & 0xff);
const samples = Uint8Array.from({ length: 245 }, (_, i) => (i % 3 === 0 ? 0 : i));

const kinds = (items: readonly ConsoleItem[]) => items.map(({ kind }) => kind);

describe("a console line by line", () => {
  const stream = bytesOf(
    "clock 125000000\r\n",
    '{"boot":{"board":"pico","permits":["raw"]}}\n',
    ...[0, 1].flatMap((seq) => [`${result(seq)}\n`, frameLines(frame), rawFrame(samples)]),
    "\n\n",
    '{"crash":{"exception":3,"pc":"0x1000"}}\r\n',
    `${result(2)}\n`,
    "half a line",
  );
  const wanted = ["log", "notice", "result", "smp", "raw", "result", "smp", "raw", "notice", "result", "log"];

  test("gives the same items however it is cut", () => {
    const whole = read([stream]);
    expect(kinds(whole)).toEqual(wanted);
    expect(whole[1]).toMatchObject({ name: "boot", value: { board: "pico", permits: ["raw"] } });
    expect(whole[2]).toMatchObject({ result: { seq: 0, label: "walk", score: 0.9531 }, line: result(0) });
    expect(whole[3]).toEqual({ kind: "smp", frame });
    expect(whole[4]).toEqual({ kind: "raw", payload: samples });
    expect(whole.at(-1)).toEqual({ kind: "log", text: "half a line" });
    for (let seed = 1; seed <= 60; seed++) expect(read(pieces(stream, seed, 1 + (seed % 40)))).toEqual(whole);
  });

  test("of a port: items in batches, SMP frames to the client; results alone", async () => {
    const port = (): Port => ({
      info: { path: "pieces" },
      readable: new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces(stream, 5, 33)) controller.enqueue(piece);
          controller.close();
        },
      }),
      ...{ write: async () => {}, configure: async () => {}, setSignals: async () => false },
      ...{ onState: () => () => {}, close: async () => {} },
    });
    const items: ConsoleItem[] = [];
    for await (const batch of attach(port()).batches) items.push(...batch);
    expect(kinds(items)).toEqual(wanted.filter((kind) => kind !== "smp"));
    const found: number[] = [];
    for await (const { seq } of resultsOf(attach(port()))) found.push(seq);
    expect(found).toEqual([0, 1, 2]);
  });
});

describe("a console that was hurt", () => {
  const good = bytesOf(`${result(7)}\n`, frameLines(frame), rawFrame(samples), `${result(8)}\n`);

  test("any byte flipped, lost or doubled: what is whole behind it is found again", () => {
    const two = bytesOf(good, good);
    for (let at = 0; at < good.length; at += 3) {
      const flipped = two.slice();
      flipped[at] = two[at]! ^ (1 << (at % 8));
      const lost = bytesOf(two.subarray(0, at), two.subarray(at + 1));
      const doubled = bytesOf(two.subarray(0, at + 1), two.subarray(at));
      for (const bytes of [flipped, lost, doubled]) {
        const items = read([bytes]);
        // at most the thing that was hurt and the one behind it are missing, and nothing is made up
        expect(items.filter(({ kind }) => kind === "result").length).toBeGreaterThanOrEqual(2);
        const last = items.findLast((item) => item.kind === "result");
        expect(last?.kind === "result" && last.result.seq).toBe(8);
        for (const item of items) {
          if (item.kind === "raw") expect(item.payload).toEqual(samples);
          if (item.kind === "smp") expect(item.frame).toEqual(frame);
        }
      }
    }
  });

  test("noise between two streams", () => {
    let state = 1;
    for (let round = 0; round < 200; round++) {
      const noise = Uint8Array.from({ length: 1 + (round % 97) }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 16) & 0xff;
      });
      const items = read(pieces(bytesOf(good, noise, "\n", good, good), round + 1, 50));
      expect(items.filter(({ kind }) => kind === "raw").length).toBeGreaterThanOrEqual(2);
      expect(items.filter(({ kind }) => kind === "result").length).toBeGreaterThanOrEqual(4);
      expect(items.filter(({ kind }) => kind === "smp").length).toBeGreaterThanOrEqual(2);
    }
  });

  test("a lone zero does not hide the lines behind it", () => {
    const items = read([bytesOf(Uint8Array.of(0), `${result(1)}\n`, frameLines(frame), `${result(2)}\n`)]);
    expect(kinds(items)).toEqual(["result", "smp", "result"]);
  });

  test("a line, a frame, a raw frame without end: nothing is kept, the next line is found", () => {
    const endless = new Uint8Array(100_000).fill(0x7b);
    const items = read([...pieces(endless, 3, 5000), bytesOf("\n", `${result(1)}\n`)]);
    expect(kinds(items.slice(-1))).toEqual(["result"]);
    expect(items.some((item) => item.kind === "damaged" && item.what === "line")).toBe(true);
    const raw = bytesOf(Uint8Array.of(0), new Uint8Array(100_000).fill(0x55), "\n", `${result(1)}\n`);
    expect(kinds(read(pieces(raw, 4, 5000)).slice(-1))).toEqual(["result"]);
    const smp = bytesOf(Uint8Array.of(6, 9), new Uint8Array(100_000).fill(0x41), "\n", `${result(1)}\n`);
    expect(kinds(read(pieces(smp, 4, 5000)).slice(-1))).toEqual(["result"]);
  });

  test("JSON that is none, nested to the brim, or of another kind", () => {
    const nested = `{"a":${"[".repeat(4000)}${"]".repeat(4000)}}`;
    const items = read([bytesOf('{"seq":1,\n', `${nested}\n`, '{"seq":"x","t_us":1,"label":"a","score":1}\n', "{}\n")]);
    expect(kinds(items)).toEqual(["damaged", "notice", "notice", "notice"]);
    expect(items.slice(1).map((item) => item.kind === "notice" && item.name)).toEqual(["a", "seq", ""]);
  });
});

describe("COBS", () => {
  test("round trip at every length around a full group, with and without zeros", () => {
    for (const length of [0, 1, 2, 253, 254, 255, 256, 507, 508, 509, 1000])
      for (const zeroEvery of [1, 2, 254, 255, 5000]) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i % zeroEvery === zeroEvery - 1 ? 0 : 1 + (i % 255)));
        const coded = cobsEncode(bytes);
        expect(coded.includes(0)).toBe(false);
        expect(cobsDecode(coded)).toEqual(bytes);
        expect(coded.length).toBeLessThanOrEqual(length + Math.floor(length / 254) + 1);
        expect(openRawFrame(rawFrame(bytes).subarray(1, -1))).toEqual(bytes);
      }
  });

  test("the paper's examples", () => {
    // Cheshire and Baker, table 1 and the text around it, as bytes
    expect([...cobsEncode(Uint8Array.of(0))]).toEqual([1, 1]);
    expect([...cobsEncode(Uint8Array.of(0x11, 0x22, 0, 0x33))]).toEqual([3, 0x11, 0x22, 2, 0x33]);
    expect([...cobsEncode(Uint8Array.of(0x11, 0, 0, 0))]).toEqual([2, 0x11, 1, 1, 1]);
    expect(cobsDecode(Uint8Array.of(5, 1, 2))).toBeUndefined();
    expect(cobsDecode(Uint8Array.of(2, 1, 0, 1))).toBeUndefined();
  });
});
