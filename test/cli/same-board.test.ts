// Several boards of one kind on one machine, and a port that was named: whose drive it is, what of it is refused, what is said.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import yargs from "yargs";
import { findBoard } from "../../host/board/board.ts";
import { command as flash } from "../../host/cli/commands/flash.ts";
import { openReach } from "../../host/cli/reach.ts";
import type { Terminal } from "../../host/cli/terminal.ts";
import { usageWords } from "../../host/cli/usage-words.ts";
import { machine } from "./plugged-machine.ts";

const stLink = { vid: "0483", pid: "374b" };
/** Two Nucleo boards: each a port and a drive. */
const serials = ["066CFF01", "066CFF02"];
const root = machine(serials.map((serial, i) => ({ name: `ttyACM${i}`, serial, ...stLink })));
const mounts = serials.map((_, i) => {
  const [device, drive] = [`sd${"xy"[i]}1`, `NODE_F446RE${i || ""}`];
  const folder = join(root, `sys/devices/usb-ttyACM${i}/1-1:1.1/host0/target0/0:0:0:0/block/sd/${device}`);
  for (const path of [folder, join(root, "media", drive), join(root, "sys/class/block")])
    mkdirSync(path, { recursive: true });
  symlinkSync(folder, join(root, "sys/class/block", device));
  writeFileSync(join(root, "dev", device), "");
  return `/dev/${device} /media/${drive} vfat rw 0 0\n`;
});
writeFileSync(join(root, "proc/self/mounts"), mounts.join(""));

async function reached(board: string, args: Record<string, unknown>) {
  const terminal = {
    ...{ out: () => {}, outBytes: () => {}, note: () => {}, json: false, color: false, isTty: false, columns: 120 },
    ...{ cwd: root, env: { THUMBELINA_ROOT: root } },
  } satisfies Terminal;
  const options = { board: findBoard(board), args, terminal, stage: () => undefined };
  const { reach } = await openReach(options);
  const drives = (await reach.drives!()).map(({ path }) => path.slice(root.length));
  return { drives, reach };
}

describe("the drive of the board that was named", () => {
  const [one, two] = ["/media/NODE_F446RE", "/media/NODE_F446RE1"];
  test.each([
    ["nothing", {}, [one, two]],
    ["a serial number", { port: "id:066CFF02" }, [two]],
    ["a port", { port: join(root, "dev/ttyACM0") }, [one]],
    ["a filter", { "port-filter": "serial=CFF02" }, [two]],
    ["the serial number of a board that is not there", { port: "id:066CFF03" }, []],
  ])("%s", async (_, args, wanted) => {
    expect((await reached("nucleo-f446re", args)).drives).toEqual(wanted);
  });

  test("a port that is not there is said; a board that is met at ports is looked for nowhere else", async () => {
    const { drives, reach } = await reached("nucleo-f446re", { port: "/dev/ttyACM9" });
    expect(drives).toEqual([one, two]);
    expect(reach.remarks?.()).toEqual(["-p /dev/ttyACM9: no such port is seen"]);
    expect((await reached("blackpill-f411", { port: join(root, "dev/ttyACM0") })).drives).toEqual([one]);
    expect((await reached("blackpill-f411", { port: "/dev/ttyUSB3" })).drives).toEqual([]);
  });

  test("a boot loader may have another number: there none is refused, and a port that cannot be asked is named", async () => {
    const { drives, reach } = await reached("pico", { port: "id:066CFF03" });
    expect(drives).toEqual([one, two]);
    const other = await reached("pico", { port: join(root, "dev/ttyACM0"), force: true });
    expect(await other.reach.touch!()).toBe(false);
    expect(other.reach.remarks?.()[0]).toMatch(/ttyACM0 .* cannot be asked for the boot loader/);
    expect(await reach.touch!()).toBe(false);
    expect((await reached("pico", { before: "no-reset" })).reach.touch).toBeDefined();
  });
});

describe("words that yargs refuses", () => {
  const problemOf = (argv: readonly string[]) =>
    new Promise<string>((resolve) => {
      const parser = yargs([...argv])
        .options(flash.options)
        .strict()
        .exitProcess(false)
        .fail((message) => resolve(usageWords(message, flash.usage)));
      parser.command("$0 <file>", false, {}, () => resolve("nothing"));
      void Promise.resolve(parser.parseAsync()).catch(() => {});
    });
  test.each([
    [[], "<file> is missing: thumbelina flash <file>"],
    [["a.elf", "--before", "gently"], "--before gently: one of default-reset, no-reset, usb-reset is expected"],
    [["a.elf", "--port"], "--port needs a value"],
    [["a.elf", "--speed", "9"], "Unknown argument: speed"],
    [["a.elf", "--before", "no_reset"], "nothing"],
  ])("%j", async (argv, problem) => {
    expect(await problemOf(argv)).toBe(problem);
  });
});
