// A stream counted: what of it is worth watching over time, as an OpenMetrics exposition (OpenMetrics 1.0, "Text format"). Labels come from
// the device: no more than `mostLabels` become series of their own, the rest are "other".

import type { ConsoleItem, Result } from "./console-items.ts";

const mostLabels = 64;

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly unit?: string;
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

export class StreamMetrics {
  readonly #detections = new Map<string, number>();
  readonly #windows = new Map<string, number>();
  readonly #damaged = new Map<string, number>([
    ["line", 0],
    ["raw", 0],
    ["smp", 0],
  ]);
  readonly #notices = new Map<string, number>([
    ["warn", 0],
    ["crash", 0],
    ["boot", 0],
  ]);
  #late = 0;
  #dropped = 0;
  #last: Result | undefined;
  connected = false;

  take(items: readonly ConsoleItem[]): void {
    for (const item of items) {
      if (item.kind === "result") this.#result(item.result);
      else if (item.kind === "damaged") count(this.#damaged, item.what);
      else if (item.kind === "notice" && this.#notices.has(item.name)) count(this.#notices, item.name);
    }
  }

  #result(result: Result): void {
    this.#last = result;
    count(this.#windows, result.label);
    if (typeof result.detected === "string") count(this.#detections, result.detected);
    this.#late += amount(result.late);
    this.#dropped += amount(result.dropped);
  }

  /** Whole results so far. */
  get results(): number {
    return total(this.#windows);
  }

  /** By label. */
  get detections(): ReadonlyMap<string, number> {
    return this.#detections;
  }

  get facts() {
    const { results } = this;
    const detections = Object.fromEntries(this.#detections);
    const [late, dropped, damaged] = [this.#late, this.#dropped, total(this.#damaged)];
    return { results, detections, late, dropped, damaged, ...Object.fromEntries(this.#notices) };
  }

  text(): string {
    return `${this.#families().map(exposition).join("")}# EOF\n`;
  }

  #families(): Family[] {
    const last = this.#last;
    const one = (value: unknown): Family["samples"] =>
      typeof value === "number" && Number.isFinite(value) ? [["", value]] : [];
    const by = (label: string, counts: ReadonlyMap<string, number>): Family["samples"] =>
      [...counts].map(([name, value]) => [`{${label}="${escaped(name)}"}`, value]);
    const seconds = (microseconds: unknown) => (typeof microseconds === "number" ? microseconds / 1e6 : undefined);
    const score: Family["samples"] = last ? [[`{label="${escaped(last.label)}"}`, last.score]] : [];
    return [
      {
        name: "thumbelina_connected",
        type: "gauge",
        help: "1: the device is attached.",
        samples: one(Number(this.connected)),
      },
      {
        name: "thumbelina_windows",
        type: "counter",
        help: "Results, by best label.",
        samples: by("label", this.#windows),
      },
      { name: "thumbelina_detections", type: "counter", help: "Detections.", samples: by("label", this.#detections) },
      { name: "thumbelina_score", type: "gauge", help: "Of the last window's best label.", samples: score },
      { name: "thumbelina_mean", type: "gauge", help: "Averaged score of that label.", samples: one(last?.mean) },
      {
        name: "thumbelina_lag_seconds",
        type: "gauge",
        unit: "seconds",
        help: "From the window's end to its line.",
        samples: one(seconds(last?.lag_us)),
      },
      { name: "thumbelina_cycles", type: "gauge", help: "Of the last inference.", samples: one(last?.cycles) },
      {
        name: "thumbelina_device_time_seconds",
        type: "gauge",
        unit: "seconds",
        help: "Device time of the last window.",
        samples: one(seconds(last?.t_us)),
      },
      { name: "thumbelina_late_windows", type: "counter", help: "Windows that were late.", samples: one(this.#late) },
      {
        name: "thumbelina_dropped_lines",
        type: "counter",
        help: "Lines that the device had no room for.",
        samples: one(this.#dropped),
      },
      {
        name: "thumbelina_damaged",
        type: "counter",
        help: "Lines and frames hurt on the way.",
        samples: by("what", this.#damaged),
      },
      { name: "thumbelina_warnings", type: "counter", help: "Warnings.", samples: one(this.#notices.get("warn")) },
      { name: "thumbelina_crashes", type: "counter", help: "Crash records.", samples: one(this.#notices.get("crash")) },
      {
        name: "thumbelina_boots",
        type: "counter",
        help: "Starts of the device that were seen.",
        samples: one(this.#notices.get("boot")),
      },
    ];
  }
}

const amount = (value: unknown): number =>
  typeof value === "number" && value > 0 && Number.isFinite(value) ? value : 0;
const total = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((sum, one) => sum + one, 0);

function count(counts: Map<string, number>, label: string): void {
  const name = counts.has(label) || counts.size < mostLabels ? label.slice(0, 100) : "other";
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Backslash, quote and line feed are escaped; other control characters have no place in a label. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "\ufffd")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");

function exposition({ name, type, help, unit, samples }: Family): string {
  const lines = [`# TYPE ${name} ${type}`, ...(unit ? [`# UNIT ${name} ${unit}`] : []), `# HELP ${name} ${help}`];
  const suffix = type === "counter" ? "_total" : "";
  return [...lines, ...samples.map(([labels, value]) => `${name}${suffix}${labels} ${value}`), ""].join("\n");
}
