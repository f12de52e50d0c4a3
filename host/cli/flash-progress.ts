// What a user sees while a board is flashed. On a terminal: one bar that moves, with rate and time left; elsewhere one line per stage, when
// it is over. With --trace every transfer as hexadecimal. All on stderr.

import type { FlashListener } from "../serial/serial.ts";
import { paint, type Terminal } from "./terminal.ts";

const drawEveryMilliseconds = 100;
const barCells = 24;
const traceBytesPerLine = 32;

interface Stage {
  readonly name: string;
  readonly total: number | undefined;
  readonly startedAt: number;
  done: number;
}

export class FlashProgress implements FlashListener {
  #stage: Stage | undefined;
  #drawnAt = 0;
  #drawn = false;
  readonly #live: boolean;

  constructor(
    readonly terminal: Terminal,
    readonly traces: boolean,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#live = process.stderr.isTTY === true && !terminal.json && !traces;
  }

  /** The stage that flashing is at. */
  get current(): string | undefined {
    return this.#stage?.name;
  }

  stage(name: string, total?: number): void {
    this.#end();
    this.#stage = { name, total, startedAt: this.now(), done: 0 };
    if (this.#live) this.#draw();
    else if (this.traces) this.terminal.note(name);
  }

  advance(bytes: number): void {
    if (!this.#stage) return;
    this.#stage.done += bytes;
    if (this.#live && this.now() - this.#drawnAt >= drawEveryMilliseconds) this.#draw();
  }

  note(text: string): void {
    this.#clear();
    this.terminal.note(`note: ${text}`);
  }

  trace(direction: ">" | "<", bytes: Uint8Array): void {
    if (!this.traces) return;
    if (bytes.length === 0) this.terminal.note(`${direction} (empty)`);
    for (let at = 0; at < bytes.length; at += traceBytesPerLine) {
      const line = [...bytes.subarray(at, at + traceBytesPerLine)].map((byte) => byte.toString(16).padStart(2, "0"));
      this.terminal.note(`${at === 0 ? direction : " "} ${line.join(" ")}`);
    }
  }

  /** The last stage is over, well or not. */
  finish(): void {
    this.#end();
    this.#stage = undefined;
  }

  #end(): void {
    this.#clear();
    const stage = this.#stage;
    if (!stage || this.terminal.json || this.#live || this.traces) return;
    const seconds = (this.now() - stage.startedAt) / 1000;
    this.terminal.note(
      stage.done > 0 ? `${stage.name}: ${amount(stage.done)}${rate(stage.done, seconds)}` : stage.name,
    );
  }

  #draw(): void {
    const stage = this.#stage!;
    this.#drawnAt = this.now();
    process.stderr.write(`\r${progressLine(stage, this.now(), this.terminal)}\u001b[K`);
    this.#drawn = true;
  }

  #clear(): void {
    if (this.#drawn) process.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}

/** `writing    ██████████▌·············  43 %  12.3 KB/s  0:04 left` */
export function progressLine(stage: Stage, now: number, terminal: Pick<Terminal, "color">): string {
  const name = stage.name.padEnd(10);
  if (!stage.total) return name;
  const share = Math.min(1, stage.done / stage.total);
  const full = Math.round(share * barCells);
  const bar = paint(terminal, "green", "█".repeat(full)) + "·".repeat(barCells - full);
  const seconds = (now - stage.startedAt) / 1000;
  const left = share > 0 && seconds > 0.5 ? `  ${clockText((seconds * (1 - share)) / share)} left` : "";
  return `${name} ${bar} ${String(Math.round(100 * share)).padStart(3)} %${rate(stage.done, seconds)}${left}`;
}

const amount = (bytes: number) => (bytes < 10_000 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`);
const rate = (bytes: number, seconds: number) =>
  bytes > 0 && seconds > 0.05 ? `, ${(bytes / 1024 / seconds).toFixed(1)} KB/s` : "";
const clockText = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.ceil(seconds % 60)).padStart(2, "0")}`;
