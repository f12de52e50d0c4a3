// The passes over SSA, in order, each with the reason for its place. The order is checked when this file is loaded.

import { invariant } from "../base/errors.ts";
import type { SsaFunction } from "./ir.ts";
import { reorder } from "./ir-build.ts";
import { legalise } from "./legalise.ts";
import { nestLoops } from "./loops.ts";
import { shareCommon } from "./pass-common.ts";
import { removeDead } from "./pass-dead.ts";
import { maskShifts } from "./pass-shifts.ts";
import { simplify } from "./pass-simplify.ts";
import { type UnrollOptions, unrollLoops } from "./pass-unroll.ts";
import type { Region } from "./read-only.ts";

export interface PassContext extends UnrollOptions {
  /** Of the memory map; what they say of const holds for every call of the function. */
  readonly regions: readonly Region[];
}

export interface Pass {
  readonly name: string;
  readonly run: (fn: SsaFunction, context: PassContext) => void;
  /** Passes that must have run before this one, and why. */
  readonly after: readonly string[];
  readonly why: string;
}

export const passes: readonly Pass[] = [
  {
    name: "simplify",
    run: (fn, { memory }) => simplify(fn, memory === "absolute"),
    after: [],
    why: "constants first: everything later matches on them",
  },
  {
    name: "mask shifts",
    run: maskShifts,
    after: ["simplify"],
    why: "constant amounts are known by now, and equal masks can still be shared",
  },
  {
    name: "unroll",
    run: unrollLoops,
    after: ["simplify"],
    why: "trip counts are constants by now, and what the copies have in common is still to be shared",
  },
  {
    name: "common",
    run: shareCommon,
    after: ["simplify", "mask shifts", "unroll"],
    why: "equal values look equal once their constants are in place",
  },
  {
    name: "simplify again",
    run: (fn, { memory }) => simplify(fn, memory === "absolute"),
    after: ["common"],
    why: "shared values let offsets gather that were apart",
  },
  {
    name: "legalise",
    run: (fn, { target }) => legalise(fn, target),
    after: ["simplify again"],
    why: "after algebra, which knows division and popcnt",
  },
  { name: "dead", run: removeDead, after: ["common", "legalise"], why: "last before selection, which counts uses" },
  {
    name: "loops",
    run: (fn) => {
      reorder(fn);
      nestLoops(fn);
    },
    after: ["dead"],
    why: "selection hoists constants and allocation weighs uses by frequency",
  },
];

for (const [i, { name, after }] of passes.entries()) {
  const before = passes.slice(0, i).map((pass) => pass.name);
  invariant(
    after.every((other) => before.includes(other)),
    `pass ${name} runs before one that it needs`,
  );
}

export function optimise(fn: SsaFunction, context: PassContext, after?: (pass: string) => void): void {
  for (const { name, run } of passes) {
    run(fn, context);
    after?.(name);
  }
}
