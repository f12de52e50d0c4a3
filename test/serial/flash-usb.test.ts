// Flashing over USB: PICOBOOT and DfuSe against emulated devices, whole, again, changed, protected, wrong; and with a fault at every
// transfer: never a hang, always an error that says the state, and the next run recovers.

import { describe, expect, test } from "vitest";
import { UserError } from "../../host/base/errors.ts";
import { findBoard, mainMemories } from "../../host/board/board.ts";
import { imageOf } from "../../host/image/image.ts";
import { ChipFlash } from "../../host/serial/emulated/chip-flash.ts";
import { DfuseDevice } from "../../host/serial/emulated/dfuse-device.ts";
import { PicobootDevice } from "../../host/serial/emulated/picoboot-device.ts";
import { FaultyUsb, type UsbFault, usbFaultKinds } from "../../host/serial/emulated/usb-faults.ts";
import { type FlashRequest, flash, stateAfter } from "../../host/serial/flash.ts";
import { parseMemoryLayout } from "../../host/serial/protocols/memory-layout.ts";
import type { UsbDevice } from "../../host/serial/usb-device.ts";
import { errorOf, holdsImage, listener, randomImage, type Scene, sceneOf } from "./flash-scene.ts";

const everything = process.env.THUMBELINA_SUITE === "slow";

const setups = [
  { name: "PICOBOOT", board: "pico", device: ({ flash }: Scene): UsbDevice => new PicobootDevice(flash), bytes: 9000 },
  {
    name: "DfuSe",
    board: "blackpill-f411",
    device: ({ flash, board, clock }: Scene): UsbDevice => new DfuseDevice(flash, { board, clock }),
    bytes: 20_000,
  },
];

const run = (
  scene: Scene,
  device: UsbDevice,
  image = randomImage(scene.board, 9000),
  request: Partial<FlashRequest> = {},
) =>
  flash(
    image,
    { usb: async () => [device], clock: scene.clock },
    { board: scene.board, listener: listener(), ...request },
  );

describe.each(setups)("$name", ({ board: name, device, bytes }) => {
  test("writes an image, proves it, and starts it", async () => {
    const scene = sceneOf(name);
    const image = randomImage(scene.board, bytes);
    const heard = listener();
    const result = await run(scene, device(scene), image, { listener: heard });
    expect(holdsImage(scene.flash, image)).toBe(true);
    expect(result).toMatchObject({ verified: "read-back", skippedBytes: 0 });
    expect(result.writtenBytes).toBeGreaterThanOrEqual(bytes);
    expect(heard.stages).toEqual(["connecting", "comparing", "erasing", "writing", "verifying", "resetting"]);
    for (const [stage, total] of heard.totals) expect([stage, heard.advanced.get(stage)]).toEqual([stage, total]);
    expect(heard.traced).toBeGreaterThan(10);
  });

  test("writes nothing when the flash holds the image, and only what changed otherwise", async () => {
    const scene = sceneOf(name);
    const image = randomImage(scene.board, bytes);
    await run(scene, device(scene), image);
    const before = [...scene.flash.erasures];
    expect(await run(scene, device(scene), image)).toMatchObject({ writtenBytes: 0 });
    expect(scene.flash.erasures).toEqual(before);
    const data = Uint8Array.from(image.segments[0]!.data);
    data[data.length - 1]! ^= 1;
    const changed = imageOf([{ address: image.segments[0]!.loadAddress, data }], {});
    await run(scene, device(scene), changed);
    expect(holdsImage(scene.flash, changed)).toBe(true);
    // The last sector, and the first, which is erased and written with every change.
    expect(
      scene.flash.erasures.reduce((sum, count) => sum + count, 0) - before.reduce((sum, count) => sum + count, 0),
    ).toBe(2);
    expect((await run(scene, device(scene), changed, { writeAll: true })).writtenBytes).toBeGreaterThanOrEqual(bytes);
  });

  test("a fault at any transfer: no hang, the state is said, the next run recovers", async () => {
    const scene = sceneOf(name);
    const counting = new FaultyUsb(device(scene));
    await run(scene, counting, randomImage(scene.board, bytes));
    expect(counting.transfers).toBeGreaterThan(15);
    const outcomes = new Set<string>();
    // Each transfer meets one kind of fault in the quick suite, and every kind in the slow one.
    for (let at = 0; at < counting.transfers; at++)
      for (const [i, kind] of usbFaultKinds.entries())
        if (everything || at % usbFaultKinds.length === i)
          outcomes.add(await withFault(name, device, bytes, { kind, at, seed: 31 * at + 7 }));
    const known = ["done", "lost", "no-answer", "nonsense", "refused", "verify"].map((code) =>
      code === "done" ? code : `serial/${code}`,
    );
    expect([...outcomes].filter((code) => !known.includes(code))).toEqual([]);
    for (const code of ["serial/lost", "serial/no-answer", "serial/nonsense", "serial/refused"])
      expect([...outcomes]).toContain(code);
  });

  test("Ctrl-C stops between two transfers", async () => {
    const scene = sceneOf(name);
    const abort = new AbortController();
    const heard = listener();
    const stage = heard.stage.bind(heard);
    heard.stage = (stageName, total) => {
      stage(stageName, total);
      if (stageName === "writing") abort.abort();
    };
    const error = await errorOf(run(scene, device(scene), undefined, { listener: heard, abort: abort.signal }));
    expect(error.code).toBe("serial/stopped");
    expect(error.notes.join()).toContain("may hold a part of the image only");
  });

  test("says who may not open it", async () => {
    const scene = sceneOf(name);
    const closed = device(scene);
    closed.open = () =>
      Promise.reject(Object.assign(new Error("Access denied (insufficient permissions)"), { name: "SecurityError" }));
    const error = await errorOf(run(scene, closed));
    expect(error).toMatchObject({ code: "serial/usb-access", exit: 5 });
    expect(error.message).toContain("insufficient permissions");
  });
});

async function withFault(
  name: string,
  device: (scene: Scene) => UsbDevice,
  bytes: number,
  fault: UsbFault,
): Promise<string> {
  const scene = sceneOf(name);
  const old = randomImage(scene.board, bytes, 99);
  for (const { loadAddress, data } of old.segments) scene.flash.bytes.set(data, loadAddress - scene.flash.base);
  const image = randomImage(scene.board, bytes);
  let outcome = "done";
  try {
    await run(scene, new FaultyUsb(device(scene), fault), image);
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    outcome = cause.code;
    const states = ["connecting", "writing", "verifying", "resetting"].map(
      (stage) => stateAfter(stage, { enter: "" }).split(";")[0]!,
    );
    const said = states.find((state) => cause.notes.some((note) => note.startsWith(state)));
    expect(said, `${fault.kind} at ${fault.at}: ${cause.message}`).toBeDefined();
    if (said === states[0]) expect(holdsImage(scene.flash, old)).toBe(true);
    const start = image.segments[0]!.loadAddress;
    const first = scene.flash.read(start, 256)!;
    const whole = holdsImage(scene.flash, image) || holdsImage(scene.flash, old);
    // Half an image must not begin with vectors or a boot stage that run it; a flipped bit in them is one, and is found by verifying.
    if (!whole && cause.code !== "serial/verify" && fault.kind !== "flip")
      expect(
        first.every((byte) => byte === 0xff),
        `${fault.kind} at ${fault.at}`,
      ).toBe(true);
  }
  if (outcome === "done") expect(holdsImage(scene.flash, image), `${fault.kind} at ${fault.at}`).toBe(true);
  await run(scene, device(scene), image);
  expect(holdsImage(scene.flash, image)).toBe(true);
  return outcome;
}

describe("the wrong chip", () => {
  test("an RP2350 is no pico, unless forced", async () => {
    const scene = sceneOf("pico");
    const device = () => new PicobootDevice(scene.flash, { productId: 15 });
    const error = await errorOf(run(scene, device()));
    expect(error).toMatchObject({ code: "serial/wrong-chip", exit: 11 });
    expect(error.notes.join()).toContain("was not touched");
    // Forced, it goes as far as the command that only an RP2040 lacks.
    expect(await errorOf(run(scene, device(), undefined, { force: true }))).toMatchObject({ code: "serial/refused" });
  });

  test("another STM32 has another memory map", async () => {
    const scene = sceneOf("blackpill-f411");
    const other = findBoard("netduinoplus2");
    const device = new DfuseDevice(new ChipFlash(mainMemories(other).flash), { board: other, clock: scene.clock });
    const error = await errorOf(run(scene, device));
    expect(error).toMatchObject({ code: "serial/wrong-chip", exit: 11 });
    expect(error.message).toContain("1024 KB");
    expect((await run(scene, device, undefined, { force: true })).verified).toBe("read-back");
  });

  test("a protected chip is written but not proven", async () => {
    const scene = sceneOf("blackpill-f411");
    const { board, clock } = scene;
    const heard = listener();
    const device = new DfuseDevice(scene.flash, { board, clock, readProtected: true });
    const image = randomImage(board, 5000);
    expect(await run(scene, device, image, { listener: heard })).toMatchObject({ verified: "none" });
    expect(heard.notes.join()).toContain("read protection");
    expect(holdsImage(scene.flash, image)).toBe(true);
  });
});

describe("memory layouts", () => {
  test("as ST's boot loaders name them", () => {
    const layout = parseMemoryLayout("@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg");
    expect(layout).toMatchObject({ name: "Internal Flash", base: 0x08000000, bytes: 512 * 1024, readable: true });
    expect(layout?.sectors.map(({ bytes }) => bytes / 1024)).toEqual([16, 16, 16, 16, 64, 128, 128, 128]);
    expect(parseMemoryLayout("@Internal Flash   /0x08000000/128*0002Kg")?.sectors.length).toBe(128);
    expect(parseMemoryLayout("@Option Bytes  /0x1FFFC000/01*016 e")).toMatchObject({ bytes: 16, readable: true });
    expect(parseMemoryLayout("@Write only  /0x08000000/01*016Kf")?.readable).toBe(false);
  });

  test.each([
    [
      "",
      "@x/0x0/",
      "@x/0x08000000/4*16K",
      "@x/0x08000000/9999*9999Mg",
      "@x/0x08000000/04*000Kg",
      "@x/0xffffffff/04*016Kg",
    ],
    ["no name", "@x/0x08000000/04*016Kg;", "@x/0x08000000/-4*016Kg", `@${"x".repeat(100)}/0x0/1*1Kg`],
  ])("nonsense is none: %s", (...texts) => {
    for (const text of texts) expect(parseMemoryLayout(text), text).toBeUndefined();
  });
});
