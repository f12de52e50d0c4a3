// The table of layers: bars of cycles (their right end: stalls), cycles per MAC on a scale from the best layer to the worst.

import { escaped, type KindClasses, percentOf, tip } from "./html-words.ts";
import type { LayerCost, ModelReport } from "./model-report.ts";
import { grouped } from "./model-text.ts";

const heads = ["layer", "output", "cycles", "", "%", "MACs", "cycles/MAC", "instr", "loads", "stores", "stalls"];

export function layersPart(report: ModelReport, kinds: KindClasses): string {
  const { layers, totals, outside } = report;
  const most = Math.max(1, ...layers.map(({ cycles }) => cycles));
  const rates = layers.flatMap(({ cyclesPerMac }) => cyclesPerMac ?? []);
  const worst = Math.max(1, ...rates);
  const row = (layer: LayerCost) => {
    const width = percentOf(layer.cycles, most, 2);
    const stalls = percentOf(layer.stalls, layer.cycles, 2);
    const bar = `<i class="bar ${kinds.get(layer.kind)}" style="width:${width}"><i style="width:${stalls}"></i></i>`;
    const about = tip(
      layer.name,
      `${grouped(layer.cycles)} cycles, of them ${grouped(layer.stalls)} stalls`,
      `${percentOf(layer.linedCycles, layer.cycles)} of the cycles have a source line`,
    );
    const rate = layer.cyclesPerMac;
    const heat = rate === undefined ? 0 : Math.log2(1 + rate) / Math.log2(1 + worst);
    const cells = [layer.instructions, layer.loads, layer.stores, layer.stalls, layer.codeBytes, layer.weightsBytes];
    return [
      `<tr${about}><th scope="row"><i class="dot ${kinds.get(layer.kind)}"></i>${escaped(layer.name)}</th>`,
      `<td class="dim">${layer.outputShape.join("×")}</td><td>${grouped(layer.cycles)}</td>`,
      `<td class="bars">${bar}</td><td>${percentOf(layer.cycles, totals.cycles)}</td>`,
      `<td>${layer.macs ? grouped(layer.macs) : ""}</td>`,
      rate === undefined
        ? "<td></td>"
        : `<td><span class="heat" style="--h:${heat.toFixed(3)}">${rate.toFixed(2)}</span></td>`,
      ...cells.map((value) => `<td>${grouped(value)}</td>`),
      "</tr>",
    ].join("");
  };
  const rest = [outside.instructions, outside.loads, outside.stores, outside.stalls];
  const legend = [...kinds].map(([kind, name]) => `<span><i class="dot ${name}"></i>${escaped(kind)}</span>`);
  return [
    `<section><h2>Layers</h2><p class="legend">${legend.join("")}<span><i class="dot stall"></i>stalls</span></p>`,
    '<div class="scroll"><table class="layers"><thead><tr>',
    ...[...heads, "code", "weights"].map((head) => `<th>${head}</th>`),
    "</tr></thead><tbody>",
    ...layers.map(row),
    `<tr class="dim"><th scope="row">outside layers</th><td></td><td>${grouped(outside.cycles)}</td><td></td>`,
    `<td>${percentOf(outside.cycles, totals.cycles)}</td><td></td><td></td>`,
    ...rest.map((value) => `<td>${grouped(value)}</td>`),
    "<td></td><td></td></tr></tbody></table></div></section>",
  ].join("\n");
}
