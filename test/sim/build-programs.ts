// How the C programs of programs/ are built for a board, and which builds are committed in built/ so that the quick suite needs no
// compiler. `BLESS=1` with the slow suite rebuilds built/ and the expected output.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBoard, mainMemories } from "../../host/board/board.ts";

export const programFolder = fileURLToPath(new URL("programs/", import.meta.url));
export const builtFolder = fileURLToPath(new URL("built/", import.meta.url));

export const programNames = [
  "integer",
  "convolution",
  "dsp",
  "float",
  "printf",
  "interrupts",
  "faults",
  "mpu",
  "mixed",
] as const;
export type ProgramName = (typeof programNames)[number] | "hello" | "counted";

/** QEMU's machines of the cores. */
export const machines = ["mps2-an385", "mps2-an386", "mps2-an500", "mps2-an505", "microbit"] as const;

const cpuFlags: Readonly<Record<string, readonly string[]>> = {
  "cortex-m0": ["-mcpu=cortex-m0"],
  "cortex-m0plus": ["-mcpu=cortex-m0plus"],
  "cortex-m3": ["-mcpu=cortex-m3"],
  "cortex-m4": ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
  "cortex-m7": ["-mcpu=cortex-m7", "-mfpu=fpv5-d16", "-mfloat-abi=hard"],
  "cortex-m33": ["-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"],
};
const uartKinds = {
  ...{ cmsdk: 1, "nrf-uart": 2, pl011: 3, "stm32-v1": 4 },
  ...{ "stm32-v2": 5, "stm32-lpuart": 5, "nrf-uarte": 6 },
} as const;

export const hasCompiler = spawnSync("arm-none-eabi-gcc", ["--version"]).status === 0;
export const hasQemu = spawnSync("qemu-system-arm", ["--version"]).status === 0;
const directory = hasCompiler ? mkdtempSync(join(tmpdir(), "sim-")) : "";

interface Place {
  readonly start: number;
  readonly bytes: number;
  readonly ram: number;
  readonly ramBytes: number;
}

/** Code in the lower half of the RP2040's SRAM, data in the upper, VTOR set by the program: cycles without flash. */
export const inSram: Place = { start: 0x20000000, bytes: 0x20000, ram: 0x20020000, ramBytes: 0x22000 };

/** Committed builds that rp2040js runs. */
export const sramPrograms = ["integer", "convolution", "mixed"] as const satisfies readonly ProgramName[];
export const sramBuilt = (program: ProgramName) => join(builtFolder, `${program}-pico-sram.elf`);

/** Path of a fresh build. */
export function build(program: ProgramName, boardName: string, flags: readonly string[] = [], at?: Place): string {
  const board = findBoard(boardName);
  const { flash, ram } = mainMemories(board);
  const uart = board.chip.uarts.find(({ name }) => name === board.console?.uart);
  if (!uart) throw new Error(`${boardName} has no console`);
  const flashEnd = flash.base + flash.bytes;
  const symbols = {
    FLASH: at?.start ?? board.image.start,
    FLASH_SIZE: at?.bytes ?? flashEnd - board.image.start,
    RAM: at?.ram ?? ram.base,
    RAM_SIZE: at?.ramBytes ?? ram.bytes,
  };
  const variant = `${flags.join("")}${at ? "-sram" : ""}`;
  const out = join(directory, `${program}-${boardName}-${variant}.elf`.replace(/[^\w.-]/g, "_"));
  execFileSync(
    "arm-none-eabi-gcc",
    [
      ...cpuFlags[board.chip.core]!,
      ...["-mthumb", "-O2", "-g0", "-ffunction-sections", "-fdata-sections", "-nostartfiles", "-w"],
      ...[`-DUART=${uart.base}`, `-DUART_KIND=${uartKinds[uart.model]}`],
      ...(board.chip.sysTick ? [] : ["-DNO_SYSTICK"]),
      ...(at ? ["-DSET_VTOR"] : []),
      ...flags,
      ...[
        "-T",
        join(programFolder, "link.ld"),
        "-Wl,--gc-sections",
        "-Wl,-z,max-page-size=4",
        "-Wl,--no-warn-rwx-segments",
      ],
      ...Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=${value}`),
      ...["--specs=nano.specs", "--specs=nosys.specs"],
      ...[join(programFolder, "start.c"), join(programFolder, `${program}.c`), "-o", out, "-lm"],
    ],
    { stdio: "pipe" },
  );
  if (!flags.includes("-g")) execFileSync("arm-none-eabi-strip", ["--strip-debug", out]);
  return out;
}

/** What QEMU's machine prints for an ELF. */
export function runQemu(elf: string, machine: string, more: readonly string[] = []): string {
  const flags = [
    "-M",
    machine,
    "-display",
    "none",
    "-monitor",
    "none",
    "-serial",
    "stdio",
    "-semihosting",
    "-kernel",
    elf,
    ...more,
  ];
  const run = spawnSync("qemu-system-arm", flags, { timeout: 60_000, encoding: "utf8" });
  return run.stdout;
}

export const readBuilt = (program: ProgramName, board: string): Uint8Array =>
  new Uint8Array(readFileSync(join(builtFolder, `${program}-${board}.elf`)));
