// What can be wrong with a board: its name, or a board file of a user.

import { defineErrors } from "../base/errors.ts";

export const boardError = defineErrors("board", {
  unknown: {
    exit: 2,
    message: (f: { name: string; known: readonly string[] }) => `no board is named ${f.name}`,
    hint: (f) => `known boards: ${f.known.join(", ")}; or give a JSON file`,
  },
  shape: { exit: 2, message: (f: { path: string; problem: string }) => `board file, ${f.path}: ${f.problem}` },
  "no-console": {
    exit: 2,
    message: (f: { board: string; name: string; known: readonly string[] }) => `${f.board} has no ${f.name} console`,
    hint: (f) => (f.known.length > 0 ? `it has: ${f.known.join(", ")}` : "there is no firmware for it"),
  },
  "no-core": {
    exit: 3,
    message: (f: { chip: string; core: string }) =>
      `${f.chip} has a ${f.core}, for which there is no compiler and no simulator here`,
    hint: () => "its boards can be flashed with images made elsewhere; `thumbelina boards` lists the others",
  },
  rule: { exit: 2, message: (f: { board: string; problem: string }) => `board ${f.board}: ${f.problem}` },
});
