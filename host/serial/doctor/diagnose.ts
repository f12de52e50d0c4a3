// From what was seen to findings: every row of the tables that finds something, in the order in which things are mended. Nothing found:
// an empty list, and nothing is guessed.
//
// A row that explains another keeps it quiet: a port that cannot be opened is not "busy" as well.

import type { Evidence } from "./evidence.ts";
import type { Finding, Row } from "./finding.ts";
import { lineRows } from "./line-findings.ts";
import { machineRows } from "./machine-findings.ts";

/** What the first explains of the second. */
const explains: Readonly<Record<string, readonly string[]>> = {
  brltty: ["no-device", "port-busy"],
  "driver-missing": ["no-device"],
  "modem-manager": ["port-busy"],
  "udev-rule-missing": ["no-device"],
  "boot-loader": ["no-device", "line-noise", "wrong-baud", "brownout"],
  "wrong-baud": ["line-noise"],
};

export const doctorRows: readonly Row[] = [...machineRows, ...lineRows];

export function diagnose(evidence: Evidence): readonly Finding[] {
  const found = doctorRows.flatMap((row): Finding[] => {
    const finding = row.find(evidence);
    return finding ? [{ code: row.code, exit: row.exit, ...finding }] : [];
  });
  const explained = new Set(found.flatMap(({ code }) => explains[code] ?? []));
  return found.filter(({ code }) => !explained.has(code));
}
