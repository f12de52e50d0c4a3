// Resets by modem lines, in esptool's words and mini-language (esptool documentation, "Custom Reset Sequence"): steps separated by |
//
//   D0 D1   DTR off, on       R0 R1   RTS off, on       U1,0   both at once: DTR, RTS       W0.1   wait 0.1 s
//
// Which steps a chip needs follows from how the lines are wired to it: by USB id (usb-ids.ts), unless the user gives a sequence. A
// carrier without lines answers "not supported" and nothing was done: no error.

import { error } from "./errors.ts";
import type { Clock, LineSettings, Port, Signals } from "./port.ts";
import { type UsbIdRow, usbIdOf } from "./usb-ids.ts";

export type ResetStep = { readonly signals: Signals } | { readonly waitMilliseconds: number };

export const resetsBefore = ["default-reset", "no-reset", "usb-reset"] as const;
export const resetsAfter = ["hard-reset", "no-reset", "watchdog-reset"] as const;
export type ResetBefore = (typeof resetsBefore)[number];
export type ResetAfter = (typeof resetsAfter)[number];

const mostSteps = 100;
const longestWaitSeconds = 60;

export function parseResetSequence(sequence: string): readonly ResetStep[] {
  const steps = sequence.split("|").map((step) => step.trim());
  if (steps.length > mostSteps) throw error("reset-sequence", { sequence, step: `step ${mostSteps + 1}` });
  return steps.map((step) => parseStep(step, sequence));
}

function parseStep(step: string, sequence: string): ResetStep {
  const [, letter, value = ""] = /^([DRUW])\s*(.*)$/.exec(step) ?? [];
  if ((letter === "D" || letter === "R") && /^[01]$/.test(value))
    return { signals: letter === "D" ? { dtr: value === "1" } : { rts: value === "1" } };
  const pair = /^([01])\s*,\s*([01])$/.exec(value);
  if (letter === "U" && pair) return { signals: { dtr: pair[1] === "1", rts: pair[2] === "1" } };
  if (letter === "W" && /^\d+(\.\d+)?$/.test(value) && Number(value) <= longestWaitSeconds)
    return { waitMilliseconds: Number(value) * 1000 };
  throw error("reset-sequence", { sequence, step });
}

/** Sequences by wiring and purpose; esptool's reset.py: ClassicReset, UnixTightReset, HardReset, USBJTAGSerialReset. */
const sequences = {
  /** EN on RTS, IO0 on DTR, crosswise through two transistors. */
  esp: { boot: "U0,0|U1,1|U0,1|W0.1|U1,0|W0.05|U0,0", run: "U0,1|W0.1|U0,0" },
  usbJtag: { boot: "R0|D0|W0.1|D1|R0|W0.1|R1|D0|R1|W0.1|D0|R0", run: "D0|R1|W0.2|R0" },
} as const;

export interface ResetWish {
  /** boot: into the boot loader; run: the application starts anew. */
  readonly purpose: "boot" | "run";
  readonly how: ResetBefore | ResetAfter;
  readonly custom?: readonly ResetStep[];
}

/** The steps for a port, none where modem lines reach no reset pin. */
export function resetSteps(
  info: Parameters<typeof usbIdOf>[0],
  { purpose, how, custom }: ResetWish,
): readonly ResetStep[] {
  if (how === "no-reset" || how === "watchdog-reset") return [];
  if (custom) return custom;
  const row = usbIdOf(info);
  if (how === "usb-reset") return parseResetSequence(sequences.usbJtag[purpose]);
  if (row?.wiring !== "esp") return [];
  return parseResetSequence((row.vendorId === 0x303a ? sequences.usbJtag : sequences.esp)[purpose]);
}

/** false: the carrier has no modem lines. */
export async function runSteps(port: Port, steps: readonly ResetStep[], clock: Clock): Promise<boolean> {
  for (const step of steps) {
    if ("waitMilliseconds" in step) await clock.sleep(step.waitMilliseconds);
    else if (!(await port.setSignals(step.signals))) return false;
  }
  return true;
}

export const touchesToLoader = (row: UsbIdRow | undefined): boolean => row?.wiring === "native-usb-touch";

/** 1200 baud with DTR falling asks the application on a native USB port for its boot loader; the port goes away by itself. */
export async function touch1200(open: (settings: LineSettings) => Promise<Port>, clock: Clock): Promise<void> {
  const port = await open({ baud: 1200 });
  try {
    await port.setSignals({ dtr: true });
    await clock.sleep(50);
    await port.setSignals({ dtr: false });
    await clock.sleep(50);
  } finally {
    await port.close();
  }
}
