// Runs a harness ELF on a QEMU machine under gdb, which starts QEMU and speaks to it through a pipe: inputs are written before the
// program starts, outputs read at thumbelina_done. QEMU does not stop at BKPT, so gdb has a breakpoint there.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSymbol, type Image } from "../../host/image/image.ts";

export function runOnQemu(
  machine: string,
  elf: string,
  image: Image,
  inputs: readonly Uint8Array[],
): readonly Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), "harness-"));
  const file = (name: string) => join(folder, name);
  const qemu = `exec qemu-system-arm -M ${machine} -display none -monitor none -serial null -S -gdb stdio -kernel ${elf}`;
  const outputs = placesOf(image, "output");
  const script = [
    `target remote | ${qemu}`,
    ...placesOf(image, "input").map(({ address }, i) => {
      writeFileSync(file(`input_${i}`), inputs[i]!);
      return `restore ${file(`input_${i}`)} binary ${address}`;
    }),
    `break *${findSymbol(image, "thumbelina_done")!.address}`,
    "continue",
    ...outputs.map(
      ({ address, bytes }, i) => `dump binary memory ${file(`output_${i}`)} ${address} ${address + bytes}`,
    ),
    "kill", // QEMU may be gone before it has answered: gdb's exit code says nothing
  ];
  const { stdout, stderr } = spawnSync(
    "gdb-multiarch",
    ["-nx", "-batch", ...script.flatMap((line) => ["-ex", line]), elf],
    { encoding: "utf8", timeout: 300_000 },
  );
  if (!/Breakpoint 1, .*thumbelina_done/.test(stdout))
    throw new Error(`${machine} did not reach the end:\n${stdout}${stderr}`);
  return outputs.map((_, i) => new Uint8Array(readFileSync(file(`output_${i}`))));
}

function placesOf(image: Image, role: "input" | "output") {
  const places: { readonly address: number; readonly bytes: number }[] = [];
  for (;;) {
    const symbol = findSymbol(image, `thumbelina_${role}_${places.length}`);
    if (!symbol) return places;
    places.push(symbol);
  }
}
