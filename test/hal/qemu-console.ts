// A QEMU machine with firmware in it, and a terminal on its console: what QEMU makes of the peripherals is not our work, so it judges both
// drivers and models. Host time passes for real here.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Image, writeImage } from "../../host/image/image.ts";

export const hasQemu = spawnSync("qemu-system-arm", ["--version"]).status === 0;
if (!hasQemu && process.env.CI_JUDGES === "1") throw new Error("qemu-system-arm is missing");

export class QemuConsole {
  text = "";
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "qemu-"));
  #heard: () => void = () => {};

  constructor(machine: string, image: Image) {
    const elf = join(this.#folder, "firmware.elf");
    writeFileSync(elf, writeImage(image, "elf"));
    const options = ["-M", machine, "-display", "none", "-monitor", "none", "-serial", "stdio", "-kernel", elf];
    this.#process = spawn("qemu-system-arm", options, { stdio: ["pipe", "pipe", "inherit"] });
    this.#process.stdout!.on("data", (bytes: Buffer) => {
      this.text += bytes.toString("latin1");
      this.#heard();
    });
  }

  get lines(): string[] {
    return this.text.split("\n").slice(0, -1);
  }

  send(text: string): void {
    this.#process.stdin!.write(text);
  }

  /** Waits for so many whole lines; milliseconds that it took. */
  async waitForLines(count: number, limit = 20_000): Promise<number> {
    const started = performance.now();
    while (this.lines.length < count) {
      const left = limit - (performance.now() - started);
      if (left <= 0) throw new Error(`${count} lines wanted, after ${limit} ms there is:\n${this.text}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return performance.now() - started;
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await gone;
    rmSync(this.#folder, { recursive: true });
  }
}
