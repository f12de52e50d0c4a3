// The doctor as users run it: the compiled command line in a process of its own, on a machine of files (THUMBELINA_ROOT), with devices behind
// PTYs (socat), TCP and RFC 2217. The twelve kinds of trouble, those near them, and healthy set-ups.

import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { wallClock } from "../../host/serial/clock.ts";

import { doctorCases, healthyCases } from "../serial/doctor-cases.ts";
import type { DoctorCase } from "../serial/doctor-scene.ts";
import { FakeRoot } from "../serial/fake-root.ts";
import { serveMisread } from "../serial/misread-server.ts";
import { servePty, serveTcp } from "../serial/serve-device.ts";
import { Speaker } from "../serial/speaker.ts";
import { type Ended, program } from "./thumbelina.ts";

const socat = spawnSync("socat", ["-V"]).status === 0;
if (!socat && process.env["CI_JUDGES"] === "1") throw new Error("socat is missing");

interface Answer {
  readonly ok: boolean;
  readonly exit: number;
  readonly findings: readonly { readonly code: string; readonly problem: string; readonly fix: readonly Step[] }[];
  readonly seen: { readonly line?: { readonly bytes: number } };
}
type Step = { readonly run: string } | { readonly do: string };

/** A program without the package serialport: everything else is linked to. */
function withoutSerialport(): string {
  const folder = mkdtempSync(join(tmpdir(), "thumbelina-bare-"));
  const ours = dirname(dirname(dirname(dirname(program))));
  cpSync(join(ours, "dist"), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"type": "module", "version": "0.0.0"}');
  mkdirSync(join(folder, "node_modules"));
  for (const name of readdirSync(join(ours, "node_modules")))
    if (!/^(\.|serialport$|@serialport$)/.test(name))
      symlinkSync(join(ours, "node_modules", name), join(folder, "node_modules", name));
  return folder;
}

const bare = withoutSerialport();
afterAll(() => rmSync(bare, { recursive: true, force: true }));

interface Line {
  readonly args: readonly string[];
  readonly pty?: string;
  close(): Promise<void>;
}

/** Where the device is: as `-p` has it, or as the PTY behind a file in /dev. */
async function served({ device }: DoctorCase): Promise<Line> {
  if (!device) return { args: [], close: async () => {} };
  const made = device.make(wallClock);
  const stop = () => (made instanceof Speaker ? made.stop() : undefined);
  if (device.through === "pty") {
    const server = await servePty(made);
    // A terminal hangs up when its last user leaves, and a change of parity closes the port for a moment.
    const user = openSync(server.path, constants.O_RDWR | constants.O_NOCTTY);
    const close = async () => {
      stop();
      closeSync(user);
      await server.close();
    };
    return { args: [], pty: server.path, close };
  }
  const server = await (device.through === "tcp" ? serveTcp(made) : serveMisread(made));
  const close = () => {
    stop();
    return server.close();
  };
  return { args: ["-p", `${device.through}://127.0.0.1:${server.port}`], close };
}

async function doctor(one: DoctorCase, more: readonly string[] = []): Promise<Ended> {
  const root = new FakeRoot(one.distribution);
  const { args, pty, close } = await served(one);
  try {
    one.build(root, pty);
    const file = one.withoutBinding ? join(bare, "dist/host/cli/main.js") : program;
    return await run(file, ["doctor", ...one.args, ...args, ...more], root.path);
  } finally {
    await close();
    root.remove();
  }
}

function run(file: string, args: readonly string[], root: string): Promise<Ended> {
  const env = {
    ...process.env,
    NO_COLOR: "1",
    FORCE_COLOR: undefined,
    THUMBELINA_ROOT: root,
    THUMBELINA_PORT: undefined,
  };
  const child = spawn(process.execPath, [file, ...args], { env, timeout: 60_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (bytes) => void (stdout += bytes));
  child.stderr.on("data", (bytes) => void (stderr += bytes));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
}

const possible = (one: DoctorCase) => socat || one.device?.through !== "pty";

describe("what is wrong is found, alone, with its fix", () => {
  test.each(doctorCases.filter(possible).map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { code, stdout, stderr } = await doctor(one, ["--json"]);
    const answer: Answer = JSON.parse(stdout);
    expect(
      answer.findings.map((each) => each.code),
      stderr,
    ).toEqual([one.finds]);
    expect([answer.ok, answer.exit, code]).toEqual([false, one.exit, one.exit]);
    const steps = answer.findings[0]!.fix.map((step) => ("do" in step ? step.do : step.run)).join("\n");
    if (one.fix) expect(steps).toMatch(one.fix);
  });
});

describe("healthy set-ups", () => {
  test.each(healthyCases.filter(possible).map((one) => [one.name, one] as const))(
    "%s: nothing is found",
    async (_, one) => {
      const { code, stdout } = await doctor(one, ["--json"]);
      const answer: Answer = JSON.parse(stdout);
      expect(answer.findings).toEqual([]);
      expect([answer.ok, code]).toEqual([true, 0]);
      if (one.device) expect(answer.seen.line?.bytes).toBeGreaterThanOrEqual(0);
    },
  );
});

describe.skipIf(!socat)("a port that another process has locked", () => {
  /** In the fake machine's /proc nobody has it: as with processes of other users. */
  async function lockedPort(build: (root: FakeRoot, pty: string) => void): Promise<Answer> {
    const root = new FakeRoot();
    const server = await servePty(new Speaker({ piece: () => undefined, everyMilliseconds: 1000 }));
    const lock = spawn("flock", ["-x", server.path, "sleep", "60"], { detached: true });
    try {
      await new Promise((resolve) => setTimeout(resolve, 500));
      build(root, server.path);
      const { stdout } = await run(program, ["doctor", "--json"], root.path);
      return JSON.parse(stdout);
    } finally {
      process.kill(-lock.pid!);
      await server.close();
      root.remove();
    }
  }
  const bridge = { vendor: "10c4", product: "ea60", driver: "cp210x", tty: "ttyUSB0" };
  const mine = { memberOf: true, owner: true };

  test("is refused by the driver, and said to be in use", async () => {
    const answer = await lockedPort((root, pty) => void root.user(mine).usb({ ...bridge, pty }));
    expect(answer.findings.map(({ code }) => code)).toEqual(["port-busy"]);
    expect(answer.findings[0]!.fix).toEqual([expect.objectContaining({ run: "sudo fuser -v /dev/ttyUSB0" })]);
  });

  test("where ModemManager runs and is not told to keep off, it is that", async () => {
    const answer = await lockedPort(
      (root, pty) =>
        void root
          .user(mine)
          .usb({ ...bridge, pty })
          .process("ModemManager"),
    );
    expect(answer.findings.map(({ code }) => code)).toEqual(["modem-manager"]);
  });
});

describe("for people", () => {
  test("findings on stdout, what was looked at on stderr", async () => {
    const { stdout, stderr } = await doctor(doctorCases.find(({ finds }) => finds === "no-permission")!);
    expect(stdout).toMatch(/^no-permission: permission denied: \/dev\/ttyACM0 .* dialout only\n {2}seen: .*\n/);
    expect(stdout).toContain("  do: sudo usermod -aG dialout alice\n");
    expect(stderr).toBe("");
  });

  test("nothing wrong: stdout is empty", async () => {
    const { code, stdout, stderr } = await doctor(healthyCases[2]!);
    expect([code, stdout, stderr]).toEqual([0, "", "nothing wrong was seen\n"]);
  });

  test("--emit-udev prints the rules and nothing else", async () => {
    const { code, stdout, stderr } = await doctor(healthyCases[2]!, ["--emit-udev"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain('ATTRS{idVendor}=="2e8a", ATTRS{idProduct}=="0003"');
  });
});
