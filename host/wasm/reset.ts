// The text of `thumbelina_reset`: initial values of every state object, written by code, so that a module restores its state
// without a second copy in memory. Runs of equal 32-bit words (zeros, an int8 zero point) become a loop, other words one store
// each; what is left of an object that is no whole number of words is stored bytewise.

import type { PlannedObject } from "../plan/plan.ts";

/** Words from which on a loop is smaller than stores. */
const shortestLoop = 6;

export function resetText(objects: readonly PlannedObject[], exportName = "thumbelina_reset"): string {
  const lines = [`(func $thumbelina_reset (export "${exportName}")`, "(local $p i32)"];
  for (const object of objects)
    if (object.region === "state" && object.init.kind !== "none") lines.push(...restoreText(object));
  return `${lines.join("\n")}\n)`;
}

function restoreText({ address, bytes, init }: PlannedObject): string[] {
  const lines: string[] = [];
  const initial = new Uint8Array(bytes);
  if (init.kind === "data") initial.set(init.data);
  const view = new DataView(initial.buffer);
  const wordBytes = address % 4 === 0 ? bytes & ~3 : 0;
  for (let at = 0, end = 0; at < wordBytes; at = end) {
    const word = view.getInt32(at, true);
    for (end = at + 4; end < wordBytes && view.getInt32(end, true) === word; ) end += 4;
    if (end - at >= shortestLoop * 4) lines.push(fillText(address + at, address + end, word));
    else for (let i = at; i < end; i += 4) lines.push(`(i32.store (i32.const ${address + i}) (i32.const ${word}))`);
  }
  for (let at = wordBytes; at < bytes; at++)
    lines.push(`(i32.store8 (i32.const ${address + at}) (i32.const ${initial[at]}))`);
  return lines;
}

function fillText(from: number, to: number, word: number): string {
  const label = `$fill_${from}`;
  return [
    `(local.set $p (i32.const ${from}))`,
    `(loop ${label}`,
    `(i32.store (local.get $p) (i32.const ${word}))`,
    "(local.set $p (i32.add (local.get $p) (i32.const 4)))",
    `(br_if ${label} (i32.ne (local.get $p) (i32.const ${to})))`,
    ")",
  ].join("\n");
}
