// Results and notices in words, for people at a terminal. Whatever a device says is shown, also what it should not say.

import type { ConsoleItem, Result } from "./console-items.ts";
import { printable } from "./printable.ts";

const number = (value: unknown, otherwise = 0): number =>
  typeof value === "number" && Number.isFinite(value) ? value : otherwise;
const word = (value: unknown): string => (typeof value === "string" ? printable(value) : String(value ?? ""));
const seconds = (microseconds: unknown): string => `${(number(microseconds) / 1e6).toFixed(2)} s`;

/** `  12.80 s  walk        0.95  mean 0.90  lag 1.2 ms    123456 cycles  ◄ walk` */
export function resultText(result: Result): string {
  const { label, score, mean, detected, lag_us, cycles, late, dropped } = result;
  const cells = [
    seconds(result.t_us).padStart(10),
    word(label).padEnd(12),
    score.toFixed(2).padStart(5),
    `mean ${number(mean).toFixed(2)}`,
    `lag ${(number(lag_us) / 1000).toFixed(1)} ms`,
    ...(typeof cycles === "number" ? [`${cycles} cycles`] : []),
    ...(number(late) > 0 ? [`late ${late}`] : []),
    ...(number(dropped) > 0 ? [`${dropped} lines dropped`] : []),
    ...(typeof detected === "string" ? [`◄ ${word(detected)}`] : []),
  ];
  return cells.join("  ");
}

/** assembly/wire.ts, RESET_… */
const resetWords = ["unknown", "power on", "reset pin", "software", "watchdog", "lockup", "brownout"];

export function noticeText({ name, value, line }: Extract<ConsoleItem, { kind: "notice" }>): string {
  const fields = typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  const whole = parsed(line);
  switch (name) {
    case "boot": {
      const reset = resetWords[number(fields["reset"])] ?? "unknown";
      const permits = Array.isArray(fields["permits"]) ? fields["permits"].map(word) : [];
      const allowed = permits.length > 0 ? `permits: ${permits.join(", ")}` : "raw samples stay on the device";
      const { board, app, model, clock_hz } = fields;
      return `boot: ${word(app)} on ${word(board)}, model ${word(model)}, ${number(clock_hz) / 1e6} MHz; reset: ${reset}; ${allowed}`;
    }
    case "warn":
      return `warning at ${seconds(whole["t_us"])}: ${word(value)} (code ${number(whole["code"])})`;
    case "ok":
      return `fine again at ${seconds(whole["t_us"])}: ${word(value)}`;
    case "crash":
      return `crash: exception ${number(fields["exception"])} at pc ${word(fields["pc"])}, lr ${word(fields["lr"])}`;
    case "summary": {
      const { t_us, samples, crc, windows, late, missed, sensor_errors, dropped } = fields;
      const counts = { samples, windows, late, missed, "sensor errors": sensor_errors, "dropped lines": dropped };
      const said = Object.entries(counts).map(([what, count]) => `${number(count)} ${what}`);
      return `summary at ${seconds(t_us)}: ${said.join(", ")}; CRC ${word(crc)}`;
    }
    default:
      return printable(line);
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}
