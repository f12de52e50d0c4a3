// Results as the lines of other programs, from devices that behave and from devices that do not.

import { describe, expect, test } from "vitest";
import type { ConsoleItem } from "../../host/serial/console-items.ts";
import { readObject } from "../../host/serial/console-items.ts";
import { formatter, type StreamFormat, streamFormats } from "../../host/serial/formats.ts";
import { StreamMetrics } from "../../host/serial/metrics.ts";
import { columnsOf, sampleRows, samplesHead, wavData, wavHead } from "../../host/serial/sample-files.ts";
import { readFeed } from "../../host/sim/sim.ts";
import { bootLine, resultLine } from "./scripted-device.ts";

const item = (line: string): ConsoleItem => readObject(line)!;
function shown(format: StreamFormat, lines: readonly string[]): string[] {
  const { head, lines: of, end } = formatter(format);
  return [...head, ...lines.flatMap((line) => of(item(line))), ...end()];
}
const two = [resultLine(0), resultLine(1, { detected: "walk", late: 2, cycles: null })];

describe("formats", () => {
  test("jsonl: the device's lines, notices too", () => {
    expect(shown("jsonl", [bootLine, ...two])).toEqual([bootLine, ...two]);
  });

  test("csv", () => {
    expect(shown("csv", [bootLine, ...two])).toEqual([
      "seq,t_us,label,score,mean,detected,window,lag_us,cycles,model,app,late,dropped",
      "0,640000,walk,0.9531,0.9,,128,1234,5678,00112233,aabbccdd,,",
      "1,1280000,walk,0.9531,0.9,walk,160,1234,,00112233,aabbccdd,2,",
    ]);
  });

  test("plotter, teleplot, ei", () => {
    expect(shown("plotter", two)).toEqual([
      "score:0.9531 mean:0.9 detected:0 lag_ms:1.234 cycles:5678",
      "score:0.9531 mean:0.9 detected:1 lag_ms:1.234",
    ]);
    expect(shown("teleplot", two.slice(1))).toEqual([
      ">score:1280:0.9531",
      ">mean:1280:0.9",
      ">detected:1280:1",
      ">lag_ms:1280:1.234",
      ">label:1280:walk|t",
    ]);
    expect(shown("ei", two)).toEqual(["0.9531,0.9", "0.9531,0.9"]);
    expect(formatter("ei").sample([0.122, -1, 2e-7])).toEqual(["0.122,-1,2e-7"]);
  });

  test("openmetrics: one a second of device time, and one at the end", () => {
    const lines = shown(
      "openmetrics",
      [0, 1, 2, 3].map((seq) => resultLine(seq)),
    );
    // 0.64, 1.28 (too soon), 1.92, 2.56 (too soon), end
    expect(lines.filter((line) => line === "# EOF").length).toBe(3);
    expect(lines.at(-1)).toBe("# EOF");
    expect(lines).toContain('thumbelina_windows_total{label="walk"} 4');
  });

  test("text: results, notices and damage in words", () => {
    const lines = shown("text", [
      bootLine,
      ...two,
      '{"warn":"sensor","code":4,"t_us":1500000}',
      '{"ok":"sensor","t_us":2500000}',
      '{"crash":{"exception":3,"pc":"0x10001234","lr":"0x1"}}',
      '{"summary":{"t_us":3000000,"samples":150,"crc":"0badf00d","windows":2}}',
      '{"else":[1]}',
    ]);
    expect(lines[0]).toBe(
      "boot: motion on pico, model 00112233, 125 MHz; reset: power on; raw samples stay on the device",
    );
    expect(lines[2]).toMatch(/^ +1\.28 s {2}walk +0\.95 {2}mean 0\.90 {2}lag 1\.2 ms {2}late 2 {2}◄ walk$/);
    expect(lines.slice(3, 6)).toEqual([
      "warning at 1.50 s: sensor (code 4)",
      "fine again at 2.50 s: sensor",
      "crash: exception 3 at pc 0x10001234, lr 0x1",
    ]);
    expect(lines[6]).toMatch(/^summary at 3\.00 s: 150 samples, 2 windows, .*CRC 0badf00d$/);
    expect(lines[7]).toBe('{"else":[1]}');
    const damage = formatter("text").lines({ kind: "damaged", what: "smp", bytes: 9 });
    expect(damage).toEqual(["damaged: 9 bytes of an SMP frame"]);
  });
});

describe("a device that lies", () => {
  const label = '\u001b[2J=cmd|" /C calc"!A0\u009b,\n{}:;\u2028';
  const hostile = resultLine(0, {
    label,
    detected: label,
    mean: "x",
    lag_us: null,
    cycles: Number.MAX_VALUE,
    window: {},
  });
  const boot = JSON.stringify({ boot: { board: label, app: 3, permits: [label], reset: -1 } });

  test.each(streamFormats)("%s shows no control character, and its lines stay lines", (format) => {
    for (const line of shown(format, [hostile, boot, '{"warn":null}', '{"crash":7}', '{"summary":[]}'])) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }
  });

  test("cells are no formulas, words are no telegrams, series are bounded", () => {
    const [, row] = shown("csv", [hostile]);
    expect(row).toContain('"\ufffd[2J=cmd|"" /C calc""!A0\ufffd,\ufffd{}:;\u2028"');
    expect(shown("csv", [resultLine(0, { label: "=1+1" })])[1]).toContain(",'=1+1,");
    const telegrams = shown("teleplot", [hostile]);
    expect(telegrams.every((line) => (line.match(/[:;|]/g) ?? []).length <= 3)).toBe(true);
    const metrics = new StreamMetrics();
    for (let i = 0; i < 10_000; i++) metrics.take([item(resultLine(i, { label: `l${i}`, detected: `d${i}` }))]);
    expect(metrics.results).toBe(10_000);
    expect(metrics.detections.size).toBe(65);
    expect(metrics.text().length).toBeLessThan(20_000);
  });
});

describe("files of samples", () => {
  const samples = Int16Array.from({ length: 300 }, (_, i) => (i * 7919) % 65_536);

  test("a WAV file is read back bit for bit", () => {
    for (const channels of [1, 3]) {
      const data = wavData(samples);
      const file = Uint8Array.of(...wavHead({ channels, rateHz: 16_000 }, data.length), ...data);
      const back = readFeed(file);
      expect([back.channels, back.rateHz, back.samples]).toEqual([channels, 16_000, 300 / channels]);
      const values = Array.from({ length: back.samples }, (_, i) => back.at(i / 16_000)!).flat();
      expect(Int16Array.from(values, (value) => Math.round(value * 32_768))).toEqual(samples);
    }
  });

  test("a CSV file too, in units and in steps", () => {
    for (const step of [0.122e-3, 1 / 32_768, 0.25, 70e-3]) {
      const columns = ["ax_g", "ay_g", "az_g"].map((column) => ({ column, step }));
      const text = [samplesHead(columns), ...sampleRows(samples, 0, columns, 50)].join("\n");
      const back = readFeed(new TextEncoder().encode(text));
      expect(back.rateHz).toBeCloseTo(50, 6);
      const values = Array.from({ length: 100 }, (_, i) => back.at(i / 50)!).flat();
      expect(Int16Array.from(values, (value) => Math.round(value / step))).toEqual(samples);
    }
    const unknown = columnsOf(3, undefined);
    expect(samplesHead(unknown)).toBe("t_s,c0_raw,c1_raw,c2_raw");
    expect(sampleRows(samples.subarray(0, 3), 50, unknown, 50)).toEqual([`1,0,7919,15838`]);
  });
});
