import { defineErrors } from "../base/errors.ts";

const list = (rows: readonly { readonly name: string; readonly bytes: number }[]) =>
  rows.map(({ name, bytes }) => `${name} ${bytes}`).join(", ");

export const error = defineErrors("link", {
  "does-not-fit": {
    exit: 8,
    message: (f: {
      memory: "flash" | "RAM";
      needed: number;
      available: number;
      board: string;
      largest: readonly { name: string; bytes: number }[];
    }) => `${f.needed} bytes of ${f.memory} are needed, ${f.board} has ${f.available}; largest: ${list(f.largest)}`,
    hint: () => "`thumbelina inspect MODEL --board B` shows where they go",
  },
  "undefined-symbol": {
    exit: 3,
    message: (f: { symbol: string; from: string }) => `${f.from} refers to ${f.symbol}, which nothing defines`,
  },
  recursion: {
    exit: 3,
    message: (f: { cycle: readonly string[] }) => `recursion has no bound on its stack: ${f.cycle.join(" → ")}`,
  },
});
