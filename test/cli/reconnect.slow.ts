// A board that is unplugged while it streams, as the operating system shows it: its line hangs up, its port leaves /sys and /dev; another
// board takes its name, and it comes back under another. The compiled program in a process of its own, PTYs (socat), a machine of files.

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { FakeRoot } from "../serial/fake-root.ts";
import { resultLine } from "../serial/scripted-device.ts";
import { servePty } from "../serial/serve-device.ts";
import { Speaker } from "../serial/speaker.ts";
import { runProgram } from "./process.ts";
import { temporaryFolder } from "./thumbelina.ts";

const socat = spawnSync("socat", ["-V"]).status === 0;
if (!socat && process.env["CI_JUDGES"] === "1") throw new Error("socat is missing");

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A board of ours that says results from `first` on. */
async function plug(root: FakeRoot, tty: string, serial: string, first: number) {
  const speaker = new Speaker({ piece: (i) => `${resultLine(first + i)}\n`, everyMilliseconds: 100 });
  const pty = await servePty(speaker);
  root.usb({ vendor: "2e8a", product: "000a", serial, driver: "cdc_acm", tty, pty: pty.path });
  const unplug = async () => {
    speaker.stop();
    rmSync(join(root.path, "sys/class/tty", tty), { recursive: true });
    rmSync(join(root.path, "dev", tty));
    await pty.close();
  };
  closers.push(async () => {
    speaker.stop();
    await pty.close();
  });
  return unplug;
}

const seqs = (text: string) => [...text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq));

test.skipIf(!socat)("followed by its serial number to another port; not to the board that took its name", async () => {
  const root = new FakeRoot();
  closers.push(() => root.remove());
  const unplug = await plug(root, "ttyACM0", "E6612483CB", 0);
  const env = { THUMBELINA_ROOT: root.path };
  const streaming = runProgram(["stream", "-p", "id:E6612483CB", "--for", "20s"], { cwd: temporaryFolder(), env });
  await streaming.saw(/attached to \S+ttyACM0\n/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await unplug();
  await streaming.saw(/ttyACM0 went away.*; waiting for it/);

  await plug(root, "ttyACM0", "E66124FFFF", 5000);
  await new Promise((resolve) => setTimeout(resolve, 1000)); // it is looked for four times
  await plug(root, "ttyACM1", "E6612483CB", 9000);
  await streaming.saw(/attached to \S+ttyACM1 again\n/);
  await new Promise((resolve) => setTimeout(resolve, 500));
  streaming.child.kill("SIGINT");
  const { code, stdout } = await streaming.ended;
  expect(code).toBe(130);
  const said = seqs(stdout);
  expect(said.some((seq) => seq < 1000) && said.some((seq) => seq >= 9000)).toBe(true);
  expect(said.filter((seq) => seq >= 1000 && seq < 9000)).toEqual([]);
});

/** Most often a hang-up is an error of the read that waits; now and then it is a read of nothing (test/serial/hang-up.test.ts). */
test.skipIf(!socat)(
  "pulled out at any moment: noticed, without a busy wait",
  async () => {
    const root = new FakeRoot();
    closers.push(() => root.remove());
    const unplug = await plug(root, "ttyACM0", "E6612483CB", 0);
    const again = runProgram(["stream"], { cwd: temporaryFolder(), env: { THUMBELINA_ROOT: root.path } });
    await again.saw("attached to");
    let take = unplug;
    for (let time = 1; time <= 8; time++) {
      await new Promise((resolve) => setTimeout(resolve, 17 * time));
      await take();
      await again.saw(new RegExp(`(?:went away[\\s\\S]*){${time}}`));
      take = await plug(root, `ttyACM${time}`, "E6612483CB", 1000 * time);
      await again.saw(new RegExp(`(?:attached to[\\s\\S]*){${time + 1}}`));
    }
    const [user, system] = readFileSync(`/proc/${again.child.pid}/stat`, "utf8").split(" ").slice(13, 15).map(Number);
    expect((user! + system!) / 100).toBeLessThan(8); // seconds of CPU; a busy wait has two a second
    again.child.kill("SIGINT");
    const last = await again.ended;
    expect([last.code, again.child.signalCode, last.stderr.slice(-300)]).toEqual([130, null, expect.any(String)]);
  },
  60_000,
);

test.skipIf(!socat)("Ctrl-C while it is waited for: 130", async () => {
  const root = new FakeRoot();
  closers.push(() => root.remove());
  const unplug = await plug(root, "ttyACM0", "E6612483CB", 0);
  const streaming = runProgram(["stream"], { cwd: temporaryFolder(), env: { THUMBELINA_ROOT: root.path } });
  await streaming.saw("attached to");
  await unplug();
  await streaming.saw("waiting for it");
  streaming.child.kill("SIGINT");
  expect((await streaming.ended).code).toBe(130);
});
