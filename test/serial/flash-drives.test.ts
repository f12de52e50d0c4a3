// Flashing over drives: UF2 boot loaders and debug probes, emulated and as folders of a fake machine; hostile ones; and what flash() says when
// it finds nothing, too much, or an image that is not for the board.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { type Image, imageOf, readImage } from "../../host/image/image.ts";
import {
  type BootDriveOptions,
  type DriveFaults,
  ProbeDrive,
  Uf2BootDrive,
} from "../../host/serial/emulated/boot-drives.ts";
import { PicobootDevice } from "../../host/serial/emulated/picoboot-device.ts";
import { type FlashRequest, flash, type Reach } from "../../host/serial/flash.ts";
import type { Drive } from "../../host/serial/flash-types.ts";
import { driveOf, listDrives, listUnmounted } from "../../host/serial/node/drives.ts";
import { errorOf, holdsImage, listener, randomImage, type Scene, sceneOf } from "./flash-scene.ts";

const uf2 = (scene: Scene, faults?: DriveFaults, more?: Partial<BootDriveOptions>): Drive =>
  new Uf2BootDrive(scene.flash, { board: scene.board, clock: scene.clock, faults, ...more });
const probe = (scene: Scene, faults?: DriveFaults, more?: Partial<BootDriveOptions>): Drive =>
  new ProbeDrive(scene.flash, { board: scene.board, clock: scene.clock, faults, ...more });

const run = (scene: Scene, drive: Drive, image: Image, request: Partial<FlashRequest> = {}) =>
  flash(
    image,
    { drives: async () => [drive], clock: scene.clock },
    { board: scene.board, listener: listener(), ...request },
  );

const setups = [
  { name: "UF2, pico", board: "pico", drive: uf2 },
  { name: "UF2, feather", board: "feather-nrf52840", drive: uf2 },
  { name: "ST-LINK", board: "nucleo-f446re", drive: probe },
  { name: "DAPLink", board: "microbit", drive: probe },
];

describe.each(setups)("$name", ({ board: name, drive }) => {
  test("takes an image; whole, and again", async () => {
    const scene = sceneOf(name);
    for (const seed of [1, 2]) {
      const image = randomImage(scene.board, 30_000, seed);
      const heard = listener();
      const result = await run(scene, drive(scene), image, { listener: heard });
      expect(result).toMatchObject({ verified: "accepted-by-drive", writtenBytes: 30_000 });
      expect(holdsImage(scene.flash, image)).toBe(true);
      expect(heard.advanced.get("writing")).toBe(heard.totals.get("writing"));
    }
  });

  test("an error for the last piece is the board's restart, not a loss", async () => {
    const scene = sceneOf(name);
    const image = randomImage(scene.board, 9000);
    expect((await run(scene, drive(scene, { lateError: true }), image)).verified).toBe("accepted-by-drive");
    expect(holdsImage(scene.flash, image)).toBe(true);
  });

  test.each([
    ["full", { full: 1000 }, "drive-full", 6],
    ["read-only", { readOnly: true }, "drive-read-only", 5],
    ["taking and doing nothing", { stays: true }, "drive-stays", 6],
  ] as const)("%s", async (_, faults, code, exit) => {
    const scene = sceneOf(name);
    const error = await errorOf(run(scene, drive(scene, faults), randomImage(scene.board, 9000)));
    expect(error).toMatchObject({ code: `serial/${code}`, exit });
    expect(error.notes.length).toBe(1);
  });

  test("unplugged after any piece: said, and the next run mends it", async () => {
    const image = randomImage(findBoard(name), 9000);
    for (let vanishAt = 0; vanishAt < 9000; vanishAt += 1000) {
      const scene = sceneOf(name);
      const error = await errorOf(run(scene, drive(scene, { vanishAt }), image));
      expect(error.code).toBe("serial/lost");
      expect(error.notes.join()).toContain("may hold a part of the image only");
      await run(scene, drive(scene), image);
      expect(holdsImage(scene.flash, image)).toBe(true);
    }
  });

  test("the drive of another board is refused, unless forced", async () => {
    const scene = sceneOf(name);
    const image = randomImage(scene.board, 9000);
    const other = drive(scene, {}, { id: "SAMD21G18A-Feather-v0" });
    Object.assign(other, { label: "OTHER" });
    const error = await errorOf(run(scene, other, image));
    expect(error).toMatchObject({ code: "serial/wrong-chip", exit: 11 });
    expect(error.notes.join()).toContain("was not touched");
    await run(scene, other, image, { force: true });
    expect(holdsImage(scene.flash, image)).toBe(true);
  });

  test("stopped before anything is written", async () => {
    const scene = sceneOf(name);
    const abort = AbortSignal.abort();
    expect((await errorOf(run(scene, drive(scene), randomImage(scene.board, 900), { abort }))).code).toBe(
      "serial/stopped",
    );
  });
});

describe("probes", () => {
  test("FAIL.TXT is read back, and shown as text whatever is in it", async () => {
    const scene = sceneOf("nucleo-f446re");
    const fail = `The interface firmware FAILED to reset/halt the target MCU\u001b[2J${"x".repeat(5000)}`;
    const error = await errorOf(run(scene, probe(scene, { fail }), randomImage(scene.board, 900)));
    expect(error).toMatchObject({ code: "serial/probe-refused", exit: 6 });
    expect(error.message).toContain("FAILED to reset/halt the target MCU");
    expect(error.message).not.toContain("\u001b");
    expect(error.message.length).toBeLessThan(500);
  });

  test("a drive that does not come back proves nothing, and that is said", async () => {
    const scene = sceneOf("microbit");
    const heard = listener();
    const image = randomImage(scene.board, 900);
    expect((await run(scene, probe(scene, { staysAway: true }), image, { listener: heard })).verified).toBe("none");
    expect(heard.notes.join()).toContain("did not come back");
  });

  test("parts that do not begin at the flash's base go as HEX", async () => {
    const scene = sceneOf("nucleo-f446re");
    const image = imageOf([{ address: 0x08008000, data: Uint8Array.of(1, 2, 3, 4, 5) }], {});
    await run(scene, probe(scene), image);
    expect(holdsImage(scene.flash, image)).toBe(true);
  });

  test("are told apart by label or by number", async () => {
    const scene = sceneOf("nucleo-f446re");
    const nameless = probe(scene, {}, { id: "0777" });
    Object.assign(nameless, { label: "D" });
    expect((await run(scene, nameless, randomImage(scene.board, 900))).verified).toBe("accepted-by-drive");
  });
});

describe("finding a boot loader", () => {
  const image = randomImage(findBoard("pico"), 900);
  const request = (board = findBoard("pico")): FlashRequest => ({ board, listener: listener() });
  const here = (reach: Partial<Reach>): Reach => ({ clock: sceneOf("pico").clock, ...reach });

  test("none: what was looked for, how to get there, and why a way is missing", async () => {
    const reach = here({ drives: async () => [], usb: async () => [], remarks: () => ["no USB here: a container"] });
    const error = await errorOf(flash(image, reach, request()));
    expect(error).toMatchObject({ code: "serial/no-boot-loader", exit: 4 });
    expect(error.message).toContain("a drive with INFO_UF2.TXT, a PICOBOOT device");
    expect(error.hint).toContain("hold BOOTSEL");
    expect(error.notes).toEqual(["no USB here: a container"]);
    expect((await errorOf(flash(image, here({}), request()))).message).toContain("no way to it here");
  });

  test("not mounted: the command that mounts it, and no other drive's", async () => {
    const unmounted = async () => [
      { label: "HOLIDAY", device: "/dev/sda1" },
      { label: "RPI-RP2", device: "/dev/sdb1" },
    ];
    const error = await errorOf(flash(image, here({ drives: async () => [], unmounted }), request()));
    expect(error).toMatchObject({ code: "serial/not-mounted", exit: 4 });
    expect(error.hint).toContain("udisksctl mount -b /dev/sdb1");
    expect(error.hint).not.toContain("sudo");
  });

  test("not mounted, but PICOBOOT is there: it is used", async () => {
    const scene = sceneOf("pico");
    const unmounted = async () => [{ label: "RPI-RP2", device: "/dev/sdb1" }];
    const reach = here({ drives: async () => [], unmounted, usb: async () => [new PicobootDevice(scene.flash)] });
    expect(await flash(image, reach, request())).toMatchObject({ protocol: "picoboot", verified: "read-back" });
  });

  test("several: none is chosen", async () => {
    const [one, two] = [sceneOf("pico"), sceneOf("pico")];
    const error = await errorOf(flash(image, here({ drives: async () => [uf2(one), uf2(two)] }), request()));
    expect(error).toMatchObject({ code: "serial/several-boot-loaders", exit: 4 });
  });

  test("the application is asked, and its boot loader waited for", async () => {
    const scene = sceneOf("pico");
    let asked = Number.POSITIVE_INFINITY;
    const reach: Reach = {
      clock: scene.clock,
      drives: async () => (scene.clock.now() > asked + 2000 ? [uf2(scene)] : []),
      touch: async () => {
        asked = scene.clock.now();
        return true;
      },
    };
    expect((await flash(image, reach, request())).protocol).toBe("uf2");
    const never = { ...reach, drives: async () => [] };
    const before = scene.clock.now();
    expect((await errorOf(flash(image, never, request()))).code).toBe("serial/no-boot-loader");
    expect(scene.clock.now() - before).toBeLessThan(11_000);
  });

  test("images that are not for the board", async () => {
    const scene = sceneOf("pico");
    const reach = here({ drives: async () => [uf2(scene)] });
    const other = { ...image, target: { board: "nucleo-f446re" } };
    expect(await errorOf(flash(other, reach, request()))).toMatchObject({ code: "serial/wrong-board", exit: 11 });
    const elsewhere = randomImage(findBoard("nucleo-f446re"), 900);
    expect(await errorOf(flash(elsewhere, reach, request()))).toMatchObject({ code: "serial/outside-flash", exit: 11 });
    // A raw file says nothing of a board, but our firmware's words do.
    const saying = (name: string) => {
      const raw = randomImage(scene.board, 900);
      raw.segments[0]!.data.set(new TextEncoder().encode(`{"boot":{"board":"\0${name}\0","app":"\0`), 300);
      return flash(raw, reach, request());
    };
    expect(await saying("pico")).toMatchObject({ protocol: "uf2" });
    expect(await errorOf(saying("pico2"))).toMatchObject({ code: "serial/wrong-board", exit: 11 });
    const feather = findBoard("feather-nrf52840");
    const onLoader = imageOf([{ address: 0xf4000, data: new Uint8Array(300) }], {});
    const error = await errorOf(flash(onLoader, reach, { ...request(feather), force: true }));
    expect(error.message).toContain('in the region "bootloader"');
    expect((await errorOf(flash(image, reach, request(findBoard("cortex-m4"))))).code).toBe("serial/no-protocol");
  });
});

describe("drives of a Linux machine", () => {
  const root = mkdtempSync(join(tmpdir(), "drives-"));
  const system = { platform: "linux" as const, root };
  mkdirSync(join(root, "proc/self"), { recursive: true });
  mkdirSync(join(root, "dev/disk/by-label"), { recursive: true });
  mkdirSync(join(root, "media/me/RPI RP2"), { recursive: true });
  for (const name of ["sda1", "sdb1", "sdc1"]) writeFileSync(join(root, "dev", name), "");
  symlinkSync("../../sdb1", join(root, "dev/disk/by-label/RPI\\x20RP2"));
  symlinkSync("../../sdc1", join(root, "dev/disk/by-label/NODE_F446RE"));
  const mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /media/me/RPI\\040RP2 vfat rw 0 0\nnonsense\n";
  writeFileSync(join(root, "proc/self/mounts"), mounts);

  test("mounted and not mounted", () => {
    expect(listDrives(system).map(({ label, path }) => [label, path])).toEqual([
      ["RPI RP2", join(root, "media/me/RPI RP2")],
    ]);
    expect(listUnmounted(system)).toEqual([{ label: "NODE_F446RE", device: "/dev/sdc1" }]);
    expect(listDrives({ platform: "linux", root: join(root, "nowhere") })).toEqual([]);
    expect(listUnmounted({ platform: "darwin", root })).toEqual([]);
  });

  test("files, and a drive that disappears", async () => {
    const [drive] = listDrives(system);
    writeFileSync(join(drive!.path, "INFO_UF2.TXT"), "Board-ID: RPI-RP2\r\n");
    expect(new TextDecoder().decode(await drive!.readFile("INFO_UF2.TXT"))).toContain("RPI-RP2");
    expect(await drive!.readFile("FAIL.TXT")).toBeUndefined();
    let sent = 0;
    const bytes = new Uint8Array(100_000).fill(7);
    await drive!.writeFile("A.UF2", bytes, (more) => (sent += more));
    expect(sent).toBe(100_000);
    expect(new Uint8Array(readFileSync(join(drive!.path, "A.UF2")))).toEqual(bytes);
    expect(await drive!.waitGone(0)).toBe(false);
    rmSync(join(root, "dev/sdb1"));
    expect(await drive!.waitGone(0)).toBe(true);
    expect(await drive!.waitBack(0)).toBe(false);
    writeFileSync(join(root, "dev/sdb1"), "");
    expect(await drive!.waitBack(0)).toBe(true);
  });

  test("a folder is a drive; errors of the system are ours", async () => {
    const folder = join(root, "media/me/RPI RP2");
    expect(driveOf(`${folder}/`, system).label).toBe("RPI RP2");
    const gone = driveOf(join(root, "no such folder"), system);
    expect((await errorOf(gone.writeFile("x", new Uint8Array(1)))).code).toBe("serial/lost");
    const full = driveOf("/dev", { platform: "linux", root });
    expect((await errorOf(full.writeFile("full", new Uint8Array(10)))).code).toBe("serial/drive-full");
  });

  test("flashing a pico that is a folder", async () => {
    const scene = sceneOf("pico");
    const drive = driveOf(join(root, "media/me/RPI RP2"), system);
    const image = randomImage(scene.board, 5000);
    // The board restarts when it has the file: the device node goes away.
    const restarting: Drive = {
      ...drive,
      writeFile: async (name, bytes, onBytes) => {
        await drive.writeFile(name, bytes, onBytes);
        rmSync(join(root, "dev/sdb1"));
      },
    };
    expect((await run(scene, restarting, image)).protocol).toBe("uf2");
    const written = new Uint8Array(readFileSync(join(drive.path, "THUMBELN.UF2")));
    const read = readImage(written, { uf2Family: scene.board.chip.uf2Family });
    expect(read.segments[0]!.data.subarray(0, 5000)).toEqual(image.segments[0]!.data);
  });
});
