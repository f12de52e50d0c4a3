// Feeds from files: what WAV, CSV and JSONL say, what is refused and where, and how a recording is played.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { fromFirstUse, type Recording, readFeed, sampled } from "../../host/sim/sim.ts";
import { randomFrom } from "../../host/train/train.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const problem = (bytes: Uint8Array): string => {
  try {
    readFeed(bytes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.code} ${error.at?.line ?? error.at?.byte ?? "-"} ${error.message}`;
  }
  return "accepted";
};

interface Wav {
  readonly code?: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly bits?: number;
  readonly data: Uint8Array;
  readonly before?: Uint8Array;
  readonly dataSize?: number;
}

function wav({ code = 1, channels = 1, rateHz = 16000, bits = 16, data, before, dataSize }: Wav): Uint8Array {
  const block = (channels * bits) / 8;
  const format = [...u16(code), ...u16(channels), ...u32(rateHz), ...u32(rateHz * block), ...u16(block), ...u16(bits)];
  const extra = code === 0xfffe ? [...u16(22), ...u16(bits), ...u32(0), ...u16(1), ...new Array(14).fill(0)] : [];
  const chunks = [
    ...(before ?? []),
    ...[...bytesOf("fmt "), ...u32(16 + extra.length), ...format, ...extra],
    ...[...bytesOf("data"), ...u32(dataSize ?? data.length), ...data],
  ];
  return Uint8Array.from([...bytesOf("RIFF"), ...u32(4 + chunks.length), ...bytesOf("WAVE"), ...chunks]);
}
const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16((value >>> 16) & 0xffff)];
const little = (array: Int16Array | Int32Array | Float32Array) => new Uint8Array(array.buffer);

describe("CSV and JSONL", () => {
  test("values are held until the next, the last ones for ever", () => {
    const feed = readFeed(bytesOf("# made by hand\nt_s,ax_g,ay_g\n\n1.0,0.5,-1\r\n1.5, 2,3e-1\n2.0,7,8\n"));
    expect([feed.columns, feed.samples, feed.rateHz, feed.seconds]).toEqual([["ax_g", "ay_g"], 3, 2, 1]);
    expect([0, 0.49, 0.5, 1, 99].map((t) => feed.at(t)?.[0])).toEqual([0.5, 0.5, 2, 7, 7]);
    expect(feed.at(0.7)).toEqual([2, 0.3]);
  });

  test("JSONL says the same; times need not be even", () => {
    const feed = readFeed(bytesOf('{"t": 0, "v": [1, 2]}\n{"t": 0.1, "v": [3, 4]}\n{"t": 5, "v": [5, 6]}'));
    expect([feed.channels, feed.rateHz, feed.at(0.1), feed.at(4.99), feed.at(5)]).toEqual(
      [2, undefined, [3, 4], [3, 4], [5, 6]], //
    );
  });

  test("the motion recordings are read whole", () => {
    for (const [file, seconds] of [
      ["recording.csv", 128],
      ["recording-long.csv", 632],
    ] as const) {
      const feed = readFeed(readFileSync(new URL(`../../models/motion/${file}`, import.meta.url)));
      expect([feed.columns, feed.samples]).toEqual([["ax_g", "ay_g", "az_g"], seconds * 50]);
      expect(feed.rateHz).toBeCloseTo(50, 9);
    }
  });

  test.each([
    ["sim/feed-text - ", Uint8Array.of(0x74, 0xff, 0xfe)],
    ["sim/feed-too-long - ", new Uint8Array(2 ** 27 + 1)],
    ["sim/feed-empty - ", ""],
    ["sim/feed-empty - ", "t_s,ax_g\n"],
    ["sim/feed-empty - ", "\n\n# nothing\n"],
    ['sim/feed-header 1 the feed\'s header: the first column is "time"', "time,ax_g\n0,1\n"],
    ['sim/feed-header 2 the feed\'s header: column "ax" does not name its unit', "# x\nt_s,ax\n0,1\n"],
    ["sim/feed-header 1 the feed's header: 0 columns", "t_s\n0\n"],
    ["sim/feed-header 1 the feed's header: 65 columns", `t_s,${Array(65).fill("a_g").join()}\n`],
    ["sim/feed-line 3 the feed: 2 cells, the header has 3", "t_s,ax_g,ay_g\n0,1,2\n1,2\n"],
    ['sim/feed-line 2 the feed: "one" is no number', "t_s,ax_g\n0,one\n"],
    ['sim/feed-line 2 the feed: "" is no number', "t_s,ax_g\n0,\n"],
    ['sim/feed-line 2 the feed: "1e999" is no number', "t_s,ax_g\n0,1e999\n"],
    ["sim/feed-line 3 the feed: time 1 s is not after 1 s", "t_s,ax_g\n1,1\n1,1\n"],
    ["sim/feed-line 2 the feed: no JSON", '{"t": 0, "v": [1]}\n{"t": 1, "v": [1]\n'],
    ["sim/feed-line 1 the feed: expected", '{"t": "0", "v": [1]}\n'],
    ["sim/feed-line 1 the feed: expected", '{"t": 0, "v": []}\n'],
    ["sim/feed-line 1 the feed: expected", '{"t": 0, "v": [null]}\n'],
    ["sim/feed-line 2 the feed: 2 values, the first line has 1", '{"t": 0, "v": [1]}\n{"t": 1, "v": [1,2]}\n'],
  ])("%s", (expected, content) => {
    expect(problem(typeof content === "string" ? bytesOf(content) : content).slice(0, expected.length)).toBe(expected);
  });
});

describe("WAV", () => {
  test.each([
    ["8 bits", { bits: 8, data: Uint8Array.of(0, 128, 255) }, [-1, 0, 127 / 128]],
    ["16 bits", { data: little(Int16Array.of(-32768, 0, 32767)) }, [-1, 0, 32767 / 32768]],
    ["24 bits", { bits: 24, data: Uint8Array.of(0, 0, 0x80, 0, 0, 0, 0xff, 0xff, 0x7f) }, [-1, 0, 1 - 2 ** -23]],
    ["32 bits", { bits: 32, data: little(Int32Array.of(-(2 ** 31), 0, 2 ** 30)) }, [-1, 0, 0.5]],
    ["float", { code: 3, bits: 32, data: little(Float32Array.of(-0.25, Number.NaN, 7)) }, [-0.25, 0, 1]],
    ["extensible", { code: 0xfffe, data: little(Int16Array.of(-16384, 0, 16384)) }, [-0.5, 0, 0.5]],
    ["cut off", { dataSize: 0xffffffff, data: little(Int16Array.of(-16384, 0, 16384)) }, [-0.5, 0, 0.5]],
    [
      "other chunks",
      { before: Uint8Array.from([...bytesOf("LIST"), ...u32(3), 1, 2, 3, 0]), data: little(Int16Array.of(0, 0, 0)) },
      [0, 0, 0],
    ],
  ] as const)("%s", (_, parts, values) => {
    const feed = readFeed(wav(parts));
    expect([0, 1, 2].map((i) => feed.at(i / 16000)![0])).toEqual(values.map((value) => Math.fround(value)));
    expect([feed.rateHz, feed.samples]).toEqual([16000, 3]);
  });

  test("another rate is brought to the sensor's: a tone keeps height and strength, what would fold is taken out", () => {
    const tone = (hz: number) =>
      little(Int16Array.from({ length: 44100 }, (_, i) => 16384 * Math.sin((2 * Math.PI * hz * i) / 44100)));
    const feed = readFeed(wav({ rateHz: 44100, data: tone(1000) }), { soundHz: 16000 });
    expect([feed.rateHz, feed.samples, feed.notes]).toEqual([
      16000,
      16000,
      ["resampled from 44100 to 16000 samples a second"],
    ]);
    for (let i = 1000; i < 15000; i++)
      expect(Math.abs(feed.at(i / 16000)![0]! - 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 16000))).toBeLessThan(1e-3);
    // 11 kHz would be heard as 5 kHz
    const high = readFeed(wav({ rateHz: 44100, data: tone(11000) }), { soundHz: 16000 });
    const strongest = Math.max(...Array.from({ length: 14000 }, (_, i) => Math.abs(high.at((1000 + i) / 16000)![0]!)));
    expect(strongest).toBeLessThan(2e-3);
    const up = readFeed(wav({ rateHz: 8000, channels: 2, data: little(Int16Array.from(Array(2000).fill(8192))) }), {
      soundHz: 16000,
    });
    expect([up.channels, up.notes.length, up.at(0.05)![0]]).toEqual([1, 2, 0.25]);
  });

  test.each([
    ["sim/feed-wav 0 ", bytesOf("RIFFxxxxWAVX")],
    [
      "sim/feed-wav 12 not a WAV file that can be played: it has no format",
      wav({ data: new Uint8Array(2) }).subarray(0, 12),
    ],
    [
      "sim/feed-wav 36 not a WAV file that can be played: it has no data",
      wav({ data: new Uint8Array(2) }).subarray(0, 36),
    ],
    [
      "sim/feed-wav 20 not a WAV file that can be played: format 1 with 12 bits",
      wav({ bits: 12, data: new Uint8Array(2) }),
    ],
    ["sim/feed-wav 20 not a WAV file that can be played: format 85", wav({ code: 85, data: new Uint8Array(2) })],
    ["sim/feed-wav 20 not a WAV file that can be played: 0 channels", wav({ channels: 0, data: new Uint8Array(2) })],
    ["sim/feed-wav 20 not a WAV file that can be played: 0 samples", wav({ rateHz: 0, data: new Uint8Array(2) })],
    [
      'sim/feed-wav 12 not a WAV file that can be played: chunk "LIST" ends behind',
      wav({ before: Uint8Array.from([...bytesOf("LIST"), ...u32(999)]), data: new Uint8Array(2) }),
    ],
    [
      "sim/feed-wav 12 not a WAV file that can be played: the data come before",
      wav({ before: Uint8Array.from([...bytesOf("data"), ...u32(2), 0, 0]), data: new Uint8Array(2) }),
    ],
    ["sim/feed-empty - ", wav({ data: new Uint8Array(1) })],
  ])("%s", (expected, bytes) => {
    expect(problem(bytes).slice(0, expected.length)).toBe(expected);
  });

  test("no broken file does anything but a UserError", () => {
    const random = randomFrom(3);
    const good = [
      wav({ data: little(Int16Array.of(1, 2, 3)) }),
      bytesOf("t_s,ax_g\n0,1\n1,2\n"),
      bytesOf('{"t":0,"v":[1]}\n'),
    ];
    for (const file of good)
      for (let n = 0; n < 500; n++) {
        const broken = file.slice(0, 1 + Math.floor(random() * file.length));
        broken[Math.floor(random() * broken.length)] = Math.floor(256 * random());
        problem(broken);
      }
  });
});

describe("playing", () => {
  const steps: Recording = sampled(Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7), { columns: ["v_fs"], rateHz: 50 });

  test("a recording begins with the first look at it, whenever that is and however unsteady the next ones are", () => {
    for (const start of [0, 0.0137, 12.345]) {
      const feed = fromFirstUse(steps);
      const random = randomFrom(9);
      const seen = Array.from(
        { length: 8 },
        (_, i) => feed.at(start + i * 0.02 + (i ? 0.018 * (random() - 0.5) : 0))![0],
      );
      expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  test("functions are feeds too, with a lead of their own", () => {
    expect(fromFirstUse({ at: (t) => [t] }, 0.25).at(7)).toEqual([0.25]);
  });
});
