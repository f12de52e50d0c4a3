import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { appModel, checkApp, hashOf, parseApp } from "../../host/app/app.ts";
import { appName, guessedTemplate } from "../../host/cli/app-template.ts";
import { command } from "../../host/cli/commands/init.ts";
import { importModel } from "../../host/index.ts";
import { motionModel } from "./thumbelina.ts";
import { callVerb } from "./verb.ts";

const folder = () => mkdtempSync(join(tmpdir(), "thumbelina init "));

/** The app in a folder, checked with the model that lies beside it. */
function appIn(dir: string) {
  const app = parseApp(readFileSync(join(dir, "app.json"), "utf8"));
  const bytes = readFileSync(join(dir, app.model));
  checkApp(app, appModel(importModel(bytes), hashOf(bytes)));
  return app;
}

describe("init", () => {
  test("copies the motion app, its model, a recording and the schema", async () => {
    const dir = join(folder(), "My First App");
    const { exit, err } = await callVerb(command, { dir });
    expect(exit).toBe(0);
    expect(readdirSync(dir).sort()).toEqual(["app.json", "app.schema.json", "motion.tflite", "recording.csv"]);
    expect(appIn(dir)).toMatchObject({ name: "my-first-app", decision: { labels: { length: 6 } } });
    expect(JSON.parse(readFileSync(join(dir, "app.json"), "utf8")).$schema).toBe("./app.schema.json");
    expect(err).toContain("next     thumbelina sim");
  });

  test("makes a first app for a model and says what it guessed", async () => {
    const dir = folder();
    const { exit, out } = await callVerb(command, { dir, model: motionModel }, true);
    expect(exit).toBe(0);
    const { ok, files, guessed } = JSON.parse(out);
    expect([ok, files]).toEqual([true, ["app.json", "motion.tflite", "app.schema.json"]]);
    expect(guessed.join("\n")).toMatch(/lsm6dsox at 50 Hz.*3 channels[\s\S]*last 128 samples[\s\S]*6 labels/);
    expect(appIn(dir).sensor).toMatchObject({ driver: "lsm6dsox", channels: 3 });
  });

  test("writes nothing over, and nothing at all when the model does not fit", async () => {
    const full = folder();
    writeFileSync(join(full, "notes.txt"), "mine");
    expect(await callVerb(command, { dir: full })).toMatchObject({ exit: 2, code: "cli/not-empty" });
    expect(readdirSync(full)).toEqual(["notes.txt"]);
    expect(await callVerb(command, { dir: join(full, "notes.txt") })).toMatchObject({ code: "cli/not-empty" });
    expect(await callVerb(command, { dir: join(full, "notes.txt", "a") })).toMatchObject({ code: "cli/cannot-write" });
    const empty = folder();
    mkdirSync(join(empty, "sub"));
    const bad = join(full, "bad.tflite");
    writeFileSync(bad, "no model");
    const { exit } = await callVerb(command, { dir: join(empty, "sub"), model: bad });
    expect([exit, readdirSync(join(empty, "sub"))]).toEqual([3, []]);
  });

  test.each([
    [[1, 6], 600, 4, "lsm6dsox", "classes"],
    [[1, 64], 640, 640, "amg8833", "anomaly"],
    [[1, 3], 300, 1, "lsm6dsox", "anomaly"],
    [[490], 490, 12, "microphone", "classes"],
  ] as const)("guesses from the input's last dimension: %j", (shape, inputs, outputs, driver, kind) => {
    const edge = { dtype: "int8", scale: 0.1, zeroPoint: 0 } as const;
    const model = { input: { ...edge, elements: inputs }, output: { ...edge, elements: outputs }, hash: "" };
    const app = parseApp(JSON.stringify(guessedTemplate(model, shape, "m.tflite", "app").declared));
    checkApp(app, model);
    expect([app.sensor.driver, app.decision.kind]).toEqual([driver, kind]);
  });

  test.each([
    ["My App!", "my-app"],
    ["9 lives", "lives"],
    ["...", "app"],
    ["x".repeat(50), "x".repeat(30)],
    [`${"x".repeat(29)} y`, "x".repeat(29)],
  ])("%s is named %s", (name, expected) => {
    expect(appName(name)).toBe(expected);
  });
});
