// `--for`: how long a simulated program may run, in its own time.

import { error } from "./errors.ts";

const secondsPer: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6 };

/** `10s`, `50ms`, `20us` at the board's clock, or `1000000cycles`; in cycles. */
export function cyclesOf(text: string, clockHz: number): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)(s|ms|us|cycles)$/.exec(text.trim()) ?? [];
  const cycles = Math.round(unit === "cycles" ? Number(digits) : Number(digits) * (secondsPer[unit] ?? 0) * clockHz);
  if (unit === "" || !(cycles > 0) || cycles > Number.MAX_SAFE_INTEGER)
    throw error("usage", { problem: `--for ${text}: a time is expected, like 10s, 50ms, 20us or 1000000cycles` });
  return cycles;
}

/** `10s`, `500ms` of real time. */
export function secondsOf(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?)(s|ms)$/.exec(text.trim()) ?? [];
  const seconds = Number(digits) * (secondsPer[unit] ?? 0);
  // timers have 32 bits of milliseconds
  if (!(seconds > 0) || seconds > 2e6)
    throw error("usage", { problem: `--for ${text}: a time is expected, like 10s, 500ms` });
  return seconds;
}

export function durationText(seconds: number): string {
  if (seconds >= 1) return `${Number(seconds.toPrecision(4))} s`;
  if (seconds >= 1e-3) return `${Number((seconds * 1e3).toPrecision(4))} ms`;
  return `${Number((seconds * 1e6).toPrecision(4))} µs`;
}
