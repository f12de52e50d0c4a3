// What a user can meet on the way to a board. Messages about flashing name the state in which the board is left.

import { defineErrors } from "../base/errors.ts";

export const error = defineErrors("serial", {
  lost: {
    exit: 6,
    message: (f: { path: string; reason?: string }) =>
      `${f.path} went away${f.reason === undefined ? "" : `: ${f.reason}`}`,
    hint: () => "was it unplugged, or has the board reset? plug it in and run the same command again",
  },
});
