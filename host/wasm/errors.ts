// What can be wrong with a firmware's board and app when they meet the library.

import { defineErrors } from "../base/errors.ts";

export const wasmError = defineErrors("wasm", {
  "no-driver": {
    exit: 3,
    message: (f: { kind: string; title: string }) =>
      `${f.title} needs a driver for ${f.kind}, and the board names none`,
    hint: () => "`thumbelina boards` lists what each board has; a board file's `hal` names its drivers",
  },
  "no-config": {
    exit: 3,
    message: (f: { name: string; title: string }) =>
      `${f.title} needs the number ${f.name}, which neither board nor app gives`,
    hint: () => "it belongs into `config` of the board's `hal`, under the part after the dot",
  },
  "no-table": {
    exit: 3,
    message: (f: { name: string; title: string }) =>
      `${f.title} needs the table ${f.name}, which the app does not give`,
  },
});
