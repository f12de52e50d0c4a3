// What comes out of a device's console, as values.

/** A line of the app's result stream. Fields that are not named here are kept, in the line's order. */
export interface Result {
  readonly seq: number;
  /** Device time of the window's end. */
  readonly t_us: number;
  readonly label: string;
  readonly score: number;
  readonly mean: number;
  /** The label that this window detects; null: none. */
  readonly detected?: string | null;
  /** Number of the window's last sample. */
  readonly window: number;
  /** From the window's end to this line. */
  readonly lag_us: number;
  /** null: the machine cannot count. */
  readonly cycles: number | null;
  /** First digits of the hashes of model file and app. */
  readonly model: string;
  readonly app: string;
  /** Windows that were late since the line before. */
  readonly late?: number;
  /** Lines that the device had no room for since the line before. */
  readonly dropped?: number;
  readonly [field: string]: unknown;
}

export type ConsoleItem =
  | { readonly kind: "result"; readonly result: Result; readonly line: string }
  /** Another JSON object: `name` is its first key: boot, warn, crash, summary … */
  | { readonly kind: "notice"; readonly name: string; readonly value: unknown; readonly line: string }
  | { readonly kind: "smp"; readonly frame: Uint8Array }
  /** A permitted raw capture; the CRC was right. */
  | { readonly kind: "raw"; readonly payload: Uint8Array }
  | { readonly kind: "log"; readonly text: string }
  /** Something that was one of the above and was hurt on the way. */
  | { readonly kind: "damaged"; readonly what: "line" | "smp" | "raw"; readonly bytes: number };

/** A line that begins with `{`; undefined: no JSON object. */
export function readObject(line: string): ConsoleItem | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (isResult(value)) return { kind: "result", result: value, line };
  const [[name, content] = ["", undefined]] = Object.entries(value);
  return { kind: "notice", name, value: content, line };
}

const numbers = ["seq", "t_us", "score"] as const;

/** The fields that make a result; the others are as they are, and readers of them look. */
function isResult(value: object): value is Result {
  const fields = value as Readonly<Record<string, unknown>>;
  return typeof fields["label"] === "string" && numbers.every((name) => typeof fields[name] === "number");
}
