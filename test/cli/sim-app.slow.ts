// An app in the simulator as a user runs it, until Ctrl-C: the summary's memory is what build printed, and what is fed to no sensor is said.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProcess } from "./verb.ts";

const app = "models/motion/app.json";
const feed = "accelerometer=models/motion/recording.csv";

test("Ctrl-C: detections, late windows, load; RAM and stack are those that build promised", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "sim-app-")), "motion.uf2");
  const built = await startProcess(["build", app, "--board", "pico", "-o", file]);
  const [, ram, stack] = /RAM (\d+) bytes \(arena \d+, stack (\d+)\)/.exec(built.out + built.err)!.map(Number);
  let begun = false;
  const said = await startProcess(["sim", app, "-b", "pico", "--feed", feed, "--for", "100000s"], (err, child) => {
    if (!begun && err.includes("for at most")) setTimeout(() => child.kill("SIGINT"), 5000);
    begun ||= err.includes("for at most");
  });
  expect(said.exit).toBe(130);
  expect(said.err).toContain("stopped: interrupted in ");
  const [, windows, found] = /^(\d+) windows, 0 late; detections: (.+)$/m.exec(said.err)!;
  const results = said.out.split("\n").filter((line) => line.startsWith('{"seq"'));
  expect(results.length).toBe(Number(windows));
  expect(results.length).toBeGreaterThan(10);
  expect(found).toMatch(/^\w+ \d+(, \w+ \d+)*$/);
  const [, load, planned, used, of] =
    /^CPU load ([\d.]+) %; RAM (\d+) bytes as planned, (\d+) of the (\d+) bytes of stack used$/m.exec(said.err)!;
  expect([planned, of].map(Number)).toEqual([ram, stack]);
  expect(Number(used)).toBeGreaterThan(100);
  expect(Number(used)).toBeLessThanOrEqual(stack!);
  expect(Number(load)).toBeGreaterThan(1);
  expect(Number(load)).toBeLessThan(5);
});

test("without a feed: said, and the sensor is not there", async () => {
  const said = await startProcess(["sim", app, "-b", "pico", "--for", "1s"]);
  expect(said.err).toContain(
    "nothing is fed to accelerometer, so there is nothing to sense: --feed accelerometer=FILE",
  );
  expect(said.out).toContain('{"warn":"i2c nack"');
});
