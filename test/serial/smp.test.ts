// SMP as a client: frames against those of the real client, faults of the line, answers that lie; and credits of a replay.

import { encode } from "cborg";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { crc32 } from "../../host/base/crc.ts";
import { UserError } from "../../host/base/errors.ts";
import { CaptureReader, startCapture } from "../../host/serial/smp/capture.ts";
import { frameLines, SmpLines } from "../../host/serial/smp/framing.ts";
import { replay } from "../../host/serial/smp/replay.ts";
import { SmpClient, smpCommands } from "../../host/serial/smp/smp-client.ts";
import { corpus, readCorpusJson } from "../corpus.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"));

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(10, at);
    found.push(bytes.subarray(at, end));
    at = end + 1;
  }
  return found;
}

type Body = Readonly<Record<string, unknown>>;

/** A device that answers with `answer`, frame by frame; nothing: silent. */
class Device {
  readonly requests: { readonly group: number; readonly id: number; readonly sequence: number }[] = [];
  readonly client: SmpClient;
  readonly #lines = new SmpLines();

  constructor(answer: (frame: Uint8Array, device: Device) => readonly Uint8Array[]) {
    this.client = new SmpClient(async (bytes) => {
      for (const line of linesOf(bytes)) {
        const frame = this.#lines.take(line);
        if (!frame) continue;
        this.requests.push({ group: (frame[4]! << 8) | frame[5]!, id: frame[7]!, sequence: frame[6]! });
        const replies = answer(frame.slice(), this);
        queueMicrotask(() => {
          for (const reply of replies) this.client.receive(reply);
        });
      }
    });
  }
}

function reply(request: Uint8Array, body: Body | Uint8Array): Uint8Array {
  const payload = body instanceof Uint8Array ? body : encode(body);
  const frame = Uint8Array.of(...request.subarray(0, 8), ...payload);
  frame[0] = request[0]! | 1;
  new DataView(frame.buffer).setUint16(2, payload.length);
  return frame;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (cause: unknown) => (cause instanceof UserError ? cause.code : String(cause)),
  );

describe("requests", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("one at a time, numbered, each with its own answer", async () => {
    const device = new Device((frame) => [reply(frame, { r: String(frame[6]) })]);
    const answers = await Promise.all([1, 2, 3].map((d) => device.client.request(smpCommands.echo, { d: String(d) })));
    expect(answers.map((answer) => answer.get("r"))).toEqual(["0", "1", "2"]);
    expect(device.requests.map(({ sequence }) => sequence)).toEqual([0, 1, 2]);
  });

  test("a lost request is sent again under its number; a late answer serves", async () => {
    let lost = 2;
    const device = new Device((frame) => (lost-- > 0 ? [] : [reply(frame, { r: "x" })]));
    const answered = device.client.request(smpCommands.echo, { d: "x" });
    await vi.advanceTimersByTimeAsync(2000);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await answered).get("r")).toBe("x");
    expect(device.requests.map(({ sequence }) => sequence)).toEqual([0, 0, 0]);
  });

  test("a device that says nothing is given up, and the next request works", async () => {
    let silent = true;
    const device = new Device((frame) => (silent ? [] : [reply(frame, {})]));
    const failed = codeOf(device.client.request(smpCommands.info));
    await vi.advanceTimersByTimeAsync(6000);
    expect(await failed).toBe("serial/smp-silent");
    silent = false;
    expect(await codeOf(device.client.request(smpCommands.info))).toBe("answered");
    expect(vi.getTimerCount()).toBe(0);
  });

  test("answers to something else are nobody's", async () => {
    const device = new Device((frame) => {
      const other = (at: number, by: number) =>
        reply(frame, { r: "wrong" }).map((byte, i) => (i === at ? byte + by : byte));
      return [other(6, 1), other(5, 1), other(7, 1), other(0, 1), Uint8Array.of(1, 2, 3), reply(frame, { r: "right" })];
    });
    expect((await device.client.request(smpCommands.echo, { d: "" })).get("r")).toBe("right");
  });

  test("a line that goes away ends what waits, and what comes after", async () => {
    const device = new Device(() => []);
    const waiting = codeOf(device.client.request(smpCommands.echo, { d: "" }));
    await vi.advanceTimersByTimeAsync(1);
    device.client.close(new Error("gone"));
    expect(await waiting).toBe("Error: gone");
    expect(await codeOf(device.client.request(smpCommands.echo, { d: "" }))).toBe("Error: gone");
  });
});

describe("answers", () => {
  const asking = (body: Body | Uint8Array) => {
    const device = new Device((frame) => [reply(frame, body)]);
    return device.client.request(smpCommands.echo, { d: "" }).catch((cause: unknown) => cause as UserError);
  };

  test("refusals in both versions' form", async () => {
    for (const body of [{ rc: 8 }, { err: { group: 1, rc: 8 } }]) {
      const refused = (await asking(body)) as UserError;
      expect(refused.code).toBe("serial/smp-refused");
      expect(refused.message).toContain("not supported (rc 8)");
    }
    expect(await asking({ rc: 0, r: "ok" })).toBeInstanceOf(Map);
  });

  test("indefinite lengths are CBOR too (Zephyr answers so)", async () => {
    const answer = (await asking(hex("bf617262706fff"))) as unknown as ReadonlyMap<string, unknown>;
    expect(answer.get("r")).toBe("po");
  });

  test.each([
    ["no CBOR", "ff"],
    ["no map", "83010203"],
    ["cut", "a16172"],
    ["a text longer than the frame", "a161727bffffffffffffffff"],
    ["nested to the brim", "81".repeat(400)],
    ["nothing", ""],
  ])("%s", async (_, body) => {
    expect(((await asking(hex(body))) as UserError).code).toBe("serial/smp-nonsense");
  });

  test("a length that is not the frame's", async () => {
    const device = new Device((frame) => [Uint8Array.of(...reply(frame, { r: "" }), 0)]);
    expect(await codeOf(device.client.request(smpCommands.echo, { d: "" }))).toBe("serial/smp-nonsense");
  });
});

describe("replay", () => {
  const samples = Int16Array.from({ length: 3 * 500 }, (_, i) => i * 17 - 9000);

  /** As the firmware does, over a buffer of `bufferBytes`; `credit` may lie. */
  function sampler(bufferBytes: unknown, credit: (seq: number) => unknown = (seq) => seq + 1) {
    const got: number[] = [];
    const device: Device = new Device((frame) => {
      if (frame[5] === 0) return [reply(frame, { buf_size: bufferBytes, buf_count: 1 })];
      if (frame[7] === 0) return [reply(frame, { rc: 0 })];
      const at = frame.length - bytesAtEnd(frame);
      got.push(...frame.subarray(at));
      return [reply(frame, { seq: credit(device.requests.length - 3) })];
    });
    return { device, got };
  }

  /** {"seq": …, "bytes": h'…'}: the byte string is last; its head is 1 to 3 bytes. */
  function bytesAtEnd(frame: Uint8Array): number {
    const key = Buffer.from(frame).indexOf("bytes") + 5;
    const head = frame[key]!;
    return head < 0x58 ? head & 31 : head === 0x58 ? frame[key + 1]! : (frame[key + 1]! << 8) | frame[key + 2]!;
  }

  test("fills the device's buffer, whole samples, all of them, once", async () => {
    for (const bufferBytes of [64, 316, 1024]) {
      const { device, got } = sampler(bufferBytes);
      const progress: number[] = [];
      const done = await replay(device.client, {
        ...{ samples, channels: 3, rateHz: 50 },
        onProgress: (count) => void progress.push(count),
      });
      const bytes = new Uint8Array(samples.buffer);
      expect(Uint8Array.from(got)).toEqual(bytes);
      expect(done).toEqual({ samples: 500, crc: crc32(bytes) });
      expect(progress.at(-1)).toBe(500);
    }
  });

  test("a buffer too small, or none of this world", async () => {
    for (const bufferBytes of [20, -1, "x", 2 ** 40])
      expect(await codeOf(replay(sampler(bufferBytes).device.client, { samples, channels: 3, rateHz: 50 }))).toBe(
        "serial/smp-nonsense",
      );
  });

  test("credits that go backwards or far ahead end it", async () => {
    for (const lie of [(seq: number) => seq, (seq: number) => seq + 1000, () => "many"])
      expect(await codeOf(replay(sampler(316, lie).device.client, { samples, channels: 3, rateHz: 50 }))).toBe(
        "serial/smp-nonsense",
      );
  });
});

describe("capture", () => {
  const payload = (first: number, values: readonly number[], tag = 0x72) => {
    const bytes = new Uint8Array(5 + 2 * values.length);
    const view = new DataView(bytes.buffer);
    bytes[0] = tag;
    view.setUint32(1, first, true);
    values.forEach((value, i) => void view.setInt16(5 + 2 * i, value, true));
    return bytes;
  };

  test("holds the last sample over a gap, counts it, and takes a restart as one", () => {
    const reader = new CaptureReader({ channels: 2, rateHz: 10 });
    expect(reader.take(payload(40, [1, 2, 3, 4]))).toEqual({ samples: Int16Array.of(1, 2, 3, 4), missing: 0 });
    expect(reader.take(payload(42, [5, 6]))).toEqual({ samples: Int16Array.of(5, 6), missing: 0 });
    expect(reader.take(payload(45, [7, 8]))).toEqual({ samples: Int16Array.of(5, 6, 5, 6, 7, 8), missing: 2 });
    expect(reader.take(payload(0, [9, 9]))).toEqual({ samples: Int16Array.of(9, 9), missing: 0 });
    // ten seconds at most are filled
    expect(reader.take(payload(102, [9, 9]))!.missing).toBe(0);
    expect(reader.take(payload(203, [9, 9]))!.missing).toBe(100);
    // sample numbers wrap
    expect(reader.take(payload(0xffff_ffff, [1, 1]))!.missing).toBe(0);
    expect(reader.take(payload(1, [1, 1]))!.missing).toBe(1);
  });

  test("frames that are not of it", () => {
    const reader = new CaptureReader({ channels: 2, rateHz: 10 });
    for (const frame of [
      new Uint8Array(0),
      payload(0, [1]),
      payload(0, []),
      payload(0, [1, 2], 0x73),
      payload(0, [1, 2, 3]),
    ])
      expect(reader.take(frame)).toBeUndefined();
  });

  test("a device that describes nonsense", async () => {
    const described = (body: Body) => codeOf(startCapture(new Device((frame) => [reply(frame, body)]).client));
    expect(await described({ channels: 3, rate_mhz: 50_000 })).toBe("answered");
    for (const body of [{}, { channels: 0, rate_mhz: 1 }, { channels: 65, rate_mhz: 1 }, { channels: 1, rate_mhz: 0 }])
      expect(await described(body)).toBe("serial/smp-nonsense");
    expect(await described({ rc: 11 })).toBe("serial/raw-not-permitted");
    expect(await described({ rc: 8 })).toBe("serial/smp-refused");
  });
});

interface Encoded {
  readonly name: string;
  readonly line_length: number;
  readonly frame: string;
  readonly packets: readonly string[];
}

describe.skipIf(!corpus)("frames of the real client", () => {
  test("are ours, byte for byte, both ways", () => {
    for (const { name, line_length, frame, packets } of corpus
      ? readCorpusJson<Encoded[]>("vectors/smp/encode.json")
      : []) {
      const lines = packets.map(hex);
      const ours = linesOf(frameLines(hex(frame), line_length));
      const base64 = (found: readonly Uint8Array[]) => found.map((line) => Buffer.from(line.subarray(2)).toString());
      // where lines are cut is a matter of taste, up to 127 bytes
      expect(base64(ours).join(""), name).toBe(base64(lines.map((line) => line.subarray(0, -1))).join(""));
      expect(
        ours.every((line) => line.length < line_length),
        name,
      ).toBe(true);
      const reader = new SmpLines();
      const frames = lines.flatMap((line) => reader.take(line.subarray(0, -1)) ?? []);
      expect(frames, name).toEqual([hex(frame)]);
    }
  });
});
