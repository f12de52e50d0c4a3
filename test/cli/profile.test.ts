// The verb `profile`: tables on stdout, JSON, the speedscope file, and the exit codes of the run.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "../../host/cli/commands/profile.ts";
import { tinyElf } from "./tiny-programs.ts";
import { callVerb } from "./verb.ts";

const folder = mkdtempSync(join(tmpdir(), "profile-verb-"));
const [file = ""] = Object.keys(command.positionals ?? {});
const image = fileURLToPath(new URL("../sim/built/printf-mps2-an386.elf", import.meta.url));

describe("profile", () => {
  it("prints tables on stdout, words on stderr", async () => {
    const { out, err, exit } = await callVerb(command, { [file]: image, board: "mps2-an386", top: 5 });
    expect(exit).toBe(0);
    expect(out).toMatch(/^ +cycles +% +instr +loads +stores +stalls +total % +calls {2}function$/m);
    expect(out).toMatch(/^ +\d+ +[\d.]+ +\d+ +\d+ +\d+ +\d+ {2}0x[0-9a-f]{8} {2}\S+ +\w+.* r\d/m);
    expect(out).toContain("call paths");
    expect(out).not.toContain("hello board");
    expect(err).toContain("the program ended (SYS_EXIT, status 0)");
  });

  it("gives JSON with exact sums, and a speedscope file of the same total", async () => {
    const speedscope = join(folder, "p.json");
    const { out } = await callVerb(command, { [file]: image, board: "mps2-an386", speedscope }, true);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ ok: true, exit: 0, board: "mps2-an386", stop: { kind: "exit", status: 0 } });
    const sum = report.functions.reduce(
      (total: number, row: { self: { cycles: number } }) => total + row.self.cycles,
      0,
    );
    expect(sum).toBe(report.totals.cycles);
    expect(JSON.parse(readFileSync(speedscope, "utf8")).profiles[0].endValue).toBe(sum);
  });

  it("profiles a program that faults, up to the fault", async () => {
    const wild = join(folder, "wild.elf");
    writeFileSync(wild, tinyElf("wild-read"));
    const said = await callVerb(command, { [file]: wild, board: "cortex-m4", for: "1ms" });
    expect(said.exit).toBe(3);
    expect(said.out).toContain("main");
    expect(said.err).toContain("error[sim/program-fault]");
  });
});
