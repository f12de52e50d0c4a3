// What a simulated app did, counted from the lines it printed and from the machine: detections, late windows, load, memory against plan.

import type { BuiltApp } from "../build-app.ts";
import { describeCrash } from "../profile/profile.ts";
import type { SimulatedApp } from "../simulate-app.ts";
import type { Console } from "./simulation.ts";

export interface AppFacts {
  readonly app: string;
  readonly windows: number;
  readonly detections: Readonly<Record<string, number>>;
  readonly late: number;
  /** Of earlier starts, as the lines told: where, in words. The last ten. */
  readonly crashes: readonly string[];
  /** Share of cycles that the core was awake. */
  readonly load: number;
  /** Planned and used, without the stack. */
  readonly ramBytes: number;
  readonly ramUsed: number;
  readonly stackUsed: number;
  readonly stackBytes: number;
}

/** Call before the run; the function that it returns, after. */
export function watchApp(
  { built, simulated }: { readonly built: BuiltApp; readonly simulated: SimulatedApp },
  console: Console,
): () => AppFacts {
  const detections = new Map<string, number>();
  let windows = 0;
  let late = 0;
  const crashes: string[] = [];
  let line = "";
  console.onBytes = (bytes) => {
    const text = line + new TextDecoder("latin1").decode(bytes);
    const lines = text.split("\n");
    line = lines.pop()!.slice(-4096);
    for (const one of lines) {
      const result = parsed(one);
      const crash = describeCrash(result?.["crash"], built.linked.image);
      if (crash) crashes.push(crash.text);
      if (crashes.length > 10) crashes.shift();
      if (typeof result?.["seq"] !== "number") continue;
      windows++;
      if (typeof result["late"] === "number") late += result["late"];
      const found = result["detected"];
      if (typeof found === "string") detections.set(found, (detections.get(found) ?? 0) + 1);
    }
  };
  return () => {
    const { machine } = simulated;
    const { ramBytes, stackBytes } = built.linked;
    return {
      app: built.app.name,
      ...{ windows, late, crashes, detections: Object.fromEntries(detections) },
      load: machine.cycles === 0 ? 0 : 1 - machine.sleptCycles / machine.cycles,
      ...{ ramBytes, ramUsed: simulated.ramUsed(), stackBytes, stackUsed: simulated.stackUsed() },
    };
  };
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

export function appText(facts: AppFacts): string {
  const { detections, windows, late, crashes, load, ramBytes, ramUsed, stackUsed, stackBytes } = facts;
  const planned = ramBytes + stackBytes;
  const ram = ramUsed > ramBytes ? `${ramUsed + stackBytes} bytes, planned ${planned}` : `${planned} bytes as planned`;
  const found = Object.entries(detections).map(([label, count]) => `${label} ${count}`);
  return [
    `${windows} windows, ${late} late; detections: ${found.join(", ") || "none"}`,
    `CPU load ${(load * 100).toFixed(2)} %; RAM ${ram}, ${stackUsed} of the ${stackBytes} bytes of stack used`,
    ...crashes.map((words) => `crashed: ${words}`),
  ].join("\n");
}
