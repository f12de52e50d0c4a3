// A real gdb-multiarch against `sim --gdb`: attach, break at main, step, registers, variables, back trace, watch, finish, continue to
// the end. The program is built here with -g, so that gdb has lines and variables.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { build, hasCompiler } from "./build-programs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const hasGdb = spawnSync("gdb-multiarch", ["--version"]).status === 0;
const judged = hasGdb && hasCompiler;
if (!judged && process.env["CI_JUDGES"] === "1") throw new Error("gdb-multiarch or arm-none-eabi-gcc is absent");

let server: ChildProcess | undefined;
afterEach(() => void server?.kill());

/** Starts the simulator; resolves to its port, and to its exit code when it ends. */
async function serve(elf: string, board: string) {
  const child = spawn("npx", ["tsx", "host/cli/main.ts", "sim", elf, "--board", board, "--gdb", "0"], { cwd: root });
  server = child;
  let output = "";
  child.stdout.on("data", (bytes) => (output += bytes));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  let said = "";
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stderr).on("line", (line) => {
      said += `${line}\n`;
      const found = /waiting for gdb on 127\.0\.0\.1:(\d+)/.exec(line);
      if (found) resolve(Number(found[1]));
    });
    child.once("close", () => reject(new Error(`the simulator ended: ${said}`)));
  });
  return { port, exit, output: () => output };
}

/** Runs gdb's commands in one batch; what it printed. */
function gdb(elf: string, port: number, commands: readonly string[]): Promise<string> {
  const all = ["set confirm off", "set pagination off", "set width 0", `target remote 127.0.0.1:${port}`, ...commands];
  const args = ["-nx", "-batch", ...all.flatMap((command) => ["-ex", command]), elf];
  return new Promise((resolve) => {
    const child = spawn("gdb-multiarch", args, { timeout: 120_000 });
    let printed = "";
    child.stdout.on("data", (bytes) => (printed += bytes));
    child.stderr.on("data", (bytes) => (printed += bytes));
    child.once("close", () => resolve(printed));
  });
}

describe.skipIf(!judged)("gdb-multiarch", () => {
  let elf = "";
  beforeAll(() => {
    elf = build("integer", "mps2-an386", ["-g", "-Og"]);
  });

  it("breaks, steps, prints, goes up the stack, watches and runs to the end", async () => {
    const { port, exit, output } = await serve(elf, "mps2-an386");
    const printed = await gdb(elf, port, [
      "break main",
      "continue",
      "info registers pc sp xpsr",
      "step",
      "next",
      "watch random_state",
      "continue",
      "delete",
      "tbreak fibonacci",
      "continue",
      "backtrace",
      "print n",
      "finish",
      "print $r0 == $",
      "info registers msp primask control",
      "print $d0",
      "set $r4 = 0x1234",
      "print/x $r4",
      "stepi",
      "nexti",
      "x/4i $pc",
      "info threads",
      "monitor cycles",
      "continue",
    ]);
    expect(printed).toMatch(/Breakpoint 1, main \(\)/);
    expect(printed).toMatch(/pc\s+0x[0-9a-f]+\s+0x[0-9a-f]+ <main/);
    expect(printed).toMatch(/#0 {2}fibonacci \(n=(n@entry=)?18\)[\s\S]*#1 .*main \(\)/);
    expect(printed).toMatch(/Value returned is \$\d+ = \d+/);
    expect(printed).toMatch(/msp\s+0x[0-9a-f]+/);
    expect(printed).toMatch(/= 0x1234/);
    expect(printed).toMatch(/Hardware watchpoint \d+: random_state/);
    expect(printed).toMatch(/Old value = \d+\s+New value = \d+/);
    expect(printed).toMatch(/\d+ cycles, \d+ instructions/);
    expect(printed).toMatch(/\[Inferior 1 \(Remote target\) exited normally\]/);
    expect(printed).not.toMatch(
      /Remote (failure|connection closed)|warning: .*(architecture|unrecognized)|Cannot access/,
    );
    expect(await exit).toBe(0);
    expect(output()).toMatch(/calls [0-9a-f]{8}\nend\n$/);
  });

  it("loads the program into flash, resets and detaches", async () => {
    const { port, exit, output } = await serve(elf, "mps2-an386");
    const printed = await gdb(elf, port, ["load", "monitor reset", "break main", "continue", "delete", "detach"]);
    expect(printed).toMatch(/Transfer rate/);
    expect(printed).toMatch(/Breakpoint 1, main/);
    expect(printed).toMatch(/detached/);
    expect(await exit).toBe(0);
    expect(output()).toMatch(/end\n$/);
  });

  it("sees where a fault came from", async () => {
    const faulty = build("faults", "mps2-an385", ["-g"]);
    const { port, exit } = await serve(faulty, "mps2-an385");
    const printed = await gdb(faulty, port, ["break fault_work", "continue", "print/x frame[6]", "backtrace", "kill"]);
    expect(printed).toMatch(/Breakpoint 1, fault_work \(frame=0x[0-9a-f]+, number=3\)/);
    expect(printed).toMatch(/\$1 = 0x[0-9a-f]+/);
    expect(printed).toMatch(/#0 {2}fault_work/);
    expect(await exit).toBe(0);
  });
});

describe.skipIf(judged)("gdb-multiarch", () => {
  it("is absent: nothing is judged here", () => {
    process.stderr.write("SKIPPED: gdb-multiarch or arm-none-eabi-gcc is not installed\n");
  });
});
