// app.json: what is accepted, and every way in which it can be wrong.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type App, appModel, appSchema, checkApp, firmwareConstants, hashOfApp, parseApp } from "../../host/app/app.ts";
import { UserError } from "../../host/base/errors.ts";
import type { Graph, Tensor } from "../../host/graph/graph.ts";

const repository = new URL("../../", import.meta.url);
const motionText = readFileSync(new URL("models/motion/app.json", repository), "utf8");
const motion = JSON.parse(motionText);

/** Codes and messages of everything that is wrong. */
function problems(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error, ...error.also].map(({ code, message }) => `${code} ${message}`);
  }
  return [];
}

const parsed = (app: unknown) => problems(() => parseApp(typeof app === "string" ? app : JSON.stringify(app)));
/** The motion app with one thing different, by its path. */
function changed(path: string, value: unknown): unknown {
  const app = structuredClone(motion);
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key], app);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return app;
}

const edge = (shape: readonly number[], more: Partial<Tensor> = {}): Tensor => ({
  ...{ name: "edge", dtype: "int8", shape, quantization: { scales: [0.025], zeroPoints: [2], axis: 0 } },
  ...more,
});
const graph = (...tensors: readonly Tensor[]): Graph => ({
  ...{ name: "model", tensors, operators: [], inputs: [0], outputs: [1] },
});

describe("parseApp", () => {
  test("fills in defaults and numbers", () => {
    const app = parseApp(JSON.stringify(changed("sensor.address", "0x6B")));
    expect(app.sensor.address).toBe(0x6b);
    expect(app.frontEnd).toMatchObject({ scale: 1, offset: 0 });
    expect(parseApp(JSON.stringify(changed("permits", undefined))).permits).toEqual([]);
    expect(app).not.toHaveProperty("$schema");
  });

  test("the hash is of the meaning: order, blanks, defaults and the schema's path do not matter", () => {
    const app = parseApp(motionText);
    const turned = Object.fromEntries(Object.entries({ ...motion, $schema: "x.json" }).reverse());
    expect(hashOfApp(app)).toMatch(/^[0-9a-f]{8}$/);
    expect(hashOfApp(parseApp(JSON.stringify(turned, null, 7)))).toBe(hashOfApp(app));
    expect(hashOfApp(parseApp(JSON.stringify(changed("permits", undefined))))).toBe(hashOfApp(app));
    expect(hashOfApp(parseApp(JSON.stringify(changed("decision.average", 4))))).not.toBe(hashOfApp(app));
  });

  test("models/app.schema.json is the schema that is applied (npx tsx test/app/make-schema.ts)", () => {
    expect(JSON.parse(readFileSync(new URL("models/app.schema.json", repository), "utf8"))).toEqual(appSchema);
  });

  test.each([
    ["app/json", "{", "the app is no JSON"],
    ["app/too-large", " ".repeat(70000), "70000 bytes, an app at most 65536"],
    ["app/shape", "[]", "expected an object"],
    ["app/shape", "null", "expected an object"],
    ["app/shape", "[".repeat(30000) + "]".repeat(30000), "expected an object"],
    ["app/shape", changed("name", "Motion!"), 'name: "Motion!" does not look as it must'],
    ["app/shape", changed("title", "two\nlines"), "title: "],
    ["app/shape", changed("title", ""), "title: must not be empty"],
    ["app/shape", changed("title", "x".repeat(101)), "has 101 characters, at most 100"],
    ["app/shape", changed("model", undefined), "model: is missing"],
    ["app/shape", changed("colour", "red"), "colour: is unknown; known: "],
    ["app/shape", changed("__proto__x", 1), "__proto__x: is unknown"],
    ["app/shape", changed("sensor.driver", "lsm6"), "sensor.driver: must be one of lsm6dsox, "],
    ["app/shape", changed("sensor.rateHz", 0), "sensor.rateHz: is 0, must be more than 0"],
    ["app/shape", changed("sensor.channels", 2.5), "sensor.channels: expected a whole number"],
    ["app/shape", changed("sensor.channels", 65), "is 65, must be at most 64"],
    ["app/shape", changed("sensor.address", [1]), "sensor.address: expected a text, or a whole number"],
    ["app/shape", changed("frontEnd.kind", "mfcc"), 'must be "window"'],
    ["app/shape", changed("frontEnd.hop", 0), "is 0, must be at least 1"],
    ["app/shape", changed("decision.kind", "guess"), 'expected an object with "kind": "classes", or an object with'],
    ["app/shape", changed("decision.labels", []), "has 0 entries, needs at least 1"],
    ["app/shape", changed("decision.labels", Array(300).fill("a")), "has 300 entries, at most 256"],
    ["app/shape", changed("decision.ignore", ["run", "run"]), 'names "run" twice'],
    ["app/shape", changed("decision.threshold", 1.5), "is 1.5, must be at most 1"],
    ["app/shape", changed("permits", ["all"]), "permits[0]: must be one of raw"],
    ["app/shape", changed("sensor.boards", Object.fromEntries([...Array(40)].map((_, i) => [i, {}]))), "has 40 fields"],
    ["app/rule", changed("sensor.channels", 4), "sensor.channels: is 4, lsm6dsox has 3 or 6"],
    ["app/rule", changed("sensor.rateHz", 2000), "is 2000, lsm6dsox can 1 to 833"],
    ["app/rule", changed("sensor.range", 3), "sensor.range: is 3, lsm6dsox has 2, 4, 8, 16"],
    ["app/rule", changed("sensor.gyroRange", 3), "sensor.gyroRange: is 3"],
    ["app/rule", changed("sensor.address", "0x11"), "is 0x11, lsm6dsox has 0x6a, 0x6b"],
    ["app/rule", changed("sensor.boards", { pico: { range: 5 } }), "sensor.boards.pico.range: is 5"],
    ["app/rule", changed("frontEnd.hop", 129), "is 129, more than the window's 128"],
    ["app/rule", changed("frontEnd.scale", [1, 2]), "has 2 entries, the sensor 3 channels"],
    ["app/rule", changed("frontEnd.scale", 0), "the model would see nothing"],
    ["app/rule", changed("decision.release", 0.9), "is 0.9, above a threshold of 0.7"],
    ["app/rule", changed("decision.ignore", ["fly"]), '"fly" is no label'],
    ["app/rule", changed("decision.threshold", { run: 0.5 }), '"walk" has none'],
    ["app/rule", changed("decision.threshold", { fly: 0.5 }), '"fly" is no label'],
  ])("%s: %#", (code, app, words) => {
    const found = parsed(app);
    expect(found.some((problem) => problem.startsWith(code) && problem.includes(words)) || found).toBe(true);
  });

  test("says everything that is wrong at once, with a line where JSON ends", () => {
    const app = { ...motion, name: "", extra: 1, sensor: { ...motion.sensor, rateHz: "fast" } };
    expect(parsed(app).length).toBeGreaterThanOrEqual(3);
    try {
      parseApp('{\n"name": "x",\n oops }');
    } catch (error) {
      expect((error as UserError).at?.line).toBe(3);
    }
    expect.assertions(2);
  });

  test("no change of a byte makes it throw anything but a UserError", () => {
    for (let i = 0; i < motionText.length; i += 3)
      for (const character of ["", "0", '"', "[", "\u0000", "-"])
        problems(() => parseApp(motionText.slice(0, i) + character + motionText.slice(i + 1)));
  });
});

describe("checkApp", () => {
  const app = parseApp(motionText);
  const check = (of: App, of2: Graph) => problems(() => checkApp(of, appModel(of2, "00000000")));
  const anomaly = (score: string): App =>
    parseApp(JSON.stringify(changed("decision", { kind: "anomaly", score, threshold: 1 })));

  test("accepts the right shapes", () => {
    expect(check(app, graph(edge([1, 1, 128, 3]), edge([1, 6])))).toEqual([]);
    expect(check(anomaly("reconstruction"), graph(edge([1, 384]), edge([1, 384])))).toEqual([]);
    expect(check(anomaly("output"), graph(edge([1, 384]), edge([1])))).toEqual([]);
  });

  test.each([
    ["app/model-mismatch", app, graph(edge([1, 100]), edge([1, 6])), "128 samples of 3 channels are 384 values"],
    ["app/model-mismatch", app, graph(edge([384]), edge([5])), "6 labels, the output has 5 elements"],
    ["app/model-mismatch", anomaly("output"), graph(edge([384]), edge([2])), '"output" wants one output element'],
    ["app/model-mismatch", anomaly("reconstruction"), graph(edge([384]), edge([2])), "2 elements, the input 384"],
    [
      ...(["app/model-mismatch", anomaly("reconstruction")] as const),
      ...([graph(edge([384]), edge([384], { dtype: "float32" })), "both must be whole or float"] as const),
    ],
    [
      ...(["app/model-mismatch", parseApp(JSON.stringify(changed("frontEnd.offset", 1e6)))] as const),
      ...([graph(edge([384]), edge([6])), "65536 of the input's steps"] as const),
    ],
    [
      ...(["app/model-mismatch", parseApp(JSON.stringify(changed("frontEnd.scale", 1e8)))] as const),
      ...([graph(edge([384]), edge([6])), "more than 16384 of the input's"] as const),
    ],
    ["app/model-type", app, graph(edge([384], { dtype: "int64" }), edge([6])), "the model's input is int64"],
    ["app/model-type", app, graph(edge([384]), edge([6], { quantization: undefined })), "int8 without quantisation"],
    ["app/model-edges", app, { ...graph(edge([384])), outputs: [] }, "1 inputs and 0 outputs"],
  ] as const)("%s: %#", (code, of, model, words) => {
    expect(check(of, model).some((problem) => problem.startsWith(code) && problem.includes(words))).toBe(true);
  });
});

describe("firmwareConstants", () => {
  const model = appModel(graph(edge([1, 1, 128, 3]), edge([1, 6])), "0badcafe");
  const labelsIn = (table: Uint8Array) => {
    const view = new DataView(table.buffer);
    const count = view.getUint16(0, true) / 2 - 1;
    return Array.from({ length: count }, (_, i) =>
      new TextDecoder().decode(table.subarray(view.getUint16(2 * i, true), view.getUint16(2 * i + 2, true))),
    );
  };

  test("labels stand as in a JSON string, whatever they are", () => {
    const labels = ['say "hi"', "a\\b", "größer", "🙂", "x", "y"];
    const app = parseApp(JSON.stringify({ ...motion, decision: { kind: "classes", labels, threshold: 0.5 } }));
    const found = labelsIn(firmwareConstants(app, model).tables["labels"]!);
    expect(found.map((label) => JSON.parse(`"${label}"`))).toEqual(labels);
  });

  test("a board's own sensor, raw samples permitted, a rate that is no whole number of microseconds", () => {
    const app = parseApp(JSON.stringify({ ...motion, permits: ["raw"], sensor: { ...motion.sensor, rateHz: 52 } }));
    const { config } = firmwareConstants(app, model, { name: "nano33ble" });
    expect(config["sensor.address"]).toBe(0x6b);
    expect(config["permits.raw"]).toBe(1);
    expect(config["sensor.periodUs"]! + config["sensor.periodFraction"]! / 65536).toBeCloseTo(1e6 / 52, 4);
    expect(firmwareConstants(app, model).config["sensor.address"]).toBe(0x6a);
    for (const [name, value] of Object.entries(config)) expect(Number.isInteger(value) || name).toBe(true);
  });
});
