// Instruction by instruction against QEMU: the program counters that `-singlestep -d exec` prints from the entry of work() to its
// return are exactly ours, so the counts are equal too, on every machine, the M0 included. The programs meant are those without
// polling, interrupts or WFI: work() is such a stretch.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findBoard } from "../../host/board/board.ts";
import { findSymbol, type Image, readImage } from "../../host/image/image.ts";
import { Machine } from "../../host/sim/sim.ts";
import { build, hasCompiler, hasQemu, machines } from "./build-programs.ts";

if (process.env.CI_JUDGES === "1" && !(hasCompiler && hasQemu)) throw new Error("arm-none-eabi-gcc or qemu is missing");

/** From the first time at `entry` until control is back behind the call: addresses in order. */
function stretch(addresses: Iterable<number>, entry: number): number[] {
  const found: number[] = [];
  let before = -1;
  let end = -1;
  for (const address of addresses) {
    if (found.length === 0 && address === entry) end = before + 4; // BL
    if (found.length > 0 && address === end) return found;
    if (end >= 0) found.push(address);
    before = address;
  }
  throw new Error(`work() did not end: ${found.length} instructions`);
}

function qemuAddresses(elf: string, machine: string): number[] {
  const log = `${elf}.trace`;
  const flags = ["-M", machine, "-display", "none", "-monitor", "none", "-serial", "null", "-semihosting"];
  spawnSync("qemu-system-arm", [...flags, "-singlestep", "-d", "nochain,exec", "-D", log, "-kernel", elf], {
    timeout: 120_000,
  });
  // Trace 0: 0x7f… [cs_base/pc/flags/cflags] symbol
  return [...readFileSync(log, "latin1").matchAll(/^Trace \d+: \S+ \[\w+\/(\w+)\//gm)].map((line) =>
    Number.parseInt(line[1]!, 16),
  );
}

function ourAddresses(image: Image, board: string): number[] {
  const machine = new Machine(findBoard(board));
  machine.load(image);
  const addresses: number[] = [];
  machine.trace((op) => addresses.push(op.address));
  machine.run({ cycles: 5e6 });
  return addresses;
}

describe.skipIf(!hasCompiler || !hasQemu)("QEMU's trace", () => {
  test.each(machines)("%s", (machine) => {
    const elf = build("counted", machine, ["-DCOUNT=2000"]);
    const image = readImage(new Uint8Array(readFileSync(elf)));
    const entry = findSymbol(image, "work")!.address;
    const theirs = stretch(qemuAddresses(elf, machine), entry);
    expect(theirs.length).toBeGreaterThan(20_000);
    expect(stretch(ourAddresses(image, machine), entry)).toEqual(theirs);
  });
});
