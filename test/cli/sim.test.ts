// The verb `sim`: what goes where, how runs end, which exit codes they have, and what is refused.

import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "../../host/cli/commands/sim.ts";
import { readImage, writeImage } from "../../host/image/image.ts";
import { readBuilt } from "../sim/build-programs.ts";
import { type TinyProgram, tinyElf, tinyImage } from "./tiny-programs.ts";
import { callVerb, startProcess } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "sim-verb-"));
let files = 0;
function fileOf(bytes: Uint8Array | string, name = "image"): string {
  const file = join(folder, `${files++}-${name}`);
  writeFileSync(file, bytes);
  return file;
}
const built = (name: string) => fileURLToPath(new URL(`../sim/built/${name}.elf`, import.meta.url));
const tiny = (program: TinyProgram, args: Record<string, unknown> = {}, json = false, handled = true) =>
  callVerb(command, { image: fileOf(tinyElf(program, handled)), board: "cortex-m4", for: "1ms", ...args }, json);

describe("a program", () => {
  it("prints on stdout, thumbelina on stderr", async () => {
    const said = await startProcess(["sim", built("hello-nucleo-f446re"), "--board", "nucleo-f446re"]);
    expect(said.out).toBe("hello\nend\n");
    expect(said.err).toMatch(/^nucleo-f446re: cortex-m4 at 180 MHz, with its wait states;.* for at most 10 s/m);
    expect(said.err).toMatch(/^stopped: the program ended \(SYS_EXIT, status 0\)$/m);
    expect(said.err).toMatch(/^\d+ cycles, \d+ instructions, .* simulated at 180 MHz; .* here, [\d.]+ MIPS$/m);
    expect(said.exit).toBe(0);
  });

  it("comes as one JSON document with --json", async () => {
    const said = await callVerb(command, { image: built("hello-mps2-an500"), board: "mps2-an500" }, true);
    const facts = JSON.parse(said.out);
    expect(facts).toMatchObject({ ok: true, exit: 0, board: "mps2-an500", console: "hello\nend\n", faults: [] });
    expect(facts.stop).toEqual({ kind: "exit", status: 0 });
    expect(facts.approximateCycles).toMatch(/no public cycle table/);
    expect(facts.simulatedSeconds).toBeCloseTo(facts.cycles / 25e6, 12);
    expect(facts.registers.length).toBe(16);
  });

  it("runs the same from ELF, UF2, HEX and raw binary", async () => {
    const image = readImage(readBuilt("hello", "pico"));
    const runs = (["elf", "uf2", "hex", "bin"] as const).map((format) =>
      callVerb(command, { image: fileOf(writeImage(image, format)), board: "pico" }, true),
    );
    const facts = (await Promise.all(runs)).map(({ out }) => JSON.parse(out));
    for (const { console, cycles } of facts) {
      expect(console).toBe("hello\nend\n");
      expect(cycles).toBe(facts[0].cycles);
    }
  });

  it("has fewer cycles without the chip's memory timing", async () => {
    const args = { image: built("hello-pico"), board: "pico" };
    const timed = JSON.parse((await callVerb(command, args, true)).out);
    const ideal = JSON.parse((await callVerb(command, { ...args, "memory-timing": false }, true)).out);
    expect(ideal.instructions).toBe(timed.instructions);
    expect(ideal.cycles).toBeLessThan(timed.cycles);
  });
});

describe("the end of a run", () => {
  it("is a fault: report on stderr, exit 3", async () => {
    const said = await tiny("wild-read");
    expect(said.exit).toBe(3);
    expect(said.err).toContain("data access at an address where nothing answers at 0x70000000, in main+0x2");
    expect(said.err).toMatch(/^> 0x00000042: ldr r1, \[r0, #0\]$/m);
    expect(said.err).toContain("call stack");
    expect(said.err).toMatch(/ r0 0x70000000/);
    expect(said.err).toContain("stuck in the handler handler");
    expect(said.err).toContain("error[sim/program-fault]");
    expect(said.err).not.toMatch(/^\s+at .*\.ts:/m);
  });

  it("is a lock-up when there is no handler", async () => {
    const said = await tiny("wild-read", {}, true, false);
    const facts = JSON.parse(said.out);
    expect([said.exit, facts.exit, facts.ok]).toEqual([3, 3, false]);
    expect(facts.stop.kind).toBe("lockup");
    expect(facts.errors[0].code).toBe("sim/program-fault");
    expect(facts.faults[0]).toMatchObject({ kind: "data-bus", address: 0x70000000, pc: 0x42 });
  });

  it("is the program's status", async () => {
    const said = await tiny("status-3");
    expect(said.exit).toBe(3);
    expect(said.err).toContain("error[sim/program-status]: the program ended with status 3");
    expect((await tiny("ends")).exit).toBe(0);
  });

  it("is --for, for an endless loop", async () => {
    const started = performance.now();
    const facts = JSON.parse((await tiny("endless", { for: "1234cycles" }, true)).out);
    expect(facts.stop).toEqual({ kind: "time" });
    expect(facts.where).toBe("main (0x00000040)");
    expect(facts.cycles).toBeGreaterThanOrEqual(1234);
    expect(facts.cycles).toBeLessThan(1240);
    const said = await tiny("endless", { for: "20us" });
    expect(said.exit).toBe(0);
    expect(said.err).toContain("the time is over (--for); the program is in main");
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it("is --for in sleep, or a BKPT", async () => {
    const facts = JSON.parse((await tiny("asleep", { for: "1000s" }, true)).out);
    expect(facts).toMatchObject({ exit: 0, stop: { kind: "time" }, instructions: 1, cycles: 100e9 });
    const said = await tiny("breaks");
    expect(said.exit).toBe(0);
    expect(said.err).toMatch(/BKPT #1 in main[\s\S]* r0 00000000/);
  });

  it("is --until and --break", async () => {
    const args = { image: built("hello-mps2-an386"), board: "mps2-an386" };
    const until = JSON.parse((await callVerb(command, { ...args, until: "main" }, true)).out);
    expect(until.stop).toEqual({ kind: "breakpoint", address: until.registers[15] });
    expect(until.where).toMatch(/^main \(/);
    const address = `0x${until.registers[15].toString(16)}`;
    const stop = JSON.parse((await callVerb(command, { ...args, break: address }, true)).out);
    expect(stop.cycles).toBe(until.cycles);
    expect(stop.console).toBe("");
  });

  it("is Ctrl-C: the summary is printed, exit 130", async () => {
    const image = fileOf(tinyElf("endless"));
    const said = await startProcess(["sim", image, "-b", "cortex-m4", "--for", "1000000s"], (err, child) => {
      if (err.includes("for at most") && !err.includes("stopped")) setTimeout(() => child.kill("SIGINT"), 200);
    });
    expect(said.err).toContain("stopped: interrupted in main (0x00000040)");
    expect(said.err).toMatch(/\d+ cycles, \d+ instructions/);
    expect(said.exit).toBe(130);
  });

  it("can be watched instruction by instruction", async () => {
    const said = await callVerb(command, {
      ...{ image: built("hello-mps2-an386"), board: "mps2-an386", for: "20cycles", trace: true },
    });
    expect(said.err).toMatch(/^0\t000000f4\tldr r0, \[pc, #92\] +\treset_handler$/m);
  });
});

describe("refused", () => {
  const cases: readonly [string, () => Promise<{ exit: number; code?: string }>, string, number][] = [
    [
      "another core",
      () => callVerb(command, { image: built("hello-nucleo-f446re"), board: "microbit" }),
      "cli/wrong-core",
      11,
    ],
    [
      "another memory map",
      () => callVerb(command, { image: built("hello-nucleo-f446re"), board: "mps2-an386" }),
      "sim/outside-memory",
      11,
    ],
    [
      "half a model",
      () => callVerb(command, { image: fileOf("\x1c\0\0\0TFL3 and so on"), board: "pico" }),
      "import/bad-offset",
      3,
    ],
    ["an app that is none", () => callVerb(command, { image: fileOf('{"sensor": 1}'), board: "pico" }), "app/shape", 2],
    [
      "a feed of too few axes",
      () =>
        callVerb(command, {
          ...{ image: "models/motion/app.json", board: "pico" },
          feed: `accelerometer=${fileOf("t_s,ax_g\n0,1\n0.02,2\n")}`,
        }),
      "cli/feed-channels",
      2,
    ],
    [
      "a cut ELF",
      () => callVerb(command, { image: fileOf(tinyElf("ends").subarray(0, 90)), board: "cortex-m4" }),
      "image/truncated",
      3,
    ],
    ["no file", () => callVerb(command, { image: join(folder, "nothing"), board: "pico" }), "cli/cannot-read", 6],
    ["an unknown board", () => tiny("ends", { board: "nonsense" }), "board/unknown", 2],
    ["an unknown symbol", () => tiny("ends", { until: "nonsense" }), "cli/no-symbol", 2],
    ["a time that is none", () => tiny("ends", { for: "soon" }), "cli/usage", 2],
    ["no time at all", () => tiny("ends", { for: "0s" }), "cli/usage", 2],
    ["an address that is none", () => tiny("ends", { break: "0x1ffffffff" }), "cli/usage", 2],
    ["a port that is none", () => tiny("ends", { gdb: 70000 }), "cli/usage", 2],
  ];
  it.each(cases)("%s", async (_, run, code, exit) => {
    expect(await run()).toMatchObject({ code, exit });
  });

  it("a port in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await tiny("ends", { gdb: port })).toMatchObject({ code: "cli/no-port", exit: 6 });
    server.close();
  });

  it("a board that listens: until --for is over; not where somebody does, nor elsewhere than TCP", async () => {
    const image = built("hello-nucleo-f446re");
    const listening = { image, board: "nucleo-f446re", for: "60ms" };
    for (const program of ["endless", "asleep"] as const) {
      const said = await tiny(program, { for: "60ms", listen: "tcp://127.0.0.1:0" });
      expect(said).toMatchObject({ exit: 0 });
      expect(said.err).toMatch(/listening at tcp:\/\/127\.0\.0\.1:\d+; Ctrl\+C ends/);
    }
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await callVerb(command, { ...listening, listen: `tcp://127.0.0.1:${port}` })).toMatchObject({
      code: "cli/no-port",
    });
    server.close();
    for (const listen of ["4444", "udp://127.0.0.1:1", "tcp://127.0.0.1:99999"])
      expect(await callVerb(command, { ...listening, listen })).toMatchObject({ code: "cli/usage", exit: 2 });
  });

  it("an image that no vector table or entry starts", async () => {
    const image = { ...tinyImage("ends"), entry: undefined };
    const hex = writeImage(
      { ...image, segments: image.segments.map((s) => ({ ...s, loadAddress: 0x1000, address: 0x1000 })) },
      "hex",
    );
    expect(await callVerb(command, { image: fileOf(hex), board: "cortex-m4" })).toMatchObject({
      code: "sim/no-start",
      exit: 11,
    });
  });
});
