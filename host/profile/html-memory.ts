// Memory: the arena over time (a tensor is a box: the layers for which it lives by the bytes at which it lies), and what flash and
// RAM are made of.
//
//   arena end ┌──────────┬───────┐
//             │ input    │ conv  │   time ►  one column a layer
//   arena 0   └──────────┴───────┘

import { escaped, type KindClasses, percentOf, tip } from "./html-words.ts";
import type { ModelMemory, ModelReport, TensorLife } from "./model-report.ts";
import { grouped } from "./model-text.ts";

export function memoryPart(report: ModelReport, kinds: KindClasses): string {
  return [
    '<section><h2>Memory</h2><h3>Arena over time</h3><p class="dim">',
    `${grouped(report.memory.arenaBytes)} bytes; fullest in ${escaped(report.layers[report.memory.peakLayer]?.name ?? "–")}`,
    "</p>",
    arena(report, kinds),
    "<h3>Flash</h3>",
    stacked(flashParts(report, kinds), report.memory.flashAvailable),
    "<h3>RAM</h3>",
    stacked(ramParts(report.memory), report.memory.ramAvailable),
    "</section>",
  ].join("\n");
}

function arena({ layers, memory }: ModelReport, kinds: KindClasses): string {
  const { arenaBytes, peakLayer, tensors, scratch } = memory;
  const columns = Math.max(1, layers.length);
  const place = (first: number, last: number, offset: number, bytes: number) => {
    const from = Math.max(0, first);
    const to = Math.min(columns, last + 1);
    const [left, width] = [percentOf(from, columns, 3), percentOf(Math.max(0.25, to - from), columns, 3)];
    return `left:${left};width:${width};bottom:${percentOf(offset, arenaBytes, 3)};height:${percentOf(bytes, arenaBytes, 3)}`;
  };
  const box = (tensor: TensorLife) => {
    const { name, shape, offset, bytes, first, last } = tensor;
    const kind = layers[first]?.kind;
    const about = tip(
      name,
      `${shape.join("×")}, ${grouped(bytes)} bytes at ${grouped(offset)}`,
      `${moment(first, layers)} → ${moment(last, layers)}`,
    );
    const colour = first < 0 || kind === undefined ? "plain" : kinds.get(kind);
    const label = `<span>${escaped(shape.join("×"))}<small>${escaped(name)}</small></span>`;
    return `<div class="life ${colour}" style="${place(first, last, offset, bytes)}"${about}>${label}</div>`;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => `<span class="tick" style="bottom:${100 * share}%">${grouped(share * arenaBytes)}</span>`,
  );
  const names = layers.map(({ name }, i) => {
    const [, number = "", kind = name] = /^layer_(\d+)_(.*)$/.exec(name) ?? [];
    const label = `${number}<small> ${escaped(kind)}</small>`;
    return `<span class="${i === peakLayer ? "peak" : ""}"${tip(name)}>${label}</span>`;
  });
  return [
    '<div class="arena"><div class="plot">',
    `<div class="column" style="left:${percentOf(peakLayer, columns, 3)};width:${percentOf(1, columns, 3)}"></div>`,
    ...ticks,
    ...tensors.filter(({ region }) => region === "arena").map(box),
    ...scratch.map(({ layer, offset, bytes }) => {
      const about = tip(`scratch of ${layers[layer]?.name ?? ""}`, `${grouped(bytes)} bytes at ${grouped(offset)}`);
      return `<div class="life scratch" style="${place(layer, layer, offset, bytes)}"${about}><span>scratch</span></div>`;
    }),
    `</div><div class="names" style="--columns:${columns}">${names.join("")}</div></div>`,
  ].join("\n");
}

function moment(layer: number, layers: ModelReport["layers"]): string {
  if (layer < 0) return "before the run";
  return layers[layer]?.name ?? "after the run";
}

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly colour: string;
}

function stacked(parts: readonly Part[], available: number): string {
  const used = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const pieces = parts
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, bytes, colour }) => {
      const about = tip(name, `${grouped(bytes)} bytes, ${percentOf(bytes, used)} of what is used`);
      return `<i class="${colour}" style="flex-grow:${bytes}"${about}><span>${escaped(name)}</span></i>`;
    });
  const words = `${grouped(used)} of ${grouped(available)} bytes (${percentOf(used, available)})`;
  return `<div class="stacked">${pieces.join("")}</div><p class="dim">${words}</p>`;
}

function flashParts({ layers, memory }: ModelReport, kinds: KindClasses): Part[] {
  const { codeBytes, constBytes, flashBytes } = memory;
  const colour = (kind: string) => kinds.get(kind) ?? "plain";
  const named = layers.reduce((sum, one) => sum + one.weightsBytes, 0);
  const code = layers.reduce((sum, one) => sum + one.codeBytes, 0);
  return [
    ...layers.map(({ name, kind, weightsBytes }) => {
      return { name: `weights of ${name}`, bytes: weightsBytes, colour: colour(kind) };
    }),
    { name: "padding", bytes: Math.max(0, constBytes - named), colour: "plain" },
    ...layers.map(({ name, kind, codeBytes: bytes }) => {
      return { name: `code of ${name}`, bytes, colour: `${colour(kind)} code` };
    }),
    { name: "other code", bytes: codeBytes - code, colour: "plain code" },
    { name: "vectors, .data", bytes: flashBytes - codeBytes - constBytes, colour: "plain" },
  ];
}

function ramParts({ arenaBytes, stateBytes, stackBytes, ramBytes }: ModelMemory): Part[] {
  return [
    { name: "arena", bytes: arenaBytes, colour: "k0" },
    { name: "state", bytes: stateBytes, colour: "k2" },
    { name: "stack", bytes: stackBytes, colour: "k3" },
    { name: "padding", bytes: Math.max(0, ramBytes - arenaBytes - stateBytes - stackBytes), colour: "plain" },
  ];
}
