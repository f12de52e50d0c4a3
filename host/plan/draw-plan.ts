// The memory map as text: totals, a line per layer with what it has alive, a line per tensor with the time it is needed.
//
//   ▼ marks the layer that sets the arena's size; bars are one column a layer (several, when they would not fit).

import type { DescribedLayer, DescribedTensor, PlanDescription } from "./describe.ts";

/** Columns for layers in the tensors' bars. */
const mostColumns = 64;
const barWidth = 24;

export function drawPlan(description: PlanDescription): string {
  const sections = [totals(description), layers(description), tensors(description)];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function totals({ arenaBytes, stateBytes, flashBytes, peak, macs, originalMacs, layers }: PlanDescription): string[] {
  const unused = arenaBytes - peak.activationBytes - peak.scratchBytes;
  const parts = [`${count(peak.activationBytes)} activations`, `${count(peak.scratchBytes)} scratch`];
  if (unused > 0) parts.push(`${count(unused)} unused`);
  const saved = originalMacs > macs ? `, ${count(originalMacs)} in the model as given` : "";
  return [
    `arena    ${count(arenaBytes)} bytes, set by ${layers[peak.layer]?.name ?? "no layer"}: ${parts.join(" + ")}`,
    `state    ${count(stateBytes)} bytes`,
    `weights  ${count(flashBytes)} bytes of flash (constants of all layers; code comes on top)`,
    `MACs     ${count(macs)}${saved}`,
  ];
}

function layers({ layers, peak, arenaBytes }: PlanDescription): string[] {
  const rows = layers.map((layer, index) => [
    index === peak.layer ? "▶" : "",
    layer.name + fusedNote(layer),
    shapeText(layer.outputShape),
    layer.macs === layer.originalMacs ? count(layer.macs) : `${count(layer.macs)} of ${count(layer.originalMacs)}`,
    count(layer.flashBytes),
    count(layer.scratchBytes),
    count(layer.liveBytes),
    bar((layer.liveBytes + layer.scratchBytes) / Math.max(1, arenaBytes)),
  ]);
  return table(["", "layer", "output", "MACs", "weights", "scratch", "alive", "of the arena"], rows, "lllrrrrl");
}

function fusedNote({ fused, origin }: DescribedLayer): string {
  const others = fused.filter((operator) => operator !== origin);
  return others.length > 0 ? ` +${others.join("+")}` : "";
}

function removedNote({ shape, originalChannels }: DescribedTensor): string {
  return originalChannels > (shape.at(-1) ?? 1) ? ` of ${originalChannels}` : "";
}

function tensors({ tensors, layers, peak }: PlanDescription): string[] {
  const step = Math.max(1, Math.ceil(layers.length / mostColumns));
  const columns = Math.ceil(layers.length / step);
  const mark = `${" ".repeat(1 + Math.floor(peak.layer / step))}▼`;
  const rows = tensors.map((tensor) => [
    tensor.origin === undefined ? "" : `${tensor.origin}`,
    shorten(tensor.name, 32),
    `${tensor.dtype} ${shapeText(tensor.shape)}${removedNote(tensor)}`,
    count(tensor.bytes),
    `${tensor.region} +${tensor.offset}`,
    lifetime(tensor, columns, step, layers.length),
  ]);
  return table(["tensor", "name", "type", "bytes", "address", mark], rows, "rllrll");
}

/** `╺━━╸` over the layers; the columns at the ends are before the first and after the last layer. */
function lifetime({ first, last, region }: DescribedTensor, columns: number, step: number, layers: number): string {
  const at = (layer: number): number => (layer < 0 ? 0 : layer >= layers ? columns + 1 : 1 + Math.floor(layer / step));
  const [from, to] = [at(first), at(last)];
  const glyph = region === "state" ? "═" : "━";
  return Array.from({ length: columns + 2 }, (_, column) => (column >= from && column <= to ? glyph : "·")).join("");
}

/** Eighths of a column. */
function bar(share: number): string {
  const eighths = Math.round(Math.min(1, share) * barWidth * 8);
  return "█".repeat(eighths >> 3) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths & 7];
}

function table(head: readonly string[], rows: readonly (readonly string[])[], align: string): string[] {
  const widths = head.map((text, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]!.length), column === head.length - 1 ? 0 : text.length),
  );
  return [head, ...rows].map((row) =>
    row
      .map((text, column) => (align[column] === "r" ? text.padStart(widths[column]!) : text.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
}

function shapeText(shape: readonly number[]): string {
  return shape.length > 0 ? shape.join("×") : "scalar";
}

function shorten(text: string, most: number): string {
  // Names come from the file: nothing in them may move the cursor.
  const clean = text.replace(/[^\x20-\x7e]/g, "?");
  return clean.length <= most ? clean : `…${clean.slice(clean.length - most + 1)}`;
}

/** 1,234,567 */
function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
